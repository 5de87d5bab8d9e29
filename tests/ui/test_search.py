"""Search as one types, and find in the post."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.soak import soaked
from tests.ui.apps import reader, running, settle, type_at_once, until
from xsfreader.errors import StoreError
from xsfreader.model import Hit, Place
from xsfreader.ui.reader import ReaderScreen
from xsfreader.ui.screens.search import SearchScreen
from xsfreader.ui.widgets.bars import KeyBar

if TYPE_CHECKING:
    from textual.pilot import Pilot


def search(pilot: Pilot[None]) -> SearchScreen:
    screen = pilot.app.screen
    assert isinstance(screen, SearchScreen)
    return screen


@soaked("width", [40, 50, 60, 61, 62, 75, 120], [0, 3, 6])
async def test_the_word_searched_is_in_sight_in_any_width(width: int) -> None:
    async with running(size=(width, 30)) as pilot:
        await pilot.press("F", *"command")
        await until(pilot, lambda: bool(search(pilot).results.hits))
        await settle(pilot)
        results = search(pilot).results
        shown = [
            results.render_line(2 * at + 1).text
            for at, hit in enumerate(results.hits[:8])
            if hit.marks
        ]
        assert shown
        assert all("command" in line.lower() for line in shown), shown


async def test_results_are_read_once_they_are_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xsfreader.ui.widgets.results.AT_ONCE", 2)
    async with running(size=(80, 10)) as pilot:
        library = reader(pilot).library
        wanted = library.read_hits(library.search_ids("the", 200), "the")
        await pilot.press("F", *"the")
        await settle(pilot)
        results = search(pilot).results
        assert len(results.hits) < len(wanted)
        assert results.virtual_size.height == 2 * len(wanted)
        assert f"{len(wanted)} found" in str(search(pilot).found.render())
        await pilot.press(*["pagedown"] * 3)
        assert results.hits == wanted
        assert results.hit == wanted[-1]


async def test_results_that_cannot_be_read_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as pilot:
        await pilot.press("F")
        await settle(pilot)

        def fail(*_: object) -> None:
            raise StoreError("the disk is gone")

        monkeypatch.setattr(reader(pilot).library, "read_hits", fail)
        await pilot.press(*"the")
        await until(pilot, lambda: "the disk is gone" in str(search(pilot).found.render()))


async def test_nothing_typed_is_too_odd() -> None:
    async with running() as pilot:
        await pilot.press("F")
        await settle(pilot)
        screen = search(pilot)
        for query in ("xep-0384", "c++", "NOT", 'a"', "(", "category:", "🎉", "xep:x"):
            screen.input.value = query
            await settle(pilot, 0.2)
            assert screen.query_text == query
            assert isinstance(pilot.app.screen, SearchScreen)


async def test_a_hit_opens_at_its_words_and_back_are_the_results() -> None:
    async with running() as pilot:
        await pilot.press("F", *"percent")
        await until(pilot, lambda: bool(search(pilot).results.hits))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReaderScreen))
        screen = reader(pilot)
        assert screen.reading
        assert screen.find.matches
        count = len(screen.find.matches)
        await pilot.press("n")
        assert screen.find.current == (1 % count)
        await pilot.press("H")
        await until(pilot, lambda: isinstance(pilot.app.screen, SearchScreen))
        assert search(pilot).input.value == "percent"


async def test_so_it_does_where_the_list_hid_the_post_before() -> None:
    async with running(size=(40, 15)) as pilot:
        screen = reader(pilot)
        screen.focus_pane(reading=True)
        await pilot.press("G", "h", "F", *"offline")
        await until(pilot, lambda: bool(search(pilot).results.hits))
        await pilot.press("enter")
        await settle(pilot)
        article = screen.article
        match = screen.find.matches[screen.find.current]
        line = article.page.line_at(Place(match.block, match.start))
        top = article.scroll_offset.y
        assert top <= line < top + article.size.height


async def test_find_wraps_with_a_word_and_escape_returns() -> None:
    async with running(size=(100, 20)) as pilot:
        screen = reader(pilot)
        await pilot.press("J", "enter", "space", "j")
        await settle(pilot)
        before = screen.article.place
        await pilot.press("slash", *"link")
        await settle(pilot)
        assert len(screen.find.matches) > 2
        await pilot.press("escape")
        await settle(pilot)
        assert screen.article.place == before
        await pilot.press("slash", *"link", "enter")
        await settle(pilot)
        said = []
        for _ in screen.find.matches:
            await pilot.press("n")
            said.append(screen.status.text)
        assert sum("wrapped to top" in words for words in said) == 1
        await pilot.press("N")
        assert f"/{len(screen.find.matches)}" in screen.status.text


async def test_back_to_the_results_is_back_to_the_one_that_was_read() -> None:
    async with running() as pilot:
        await pilot.press("F", *"the")
        await until(pilot, lambda: bool(search(pilot).results.hits))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReaderScreen))
        read = reader(pilot).item_id
        await pilot.press("J", "H", "H")
        await until(pilot, lambda: bool(search(pilot).results.hits))
        results = search(pilot).results
        assert results.hits[results.cursor].target == read
        assert results.cursor == 2


async def test_the_result_under_the_cursor_is_in_sight_in_any_window() -> None:
    async with running(size=(100, 30)) as pilot:
        await pilot.press("F", *"the")
        await until(pilot, lambda: len(search(pilot).results.hits) > 8)
        results = search(pilot).results
        await pilot.press(*["down"] * 8)
        await pilot.resize_terminal(100, 10)
        await settle(pilot, 0.2)
        assert results.cursor == 8
        top = results.scroll_offset.y
        assert top <= 2 * results.cursor < top + results.size.height - 1


async def test_a_page_is_ten_results() -> None:
    async with running() as pilot:
        await pilot.press("F")
        await settle(pilot)
        type_at_once(pilot, "the", "pagedown")
        await until(pilot, lambda: bool(search(pilot).results.hits))
        await settle(pilot)
        results = search(pilot).results
        assert results.cursor == min(10, len(results.hits) - 1)


@pytest.mark.parametrize("width", [40, 100])
async def test_what_can_be_typed_is_told_before_anything_is(width: int) -> None:
    async with running(size=(width, 20)) as pilot:
        await pilot.press("F")
        await settle(pilot)
        results = search(pilot).results
        shown = [results.render_line(y).text for y in range(14)]
        for typed in ("author:", "category:", "xep:", "lang:", "after:", "before:", "is:unread"):
            assert any(line.startswith(f" {typed}") for line in shown)
        await pilot.press("q")
        await until(pilot, lambda: "found" in str(search(pilot).found.render()))
        assert not any("author:" in results.render_line(y).text for y in range(14))
        await pilot.press("backspace")
        await until(pilot, lambda: any("author:" in results.render_line(y).text for y in range(14)))


@pytest.mark.parametrize("width", [160, 100, 40])
async def test_a_wide_window_shows_the_post_chosen_and_the_footer_how_to_type(width: int) -> None:
    async with running(size=(width, 30)) as pilot:
        await pilot.press("F", *"offline")
        await until(pilot, lambda: bool(search(pilot).results.hits))
        await settle(pilot, 0.4)
        screen = search(pilot)
        header = screen.header.render_line(0).text
        assert header.startswith(" Search ─")
        assert str(screen.found.render()) == f"{len(screen.results.hits)} found"
        assert ("author:" in header) is (width > 80)
        wide = width == 160
        assert bool(screen.preview.size) is wide
        assert screen.results.size.width == (width // 2 if wide else width)
        assert screen.preview.size.width == (width // 2 if wide else 0)
        for key in ("down", "down"):
            await pilot.press(key)
        await settle(pilot, 0.4)
        document = screen.preview.document
        assert (document is not None) is wide
        if document is not None:
            hit = screen.results.hit
            assert isinstance(hit, Hit)
            assert hit.post.title in document.blocks[0].text
            assert screen.preview.has_highlights
        await pilot.click(screen.query_one(KeyBar), offset=(1, 0))
        assert screen.focused is screen.input
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.screen is not screen
