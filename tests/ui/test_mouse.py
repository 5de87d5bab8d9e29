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

FIRST = "xsfreader is"
"""The first words of the post's text."""


def where(screen: ReaderScreen, words: str) -> Offset:
    """Find words among the post's lines on screen: their cell in the article's pane."""
    article = screen.article
    top = article.scroll_offset.y
    for row, line in enumerate(article.page.lines[top : top + article.size.height]):
        if words in line.text:
            return Offset(article.left + line.text.index(words), row)
    raise AssertionError(words)


def mouse(pilot: Pilot[None], kind: type[events.MouseEvent], at: Offset, button: int = 1) -> None:
    """Send an event of the mouse at a cell of the screen, as the terminal does."""
    event = kind(None, *at, 0, 0, button, False, False, False, *at)
    pilot.app.post_message(event)


async def drag(pilot: Pilot[None], start: Offset, *ways: Offset) -> None:
    """Drag from one cell of the article over others, which may be outside of it."""
    corner = reader(pilot).article.region.offset
    mouse(pilot, events.MouseDown, corner + start)
    for way in ways:
        mouse(pilot, events.MouseMove, corner + way)
    mouse(pilot, events.MouseUp, corner + ways[-1])
    await settle(pilot)


def selected(pilot: Pilot[None]) -> str:
    return reader(pilot).get_selected_text() or ""


async def test_a_click_on_a_link_follows_it() -> None:
    async with running(size=(120, 60)) as pilot:
        screen = reader(pilot)
        await pilot.click("#article", offset=where(screen, "in Sync") + Offset(4, 0))
        await settle(pilot)
        assert screen.item_id == "/2024/03/sync-once-read-for-ever/"


async def press_button(pilot: Pilot[None], button: int, at: Offset) -> None:
    """Press a button of the mouse on a cell of the screen, and release it."""
    mouse(pilot, events.MouseDown, at, button)
    mouse(pilot, events.MouseUp, at, button)
    await settle(pilot)


@pytest.mark.parametrize("button", [2, 3])
async def test_only_the_left_button_clicks(button: int) -> None:
    async with running(size=(120, 60)) as pilot:
        screen = reader(pilot)
        before, cursor = screen.item_id, screen.posts.cursor
        link = screen.article.region.offset + where(screen, "in Sync") + Offset(4, 0)
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
        start = where(screen, FIRST)
        await drag(pilot, start, start + Offset(8, 1))
        await pilot.press("y")
        await settle(pilot)
        copied = pilot.app.clipboard
        assert copied.startswith(f"{FIRST} the blog of the XMPP Standards Foundation")
        assert "\n" not in copied


@pytest.mark.parametrize("size", [(120, 60), (60, 60), (40, 60)])
async def test_a_wrapped_paragraph_is_selected_as_one_line(size: tuple[int, int]) -> None:
    async with running(size=size) as pilot:
        screen = reader(pilot)
        await pilot.press("enter")
        await settle(pilot)
        at = where(screen, FIRST)
        await drag(pilot, at, at + Offset(0, 1), Offset(200, at.y + 1))
        blocks = screen.article.page.document.blocks
        assert any(block.text.startswith(selected(pilot)) for block in blocks)
        assert len(selected(pilot)) > 40


@pytest.mark.parametrize(
    "end",
    [Offset(20, 100), Offset(-30, 100), Offset(-30, 35), Offset(200, 200)],
    ids=["below", "below the list", "in the list", "beyond the window"],
)
async def test_a_selection_ends_with_the_text_that_is_on_screen(end: Offset) -> None:
    async with running(size=(120, 40)) as pilot:
        screen = reader(pilot)
        page = screen.article.page
        assert page is not None
        await drag(pilot, where(screen, FIRST), Offset(20, 20), end)
        text = selected(pilot)
        assert text.startswith(FIRST)
        assert all(name not in text for name in ("Bar", "PostList", "#keys"))
        below = page.lines[screen.article.size.height + 4 :]
        assert not any(line.text.strip() and line.text.strip() in text for line in below)


async def test_a_selection_dragged_up_and_left_begins_with_its_line() -> None:
    async with running(size=(120, 40)) as pilot:
        screen = reader(pilot)
        start = where(screen, FIRST) + Offset(len(FIRST), 0)
        await drag(pilot, start, start - Offset(3, 0), Offset(-30, start.y))
        assert selected(pilot) == FIRST
        await drag(pilot, start, Offset(-30, -10))
        assert selected(pilot).startswith(screen.article.page.lines[0].text.strip())


async def test_nothing_but_the_post_is_selected() -> None:
    async with running(size=(120, 40)) as pilot:
        screen = reader(pilot)
        for start in (screen.posts, screen.tabs, screen.header, screen.status, screen.key_bar):
            at = start.region.offset - screen.article.region.offset + Offset(2, 0)
            await drag(pilot, at, Offset(20, 10), Offset(30, 12))
            assert not selected(pilot)


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
