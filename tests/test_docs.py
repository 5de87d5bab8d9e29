"""The documents name modules and commands that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import xsfreader
from docs import reference

ROOT = Path(__file__).parent.parent
PACKAGE = Path(xsfreader.__file__).parent


def test_the_architecture_names_modules_that_exist() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = set(re.findall(r"`([\w/]+(?:\.py|/))`", page))
    assert len(named) > 20
    folders = (PACKAGE, PACKAGE.parent, ROOT)
    assert {name for name in named if not any((f / name).exists() for f in folders)} == set()


def test_the_architecture_names_every_module_of_the_top() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    top = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in PACKAGE.iterdir()
        if not path.name.startswith("_") and path.name != "guide"
    }
    assert {name for name in top if f"`{name}`" not in page} == set()


def test_the_reference_is_that_of_the_commands() -> None:
    docs = ROOT / "docs"
    assert reference.markdown() == (docs / "commands.md").read_text("utf-8"), (
        "run docs/reference.py"
    )
    assert reference.man_page() == (docs / "xsfreader.1").read_text("utf-8"), (
        "run docs/reference.py"
    )


@pytest.mark.skipif(shutil.which("man") is None, reason="needs man")
def test_the_man_page_is_formatted_without_a_warning() -> None:
    page = ROOT / "docs" / "xsfreader.1"
    done = subprocess.run(
        ["man", "--warnings", "--local-file", page], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "--since D" in done.stdout
