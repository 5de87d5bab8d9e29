"""Snippets: the part of a text that shows why it matched a search."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from xsfreader.text import FoldedText, term_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xsfreader.text import Term

    Spot = tuple[int, int, Term]
    """Start and end of a match, and its term."""

WIDTH = 160
"""Approximate length of a snippet in characters."""
BEFORE = 50
"""How many of these are before the first match."""


def snippet(text: str, terms: Sequence[Term]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the part of a text that contains most of the terms, and their positions in it.

    If it contains none, as in a post found by its title, return the beginning.
    """
    folded = FoldedText.of(text)
    spots = sorted(
        (*hit.span(), term) for term in terms for hit in term_pattern(term).finditer(folded.text)
    )
    begin = _word_start(text, folded.origins[_best_start(spots)] - BEFORE) if spots else 0
    end = _end(text, begin)
    before, after = "…" if begin else "", "…" if end < len(text) else ""
    marks = (folded.span(first, last) for first, last, _ in spots)
    shift = len(before) - begin
    return before + text[begin:end] + after, tuple(
        (max(first, begin) + shift, min(last, end) + shift)
        for first, last in _apart(marks)
        if first < end and last > begin
    )


def _best_start(spots: Iterable[Spot]) -> int:
    """Return the start of the first match that most of the terms follow closely."""
    best = most = 0
    near: deque[Spot] = deque()
    for spot in spots:
        near.append(spot)
        while len(near) > 1 and spot[1] > near[0][0] + WIDTH - BEFORE:
            near.popleft()
        found = len({term for _, _, term in near})
        if found > most:
            most, best = found, near[0][0]
    return best


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
