"""Find text in a post."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.text import FoldedText, fold, term_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xsfreader.markup.document import Document
    from xsfreader.text import Term

MOST_MATCHES = 10_000
_BREAK = re.compile(r"[\n\t]")


class Match(NamedTuple):
    """A range of a block's text."""

    block: int
    start: int
    end: int


def find(document: Document, text: str) -> tuple[Match, ...]:
    """Find every occurrence of a text, in reading order, up to `MOST_MATCHES`.

    Accents and typography never count, case only if the text has a capital letter.
    """
    wanted = fold(" ".join(text.split()))
    if not wanted:
        return ()
    capitals = _capitals(text) if any(map(str.isupper, text)) else None
    found = (
        Match(index, start, end)
        for index, block in enumerate(document.blocks)
        for start, end in _ranges(block.text, wanted)
        if capitals is None or _capitals(block.text[start:end]) == capitals
    )
    return tuple(islice(found, MOST_MATCHES))


def find_terms(document: Document, terms: Iterable[Term]) -> tuple[Match, ...]:
    """Find every occurrence of any of the terms, in reading order, to mark a search's hits."""
    patterns = [term_pattern(term) for term in terms]
    found: set[Match] = set()
    for index, block in enumerate(document.blocks):
        folded = FoldedText.of(block.text)
        for pattern in patterns:
            hits = pattern.finditer(folded.text)
            found.update(Match(index, *folded.span(*hit.span())) for hit in hits)
    return tuple(sorted(found)[:MOST_MATCHES])


def _ranges(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    flat = _BREAK.sub(" ", text)
    if wanted not in fold(flat):
        return
    folded = FoldedText.of(flat)
    start = folded.text.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        yield folded.span(start, end)
        start = folded.text.find(wanted, end)


def _capitals(text: str) -> list[bool]:
    return [char.isupper() for char in text if char.isalpha()]
