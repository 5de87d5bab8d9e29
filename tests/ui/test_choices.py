"""The rows of a panel: the cursor, long rows, and what is chosen."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.soak import soaked
from tests.ui.apps import reader, running, settle
from xsfreader.ui.screens.choice import ChoiceScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

LONG = "A heading that goes on and on, " * 5 + "to its end"
ROWS = ["First", LONG, *(f"Row {number}" for number in range(60)), "Last"]


@asynccontextmanager
async def panel(
    current: int | None = 0,
) -> AsyncIterator[tuple[Pilot[None], ChoiceScreen, list[int], list[int | None]]]:
    """Show the rows; what is heard of the cursor, and the answer."""
    moved: list[int] = []
    answers: list[int | None] = []
    async with running(size=(100, 30)) as pilot:
        screen = ChoiceScreen("Rows", ROWS, current=current, highlighted=moved.append)
        pilot.app.push_screen(screen, answers.append)
        await settle(pilot, 0.2)
        yield pilot, screen, moved, answers


@soaked(
    "keys, row",
    [
        ("j", 1),
        ("down j", 2),
        ("j k", 0),
        ("k", len(ROWS) - 1),
        ("G", len(ROWS) - 1),
        ("G j", 0),
        ("G g", 0),
        ("G home", 0),
        ("space pageup b", 0),
        ("d space d space d", len(ROWS) - 1),
    ],
    [1, 3, 5, 8, 9],
)
async def test_the_cursor_goes_where_the_keys_say_and_stays_in_sight(keys: str, row: int) -> None:
    async with panel() as (pilot, screen, moved, answers):
        await pilot.press(*keys.split())
        await settle(pilot)
        choices = screen.choices
        assert choices.highlighted == row
        assert moved[-1] == row
        seen = [choices.render_line(y).text for y in range(choices.size.height)]
        assert any(ROWS[row][:20] in line for line in seen)
        await pilot.press("enter")
        await settle(pilot)
        assert answers == [row]


async def test_a_long_row_is_shown_to_its_end() -> None:
    async with panel() as (_pilot, screen, _moved, _answers):
        choices = screen.choices
        lines = [choices.render_line(y).text for y in range(choices.size.height)]
        assert " ".join(line.strip() for line in lines).startswith(f"First {LONG} Row 0 ")
        assert lines[2].startswith("  ")
        assert all(len(line.rstrip()) <= choices.scrollable_content_region.width for line in lines)


async def test_escape_chooses_nothing_and_a_cursor_may_be_nowhere() -> None:
    async with panel(None) as (pilot, screen, _moved, answers):
        await pilot.press("enter")
        await settle(pilot)
        assert screen.choices.highlighted is None
        assert not answers
        await pilot.press("escape")
        await settle(pilot)
        assert answers == [None]


async def test_a_click_chooses_the_row() -> None:
    async with panel() as (pilot, screen, _moved, answers):
        await pilot.click(screen.choices, offset=(5, 0))
        await settle(pilot)
        assert answers == [0]


@pytest.mark.parametrize("size", [(1, 1), (20, 3), (44, 5)])
async def test_no_window_is_too_small_for_the_keys_of_a_list(size: tuple[int, int]) -> None:
    async with running(size=(100, 30)) as pilot:
        for opening in ("t", "ctrl+p"):
            await pilot.press("enter", opening)
            await settle(pilot)
            await pilot.resize_terminal(*size)
            await settle(pilot)
            await pilot.press("pagedown", "down", "pageup", "end", "pagedown", "up", "home")
            await pilot.resize_terminal(100, 30)
            await pilot.press("escape", "escape")
            await settle(pilot)
        assert pilot.app.screen is reader(pilot)
