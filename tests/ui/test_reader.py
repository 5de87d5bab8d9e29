"""Test what list, post and status line show after a key."""

from __future__ import annotations

import signal
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from unittest.mock import Mock

import pytest

from tests.ui.apps import reader, running, settle
from xsfreader.config import Config, locate
from xsfreader.errors import BrokenFileError, UnknownPostError
from xsfreader.library import Library
from xsfreader.model import Place
from xsfreader.ui.app import ReaderApp, run
from xsfreader.ui.history import Visit
from xsfreader.ui.reader import ReaderScreen
from xsfreader.ui.signals import SIGNALLED
from xsfreader.ui.widgets.article import ArticleView

if TYPE_CHECKING:
    from textual.app import ComposeResult


async def test_enter_in_the_filter_shows_the_selected_post() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        before = screen.item_id
        await pilot.press("slash", *"search", "enter")
        await settle(pilot)
        entry = screen.posts.entry
        assert entry is not None
        assert screen.item_id == entry.permalink != before
        await pilot.press("s")
        assert screen.library.is_starred(entry.permalink)


async def test_escape_in_the_filter_returns_to_the_shown_post() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        before = screen.item_id
        await pilot.press("slash", *"search")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        entry = screen.posts.entry
        assert entry is not None
        assert screen.item_id == entry.permalink == before


async def test_hints_end_when_the_window_changes() -> None:
    async with running(size=(100, 30)) as pilot:
        screen = reader(pilot)
        await pilot.press("enter", "f")
        await settle(pilot)
        hinting = [screen.links.hinting]
        await pilot.resize_terminal(120, 20)
        await settle(pilot, 0.2)
        hinting.append(screen.links.hinting)
        assert hinting == [True, False]
        await pilot.press("h")
        assert screen.status.where
        await pilot.resize_terminal(60, 20)
        await settle(pilot, 0.2)
        assert not screen.status.where
        await pilot.press("enter")
        await settle(pilot)
        top = screen.article.scroll_offset.y
        await pilot.press("j")
        await settle(pilot)
        assert screen.article.scroll_offset.y == top + 1


async def test_a_message_ends_with_the_next_key() -> None:
    async with running(size=(100, 20)) as pilot:
        screen = reader(pilot)
        await pilot.press("enter", "s")
        assert screen.status.text == "Starred"
        await pilot.press("j")
        assert screen.status.text == ""
        screen.status.say("something came meanwhile", seconds=60.0)
        await pilot.press("j", "j")
        assert screen.status.text == "something came meanwhile"
        await pilot.press("slash", *"the", "enter")
        await settle(pilot)
        found = screen.status.text
        assert found.startswith("the: ")
        await pilot.press("j")
        assert screen.status.text == found


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (120, ", 2 unreadable files: press P "),
        (66, ", 2 unreadable files "),
        (46, " unread, 2 unreadable "),
        (40, " unread "),
    ],
)
async def test_the_header_counts_unreadable_files_in_the_words_that_fit(
    width: int, words: str
) -> None:
    async with running(size=(width, 20)) as pilot:
        screen = reader(pilot)
        screen.header.problems = 2
        await settle(pilot)
        line = screen.header.render_line(0).text
        assert f"{words}─" in line
        assert line.endswith(" built in ─")


@pytest.mark.parametrize("width", [40, 60, 100])
async def test_the_header_shows_a_sync_at_any_width(width: int) -> None:
    async with running(size=(width, 20)) as pilot:
        screen = reader(pilot)
        screen.header.sync = "reading posts 45 % …"
        await settle(pilot)
        line = screen.header.render_line(0).text
        assert "reading posts 45 % …" in line
        assert ("unread" in line) == (width > 40)
        assert len(line) == width


@pytest.mark.parametrize("width", [40, 120])
async def test_an_empty_list_shows_its_whole_message(width: int) -> None:
    async with running(size=(width, 20)) as pilot:
        screen = reader(pilot)
        await pilot.press("escape", "5")
        await settle(pilot)
        words = " ".join(screen.posts.render_line(y).text.strip() for y in range(6))
        assert "s stars the post you read." in words
        await pilot.press("slash", *"no post has these words")
        await settle(pilot)
        words = " ".join(screen.posts.render_line(y).text.strip() for y in range(6))
        assert "No starred post matches “no post has these words”: Esc shows all." in " ".join(
            words.split()
        )


async def test_keys_work_after_a_window_was_too_small() -> None:
    async with running(size=(100, 30)) as pilot:
        screen = reader(pilot)
        await pilot.press("enter")
        await pilot.resize_terminal(30, 8)
        await settle(pilot, 0.2)
        starred = screen.library.is_starred(screen.item_id or "")
        await pilot.press("s", "m", "f")
        assert screen.library.is_starred(screen.item_id or "") == starred
        assert not screen.links.hinting
        await pilot.resize_terminal(100, 30)
        await settle(pilot, 0.2)
        assert screen.focused is screen.article
        screen.set_focus(None)
        await pilot.press("f", "!")
        assert screen.status.text == "No link has these letters"


async def test_escape_clears_selected_text_first() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("enter")
        screen.text_select_all()
        assert screen.get_selected_text()
        await pilot.press("escape")
        assert not screen.get_selected_text()
        assert screen.reading
        await pilot.press("escape")
        assert not screen.reading


async def test_a_link_to_a_removed_post_shows_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_index: int) -> None:
        raise UnknownPostError("/gone/", ())

    async with running() as pilot:
        screen = reader(pilot)
        monkeypatch.setattr(screen.links, "follow", gone)
        await pilot.press("enter", "f", "a")
        assert "/gone/" in screen.status.text
        screen.status.say("")
        screen.post_message(ArticleView.LinkClicked(0))
        await settle(pilot)
        assert "/gone/" in screen.status.text


async def test_a_filter_without_matches_returns_to_the_shown_post() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("J", "J")
        await settle(pilot)
        before = screen.item_id
        await pilot.press("slash", *"zzz", "enter")
        await settle(pilot)
        assert not screen.posts.tree_of_posts.rows
        await pilot.press("escape")
        await settle(pilot)
        entry = screen.posts.entry
        assert entry is not None
        assert entry.permalink == screen.item_id == before


async def test_escape_shows_all_posts_again_before_it_removes_matches() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("enter", "slash", *"the", "enter", "h")
        await settle(pilot)
        assert screen.status.text == ""
        await pilot.press("slash", *"welcome", "enter", "escape")
        await settle(pilot)
        assert not screen.posts.filtered
        assert screen.find.matches
        await pilot.press("escape")
        assert not screen.find.matches


async def test_a_filter_is_shown_and_can_be_edited() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        assert "Category" in screen.tabs.render_line(0).text
        await pilot.press("slash", *"search", "enter")
        await settle(pilot)
        assert screen.tabs.render_line(0).text.startswith(" Date /search")
        assert "Esc shows all" in screen.tabs.render_line(0).text
        found = len(screen.posts.tree_of_posts.rows)
        assert screen.status.text == f"{found} post{'' if found == 1 else 's'} found"
        await pilot.press("slash", "escape")
        assert screen.status.text == ""
        await pilot.press("slash", *"search", "enter")
        await pilot.press("slash", *"es", "enter")
        await settle(pilot)
        assert screen.posts.filtered == "searches"
        await pilot.press("escape")
        await settle(pilot)
        assert "Category" in screen.tabs.render_line(0).text
        await pilot.press("slash", *"the", "enter", "2")
        await settle(pilot)
        assert "Category" in screen.tabs.render_line(0).text
        assert not screen.posts.filtered


async def test_a_star_shows_in_the_starred_list_at_once() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("5", "s")
        await settle(pilot)
        assert screen.posts.entry is not None
        assert screen.posts.entry.permalink == screen.item_id
        await pilot.press("s")
        await settle(pilot)
        entry = screen.posts.entry
        assert entry is not None
        assert not entry.starred


async def test_a_message_gives_way_to_the_current_match() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("enter", "slash", *"the", "enter")
        await settle(pilot)
        found = screen.status.text
        await pilot.press("s")
        assert screen.status.text == "Starred"
        await pilot.press("j")
        assert screen.status.text == found


async def test_a_page_of_the_guide_has_no_address_to_copy() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        for key in ("y", "o"):
            screen.status.say("")
            await pilot.press(key)
            assert screen.status.text == "This page is built in and has no address"


def test_a_crash_sets_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall_over(app: ReaderApp, **_options: object) -> None:
        app._return_code = 1

    monkeypatch.setattr(ReaderApp, "run", fall_over)
    assert run(Library(Config(), locate(), "guide")) == 1


@pytest.mark.parametrize("typed", ["", " ", "  "])
async def test_an_empty_filter_keeps_the_cursor(typed: str) -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("J", "J", "J", "J")
        await settle(pilot)
        before = screen.item_id
        await pilot.press("slash", *["space"] * len(typed), "enter")
        await settle(pilot)
        entry = screen.posts.entry
        assert entry is not None
        assert entry.permalink == screen.item_id == before
        await pilot.press("h", "slash", *["space"] * len(typed), "enter")
        await settle(pilot)
        assert screen.posts.row is not None
        assert screen.posts.row.node is not None
        assert screen.item_id == before


async def test_history_leaves_a_view_without_the_post() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("J", "J", "enter", "space")
        await settle(pilot)
        before, place = screen.item_id, screen.article.place
        await pilot.press("6")
        await settle(pilot)
        assert screen.item_id != before
        await pilot.press("H")
        await settle(pilot)
        assert (screen.item_id, screen.article.place) == (before, place)


async def test_history_to_a_removed_post_shows_an_error_and_stays() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("enter", "space")
        await settle(pilot)
        before, place = screen.item_id, screen.article.place
        screen.history.leave(Visit("/2007/01/gone/", Place(0)))
        await pilot.press("H")
        await settle(pilot)
        assert screen.status.alert
        assert "gone" in screen.status.text
        assert (screen.item_id, screen.article.place) == (before, place)
        assert place != Place(0)


async def test_choosing_the_same_view_keeps_its_groups_open() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("J", "J", "J", "J")
        await settle(pilot)
        opened = screen.posts.tree_of_posts.opened
        assert len(opened) > 2
        await pilot.press("1")
        await settle(pilot)
        assert screen.posts.tree_of_posts.opened == opened


async def test_the_message_of_a_dialog_ends_with_the_next_key() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("enter", "A")
        await settle(pilot)
        await pilot.press("j", "enter")
        await settle(pilot)
        assert "marked as read" in screen.status.text
        await pilot.press("j")
        assert screen.status.text == ""


async def test_a_broken_archive_shows_an_error_and_no_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> bool:
        raise BrokenFileError("archive.db: not a database; restart to have it repaired")

    async with running() as pilot:
        screen = reader(pilot)
        monkeypatch.setattr(screen.library, "is_slow_to_open", broken)
        monkeypatch.setattr(screen.library, "entries", broken)
        for key in ("j", "J", "2", "l", "6"):
            screen.status.say("")
            await pilot.press(key)
            await settle(pilot)
        await pilot.click("#posts", offset=(10, 1))
        await settle(pilot)
        await pilot.click("#posts", offset=(10, 2))
        await settle(pilot)
        assert pilot.app.is_running
        assert "restart to have it repaired" in screen.status.text


async def test_a_signal_during_the_start_ends_the_app_once_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The timer that ends a stuck app would end the tests.
    monkeypatch.setattr("xsfreader.ui.app.threading", SimpleNamespace(Timer=lambda *_: Mock()))
    compose = ReaderScreen.compose

    def signalled(screen: ReaderScreen) -> ComposeResult:
        cast("ReaderApp", screen.app).end_soon(signal.SIGTERM)
        yield from compose(screen)

    monkeypatch.setattr(ReaderScreen, "compose", signalled)
    async with running() as pilot:
        assert pilot.app.return_code == SIGNALLED + signal.SIGTERM
