"""Back and forward through the posts visited, however the reader came to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.soak import soaked
from tests.ui.apps import reader, running, settle, until
from tests.ui.test_search import search
from xsfreader.ui.reader import ReaderScreen
from xsfreader.ui.screens.search import SearchScreen

if TYPE_CHECKING:
    from tests.ui.apps import Driver

WAYS = {
    "J": ["J"],
    "J from the list": ["h", "J"],
    "K": ["K"],
    "]": ["right_square_bracket"],
    "[": ["left_square_bracket"],
    "list": ["h", "k", "k", "enter"],
    "filter": ["h", "slash", *"welcome", "enter", "enter"],
    "view": ["6"],
    "search": ["F", *"percent", "down", "enter"],
    "palette": ["ctrl+p", *"welcome", "enter"],
    "link": ["G", "shift+tab", "enter"],
}


async def at_some_place(pilot: Driver) -> None:
    """Open the third post and read on a page."""
    await pilot.press("J", "J", "enter", "space")
    await settle(pilot)


@soaked("keys", list(WAYS.values()), [1, 5, 6, 8, 10])
async def test_back_from_a_post_is_the_post_before_at_its_place(keys: list[str]) -> None:
    async with running(size=(100, 20)) as pilot:
        screen = reader(pilot)
        await at_some_place(pilot)
        before, place = screen.item_id, screen.article.place
        assert place.block > 0
        await pilot.press(*keys)
        await until(
            pilot, lambda: screen.item_id != before and isinstance(pilot.app.screen, ReaderScreen)
        )
        await settle(pilot)
        other = screen.item_id
        await pilot.press("H")
        if keys[0] == "F":
            await until(pilot, lambda: isinstance(pilot.app.screen, SearchScreen))
            await pilot.press("escape")
        if keys[0] == "G":
            # Its end is a visit, too.
            await pilot.press("H")
        await settle(pilot)
        assert (screen.item_id, screen.article.place) == (before, place)
        await pilot.press(*["L"] * (2 if keys[0] == "G" else 1))
        await settle(pilot)
        assert screen.item_id == other


async def test_posts_passed_in_the_list_are_no_visits() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        start = screen.item_id
        await pilot.press("6", "j", "j", "j")
        await settle(pilot)
        last = screen.item_id
        await pilot.press("enter", "J")
        await settle(pilot)
        assert screen.item_id not in (start, last)
        await pilot.press("H")
        await settle(pilot)
        assert screen.item_id == last
        await pilot.press("H")
        await settle(pilot)
        assert screen.item_id == start
        assert not screen.history.behind


@pytest.mark.parametrize("key", ["s", "y"])
async def test_a_post_that_something_was_done_in_is_a_visit(key: str) -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("6", "j", key)
        await settle(pilot)
        done_in = screen.item_id
        await pilot.press("j", "H")
        await settle(pilot)
        assert screen.item_id == done_in
        assert not screen.reading


async def test_a_post_shown_long_enough_is_a_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xsfreader.ui.reader.preview.GLANCE_SECONDS", 0.0)
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("6", "j")
        await settle(pilot)
        seen = screen.item_id
        await pilot.press("j", "H")
        await settle(pilot)
        assert screen.item_id == seen


async def test_back_in_a_narrow_window_shows_the_post() -> None:
    async with running(size=(60, 20)) as pilot:
        screen = reader(pilot)
        start = screen.item_id
        await pilot.press("6", "j", "j", "enter", "h", "j", "j")
        await settle(pilot)
        await pilot.press("H")
        await settle(pilot)
        assert screen.reading
        await pilot.press("H")
        await settle(pilot)
        assert screen.item_id == start


async def test_back_in_the_results_they_have_the_keys() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await at_some_place(pilot)
        earlier = screen.item_id
        await pilot.press("J")
        await settle(pilot)
        start = screen.item_id
        await pilot.press("F", *"the")
        await until(pilot, lambda: len(search(pilot).results.hits) > 3)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReaderScreen))
        await pilot.press("H")
        await until(pilot, lambda: isinstance(pilot.app.screen, SearchScreen))
        await until(pilot, lambda: search(pilot).results.cursor == 1)
        await pilot.press("j", "G", "k", "g", "j", "j")
        assert search(pilot).results.cursor == 2
        assert search(pilot).input.value == "the"
        await pilot.press("slash", "r")
        assert search(pilot).input.value == "ther"
        await pilot.press("backspace", "tab", "H")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReaderScreen))
        await settle(pilot)
        assert screen.item_id == earlier
        await pilot.press("L")
        await settle(pilot)
        assert screen.item_id == start


async def test_a_target_opens_at_its_heading_and_back_is_where_one_was() -> None:
    async with running(size=(100, 20)) as pilot:
        await at_some_place(pilot)
        reader(pilot).session.save()
        left = reader(pilot).item_id
    target = "/2025/06/finding-a-post-finding-a-word/#filters"
    async with running(size=(100, 20), fresh=False, target=target) as pilot:
        screen = reader(pilot)
        assert screen.reading
        assert screen.item_id == target.partition("#")[0]
        assert screen.article.document is not None
        assert screen.article.place == screen.article.document.anchors["filters"]
        assert screen.library.is_read(screen.item_id)
        await pilot.press("H")
        await settle(pilot)
        assert screen.item_id == left
