"""Finding text in a post."""

from __future__ import annotations

import pytest

from xsfreader.markup import find, find_terms, parse
from xsfreader.store.query import parse_query

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


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('alpha beta ""', ["beta", "alpha", "alpha"]),
        ("alph", ["alph", "alph", "alph"]),
        ("urn:xmpp:mam:2 in:xeps", ["urn:xmpp:mam:2"]),
        ("<retract in:xeps", ["<retract"]),
        ("disco#info", ["disco#info", "disco info"]),
        ("日本", ["日本"]),
    ],
)
def test_what_a_search_finds_is_found_in_reading_order(query: str, found: list[str]) -> None:
    body = (
        "beta alpha alphabet\n\nalpha urn:xmpp:mam:2#x urn:xmpp:mam:22 `<retract/> retract`"
        "\n\ndisco#info\ndisco info, in 日本語"
    )
    document = parse(body, base=BASE)
    matches = find_terms(document, parse_query(query).terms)
    assert [document.blocks[m.block].text[m.start : m.end] for m in matches] == found
