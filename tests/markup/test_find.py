"""Finding text in a post."""

from __future__ import annotations

import pytest

from xsfreader.markup import Match, find, find_words, parse

BASE = "https://xmpp.org/2025/01/x/"


@pytest.mark.parametrize(
    ("body", "needle", "found"),
    [
        ("Remko Tronçon", "troncon", ["Tronçon"]),
        ("a *b* **c**", "a b c", ["a b c"]),
        ("One one ONE", "one", ["One", "one", "ONE"]),
        ("One one ONE", "One", ["One"]),
        ('It\'s "so"', 'it\'s "so"', ["It’s “so”"]),
        ("æther… and", "aether...", ["æther…"]),
        ("two\nlines  \nhere", "two lines here", ["two lines\nhere"]),
        ("nothing", "", []),
        ("nothing", "   ", []),
        ("aaaa", "aa", ["aa", "aa"]),
    ],
)
def test_find(body: str, needle: str, found: list[str]) -> None:
    document = parse(body, base=BASE)
    matches = find(document, needle)
    assert [document.blocks[m.block].text[m.start : m.end] for m in matches] == found


def test_words_of_a_search_come_in_reading_order() -> None:
    document = parse("beta alpha\n\nalpha", base=BASE)
    assert find_words(document, ["alpha", "Beta"]) == (
        Match(0, 0, 4),
        Match(0, 5, 10),
        Match(1, 0, 5),
    )
