"""Words found in a post, and the cells they take on its lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.markup.width import cell_width
from xsfreader.model import Place
from xsfreader.text import FoldedText, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xsfreader.markup.document import Document
    from xsfreader.markup.layout import Layout
    from xsfreader.markup.lines import Line

_BREAK = re.compile(r"[\n\t]")


class Match(NamedTuple):
    """A stretch of a block's text."""

    block: int
    start: int
    end: int


def find(document: Document, needle: str) -> tuple[Match, ...]:
    """Every place where the needle stands, in reading order.

    Accents and typography never count, case only where the needle has a capital.
    """
    wanted = fold(" ".join(needle.split()))
    if not wanted:
        return ()
    capitals = _capitals(needle) if any(map(str.isupper, needle)) else None
    return tuple(
        Match(index, start, end)
        for index, block in enumerate(document.blocks)
        for start, end in _occurrences(block.text, wanted)
        if capitals is None or _capitals(block.text[start:end]) == capitals
    )


def find_words(document: Document, needles: Iterable[str]) -> tuple[Match, ...]:
    """Every place of any of the needles, in reading order; how a search's hits are marked."""
    found = {match for needle in needles for match in find(document, needle.lower())}
    return tuple(sorted(found))


def lines_of(layout: Layout, match: Match) -> Iterator[tuple[int, int, int]]:
    """Line, first cell and end cell of each stretch of the screen that shows the match."""
    number = layout.line_at(Place(match.block, match.start))
    lines = layout.lines
    while number < len(lines) and lines[number].block == match.block:
        line = lines[number]
        if line.offset >= match.end:
            return
        for first, end in cells_of(line, match):
            yield number, first, end
        number += 1


def cells_of(line: Line, match: Match) -> list[tuple[int, int]]:
    """First and end cell of what the line shows of the match; empty where it shows nothing."""
    found: list[tuple[int, int]] = []
    if line.block != match.block:
        return found
    column = 0
    for span in line.spans:
        width = cell_width(span.text)
        start = max(match.start - span.at, 0)
        end = min(match.end - span.at, len(span.text))
        if span.at >= 0 and start < end:
            first = column + cell_width(span.text[:start])
            last = first + cell_width(span.text[start:end])
            if found and found[-1][1] == first:
                first = found.pop()[0]
            found.append((first, last))
        column += width
    return found


def _occurrences(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    flat = _BREAK.sub(" ", text)
    folded = None if flat.isascii() else FoldedText.of(flat)
    hay = flat.lower() if folded is None else folded.text
    start = hay.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        yield (start, end) if folded is None else folded.span(start, end)
        start = hay.find(wanted, end)


def _capitals(text: str) -> list[bool]:
    return [char.isupper() for char in text if char.isalpha()]
