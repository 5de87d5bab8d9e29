"""The documents name modules and commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "xsfreader"


def test_the_architecture_names_modules_that_exist() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = set(re.findall(r"`([\w/]+(?:\.py|/))`", page))
    assert len(named) > 20
    folders = (PACKAGE, ROOT)
    assert {name for name in named if not any((f / name).exists() for f in folders)} == set()


def test_the_architecture_names_every_module_of_the_top() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    top = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in PACKAGE.iterdir()
        if not path.name.startswith("_") and path.name != "guide"
    }
    assert {name for name in top if f"`{name}`" not in page} == set()
