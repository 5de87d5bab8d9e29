"""A laid out post, painted line by line: its text, hints, the selection, its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Offset
from textual.strip import Strip

from xsfreader.markup import Document, Layout, Role, Span, text_between
from xsfreader.ui.render import Geometry, Highlights, Painter, fit
from xsfreader.ui.theme import LOOKS
from xsfreader.ui.widgets.painted import PaintedView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.geometry import Region
    from textual.selection import Selection

    from xsfreader.markup import Match
    from xsfreader.ui.images.drawing import Drawing
    from xsfreader.ui.images.gallery import Gallery
    from xsfreader.ui.link_positions import Spot

EMPTY = Layout(Document(()), 0, (), (), 0)
"""The page while there is nothing to show."""
CACHED_STRIPS = 1000
SHORT_LINK = 5
"""Cells of a link that a hint doesn't cover, as a language or a number."""


class PageView(PaintedView):
    """Paints a page in a column of at most ``widest`` cells, centred in the pane."""

    LOOKS = LOOKS["article"]

    def __init__(self, widest: int) -> None:
        super().__init__(id="article")
        self.widest = widest
        self.document: Document | None = None
        self.page = EMPTY
        self.gallery: Gallery | None = None
        """Where images come from; None if there are only boxes."""
        self.pressed = False
        """Whether the mouse was pressed on it and is still held."""
        self._illustrated: tuple[Mapping[int, int], Mapping[int, str]] = {}, {}
        """Rows reserved for each image, and a note for each image without any."""
        self._highlights = Highlights()
        self._match: Match | None = None
        """The current match."""
        self._hints: dict[int, list[tuple[int, str, int]]] = {}
        self._painter: Painter | None = None
        self._painted_lines: dict[int, Strip] = {}
        self._laid_over: dict[int, tuple[Drawing, int, int]] = {}
        """Images painted last that are no text: by line, the row of the image and its cell."""

    @property
    def column(self) -> int:
        """Width of the text in cells."""
        room = self.size.width
        margin = 2 if room >= 44 else 1 if room > 24 else 0
        return max(20, min(self.widest, room - 2 * margin))

    @property
    def left(self) -> int:
        """Cells left of the text."""
        return max(0, (self.size.width - self.column) // 2)

    def hint(self, labels: Sequence[tuple[Spot, str]]) -> None:
        """Show labels on links or blocks; none removes them.

        A label covers the first letters of a link, but stands before a short one: ``also in: ade``.
        """
        self._hints = {}
        # The last of a line first, as a label before a link moves what follows it.
        for spot, label in sorted(labels, key=lambda each: each[0].cell, reverse=True):
            covered = 0 if spot.length <= SHORT_LINK else len(label)
            self._hints.setdefault(spot.line, []).append((spot.cell, label, covered))
        self.refresh()

    # Painting

    def notify_style_update(self) -> None:
        """Clear the lines painted in the previous theme."""
        super().notify_style_update()
        self._painter = None
        self._painted_lines.clear()

    @property
    def painter(self) -> Painter:
        """Paints lines in the current theme."""
        if self._painter is None:
            self._painter = Painter(self.look(), self.look)
        return self._painter

    def render_line(self, y: int) -> Strip:
        """Paint one line with offsets in it, by which the mouse selects."""
        return self.paint(range(y, y + 1))[0].apply_offsets(0, y + self.scroll_offset.y)

    def paint(self, rows: range) -> list[Strip]:
        """Paint lines of the screen."""
        links = self.document.links if self.document is not None else ()
        geometry = Geometry(self.left, self.column, self.room, links)
        top, selection = self.scroll_offset.y, self.text_selection
        return [self._paint_row(top + y, geometry, selection) for y in rows]

    def _paint_row(self, at: int, geometry: Geometry, selection: Selection | None) -> Strip:
        if not 0 <= at < len(self.page.lines):
            return Strip.blank(geometry.width, self.painter.base)
        line = self.page.lines[at]
        if line.image >= 0:
            return self._paint_image(at, geometry)
        strip = self._painted_lines.get(at)
        if strip is None:
            if len(self._painted_lines) >= CACHED_STRIPS:
                self._painted_lines.clear()
            strip = self._painted_lines[at] = self.painter.strip(line, geometry, self._highlights)
        for cell, label, covered in self._hints.get(at, ()):
            strip = self.painter.label(strip, cell, label, covered)
        if selection is not None and (span := selection.get_span(at)) is not None:
            start, end, length = *span, self.left + len(line.text)
            strip = self._paint_selected(strip, start, min(end, length) if end >= 0 else length)
        return strip

    def _paint_selected(self, strip: Strip, start: int, end: int) -> Strip:
        first, last = (cell_len(strip.text[: max(at, self.left)]) for at in (start, end))
        style = self.painter.style("selected")
        middle = [Segment(s.text, style) for s in strip.crop(first, last)]
        return Strip.join([strip.crop(0, first), Strip(middle), strip.crop(last)])

    # Selected text

    @property
    def allow_select(self) -> bool:
        """Let the mouse select text."""
        return True

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text as it is in the post."""
        start, end = selection.start or Offset(), selection.end or Offset(0, len(self.page.lines))
        text = text_between(self.page, (start.y, start.x - self.left), (end.y, end.x - self.left))
        return (text, "\n") if text else None

    def nearest_cell(self, x: int, y: int) -> Offset:
        """Return the cell for lines that is nearest to a cell of the screen, as one reads."""
        left, top, _, height = self.region
        right, bottom = left + self.room - 1, top + height - 1
        if not top <= y <= bottom:
            return Offset(left, top) if y < top else Offset(right, bottom)
        return Offset(min(max(x, left), right), y)

    def selection_updated(self, selection: Selection | None) -> None:
        """Repaint the selection."""
        self.refresh()

    # Pictures

    def _paint_image(self, at: int, geometry: Geometry) -> Strip:
        """Paint a row of an image, or its description until it is loaded.

        The image is centred in the lines reserved for it.
        """
        line = self.page.lines[at]
        drawing = self.gallery.drawing(line.image) if self.gallery is not None else None
        if drawing is None and line.image_row == 0 and self.document is not None:
            image = self.document.images[line.image]
            words = fit(image.alt or image.caption, geometry.column - cell_len(line.text)).rstrip()
            line = line._replace(spans=(*line.spans, Span(words, Role.NOTE)))
        strip = self.painter.strip(line, geometry, self._highlights)
        if drawing is None:
            return strip
        spare = self._illustrated[0].get(line.image, 0) - drawing.cells.rows
        row, cell = line.image_row - max(0, spare) // 2, geometry.left + cell_len(line.text)
        if not 0 <= row < drawing.cells.rows:
            return strip
        if drawing.text:
            return drawing.lay_over(strip, row, cell, 0)
        self._laid_over[at] = drawing, row, cell
        return strip

    def render_lines(self, crop: Region) -> list[Strip]:
        """Insert the images of kitty and Sixel, unless a panel covers them.

        On the terminal's last row a Sixel image could scroll the screen.
        """
        self._laid_over.clear()
        strips = super().render_lines(crop)
        if self.screen.is_active:
            first = self.scroll_offset.y + crop.y
            last = self.app.size.height - 1 - self.region.y - crop.y
            for at, (drawing, row, cell) in self._laid_over.items():
                if (y := at - first) < last:
                    strips[y] = drawing.lay_over(strips[y], row, cell, self.region.x)
        return strips
