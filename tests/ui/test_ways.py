"""Languages to choose from, and the list by XEP filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ui.apps import reader, running, settle
from xsfreader.ui.hints import labels_like
from xsfreader.ui.screens.choice import ChoiceScreen

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
        assert screen.prompt.placeholder == "Filter by XEP number or title"
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
