"""Tables drawn to a width: columns shrink by need, then cells wrap; else rows become records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup.lines import Role, Span
from xsfreader.markup.width import cell_width
from xsfreader.markup.wrap import cut, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xsfreader.markup.document import Table

Cell = tuple[Span, ...]
Drawn = tuple[tuple[Span, ...], int]
"""Spans of a line and the offset of the block's text that stands above it."""

_BETWEEN = " │ "
_CROSSING = "─┼─"
_INDENT = "  "
_NARROWEST = 8
"""Cells of the narrowest column that a text is still read in."""


def table_lines(table: Table, room: int) -> Iterator[Drawn]:
    """The lines of a table, none wider than ``room``."""
    widths = _column_widths(table, room)
    if widths is None:
        yield from _records(table, room)
        return
    bold = [tuple(cell) for cell in table.header]
    if any(bold):
        yield from _row(bold, widths, table.align, 0)
    strokes = _CROSSING.join("─" * width for width in widths)
    yield (Span(strokes, Role.RULE),), _end_of(table.header, 0)
    offset = _end_of(table.header, 0)
    for row in table.rows:
        offset = max(offset, _start_of(row, offset))
        yield from _row(row, widths, table.align, offset)
        offset = _end_of(row, offset)


def _text(cell: Cell) -> str:
    return "".join(span.text for span in cell)


def _start_of(row: Sequence[Cell], default: int) -> int:
    return next((cell[0].at for cell in row if cell), default)


def _end_of(row: Sequence[Cell], default: int) -> int:
    return max((cell[-1].at + len(cell[-1].text) for cell in row if cell), default=default)


def _column_widths(table: Table, room: int) -> list[int] | None:
    """Cells of each column, None where they can't stand side by side.

    Words stay whole as far as there is room for the longest of each column.
    """
    rows = [table.header, *table.rows]
    count = len(table.header)
    wanted = [1] * count
    words = [1] * count
    for row in rows:
        for index, cell in enumerate(row):
            for line in _text(cell).split("\n"):
                wanted[index] = max(wanted[index], cell_width(line))
                longest = max(map(cell_width, line.split(" ")))
                words[index] = max(words[index], longest)
    room -= len(_BETWEEN) * (count - 1)
    least = [min(width, _NARROWEST) for width in wanted]
    if sum(least) > room:
        return None
    words = [max(a, b) for a, b in zip(words, least, strict=True)]
    return _shrunk(wanted, _shrunk(words, least, room), room)


def _shrunk(wanted: list[int], least: list[int], room: int) -> list[int]:
    """The wanted widths, the widest brought down together until all fit."""
    if sum(wanted) <= room:
        return wanted
    low, high = 1, max(wanted)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(_limited(wanted, least, middle)) <= room:
            low = middle
        else:
            high = middle - 1
    widths = _limited(wanted, least, low)
    for index, width in enumerate(widths):
        spare = room - sum(widths)
        if spare <= 0:
            break
        widths[index] += min(spare, wanted[index] - width)
    return widths


def _limited(wanted: list[int], least: list[int], limit: int) -> list[int]:
    return [max(min(a, limit), b) for a, b in zip(wanted, least, strict=True)]


def _row(
    row: Sequence[Cell], widths: Sequence[int], align: Sequence[str], offset: int
) -> Iterator[Drawn]:
    columns: list[list[tuple[Span, ...]]] = []
    for cell, width in zip(row, widths, strict=True):
        columns.append(_wrapped(cell, width))
    for number in range(max(map(len, columns))):
        spans: list[Span] = []
        for index, (lines, width) in enumerate(zip(columns, widths, strict=True)):
            if index:
                spans.append(Span(_BETWEEN, Role.RULE))
            line = lines[number] if number < len(lines) else ()
            spans.extend(_aligned(line, width, align[index]))
        yield tuple(spans), offset


def _wrapped(cell: Cell, width: int) -> list[tuple[Span, ...]]:
    text = _text(cell)
    if not text:
        return [()]
    start = cell[0].at
    if start >= 0:
        return list(cut(cell, [(start + a, start + b) for a, b in wrap(text, width)]))
    at = 0
    counted: list[Span] = []
    for span in cell:
        counted.append(Span(span.text, span.role, span.marks, span.link, at))
        at += len(span.text)
    return [_repeated(line) for line in cut(counted, wrap(text, width))]


def _aligned(line: tuple[Span, ...], width: int, align: str) -> Iterator[Span]:
    spare = width - sum(cell_width(span.text) for span in line)
    left = {"right": spare, "center": spare // 2}.get(align, 0)
    if left:
        yield Span(" " * left)
    yield from line
    if spare - left:
        yield Span(" " * (spare - left))


def _records(table: Table, room: int) -> Iterator[Drawn]:
    """Each row as lines of header and value, a thin rule between rows.

    The header stands in every record; only in the first one is it part of the text.
    """
    head = [tuple(span for span in cell) for cell in table.header]
    if not table.rows:
        for cell in head:
            for spans in _wrapped(cell, room):
                yield spans, 0
    offset = 0
    for number, row in enumerate(table.rows):
        if number:
            yield (Span("─" * min(room, 12), Role.RULE),), offset
            head = [_repeated(cell) for cell in table.header] if number == 1 else head
        for name, cell in zip(head, row, strict=True):
            if name or cell:
                if number and cell:
                    offset = max(offset, cell[0].at)
                yield from _record(name, cell, room, offset)


def _record(head: Cell, cell: Cell, room: int, offset: int) -> Iterator[Drawn]:
    colon = Span(":", Role.TABLE_HEADER)
    together = cell_width(_text(head)) + 2 + cell_width(_text(cell)) <= room
    if head and together and "\n" not in _text(head) + _text(cell):
        yield (*head, colon, Span(" "), *cell), offset
        return
    if head:
        lines = _wrapped(head, room - 1)
        for index, spans in enumerate(lines):
            end = (colon,) if index == len(lines) - 1 else ()
            yield spans + end, offset
    if cell:
        for spans in _wrapped(cell, room - len(_INDENT)):
            yield (Span(_INDENT), *spans), offset


def _repeated(cell: Cell) -> Cell:
    """The cell as something that we add."""
    return tuple(Span(span.text, span.role, span.marks, span.link) for span in cell)
