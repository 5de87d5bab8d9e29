"""Test that the palette finds what was meant."""

from __future__ import annotations

import pytest

from tests.ui.apps import reader, running, settle, type_at_once
from xsfreader.ui.screens.choice import ChoiceScreen
from xsfreader.ui.screens.palette import Command, Commands, best

LINES = [
    "XEP-0384 OMEMO Encryption, Experimental",
    "XEP-0045 Multi-User Chat, Stable",
    "XEP-0345 Form of Membership, Active",
    "Ubiquitous XMPP Encryption: test day 01",
    "Quarterly Membership: applications until 21 May",
    "quit: Quit  (q ctrl+q)",
    "Security Notice: Sync your Clocks",
    "sync: Fetch what is new now  (r)",
    "zen: The text alone  (z)",
    "The Zeitgeist of an Encrypted Net",
    "contents: The headings of the post  (t)",
]


@pytest.mark.parametrize("query", ["xep 384", "XEP-384", "xep-0384", "xep384", "xep 38", "omemo"])
def test_a_xep_is_found_in_any_spelling(query: str) -> None:
    assert first(query) == LINES[0]


def test_the_exact_number_comes_first() -> None:
    assert first("xep 45") == LINES[1]


@pytest.mark.parametrize("query", ["quit", "sync", "zen", "contents", "headings", "post headings"])
def test_an_action_is_found_by_label_and_help(query: str) -> None:
    assert query.rsplit(maxsplit=1)[-1] in first(query)
    assert first(query).endswith(")")


@pytest.mark.parametrize(
    ("query", "lines"), [("encrypt", {0, 3, 9}), ("sync", {6, 7}), ("z", {8, 9}), ("snyc", set())]
)
def test_only_lines_with_the_words_are_found(query: str, lines: set[int]) -> None:
    found = {words for _, (words, _) in best(commands(), query)}
    assert found == {LINES[each] for each in lines}


async def test_every_action_is_offered() -> None:
    async with running() as pilot:
        offered = [words for words, _ in Commands(pilot.app.screen)._actions()]
        labels = [action.label for action in pilot.app.actions]  # type: ignore[attr-defined]
        missing = {label for label in labels if not any(w.startswith(label) for w in offered)}
        assert missing == {"palette"}
        await pilot.press("ctrl+p")
        await settle(pilot, 0.2)
        await pilot.press(*"quit")
        await settle(pilot, 0.5)
        await pilot.press("enter")
        await settle(pilot, 0.5)
        assert not pilot.app.is_running


@pytest.mark.parametrize(
    ("query", "opens"),
    [
        ("category reference", "category"),
        ("xep 384", "XEP-0384"),
        ("sync once read", "Sync once, read for ever"),
    ],
)
async def test_a_category_a_xep_and_a_title_open(query: str, opens: str) -> None:
    async with running() as pilot:
        screen = reader(pilot)
        type_at_once(pilot, "ctrl+p", query, "enter")
        for _ in range(200):
            await pilot.pause(0.05)
            top, row, document = pilot.app.screen, screen.posts.row, screen.article.document
            shown = {
                "category": row is not None and row.key == "group:reference",
                "XEP-0384": isinstance(top, ChoiceScreen) and opens in top._title,
            }
            if shown.get(opens, document is not None and opens in document.blocks[0].text):
                return
        raise AssertionError(f"{query} opened nothing")


def commands() -> list[Command]:
    return [(line, lambda: None) for line in LINES]


def first(query: str) -> str:
    return best(commands(), query)[0][1][0]
