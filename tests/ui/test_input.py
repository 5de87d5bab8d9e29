"""Test that keys typed in one burst each go where the one before leads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.command import CommandPalette
from textual.widgets import Input

from tests.ui.apps import reader, running, settle, type_at_once, until
from xsfreader.ui.reader import ReaderScreen
from xsfreader.ui.screens.choice import ChoiceScreen
from xsfreader.ui.screens.help import HelpScreen
from xsfreader.ui.screens.search import SearchScreen

if TYPE_CHECKING:
    from tests.ui.apps import Driver


def typed(pilot: Driver) -> str:
    top = pilot.app.screen
    return top.input.value if isinstance(top, SearchScreen) else ""


async def test_letters_after_the_key_of_a_prompt_are_typed_into_it() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        type_at_once(pilot, "/quit")
        await until(pilot, lambda: screen.posts.filtered == "quit")
        assert pilot.app.is_running
        assert pilot.app.query_one("#prompt", Input).value == "quit"


async def test_keys_typed_before_the_screen_has_begun_wait_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin = ReaderScreen.on_mount

    async def type_and_begin(screen: ReaderScreen) -> None:
        for key in "/zq":
            screen.app.post_message(events.Key("slash" if key == "/" else key, key))
        await asyncio.sleep(0.1)
        begin(screen)

    monkeypatch.setattr(ReaderScreen, "on_mount", type_and_begin)
    async with running() as pilot:
        await until(pilot, lambda: reader(pilot).posts.filtered == "zq")
        assert pilot.app.query_one("#prompt", Input).value == "zq"


async def test_a_modifier_alone_is_no_key() -> None:
    keys = (
        "left_shift", "right_control", "iso_level3_shift", "shift+iso_level5_shift", "caps_lock",
        "alt+num_lock", "raise_volume", "media_play_pause", "print_screen", "<ignore>",
    )  # fmt: skip
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("enter", "f")
        for key in keys:
            await pilot.press(key)
            assert screen.links.hinting, key
        await pilot.press("escape")
        assert not screen.links.hinting


async def test_keys_after_a_prompt_go_to_the_list() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        type_at_once(pilot, "/the", "enter", "jjj")
        await until(pilot, lambda: screen.posts.cursor == 3)
        assert screen.posts.filtered == "the"
        entry = screen.posts.entry
        assert entry is not None
        await until(pilot, lambda: screen.item_id == entry.permalink)
        type_at_once(pilot, "/xyz", "escape", "g")
        await until(pilot, lambda: screen.posts.cursor == 0 and not screen.posts.filtered)


async def test_a_find_and_its_steps_in_one_burst() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("enter")
        type_at_once(pilot, "/the", "enter", "nn")
        await until(pilot, lambda: screen.find.current == 2)
        assert screen.find.needle == "the"


async def test_a_search_and_its_first_result_in_one_burst() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        type_at_once(pilot, "Fpercent", "down", "enter")
        await until(pilot, lambda: bool(screen.find.matches))
        hits = screen.library.search("percent", 5)
        assert screen.item_id == hits[min(1, len(hits) - 1)].post.permalink
        assert pilot.app.screen is screen


async def test_a_panel_in_one_burst() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        for _ in range(3):
            type_at_once(pilot, "tjj", "enter")
            await until(pilot, lambda: screen.reading and pilot.app.screen is screen)
            assert screen.article.place.block > 0
            type_at_once(pilot, "gh")
            await until(pilot, lambda: not screen.reading)
        type_at_once(pilot, "?q", "?q", "?")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await settle(pilot)
        assert pilot.app.is_running


async def test_letters_after_the_key_of_the_palette_are_typed_into_it() -> None:
    async with running() as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
        await pilot.press("escape")
        pilot.app.simulate_key("ctrl+p")
        type_at_once(pilot, "quick")
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
        field = pilot.app.screen.query_one(Input)
        await until(pilot, lambda: field.value == "quick")


async def test_a_letter_after_the_key_of_hints_follows_a_link(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("enter")
        followed: list[int] = []
        monkeypatch.setattr(screen.links, "follow", followed.append)
        type_at_once(pilot, "fs")
        await until(pilot, lambda: bool(followed))
        assert not screen.links.hinting
        assert screen.library.is_starred(screen.item_id or "") is False


async def test_keys_typed_while_panels_open_and_close_are_neither_lost_nor_late() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        for _ in range(5):
            type_at_once(pilot, "t", "escape", "?", "escape", "Fab", "escape", "/ab", "escape")
        type_at_once(pilot, "Fcde")
        await until(pilot, lambda: typed(pilot) == "cde")
        assert not screen.posts.filtered
        type_at_once(pilot, "escape", "t")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceScreen))


@pytest.mark.parametrize("after", [("enter",), ("escape",), ("jj",), ("pagedown", "enter")])
async def test_keys_after_enter_wait_for_the_results(
    after: tuple[str, ...],
) -> None:
    async with running() as pilot:
        screen = reader(pilot)
        hits = screen.library.search("percent", 1)
        await settle(pilot)
        type_at_once(pilot, "Fpercent", "enter", *after)
        await until(pilot, lambda: screen.item_id == hits[0].post.permalink)
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.reading


@pytest.mark.parametrize("words", ["help", "headings of the", "xqzz"])
async def test_the_palette_runs_the_match_or_nothing(words: str) -> None:
    async with running() as pilot:
        screen = reader(pilot)
        cursor = screen.posts.cursor
        type_at_once(pilot, "ctrl+p", words, "enter")
        wanted = {"help": HelpScreen, "headings of the": ChoiceScreen, "xqzz": CommandPalette}[
            words
        ]
        await until(pilot, lambda: isinstance(pilot.app.screen, wanted))
        await settle(pilot, 0.3)
        assert screen.posts.cursor == cursor
        type_at_once(pilot, "escape", "ctrl+p", "pagedown", "pagedown", "escape")
        await until(pilot, lambda: pilot.app.screen is screen)


@pytest.mark.parametrize("keys", ["/the", "?", "tj", "Fxmpp", "fas"])
async def test_keys_after_quitting_are_dropped(keys: str) -> None:
    async with running() as pilot:
        type_at_once(pilot, "q", keys, "enter", "ctrl+p", "abc")
        await until(pilot, lambda: not pilot.app.is_running)
    assert pilot.app.return_code == 0


async def test_a_prompt_ends_when_it_loses_the_focus() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        type_at_once(pilot, "/the", "tab", "tab")
        await until(pilot, lambda: screen.posts.filtered == "the")
        assert screen.focused is pilot.app.query_one("#prompt")
        screen.focus_pane(reading=True)
        await settle(pilot)
        assert not screen.query("#prompt")
        assert screen.posts.filtered == "the"
        type_at_once(pilot, "/xsf")
        await until(pilot, lambda: screen.find.needle == "xsf")


async def test_keys_go_on_if_an_answer_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xsfreader.ui.input.TIMEOUT_SECONDS", 0.1)
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
        monkeypatch.setattr(pilot.app.screen, "is_pending", lambda _typed: True)
        type_at_once(pilot, "escape", "j")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_a_prompt_has_the_editing_keys_of_a_shell() -> None:
    async with running() as pilot:
        await pilot.press("slash", *"one two")
        await settle(pilot)
        line = pilot.app.query_one("#prompt", Input)
        for key, value, cursor in (
            ("alt+b", "one two", 4),
            ("alt+b", "one two", 0),
            ("alt+f", "one two", 4),
            ("alt+d", "one ", 4),
            ("alt+q", "one ", 4),
            ("alt+backspace", "", 0),
        ):
            pilot.app.post_message(events.Key(key, key[-1]))
            await settle(pilot)
            assert (line.value, line.cursor_position) == (value, cursor), key
        assert pilot.app.is_running


async def test_the_app_can_be_suspended_in_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as pilot:
        suspended: list[str] = []
        monkeypatch.setattr(
            pilot.app, "action_suspend_process", lambda: suspended.append(str(pilot.app.screen))
        )
        for key in ("t", "F", "question_mark", "slash"):
            await pilot.press(key, "ctrl+z", "escape")
            await settle(pilot)
        assert len(set(suspended)) == len(suspended) == 4


async def test_a_prompt_moves_no_line() -> None:
    async with running(size=(60, 16)) as pilot:
        screen = reader(pilot)
        await pilot.press("escape", "G")
        await settle(pilot)
        before = (screen.posts.size, screen.posts.scroll_offset)
        await pilot.press("slash")
        await settle(pilot)
        assert (screen.posts.size, screen.posts.scroll_offset) == before
        await pilot.press("escape")
        await settle(pilot)
        assert (screen.posts.size, screen.posts.scroll_offset) == before
