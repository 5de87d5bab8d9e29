"""The stretch of a text that shows why a search found it."""

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
"""Characters of a snippet, more or less."""
BEFORE = 50
"""Of these, how many stand before the first hit."""
_PIECE = 1500
"""Characters of a text that are looked through at once."""
_LOOKED_AT = 12
"""Hits of a term that are weighed; the best stretch is seldom behind so many."""


Spot = tuple[int, int, int]
"""Start and end of a hit, and which term it is of."""


@lru_cache(maxsize=256)
def pattern(term: Term) -> re.Pattern[str]:
    """An expression that finds a term in folded text.

    It begins with the word itself, and looks back from there: so a text is gone over fast.
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
    """Where terms stand in folded text, in the order of the text; of each the first ``most``."""
    found = [
        (*hit.span(), number)
        for number, term in enumerate(terms)
        for hit in islice(pattern(term).finditer(folded), most)
    ]
    return found if len(terms) == 1 else sorted(found)


def snippet(text: str, terms: Sequence[Term]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Choose the stretch of a text that most of the terms stand in, with where they stand.

    Where none does, in a post found by its title say, it is the beginning.
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
    """Where the best stretch of a text has its first hit.

    Folding a text takes far longer than looking through it, so it is done only where a term is
    not found without; and a long text is looked through a piece at a time.
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
    """The hit to begin with: the first of those with most terms in the stretch behind it."""
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
    """The marks in their order, those that overlap made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def _word_start(text: str, at: int) -> int:
    """The start of the first word from there on, of the text where that is near."""
    if at <= 10:
        return 0
    space = text.find(" ", at, at + BEFORE - 10)
    return at if space < 0 else space + 1


def _end(text: str, begin: int) -> int:
    """Where a snippet from there ends: as wide as one is, with a word."""
    end = begin + WIDTH
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", begin + WIDTH * 2 // 3, end + 1)
    return end if space < 0 else space
