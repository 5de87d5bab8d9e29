"""Snippets: the part of a text that shows why it matched a search."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from xsfreader.text import CJK, FoldedText

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xsfreader.store.query import Term

WIDTH = 160
"""Approximate length of a snippet in characters."""
BEFORE = 50
"""How many of these are before the first match."""
_PIECE = 1500
"""Length of the pieces in which a text is scanned."""
_LOOKED_AT = 12
"""Matches per term to consider; the best snippet is rarely after so many."""


Spot = tuple[int, int, int]
"""Start and end of a match, and the number of its term."""


@lru_cache(maxsize=256)
def pattern(term: Term) -> re.Pattern[str]:
    """Compile a term to an expression for folded text.

    It starts with the word itself and checks the boundary by a lookbehind, which scans faster.
    """
    first = term.words[0]
    joined = first
    if not _is_cjk(first):
        joined += rf"(?<![^\W_{CJK}]{first})"
    for before, word in pairwise(term.words):
        joined += (r"[\W_]*" if _is_cjk(word) or _is_cjk(before) else r"[\W_]+") + word
    if not term.prefix and not _is_cjk(term.words[-1]):
        joined += rf"(?![^\W_{CJK}])"
    return re.compile(joined)


def _is_cjk(word: str) -> bool:
    return re.match(f"[{CJK}]", word) is not None


def spots(folded: str, terms: Sequence[Term], most: int = _LOOKED_AT) -> list[Spot]:
    """Find terms in folded text, in order; at most ``most`` matches of each."""
    found = [
        (*hit.span(), number)
        for number, term in enumerate(terms)
        for hit in islice(pattern(term).finditer(folded), most)
    ]
    return found if len(terms) == 1 else sorted(found)


def snippet(text: str, terms: Sequence[Term]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the part of a text that contains most of the terms, and their positions in it.

    If it contains none, as in a post found by its title, return the beginning.
    """
    start = _first(text, terms)
    begin = _word_start(text, (start or 0) - BEFORE)
    end = _end(text, begin)
    before, words, after = "…" if begin else "", text[begin:end], "…" if end < len(text) else ""
    shown = before + words + after
    if start is None:
        return shown, ()
    folded = FoldedText.of(words)
    marks = {folded.span(first, last) for first, last, _ in spots(folded.text, terms)}
    shift = len(before)
    return shown, tuple((first + shift, last + shift) for first, last in _apart(marks))


def _first(text: str, terms: Sequence[Term]) -> int | None:
    """Return the start of the first match in the best part of a text.

    Folding a text takes far longer than scanning it, so only texts in which a term is not found
    in lower case are folded; long texts are scanned in pieces.
    """
    if not terms:
        return None
    most = 1 if len(terms) == 1 else _LOOKED_AT
    start = 0
    while start < len(text):
        end = text.find(" ", start + _PIECE)
        end = len(text) if end < 0 else end
        piece = text[start:end]
        plain = piece.lower()
        if len(plain) == len(piece):
            found = spots(plain, terms, most)
            if len({number for _, _, number in found}) == len(terms):
                return start + _best(found)[0] if found else None
        start = end
    folded = FoldedText.of(text)
    found = spots(folded.text, terms, most)
    return folded.span(*_best(found)[:2])[0] if found else None


def _best(found: Sequence[Spot]) -> Spot:
    """Return the match to start with: the one followed by most of the terms."""
    chosen = found[0]
    near = [0] * (1 + max(number for _, _, number in found))
    kinds = most = end = 0
    for place, hit in enumerate(found):
        limit = hit[0] + WIDTH - BEFORE
        while end < len(found) and (found[end][1] <= limit or end == place):
            number = found[end][2]
            kinds += not near[number]
            near[number] += 1
            end += 1
        if kinds > most:
            most, chosen = kinds, hit
        if most == len(near):
            break
        near[hit[2]] -= 1
        kinds -= not near[hit[2]]
    return chosen


def _apart(marks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sort the marks and merge those that overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def _word_start(text: str, at: int) -> int:
    """Return the start of the next word, or of the text if that is near."""
    if at <= 10:
        return 0
    space = text.find(" ", at, at + BEFORE - 10)
    return at if space < 0 else space + 1


def _end(text: str, begin: int) -> int:
    """Return the end of a snippet that begins there: about its width on, after a word."""
    end = begin + WIDTH
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", begin + WIDTH * 2 // 3, end + 1)
    return end if space < 0 else space
