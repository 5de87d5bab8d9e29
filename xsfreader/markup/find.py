"""Find text in a post."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.text import FoldedText, fold, term_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xsfreader.markup.document import Document
    from xsfreader.text import Term

MOST_MATCHES = 10_000


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
    pattern = re.compile(re.escape(wanted).replace(r"\ ", r"[ \n\t]"))
    found = (
        match
        for match in _matches(document, [pattern])
        if capitals is None
        or _capitals(document.blocks[match.block].text[match.start : match.end]) == capitals
    )
    return tuple(islice(found, MOST_MATCHES))


def find_terms(document: Document, terms: Iterable[Term]) -> tuple[Match, ...]:
    """Find every occurrence of any of the terms, in reading order, to mark a search's hits."""
    found = _matches(document, [term_pattern(term) for term in terms])
    return tuple(islice(found, MOST_MATCHES))


def _matches(document: Document, patterns: Sequence[re.Pattern[str]]) -> Iterator[Match]:
    for index, block in enumerate(document.blocks):
        text = fold(block.text)
        found = sorted({hit.span() for each in patterns for hit in each.finditer(text)})
        if found:
            folded = FoldedText.of(block.text)
            yield from (Match(index, *folded.span(*span)) for span in found)


def _capitals(text: str) -> list[bool]:
    return [char.isupper() for char in text if char.isalpha()]
