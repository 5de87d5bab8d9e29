"""Lay out a document's blocks as lines at a width."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.markup.document import BlockKind
from xsfreader.markup.lines import Line, Role, Span, join_text
from xsfreader.markup.tables import draw_table
from xsfreader.markup.width import cell_width
from xsfreader.markup.wrap import slice_spans, wrap_code, wrap_spans
from xsfreader.model import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from xsfreader.markup.document import Block, Document, Frame
    from xsfreader.markup.wrap import SpanLine

MIN_WIDTH = 20
"""Cells; a smaller width is laid out as this one."""

_MIN_ROOM = 16
"""Cells that nesting leaves for text; outer frames are dropped first."""

_CODE_INDENT = "  "
CONTINUED = "↪ "
"""Prefix of a line of code that continues the one above."""
_UNDERLINES = {1: "━", 2: "─"}
_LABEL = "─ image "
_BOX_WIDTH = 40
"""Cells; in a narrower column an image that isn't shown has no frame."""


class Layout(NamedTuple):
    """A document as lines."""

    document: Document
    width: int
    lines: tuple[Line, ...]
    heading_lines: tuple[int, ...]
    """Line number of each of the document's headings."""
    blocks: int
    """Number of blocks that were laid out, from the first."""

    def place_of(self, line: int) -> Place:
        """Return the place in the post where a line starts."""
        if not self.lines:
            return Place(0)
        return self.lines[min(max(line, 0), len(self.lines) - 1)].place

    def line_at(self, place: Place) -> int:
        """Return the line that shows a place."""
        after = bisect_right(self.lines, place, key=_place)
        if after == 0:
            return 0
        return bisect_left(self.lines, self.lines[after - 1].place, key=_place)

    def line_of(self, block: int, offset: int) -> int:
        """Return the line that shows a character of a block; of an image, one of its caption."""
        after = bisect_right(self.lines, (block, offset), key=attrgetter("block", "offset"))
        return max(0, after - 1)


_place = attrgetter("place")


def layout(
    document: Document,
    width: int,
    *,
    images: Mapping[int, int] | None = None,
    notes: Mapping[int, str] | None = None,
    onto: Layout | None = None,
    blocks: int | None = None,
    seconds: float = inf,
) -> Layout:
    """Lay out a document.

    ``images`` are the rows to reserve for each image, by index; any other image is shown as a
    box with its description and address. ``notes`` are shown in the frame of a box: why the
    image is missing. An image in both is a box within the reserved rows.

    A long document can be laid out bit by bit: it stops before the block of number ``blocks``,
    or after so many ``seconds`` of this thread's time, and goes on behind ``onto``, a layout of
    the document's first blocks with the same arguments.
    """
    drawer = _Drawer(document, max(width, MIN_WIDTH), images or {}, notes or {}, onto)
    end = drawer.draw(blocks, time.thread_time() + seconds)
    done = onto.heading_lines if onto else ()
    more = [each.block for each in document.headings[len(done) :] if each.block < end]
    heading_lines = done + tuple(drawer.first[block] for block in more)
    return Layout(document, drawer.width, tuple(drawer.lines), heading_lines, end)


class _Drawer:
    """Draws the blocks one after another."""

    def __init__(
        self,
        document: Document,
        width: int,
        images: Mapping[int, int],
        notes: Mapping[int, str],
        onto: Layout | None,
    ) -> None:
        self._document = document
        self._images = images
        self._notes = notes
        self.width = width
        self.lines: list[Line] = list(onto.lines) if onto else []
        self.first: dict[int, int] = {}
        self._start = onto.blocks if onto else 0
        self._index = max(self._start - 1, 0)
        self._prefix: tuple[Span, ...] = ()
        self._next_prefix: tuple[Span, ...] = ()
        self._room = width

    def draw(self, end: int | None, deadline: float) -> int:
        """Draw blocks until all are or the deadline is over; return the number of those drawn."""
        blocks = self._document.blocks[:end]
        for index in range(self._start, len(blocks)):
            block = blocks[index]
            frames = block.frames
            while len(frames) > 1 and _marker_cells(frames) > self.width - _MIN_ROOM:
                frames = frames[1:]
            opened = max(block.opened - (len(block.frames) - len(frames)), 0)
            if index:
                self._draw_gap(block, frames[:opened])
            self._index = index
            self._prefix = _frame_spans(frames, opened)
            self._next_prefix = _frame_spans(frames, len(frames))
            self._room = self.width - _marker_cells(frames)
            self.first[index] = len(self.lines)
            _DRAW.get(block.kind, _Drawer._draw_text)(self, block)
            if time.thread_time() > deadline:
                return index + 1
        return len(blocks)

    def _draw_gap(self, block: Block, frames: Sequence[Frame]) -> None:
        """Draw the blank lines above a block, with the bars of the quotes around them."""
        above = self._document.blocks[self._index]
        count = block.gap
        if block.level in _UNDERLINES and count and above.kind is not BlockKind.HEADING:
            count += 1
        while frames and not frames[-1].bar:
            frames = frames[:-1]
        line = Line(_frame_spans(frames, len(frames)), self._index, len(above.text) + 1)
        self.lines.extend(line._replace(offset=line.offset + number) for number in range(count))

    def _add(self, spans: tuple[Span, ...], offset: int) -> None:
        self.lines.append(Line(self._prefix + spans, self._index, offset))
        self._prefix = self._next_prefix

    def _add_all(self, lines: Iterable[SpanLine]) -> None:
        for offset, spans in lines:
            self._add(spans, offset)

    def _draw_text(self, block: Block) -> None:
        self._add_all(wrap_spans(block.spans, block.text, 0, self._room))

    def _draw_heading(self, block: Block) -> None:
        first = len(self.lines)
        self._draw_text(block)
        if stroke := _UNDERLINES.get(block.level):
            indent = self.width - self._room
            longest = max(cell_width(line.text) for line in self.lines[first:]) - indent
            role = (Role.HEADING1, Role.RULE)[block.level - 1]
            self._add((Span(stroke * max(longest, 1), role),), len(block.text))

    def _draw_code(self, block: Block) -> None:
        room = self._room - len(_CODE_INDENT)
        indent = Span(_CODE_INDENT, Role.CODE)
        starts: set[int] = set()
        pieces: list[tuple[int, int]] = []
        start = 0
        for line in block.text.split("\n"):
            starts.add(start)
            pieces += wrap_code(line, start, room, len(CONTINUED))
            start += len(line) + 1
        for offset, spans in slice_spans(block.spans, pieces):
            lead = (indent,) if offset in starts else (indent, Span(CONTINUED, Role.MARKER))
            used = cell_width(join_text((*lead, *spans)))
            pad = Span(" " * max(self._room - used, 0), Role.CODE)
            self._add((*lead, *spans, pad), offset)

    def _draw_rule(self, _block: Block) -> None:
        self._add((Span("─" * self._room, Role.RULE),), 0)

    def _draw_nothing(self, _block: Block) -> None:
        """Draw no line."""

    def _draw_table(self, block: Block) -> None:
        if block.table is None:
            return
        self._add_all(draw_table(block.table, self._room))

    def _draw_figure(self, block: Block) -> None:
        rows = self._images.get(block.image, 0)
        caption = list(self._caption(block)) if rows else []
        end = len(self.lines) + rows + len(caption)
        if not rows or block.image in self._notes:
            draw = self._draw_box if self.width >= _BOX_WIDTH else self._draw_brief
            draw(block)
            while len(self.lines) < end:
                self._add((), len(block.text))
            return
        for row in range(rows):
            self.lines.append(Line(self._prefix, self._index, 0, block.image, row))
            self._prefix = self._next_prefix
        for offset, spans in caption:
            self.lines.append(Line(self._prefix + spans, self._index, offset, image_row=rows))

    def _caption(self, block: Block) -> Iterator[SpanLine]:
        """Yield the lines below an image, each with its offset."""
        caption = sum(len(span.text) for span in block.spans if span.role is Role.CAPTION)
        shown = [(0, caption)] if caption else []
        if self._document.images[block.image].link >= 0:
            shown.append((block.text.rfind("\n") + 1, len(block.text)))
        for start, end in shown:
            yield from wrap_spans(block.spans, block.text[start:end], start, self._room)

    def _draw_brief(self, block: Block) -> None:
        """Draw an image as what it shows; without its address, unless that is a link."""
        note = self._notes.get(block.image, "")
        label = Span(f"{_LABEL}· {note} " if note else _LABEL, Role.RULE)
        self._add((label._replace(text=label.text.strip()[: self._room]),), 0)
        linked = self._document.images[block.image].link >= 0
        shown = block.text if linked else block.text.rpartition("\n")[0] or block.text
        self._add_all(wrap_spans(block.spans, shown, 0, self._room))

    def _draw_box(self, block: Block) -> None:
        room = self._room - 4
        lines = list(wrap_spans(block.spans, block.text, 0, room))
        widest = max(cell_width(join_text(spans)) for _, spans in lines)
        note = self._notes.get(block.image, "")
        label = f"{_LABEL}· {note} " if note else _LABEL
        inner = min(max(widest, len(label)), room)
        top = f"╭{label:─<{inner + 2}}"[: inner + 3] + "╮"
        self._add((Span(top, Role.RULE),), 0)
        for offset, spans in lines:
            pad = " " * (inner - cell_width(join_text(spans)))
            self._add((Span("│ ", Role.RULE), *spans, Span(f"{pad} │", Role.RULE)), offset)
        self._add((Span(f"╰{'─' * (inner + 2)}╯", Role.RULE),), len(block.text))


_DRAW: dict[BlockKind, Callable[[_Drawer, Block], None]] = {
    BlockKind.HEADING: _Drawer._draw_heading,
    BlockKind.CODE: _Drawer._draw_code,
    BlockKind.TABLE: _Drawer._draw_table,
    BlockKind.FIGURE: _Drawer._draw_figure,
    BlockKind.RULE: _Drawer._draw_rule,
    BlockKind.EMPTY: _Drawer._draw_nothing,
}


def _marker_cells(frames: Sequence[Frame]) -> int:
    return sum(len(frame.marker) for frame in frames)


def _frame_spans(frames: Sequence[Frame], opened: int) -> tuple[Span, ...]:
    """Return the spans left of a line: markers of frames that start, blanks for the others."""
    spans: list[Span] = []
    for number, frame in enumerate(frames):
        if frame.bar:
            spans.append(Span(frame.marker, Role.RULE))
        elif number >= opened:
            spans.append(Span(frame.marker, Role.MARKER))
        else:
            spans.append(Span(" " * len(frame.marker), Role.MARKER))
    return tuple(spans)
