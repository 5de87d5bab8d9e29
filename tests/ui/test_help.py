"""Help: its columns, and what typing filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.command import CommandList

from tests.ui.apps import reader, running, settle
from tests.ui.cells import screen_cells
from xsfreader.ui.screens.help import HelpScreen
from xsfreader.ui.screens.palette import FIRST

if TYPE_CHECKING:
    from textual.pilot import Pilot


def shown(pilot: Pilot[None]) -> list[str]:
    """Return the lines of the screen."""
    cells = screen_cells(pilot.app.export_screenshot(), *pilot.app.size)
    return ["".join(char for char, *_ in row) for row in cells]


@pytest.mark.parametrize(("width", "columns"), [(160, 2), (80, 1), (40, 1)])
async def test_help_has_two_columns_where_there_is_room(width: int, columns: int) -> None:
    async with running(size=(width, 45)) as pilot:
        await pilot.press("question_mark")
        await settle(pilot, 0.3)
        lines = shown(pilot)
        assert any("Keys in the " in line for line in lines)
        beside = [line for line in lines if "One page down" in line and "The headings" in line]
        heads = [line for line in lines if "Move" in line.split() and "post" in line.split()]
        assert bool(heads or beside) is (columns == 2)
        assert len([line for line in lines if "╰" in line or "╭" in line]) >= 2


@pytest.mark.parametrize("size", [(100, 30), (80, 24), (40, 15)])
async def test_all_of_the_help_can_be_scrolled_to(size: tuple[int, int]) -> None:
    async with running(size=size) as pilot:
        await pilot.press("question_mark")
        await settle(pilot, 0.3)
        seen = shown(pilot)
        for _ in range(20):
            await pilot.press("pagedown")
            seen += shown(pilot)
        text = "\n".join(seen)
        for part in ("Type to filter", "One page down", "Quit"):
            assert part in text, part
        last = "\n".join(shown(pilot))
        await pilot.press("pageup")
        assert "\n".join(shown(pilot)) != last


async def test_typing_filters_the_help() -> None:
    async with running(size=(80, 24)) as pilot:
        await pilot.press("question_mark", *"unread")
        await settle(pilot, 0.3)
        text = "\n".join(shown(pilot))
        assert "Next unread post" in text
        assert "One page down" not in text
        await pilot.press(*"qqq")
        await settle(pilot, 0.2)
        assert "No matches" in "\n".join(shown(pilot))
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("escape")
        await settle(pilot, 0.2)
        assert not isinstance(pilot.app.screen, HelpScreen)


async def test_a_key_finds_its_action_in_the_help() -> None:
    async with running(size=(80, 24)) as pilot:
        await pilot.press("question_mark", "T")
        await settle(pilot, 0.3)
        assert "The post in another language" in "\n".join(shown(pilot))


async def test_the_palette_offers_first_what_one_does_most_in_a_line_each() -> None:
    async with running(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await settle(pilot, 0.6)
        options = pilot.app.screen.query_one(CommandList)
        actions = reader(pilot).actions
        prompts = [str(options.get_option_at_index(at).prompt) for at in range(len(FIRST))]
        assert [prompt.split(":")[0] for prompt in prompts] == [actions[n].label for n in FIRST]
        assert not any("\n" in prompt for prompt in prompts)
        await pilot.press("z")
        await settle(pilot, 0.6)
        assert options.option_count
        await pilot.press("q", "z")
        await settle(pilot, 1.2)
        assert "No matches" in "\n".join(shown(pilot))
