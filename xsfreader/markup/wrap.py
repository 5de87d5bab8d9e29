"""Wrap text into lines.

Lines are ranges of offsets, so each line drawn is a slice of the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xsfreader.markup.lines import Span
from xsfreader.markup.width import clusters, is_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Piece = tuple[int, int]
"""Start and end of one line."""

Part = tuple[int, int, int]
"""Start, end and cells of a part that must not be split."""

SpanLine = tuple[int, tuple[Span, ...]]
"""Offset of a line in the block's text, and its spans."""

_WORD = re.compile("[^ ]+")
_NOT_FIRST = frozenset(
    "、。，．・：；？！」』）】〕〉》”’…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.!?:;)]}"
)
_NOT_LAST = frozenset("「『（【〔〈《“‘([{")


def wrap(text: str, width: int) -> list[Piece]:
    r"""Wrap prose at ``\n``, between words and wide characters, else at the edge.

    Blanks at the end of a line are dropped, those at the start of the text and no-break spaces
    stay. There is always at least one line.
    """
    pieces: list[Piece] = []
    start = 0
    for line in text.split("\n"):
        begin = end = start
        used = 0
        for first, last, cells in _parts(text, start, start + len(line), width):
            used += first - end + cells
            if used > width:
                if end > begin:
                    pieces.append((begin, end))
                begin, used = first, cells
            end = last
        pieces.append((begin, end))
        start += len(line) + 1
    return pieces


def wrap_spans(spans: Sequence[Span], text: str, start: int, width: int) -> Iterator[SpanLine]:
    """Wrap a part of a block's text that begins at an offset; yield the lines."""
    return slice_spans(spans, [(start + a, start + b) for a, b in wrap(text, width)])


def wrap_code(line: str, start: int, width: int, indent: int) -> list[Piece]:
    """Wrap a line of code that begins at an offset: after a blank if possible, else anywhere.

    Blanks stay; all lines but the first are indented.
    """
    if len(line) <= width and is_plain(line):
        return [(start, start + len(line))]
    pieces: list[Piece] = []
    begin = used = 0
    cut, used_there = 0, 0
    is_indentation = True
    for first, last, cells in clusters(line):
        if used + cells > width and first > begin:
            if cut <= begin:
                cut, used_there = first, used
            pieces.append((start + begin, start + cut))
            begin, used = cut, indent + used - used_there
        used += cells
        if line[first] != " ":
            is_indentation = False
        elif not is_indentation:
            cut, used_there = last, used
    pieces.append((start + begin, start + len(line)))
    return pieces


def _parts(text: str, start: int, stop: int, width: int) -> Iterator[Part]:
    """Yield the words of a line; long ones and those of wide characters in parts."""
    plain = is_plain(text[start:stop])
    for word in _WORD.finditer(text, start, stop):
        first, last = word.span()
        if not plain and not is_plain(word.group()):
            yield from _split_word(text, first, last, width)
            continue
        while last - first > width:
            cut = _split_point(text, first, width)
            yield first, cut, width
            first = cut
        yield first, last, last - first


def _split_point(text: str, start: int, width: int) -> int:
    """Return where to split a word longer than a line: after a sign of an address if near."""
    edge = start + width
    for cut in range(edge, edge - width // 2, -1):
        if text[cut - 1] in "/?&-":
            return cut
    return edge


def _split_word(text: str, first: int, last: int, width: int) -> Iterator[Part]:
    """Split a word where a line may end: at wide characters, else at the edge."""
    begin, used = first, 0
    previous, was_wide = "", False
    for start, end, cells in clusters(text[first:last]):
        char = text[first + start]
        wide = cells > 1
        joint = (wide or was_wide) and char not in _NOT_FIRST and previous not in _NOT_LAST
        if used and (joint or used + cells > width):
            yield begin, first + start, used
            begin, used = first + start, 0
        used += cells
        previous, was_wide = text[first + end - 1], wide
    yield begin, last, used


def slice_spans(spans: Sequence[Span], pieces: Iterable[Piece]) -> Iterator[SpanLine]:
    """Yield the lines for ``pieces``, which must be in order."""
    index, count = 0, len(spans)
    for start, end in pieces:
        while index < count and spans[index].at + len(spans[index].text) <= start:
            index += 1
        found: list[Span] = []
        each = index
        while each < count and spans[each].at < end:
            span = spans[each]
            first = max(start - span.at, 0)
            part = span.text[first : end - span.at]
            found.append(Span(part, span.role, span.marks, span.link, span.at + first))
            each += 1
        yield start, tuple(found)
