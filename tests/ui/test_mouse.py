"""Test the mouse: links, rows, and selecting text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.geometry import Offset
from textual.widgets import Input

from tests.ui.apps import reader, running, settle
from xsfreader.ui.screens.choice import ChoiceScreen
from xsfreader.ui.screens.search import SearchScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from xsfreader.ui.reader import ReaderScreen


def where(screen: ReaderScreen, words: str) -> Offset:
    """Find words among the post's lines on screen: their cell in the article's pane."""
    article = screen.article
    assert article.page is not None
    top = article.scroll_offset.y
    for row, line in enumerate(article.page.lines[top : top + article.size.height]):
        if words in line.text:
            return Offset(article.left + line.text.index(words), row)
    raise AssertionError(words)


async def drag(pilot: Pilot[None], start: Offset, end: Offset) -> None:
    await pilot.mouse_down("#article", offset=start)
    await pilot.hover("#article", offset=end)
    await pilot.mouse_up("#article", offset=end)
    await settle(pilot)


async def test_a_click_on_a_link_follows_it() -> None:
    async with running(size=(120, 60)) as pilot:
        screen = reader(pilot)
        await pilot.click("#article", offset=where(screen, "Sync once"))
        await settle(pilot)
        assert screen.item_id == "/2024/03/sync-once-read-for-ever/"


async def press_button(pilot: Pilot[None], button: int, at: Offset) -> None:
    """Press a button of the mouse on a cell of the screen, and release it."""
    for kind in (events.MouseDown, events.MouseUp):
        event = kind(None, *at, 0, 0, button, False, False, False, *at)
        pilot.app.post_message(event)
    await settle(pilot)


@pytest.mark.parametrize("button", [2, 3])
async def test_only_the_left_button_clicks(button: int) -> None:
    async with running(size=(120, 60)) as pilot:
        screen = reader(pilot)
        before, cursor = screen.item_id, screen.posts.cursor
        link = screen.article.region.offset + where(screen, "Sync once")
        row = screen.posts.region.offset + Offset(10, 5)
        tab = screen.tabs.region.offset + Offset(10, 0)
        for at in (link, row, tab):
            await press_button(pilot, button, at)
        assert (screen.item_id, screen.posts.cursor) == (before, cursor)
        assert not screen.reading
        assert screen.posts.view.value == "date"
        await press_button(pilot, 1, tab)
        assert screen.posts.view.value == "category"
        await press_button(pilot, 1, link)
        assert screen.item_id == "/2024/03/sync-once-read-for-ever/"


@pytest.mark.parametrize("button", [2, 3])
async def test_only_the_left_button_chooses_in_a_panel(button: int) -> None:
    async with running(size=(120, 60)) as pilot:
        await pilot.press("ctrl+t")
        panel = pilot.app.screen
        assert isinstance(panel, ChoiceScreen)
        at = panel.choices.region.offset + Offset(3, 2)
        await press_button(pilot, button, at)
        assert pilot.app.screen is panel
        await press_button(pilot, 1, at)
        assert pilot.app.screen is not panel
        await pilot.press("F", *"sync")
        await settle(pilot, 0.3)
        search = pilot.app.screen
        assert isinstance(search, SearchScreen)
        await press_button(pilot, button, search.results.region.offset + Offset(3, 0))
        assert pilot.app.screen is search
        assert pilot.app.screen.query_one(Input).has_focus


async def test_a_click_on_a_row_shows_its_post_and_a_second_opens_it() -> None:
    async with running(size=(120, 40)) as pilot:
        screen = reader(pilot)
        await pilot.click("#posts", offset=(10, 3))
        await settle(pilot)
        assert screen.item_id == "/2026/08/everything-a-post-may-hold/"
        assert not screen.reading
        await pilot.click("#posts", offset=(10, 3))
        await settle(pilot)
        assert screen.reading


async def test_selected_text_is_copied_without_the_margin() -> None:
    async with running(size=(120, 60)) as pilot:
        screen = reader(pilot)
        start = where(screen, "What you are looking at")
        await drag(pilot, start, start + Offset(8, 1))
        await pilot.press("y")
        await settle(pilot)
        first, second = pilot.app.clipboard.split("\n")
        assert first.startswith("What you are looking at is not that blog yet.")
        assert first == first.strip()
        assert second
        assert not second.startswith(" ")


async def test_a_click_elsewhere_ends_the_prompt_and_keeps_the_filter() -> None:
    async with running(size=(120, 40)) as pilot:
        screen = reader(pilot)
        await pilot.press("slash", *"the")
        await settle(pilot)
        await pilot.click("#posts", offset=(10, 1))
        await settle(pilot)
        assert not screen.query("#prompt")
        assert screen.focused is screen.posts
        entry = screen.posts.entry
        assert entry is not None
        assert screen.item_id == entry.permalink
        assert screen.posts.filtered == "the"
        await pilot.press("slash")
        await settle(pilot)
        assert screen.focused is pilot.app.query_one("#prompt")
        await pilot.click("#article", offset=(10, 10))
        await settle(pilot)
        assert not screen.query("#prompt")
        assert screen.reading


async def test_a_click_elsewhere_runs_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(size=(120, 40)) as pilot:
        screen = reader(pilot)
        ran: list[object] = []
        monkeypatch.setattr(screen.external, "run", lambda *words, **_: ran.append(words))
        await pilot.press("enter", "vertical_line", *"rm")
        await pilot.click("#article", offset=(10, 10))
        await settle(pilot)
        assert not screen.query("#prompt")
        assert not ran
