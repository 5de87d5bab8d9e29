"""What each screen looks like, dark and light: compared with SVGs that were looked at.

After a change that is meant, ``SNAPSHOTS=write pytest -n0 tests/ui/test_snapshots.py`` writes
them anew; look at them before they are committed.
"""

from __future__ import annotations

import os
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.ui.apps import reader, running, settle
from xsfreader.config import Config

FOLDER = Path(__file__).parent / "snapshots"
MADE_WITH = "8.2."

pytestmark = pytest.mark.skipif(
    not version("textual").startswith(MADE_WITH),
    reason=f"the snapshots were made with Textual {MADE_WITH}x",
)

SCREENS = {
    "reader": ((120, 40), "j enter"),
    "narrow": ((60, 30), "enter"),
    "small": ((40, 15), "enter h"),
    "category": ((100, 30), "2 g enter"),
    "hints": ((100, 30), "enter f"),
    "find": ((100, 30), "enter slash a r c h i v e"),
    "contents": ((100, 30), "j enter t j"),
    "search": ((100, 30), "F o f f l i n e"),
    "card": ((100, 30), "4 g enter j enter x enter"),
    "help": ((100, 30), "question_mark"),
}


def compare(name: str, svg: str) -> None:
    """Hold a screen against the one that was looked at."""
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    svg = re.sub(r"\s*@font-face \{[^}]*\}", "", svg)
    file = FOLDER / f"{name}.svg"
    if os.environ.get("SNAPSHOTS") == "write":
        file.write_text(svg, encoding="utf-8")
    assert file.exists(), f"{file} is missing: write it, look at it, commit it"
    if file.read_text(encoding="utf-8") != svg:
        new = file.with_suffix(".new.svg")
        new.write_text(svg, encoding="utf-8")
        pytest.fail(f"{name} looks different: compare {file} with {new}")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", SCREENS)
async def test_screen(name: str, theme: str) -> None:
    size, keys = SCREENS[name]
    async with running(size=size, config=Config(theme=f"xsf-{theme}", images="off")) as pilot:
        for key in keys.split():
            await pilot.press(key)
            await settle(pilot, 0.02)
        for line in pilot.app.screen.query(Input):
            line.cursor_blink = False
        await settle(pilot, 0.4)
        compare(f"{name}-{theme}", pilot.app.export_screenshot())


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [120, 60])
async def test_a_post_that_holds_everything(width: int, theme: str) -> None:
    config = Config(theme=f"xsf-{theme}", images="off")
    async with running(size=(width, 400), config=config) as pilot:
        await pilot.press("J", "z")
        await settle(pilot, 0.3)
        assert reader(pilot).permalink == "/2026/08/everything-a-post-may-hold/"
        compare(f"everything-{width}-{theme}", pilot.app.export_screenshot())
