"""Languages to choose from, XEPs filtered, the width of the list, what was typed before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ui.apps import reader, running, settle, until
from tests.ui.test_search import search
from xsfreader.config import Config
from xsfreader.ui.hints import labels_like
from xsfreader.ui.reader import ReaderScreen
from xsfreader.ui.screens.choice import ChoiceScreen
from xsfreader.ui.widgets.panes import Sidebar

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("keys", "start"), [("d", "/de/"), ("f", "/fr/"), ("j enter", "/fr/")])
async def test_t_offers_several_languages(keys: str, start: str) -> None:
    async with running() as pilot:
        screen = reader(pilot)
        before = screen.item_id
        await pilot.press("T")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ChoiceScreen)
        rows = pilot.app.screen.choices.rows
        assert [row[:5] for row in rows] == ["d  de", "f  fr"]
        assert "Willkommen" in rows[0]
        await pilot.press(*keys.split())
        await settle(pilot)
        assert screen.item_id is not None
        assert screen.item_id.startswith(start)
        await pilot.press("H")
        await settle(pilot)
        assert screen.item_id == before


async def test_t_goes_to_and_fro_between_two_languages(tmp_path: Path) -> None:
    for name in ("a.md", "a.de.md"):
        (tmp_path / name).write_text(f"---\ntitle: {name}\ndate: 2025-01-01\n---\nText.\n")
    async with running(str(tmp_path)) as pilot:
        screen = reader(pilot)
        found = []
        for _ in range(3):
            found.append(screen.item_id)
            await pilot.press("T")
            await settle(pilot)
        assert found == ["/2025/01/a.md/", "/de/2025/01/a.de.md/", "/2025/01/a.md/"]


def test_letters_of_languages_differ_and_leave_the_keys_that_move_and_close() -> None:
    assert labels_like(["de", "en", "es", "fr", "pt-br"]) == "desfp"
    assert labels_like(["ja", "ja", "xx", "qq"]) == "abcd"
    many = labels_like(["en"] * 30)
    assert len(many) == 30
    assert many.endswith("  ")


@pytest.mark.parametrize(
    ("words", "numbers"),
    [("0384", ["0384"]), ("xep-384", ["0384"]), ("384", ["0384"]), ("XEP-0060", ["0060"])],
)
async def test_the_list_by_xep_is_filtered_by_its_number(words: str, numbers: list[str]) -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("4", "slash")
        await settle(pilot)
        assert screen.prompt is not None
        assert screen.prompt.placeholder == "Filter: XEP number or title"
        screen.prompt.value = words
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        rows = screen.posts.tree_of_posts.rows
        assert [row.node.group.label[:4] for row in rows if row.node] == numbers
        entry = screen.posts.entry
        assert entry is not None
        assert screen.posts.unread_shown()
        assert {row.entry.permalink for row in rows if row.entry} == set(
            screen.posts.unread_shown()
        )
        await pilot.press("escape")
        await settle(pilot)
        assert len([row for row in screen.posts.tree_of_posts.rows if row.node]) > 3


async def test_a_filter_that_finds_no_xep_says_so() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("4", "slash", *"welcome")
        await settle(pilot)
        shown = " ".join(screen.posts.render_line(y).text.strip() for y in range(4))
        assert "No XEP matches “welcome”: Esc shows all." in shown
        assert screen.posts.unread_shown() == ()


async def test_the_list_is_made_wider_and_narrower_and_stays_so() -> None:
    async with running(size=(120, 30)) as pilot:
        screen = reader(pilot)
        sidebar = screen.query_one(Sidebar)
        before = sidebar.outer_size.width
        await pilot.press(*["greater_than_sign"] * 3)
        await settle(pilot)
        assert sidebar.outer_size.width == before + 6
        assert screen.status.text == f"List: {before + 6} columns"
        await pilot.press("less_than_sign")
        await settle(pilot)
        assert sidebar.outer_size.width == before + 4
        await pilot.press(*["less_than_sign"] * 20)
        await settle(pilot)
        assert sidebar.outer_size.width == 20
        await pilot.press(*["greater_than_sign"] * 40)
        await settle(pilot)
        assert sidebar.outer_size.width == 80
        await pilot.resize_terminal(100, 30)
        await settle(pilot, 0.2)
        assert sidebar.outer_size.width == 60
        await pilot.resize_terminal(60, 30)
        await settle(pilot, 0.2)
        await pilot.press("h", "greater_than_sign")
        await settle(pilot)
        assert sidebar.outer_size.width == 60
        assert "isn't beside" in screen.status.text
        await pilot.resize_terminal(120, 30)
        await settle(pilot, 0.2)
        await pilot.press("less_than_sign")
        await settle(pilot)
    async with running(size=(120, 30)) as pilot:
        assert reader(pilot).query_one(Sidebar).outer_size.width == 78
    config = Config(images="off", list_width=30)
    async with running(size=(120, 30), config=config) as pilot:
        assert reader(pilot).query_one(Sidebar).outer_size.width == 30


async def test_find_and_filter_remember_what_was_typed() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        for word in ("keys", "list", "keys"):
            await pilot.press("slash", *word, "enter", "escape")
            await settle(pilot)
        await pilot.press("slash", "x")
        await settle(pilot)
        assert screen.prompt is not None
        found = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await pilot.press(key)
            found.append(screen.prompt.value)
        assert found == ["keys", "list", "list", "keys", "x", "x"]
        await pilot.press("escape", "l", "slash", "up")
        await settle(pilot)
        # What is found in a post is not what lists are filtered by.
        assert screen.prompt is not None
        assert screen.prompt.value == ""


async def test_search_remembers_what_was_typed() -> None:
    async with running() as pilot:
        for word in ("percent", "the"):
            await pilot.press("F", *word)
            await until(pilot, lambda: bool(search(pilot).results.hits))
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, ReaderScreen))
        await pilot.press("F", "up")
        await settle(pilot)
        assert search(pilot).input.value == "the"
        await until(pilot, lambda: len(search(pilot).results.hits) > 3)
        await pilot.press("down", "down", "up")
        assert search(pilot).results.cursor == 1
        await pilot.press("up", "up")
        await settle(pilot)
        assert search(pilot).input.value == "percent"
        await pilot.press("escape")
