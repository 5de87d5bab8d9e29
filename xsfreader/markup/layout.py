"""Lay out a document's blocks as lines at a width."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.markup.document import BlockKind
from xsfreader.markup.lines import Line, Role, Span
from xsfreader.markup.tables import draw_table
from xsfreader.markup.width import cell_width
from xsfreader.markup.wrap import slice_spans, wrap, wrap_code
from xsfreader.model import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from xsfreader.markup.document import Block, Document, Frame

MIN_WIDTH = 20
"""Cells; a smaller width is laid out as this one."""

_MIN_ROOM = 16
"""Cells that nesting leaves for text; outer frames are dropped first."""

_CODE_INDENT = "  "
CONTINUED = "↪ "
"""Prefix of a line of code that continues the one above."""
_UNDERLINES = {1: "━", 2: "─"}
_LABEL = "─ image "


class Layout(NamedTuple):
    """A document as lines."""

    document: Document
    width: int
    lines: tuple[Line, ...]
    heading_lines: tuple[int, ...]
    """Line number of each of the document's headings."""

    def place_of(self, line: int) -> Place:
        """Return the place in the post where a line starts."""
        if not self.lines:
            return Place(0)
        found = self.lines[min(max(line, 0), len(self.lines) - 1)]
        return Place(found.block, found.offset)

    def line_at(self, place: Place) -> int:
        """Return the line that shows a place."""
        key = (place.block, place.offset)
        after = bisect_right(self.lines, key, key=_key)
        if after == 0:
            return 0
        return bisect_left(self.lines, _key(self.lines[after - 1]), key=_key)


def _key(line: Line) -> tuple[int, int]:
    return line.block, line.offset


def layout(
    document: Document,
    width: int,
    *,
    images: Mapping[int, int] | None = None,
    notes: Mapping[int, str] | None = None,
) -> Layout:
    """Lay out a document.

    ``images`` are the rows to reserve for each image, by index; any other image is shown as a
    box with its description and address. ``notes`` are shown in the frame of a box: why the
    image is missing. An image in both is a box within the reserved rows.
    """
    drawer = _Drawer(document, max(width, MIN_WIDTH), images or {}, notes or {})
    drawer.draw()
    heading_lines = tuple(drawer.first[heading.block] for heading in document.headings)
    return Layout(document, drawer.width, tuple(drawer.lines), heading_lines)


class _Drawer:
    """Draws the blocks one after another."""

    def __init__(
        self,
        document: Document,
        width: int,
        images: Mapping[int, int],
        notes: Mapping[int, str],
    ) -> None:
        self._document = document
        self._images = images
        self._notes = notes
        self.width = width
        self.lines: list[Line] = []
        self.first: list[int] = []
        self._index = 0
        self._prefix: tuple[Span, ...] = ()
        self._next_prefix: tuple[Span, ...] = ()
        self._room = width

    def draw(self) -> None:
        blocks = self._document.blocks
        for index, block in enumerate(blocks):
            if index:
                self._draw_gap(block, blocks[index - 1])
            self._index = index
            self._set_prefix(block)
            self.first.append(len(self.lines))
            _DRAW[block.kind](self, block)

    def _draw_gap(self, block: Block, above: Block) -> None:
        count = block.gap
        if block.level in _UNDERLINES and count and above.kind is not BlockKind.HEADING:
            count += 1
        if count:
            frames = self._fitting(block.frames)
            outer = block.opened - (len(block.frames) - len(frames))
            spans = _frame_spans(frames[: max(outer, 0)], 0, blank=True)
            end = len(above.text) + 1
            self.lines.extend(Line(spans, self._index, end + number) for number in range(count))

    def _set_prefix(self, block: Block) -> None:
        if not block.frames:
            self._prefix = self._next_prefix = ()
            self._room = self.width
            return
        frames = self._fitting(block.frames)
        opened = max(block.opened - (len(block.frames) - len(frames)), 0)
        self._prefix = _frame_spans(frames, opened)
        self._next_prefix = _frame_spans(frames, len(frames))
        self._room = self.width - sum(len(frame.marker) for frame in frames)

    def _fitting(self, frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
        """Return the innermost frames that leave enough room for text."""
        room = self.width - _MIN_ROOM
        first = len(frames)
        while first > 0:
            room -= len(frames[first - 1].marker)
            if room < 0 and first < len(frames):
                break
            first -= 1
        return frames[first:]

    def _add(self, spans: tuple[Span, ...], offset: int) -> None:
        self.lines.append(Line(self._prefix + spans, self._index, offset))
        self._prefix = self._next_prefix

    def _draw_text(self, block: Block) -> None:
        pieces = wrap(block.text, self._room)
        for (start, _), spans in zip(pieces, slice_spans(block.spans, pieces), strict=True):
            self._add(spans, start)

    def _draw_heading(self, block: Block) -> None:
        first = len(self.lines)
        indent = sum(len(span.text) for span in self._prefix)
        self._draw_text(block)
        if stroke := _UNDERLINES.get(block.level):
            longest = max(cell_width(line.text) for line in self.lines[first:]) - indent
            role = (Role.HEADING1, Role.RULE)[block.level - 1]
            self._add((Span(stroke * max(longest, 1), role),), len(block.text))

    def _draw_code(self, block: Block) -> None:
        room = self._room - len(_CODE_INDENT)
        indent = Span(_CODE_INDENT, Role.CODE)
        start = 0
        for line in block.text.split("\n"):
            end = start + len(line)
            pieces = [(start, end)]
            if cell_width(line) > room:
                head = wrap_code(block.text, start, end, room)[0]
                tail = wrap_code(block.text, head[1], end, room - len(CONTINUED))
                pieces = [head, *tail]
            for number, (piece, spans) in enumerate(
                zip(pieces, slice_spans(block.spans, pieces), strict=True)
            ):
                lead = (indent, Span(CONTINUED, Role.MARKER)) if number else (indent,)
                used = sum(cell_width(span.text) for span in (*lead, *spans))
                pad = Span(" " * max(self._room - used, 0), Role.CODE)
                self._add((*lead, *spans, pad), piece[0])
            start = end + 1

    def _draw_rule(self, _block: Block) -> None:
        self._add((Span("─" * self._room, Role.RULE),), 0)

    def _draw_nothing(self, _block: Block) -> None:
        """Draw no line."""

    def _draw_table(self, block: Block) -> None:
        if block.table is None:
            return
        for spans, offset in draw_table(block.table, self._room):
            self._add(spans, offset)

    def _draw_figure(self, block: Block) -> None:
        rows = self._images.get(block.image)
        if not rows:
            self._draw_box(block)
            return
        caption = list(self._caption(block))
        if block.image in self._notes:
            first = len(self.lines)
            self._draw_box(block)
            for _ in range(first + rows + len(caption) - len(self.lines)):
                self._add((), len(block.text))
            return
        for row in range(rows):
            self.lines.append(Line(self._prefix, self._index, 0, block.image, row))
            self._prefix = self._next_prefix
        for offset, spans in caption:
            self._add(spans, offset)

    def _caption(self, block: Block) -> Iterator[tuple[int, tuple[Span, ...]]]:
        """Yield the lines below an image, each with its offset."""
        caption = sum(len(span.text) for span in block.spans if span.role is Role.CAPTION)
        shown = [(0, caption)] if caption else []
        if self._document.images[block.image].link >= 0:
            shown.append((block.text.rfind("\n") + 1, len(block.text)))
        for start, end in shown:
            pieces = [(start + a, start + b) for a, b in wrap(block.text[start:end], self._room)]
            for (offset, _), spans in zip(pieces, slice_spans(block.spans, pieces), strict=True):
                yield offset, spans

    def _draw_box(self, block: Block) -> None:
        room = self._room - 4
        pieces = wrap(block.text, room)
        widest = max(cell_width(block.text[start:end]) for start, end in pieces)
        note = self._notes.get(block.image, "")
        label = f"{_LABEL}· {note} " if note else _LABEL
        inner = min(max(widest, len(label)), room)
        top = f"╭{label:─<{inner + 2}}"[: inner + 3] + "╮"
        self._add((Span(top, Role.RULE),), 0)
        for (start, end), spans in zip(pieces, slice_spans(block.spans, pieces), strict=True):
            pad = " " * (inner - cell_width(block.text[start:end]))
            self._add((Span("│ ", Role.RULE), *spans, Span(f"{pad} │", Role.RULE)), start)
        self._add((Span(f"╰{'─' * (inner + 2)}╯", Role.RULE),), len(block.text))


_DRAW: dict[BlockKind, Callable[[_Drawer, Block], None]] = {
    BlockKind.TEXT: _Drawer._draw_text,
    BlockKind.TITLE: _Drawer._draw_text,
    BlockKind.META: _Drawer._draw_text,
    BlockKind.HEADING: _Drawer._draw_heading,
    BlockKind.CODE: _Drawer._draw_code,
    BlockKind.TABLE: _Drawer._draw_table,
    BlockKind.FIGURE: _Drawer._draw_figure,
    BlockKind.RULE: _Drawer._draw_rule,
    BlockKind.EMPTY: _Drawer._draw_nothing,
}


def _frame_spans(
    frames: tuple[Frame, ...], opened: int, *, blank: bool = False
) -> tuple[Span, ...]:
    """Return the spans left of a line: markers of frames that start, blanks for the others."""
    spans: list[Span] = []
    for number, frame in enumerate(frames):
        if frame.bar:
            spans.append(Span(frame.marker, Role.RULE))
        elif number >= opened and not blank:
            spans.append(Span(frame.marker, Role.MARKER))
        else:
            spans.append(Span(" " * len(frame.marker), Role.MARKER))
    if blank:
        while spans and spans[-1].role is not Role.RULE:
            spans.pop()
    return tuple(spans)
