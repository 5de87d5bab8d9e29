"""Wrap text into lines.

Lines are ranges of offsets, so each line drawn is a slice of the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xsfreader.markup.lines import Span
from xsfreader.markup.width import cell_width, clusters, is_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Piece = tuple[int, int]
"""Start and end of one line."""

Part = tuple[int, int, int]
"""Start, end and cells of a part that must not be split."""

_WORD = re.compile("[^ ]+")
_NOT_FIRST = frozenset(
    "、。，．・：；？！」』）】〕〉》”’…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.!?:;)]}"
)
_NOT_LAST = frozenset("「『（【〔〈《“‘([{")


def wrap(text: str, width: int) -> list[Piece]:
    r"""Wrap prose at ``\n``, between words and wide characters, else at the edge.

    Blanks at the end of a line are dropped; no-break spaces stay. There is always at least
    one line.
    """
    pieces: list[Piece] = []
    start = 0
    plain = is_plain(text)
    while True:
        end = text.find("\n", start)
        stop = end if end >= 0 else len(text)
        if plain:
            _wrap_plain(text, start, stop, width, pieces)
        else:
            _wrap_wide(text, start, stop, width, pieces)
        if end < 0:
            return pieces
        start = end + 1


def wrap_code(text: str, start: int, stop: int, width: int) -> list[Piece]:
    """Wrap one line of code at the edge; blanks stay."""
    line = text[start:stop]
    if is_plain(line):
        cuts = range(start, stop, width)
        return [(cut, min(cut + width, stop)) for cut in cuts] or [(start, stop)]
    pieces: list[Piece] = []
    begin, used = 0, 0
    for first, _, cells in clusters(line):
        if used + cells > width and used:
            pieces.append((start + begin, start + first))
            begin, used = first, 0
        used += cells
    pieces.append((start + begin, stop))
    return pieces


def _wrap_plain(text: str, start: int, stop: int, width: int, pieces: list[Piece]) -> None:
    """Wrap text of one cell a character, at the last blank before the edge."""
    while stop - start > width:
        cut = text.rfind(" ", start, start + width + 1)
        end = cut
        while end > start and text[end - 1] == " ":
            end -= 1
        if cut < start or end == start:
            if cut >= start:
                start = _skip_blanks(text, cut, stop)
                continue
            end = cut = _split_point(text, start, width)
        pieces.append((start, end))
        start = _skip_blanks(text, cut, stop)
    pieces.append((start, stop))


def _skip_blanks(text: str, start: int, stop: int) -> int:
    while start < stop and text[start] == " ":
        start += 1
    return start


def _split_point(text: str, start: int, width: int) -> int:
    """Return where to split a word longer than a line: after a sign of an address if near."""
    edge = start + width
    for cut in range(edge, edge - width // 2, -1):
        if text[cut - 1] in "/?&-":
            return cut
    return edge


def _wrap_wide(text: str, start: int, stop: int, width: int, pieces: list[Piece]) -> None:
    """Wrap text word by word; long words and wide characters part by part."""
    begin = end = start
    used = 0
    for word in _WORD.finditer(text, start, stop):
        first, last = word.span()
        cells = cell_width(word.group())
        blank = first - end if used else 0
        if not used:
            begin = first
        if used + blank + cells <= width:
            used += blank + cells
            end = last
            continue
        parts: Iterable[Part] = [(first, last, cells)]
        if cells > width or not is_plain(word.group()):
            parts = _split_word(text, first, last, width)
        for part_start, part_end, part_cells in parts:
            blank = part_start - end if used else 0
            if used and used + blank + part_cells > width:
                pieces.append((begin, end))
                begin, used, blank = part_start, 0, 0
            elif not used:
                begin = part_start
            used += blank + part_cells
            end = part_end
    pieces.append((begin, end))


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


def slice_spans(spans: Sequence[Span], pieces: Sequence[Piece]) -> Iterator[tuple[Span, ...]]:
    """Yield the spans of each line; ``pieces`` must be in order."""
    index, count = 0, len(spans)
    for start, end in pieces:
        while index < count and spans[index].at + len(spans[index].text) <= start:
            index += 1
        found: list[Span] = []
        each = index
        while each < count and spans[each].at < end:
            span = spans[each]
            first = max(start - span.at, 0)
            if first == 0 and span.at + len(span.text) <= end:
                found.append(span)
            else:
                part = span.text[first : end - span.at]
                found.append(Span(part, span.role, span.marks, span.link, span.at + first))
            each += 1
        yield tuple(found)
