"""The footer: the keys that apply where one is, to read and to click on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ui.apps import reader, running, settle
from xsfreader.ui.screens.help import HelpScreen
from xsfreader.ui.widgets.bars import KeyBar

if TYPE_CHECKING:
    from textual.pilot import Pilot


def footer(pilot: Pilot[None]) -> str:
    """Return the text of the footer of the screen on top."""
    return pilot.app.screen.query_one(KeyBar).render_line(0).text


async def click_on(pilot: Pilot[None], words: str) -> None:
    """Click on words of the footer."""
    at = footer(pilot).index(words)
    await pilot.click(pilot.app.screen.query_one(KeyBar), offset=(at, 0))
    await settle(pilot, 0.3)


async def test_a_click_on_a_key_presses_it() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        before = screen.posts.cursor
        await click_on(pilot, "down")
        assert screen.posts.cursor == before + 1
        await click_on(pilot, "Enter")
        assert screen.reading
        await click_on(pilot, "? help")
        assert isinstance(pilot.app.screen, HelpScreen)


async def test_the_key_for_the_next_match_comes_first_while_there_is_one() -> None:
    async with running(size=(40, 15)) as pilot:
        await pilot.press("slash", *"xsfreader", "enter")
        await settle(pilot)
        assert footer(pilot).startswith(" n next match ")
        await pilot.press("escape")
        await settle(pilot)
        assert "match" not in footer(pilot)
        reader(pilot).find.find_hits("xsfreader")
        assert footer(pilot).startswith(" n next match ")


async def test_a_click_between_keys_presses_none() -> None:
    async with running() as pilot:
        text = footer(pilot)
        await pilot.click("#keys", offset=(text.index("? help") - 1, 0))
        await pilot.click("#keys", offset=(text.index("q quit") + len("q quit"), 0))
        await settle(pilot)
        assert pilot.app.screen is reader(pilot)
        assert pilot.app.is_running


async def test_a_prompt_shows_its_keys_and_the_filter_stands_once() -> None:
    async with running(size=(80, 24)) as pilot:
        tabs = reader(pilot).tabs
        await pilot.press("h", "slash", *"search")
        await settle(pilot)
        assert footer(pilot).split() == ["Enter", "done", "Esc", "cancel"]
        assert "search" not in tabs.render_line(0).text
        await click_on(pilot, "Enter")
        assert "/search" in tabs.render_line(0).text
        assert "Enter open" in footer(pilot)
        await pilot.press("slash")
        await settle(pilot)
        await click_on(pilot, "Esc")
        assert not reader(pilot).posts.filtered


async def test_a_click_on_the_filter_ends_it() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("slash", *"search", "enter")
        await settle(pilot)
        before = screen.posts.view
        await pilot.click(screen.tabs, offset=(16, 0))
        await settle(pilot)
        assert (screen.posts.filtered, screen.posts.view) == ("", before)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("t", "j down  k up  Enter choose  Esc close"),
        ("A", "j down  k up  Enter choose  Esc close"),
        ("f", "Esc cancel"),
    ],
)
async def test_a_panel_and_hints_show_their_keys(key: str, words: str) -> None:
    async with running(size=(80, 24)) as pilot:
        await pilot.press("enter", key)
        await settle(pilot, 0.3)
        assert footer(pilot).strip() == words
        await click_on(pilot, "Esc")
        assert pilot.app.screen is reader(pilot)
        assert "? help" in footer(pilot)


@pytest.mark.parametrize(("key", "marked"), [("y", True), ("n", False)])
async def test_a_letter_answers_a_question(key: str, *, marked: bool) -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("A")
        await settle(pilot, 0.2)
        await pilot.press(key)
        await settle(pilot, 0.2)
        assert pilot.app.screen is screen
        assert (screen.posts.unread_shown() == ()) is marked


async def test_only_a_question_has_letters() -> None:
    async with running() as pilot:
        await pilot.press("enter", "t")
        await settle(pilot, 0.2)
        await pilot.press("y", "n")
        await settle(pilot)
        assert pilot.app.screen is not reader(pilot)
