"""Draw tables at a width: shrink columns, wrap cells; if too narrow, list rows as records."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from xsfreader.markup.lines import Role, Span, join_text
from xsfreader.markup.width import cell_width
from xsfreader.markup.wrap import wrap_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xsfreader.markup.document import Table
    from xsfreader.markup.wrap import SpanLine

Cell = tuple[Span, ...]

_BETWEEN = " │ "
_CROSSING = "─┼─"
_INDENT = "  "
_MIN_COLUMN = 8
"""Cells; narrower columns are unreadable."""


def draw_table(table: Table, room: int) -> Iterator[SpanLine]:
    """Yield the lines of a table, none wider than ``room``."""
    widths = _column_widths(table, room)
    if widths is None:
        yield from _draw_records(table, room)
        return
    if any(table.header):
        yield from _draw_row(table.header, widths, table.align, 0)
    strokes = _CROSSING.join("─" * width for width in widths)
    yield len("".join(map(join_text, table.header))), (Span(strokes, Role.RULE),)
    offset = 0
    for above, row in pairwise((table.header, *table.rows)):
        offset += sum(len(join_text(cell)) + 1 for cell in above)
        yield from _draw_row(row, widths, table.align, offset)


def _column_widths(table: Table, room: int) -> list[int] | None:
    """Return the width of each column, None if they don't fit side by side.

    Words aren't split if there is room for the longest of each column.
    """
    columns = zip(table.header, *table.rows, strict=True)
    texts = ["\n".join(map(join_text, column)) for column in columns]
    wanted = [_longest(text.split("\n")) for text in texts]
    words = [_longest(text.replace("\n", " ").split(" ")) for text in texts]
    room -= len(_BETWEEN) * (len(texts) - 1)
    least = [min(width, _MIN_COLUMN) for width in wanted]
    if sum(least) > room:
        return None
    words = [max(a, b) for a, b in zip(words, least, strict=True)]
    return _shrink(wanted, _shrink(words, least, room), room)


def _longest(texts: Iterable[str]) -> int:
    return max(1, *map(cell_width, texts))


def _shrink(wanted: list[int], least: list[int], room: int) -> list[int]:
    """Reduce the widest columns until all fit."""
    widths = [min(width, room) for width in wanted]
    while sum(widths) > room:
        _, widest = max((w, at) for at, w in enumerate(widths) if w > least[at])
        widths[widest] -= 1
    return widths


def _draw_row(
    row: Sequence[Cell], widths: Sequence[int], align: Sequence[str], offset: int
) -> Iterator[SpanLine]:
    columns = [_wrap_cell(cell, width) for cell, width in zip(row, widths, strict=True)]
    for number in range(max(map(len, columns))):
        spans: list[Span] = []
        for index, (lines, width) in enumerate(zip(columns, widths, strict=True)):
            if index:
                spans.append(Span(_BETWEEN, Role.RULE))
            line = lines[number] if number < len(lines) else ()
            spans.extend(_align(line, width, align[index]))
        yield offset, tuple(spans)


def _wrap_cell(cell: Cell, width: int) -> list[Cell]:
    start = cell[0].at if cell else 0
    return [spans for _, spans in wrap_spans(cell, join_text(cell), start, width)]


def _align(line: tuple[Span, ...], width: int, align: str) -> Iterator[Span]:
    spare = width - sum(cell_width(span.text) for span in line)
    left = {"right": spare, "center": spare // 2}.get(align, 0)
    if left:
        yield Span(" " * left)
    yield from line
    if spare - left:
        yield Span(" " * (spare - left))


def _draw_records(table: Table, room: int) -> Iterator[SpanLine]:
    """Yield each row as lines of header and value, with a rule between rows.

    The header is repeated in every record; only the first counts as part of the text.
    """
    if not table.rows:
        for cell in table.header:
            for spans in _wrap_cell(cell, room):
                yield 0, spans
    offset = 0
    for number, row in enumerate(table.rows):
        if number:
            yield offset, (Span("─" * min(room, 12), Role.RULE),)
        for name, cell in zip(table.header, row, strict=True):
            head = _wrap_cell(name, room - 1) if name else []
            if number:
                head = [_without_offsets(line) for line in head]
                offset = max(offset, cell[0].at) if cell else offset
            for spans in _draw_record(head, cell, room):
                yield offset, spans


def _draw_record(head: list[Cell], cell: Cell, room: int) -> Iterator[Cell]:
    """Yield a value below its header, beside it if both fit in one line."""
    if head:
        head[-1] += (Span(":", Role.TABLE_HEADER),)
        used = cell_width(join_text(head[0])) + 1 + cell_width(join_text(cell))
        if len(head) == 1 and used <= room and "\n" not in join_text(cell):
            yield (*head[0], Span(" "), *cell)
            return
        yield from head
    if cell:
        for spans in _wrap_cell(cell, room - len(_INDENT)):
            yield (Span(_INDENT), *spans)


def _without_offsets(cell: Cell) -> Cell:
    """Return the spans without offsets, as text added by layout."""
    return tuple(span._replace(at=-1) for span in cell)
