"""Finding words in a post, and the cells that show them."""

from __future__ import annotations

import pytest

from xsfreader.markup import Match, find, find_words, layout, lines_of, parse

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


def shown(body: str, needle: str, width: int = 30) -> list[str]:
    laid = layout(parse(body, base=BASE), width)
    found = []
    for match in find(laid.document, needle):
        for number, first, end in lines_of(laid, match):
            cells = "".join(
                char + "\0" * (1 if char in "漢字" else 0) for char in laid.lines[number].text
            )
            found.append(cells[first:end].replace("\0", ""))
    return found


@pytest.mark.parametrize(
    ("body", "needle", "cells"),
    [
        ("- a list with **bo**ld words", "bold", ["bold"]),
        ("one two three four five six seven eight", "six seven", ["six", "seven"]),
        ("> 漢字 and 漢字", "漢字", ["漢字", "漢字"]),
        ("```\nsome code\nmore code\n```", "code", ["code", "code"]),
        ("| a | b |\n|---|---|\n| xx | words that wrap in their cell |", "cell", ["cell"]),
        ('{{< figure src="/a.png" caption="Some caption" >}}', "caption", ["caption"]),
    ],
)
def test_cells_of_matches(body: str, needle: str, cells: list[str]) -> None:
    assert shown(body, needle) == cells
