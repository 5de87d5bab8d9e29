"""The stretch of a text that shows why a search found it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from xsfreader.folding import CJK, FoldedText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xsfreader.store.query import Term

WIDTH = 160
"""Characters of a snippet, more or less."""
BEFORE = 50
"""Of these, how many stand before the first hit."""
_LOOKED_AT = 200
"""Hits of a text that are weighed; the best stretch is seldom behind so many."""


@lru_cache(maxsize=64)
def pattern(terms: tuple[Term, ...]) -> re.Pattern[str] | None:
    """An expression that finds the terms in folded text; each term is a group."""
    return re.compile("|".join(f"({_expression(term)})" for term in terms)) if terms else None


def _expression(term: Term) -> str:
    joined = ""
    before = ""
    for word in term.words:
        if before:
            joined += r"[\W_]*" if _is_cjk(word) or _is_cjk(before) else r"[\W_]+"
        joined += re.escape(word)
        before = word
    start = "" if _is_cjk(term.words[0]) else rf"(?<![^\W_{CJK}])"
    end = "" if term.prefix or _is_cjk(before) else rf"(?![^\W_{CJK}])"
    return start + joined + end


def _is_cjk(word: str) -> bool:
    return re.match(f"[{CJK}]", word) is not None


def snippet(text: str, terms: Sequence[Term]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Choose the stretch of a text that most of the terms stand in, with where they stand.

    Where none does, in a post found by its title say, it is the beginning.
    """
    wanted = pattern(tuple(terms))
    folded = FoldedText.of(text) if wanted else None
    if wanted is None or folded is None:
        return _cut(text, 0), ()
    hits = []
    for found in wanted.finditer(folded.text):
        hits.append((found.start(), found.end(), found.lastindex))
        if len(hits) == _LOOKED_AT:
            break
    if not hits:
        return _cut(text, 0), ()
    start, _ = folded.span(*_best(hits))
    begin = _word_start(text, start - BEFORE)
    shown = _cut(text, begin)
    lead = "…" if begin else ""
    end = begin + len(shown.removesuffix("…"))
    marks = []
    for first, last, _ in hits:
        one, other = folded.span(first, last)
        if one >= begin and other <= end:
            marks.append((one - begin + len(lead), other - begin + len(lead)))
    return lead + shown, tuple(marks)


def _best(hits: Sequence[tuple[int, int, int | None]]) -> tuple[int, int]:
    """The hit to begin with: the first of those with most terms, then most hits, behind it."""
    best = (0, 0)
    chosen = hits[0]
    for place, hit in enumerate(hits):
        near = [other for other in hits[place : place + 20] if other[1] - hit[0] <= WIDTH - BEFORE]
        score = len({other[2] for other in near}), len(near)
        if score > best:
            best, chosen = score, hit
    return chosen[0], chosen[1]


def _word_start(text: str, at: int) -> int:
    """The start of the first word from there on, of the text where that is near."""
    if at <= 10:
        return 0
    space = text.find(" ", at, at + BEFORE - 10)
    return at if space < 0 else space + 1


def _cut(text: str, begin: int) -> str:
    """The text from there, as wide as a snippet, ending with a word."""
    end = begin + WIDTH
    if end >= len(text):
        return text[begin:]
    space = text.rfind(" ", begin + WIDTH * 2 // 3, end + 1)
    return text[begin : end if space < 0 else space] + "…"
