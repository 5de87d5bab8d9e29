"""What each screen looks like, dark and light: text and style of each cell.

After an intended change, ``SNAPSHOTS=write pytest -n0 tests/ui/test_snapshots.py`` renews the
files in ``snapshots/``; read the difference before committing it.
"""

from __future__ import annotations

import difflib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tests.ui.apps import PATIENCE, reader, running, settle
from tests.ui.cells import describe, screen_cells
from xsfreader.config import Config

if TYPE_CHECKING:
    from tests.ui.apps import Driver

FOLDER = Path(__file__).parent / "snapshots"
THEMES = ("dark", "light")
CONFIG = Config(theme=f"xsf-{THEMES[0]}", images="off")

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


def shown(pilot: Driver, before: str) -> str:
    """Describe the screen."""
    return describe(screen_cells(pilot.app.export_screenshot(), *pilot.app.size), before)


async def compare(name: str, pilot: Driver) -> None:
    """Compare the screen with the files of that name, dark and light."""
    for theme in THEMES:
        pilot.app.theme = f"xsf-{theme}"
        await settle(pilot)
        await compare_one(FOLDER / f"{name}-{theme}.txt", pilot)


async def compare_one(file: Path, pilot: Driver) -> None:
    """Compare the screen with a file, once it is complete."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if os.environ.get("SNAPSHOTS") == "write":
        await settle(pilot, 1)
        file.write_text(shown(pilot, before), encoding="utf-8")
        return
    end = time.monotonic() + PATIENCE
    while (now := shown(pilot, before)) != before and time.monotonic() < end:
        await settle(pilot, 0.1)
    if now != before:
        difference = difflib.unified_diff(
            before.splitlines(), now.splitlines(), f"{file.name}, as kept", "now", "", "", 0, ""
        )
        pytest.fail("\n".join(difference), pytrace=False)


@pytest.mark.parametrize("name", SCREENS)
async def test_screen(name: str) -> None:
    size, keys = SCREENS[name]
    async with running(size=size, config=CONFIG) as pilot:
        for key in keys.split():
            await pilot.press(key)
            await settle(pilot, 0.02)
        for line in pilot.app.screen.query(Input):
            line.cursor_blink = False
        await settle(pilot)
        await compare(name, pilot)


@pytest.mark.parametrize("width", [120, 60])
async def test_a_post_that_holds_everything(width: int) -> None:
    async with running(size=(width, 400), config=CONFIG) as pilot:
        await pilot.press("J", "z")
        await settle(pilot)
        assert reader(pilot).item_id == "/2026/08/everything-a-post-may-hold/"
        await compare(f"everything-{width}", pilot)
