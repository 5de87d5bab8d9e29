"""The post: laid out once per width, painted line by line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip

from xsfreader.markup import Role, Span, layout, text_between
from xsfreader.model import Place
from xsfreader.ui.link_positions import code_between, link_at, link_lines, links_between
from xsfreader.ui.places import relocate_place
from xsfreader.ui.render import Geometry, Highlights, Painter, fit
from xsfreader.ui.theme import LOOKS
from xsfreader.ui.widgets.painted import NO_SIZE, PaintedView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events
    from textual.geometry import Region
    from textual.selection import Selection

    from xsfreader.markup import Document, Heading, Layout, Line, Match
    from xsfreader.ui.images.drawing import Drawing
    from xsfreader.ui.images.gallery import Gallery
    from xsfreader.ui.link_positions import Spot
    from xsfreader.ui.render import Range

START = Place(0, 0)
CACHED_STRIPS = 1000
SHORT_LINK = 5
"""Cells of a link that a hint doesn't cover, as a language or a number."""


class ArticleView(PaintedView, can_focus=True):
    """One post in a column of at most ``widest`` cells, centred in the pane.

    Where the reader is, is a block and an offset in it, so that it stays through every width.
    """

    LOOKS = LOOKS["article"]

    @dataclass
    class LinkClicked(Message):
        """A link was clicked."""

        index: int
        """Its place among the links of the item."""

    @dataclass
    class ImageClicked(Message):
        """An image was clicked."""

        index: int
        """Its place among the images of the item."""

    @dataclass
    class Scrolled(Message):
        """The view is at another place."""

        def can_replace(self, message: Message) -> bool:
            """Let the last of several stand for all."""
            return isinstance(message, ArticleView.Scrolled)

    def __init__(self, widest: int) -> None:
        super().__init__(id="article")
        self.widest = widest
        self.document: Document | None = None
        self.page: Layout | None = None
        self.gallery: Gallery | None = None
        """Where images come from; None if there are only boxes."""
        self.pressed = False
        """Whether the mouse was pressed on it and is still held."""
        self._illustrated: tuple[Mapping[int, int], Mapping[int, str]] = {}, {}
        """Rows reserved for each image, and a note for each image without any."""
        self._highlights = Highlights()
        self._hints: dict[int, list[tuple[int, str, int]]] = {}
        self._place = START
        self._painter: Painter | None = None
        self._painted_lines: dict[int, Strip] = {}

    # What it shows

    def show(self, document: Document, place: Place | None = None) -> None:
        """Show a post, from its top or from a place in it."""
        self.document = document
        self._highlights = Highlights()
        self._hints = {}
        self._place = place or START
        self._lay_out()

    def wait(self, place: Place | None) -> None:
        """Show nothing until the post is there, which ``show`` then shows at ``place``."""
        self.document = self.page = None
        self._illustrated = {}, {}
        self._highlights = Highlights()
        self._hints = {}
        self._painted_lines.clear()
        self.set_height(0)
        self._place = place or START
        self.refresh()

    def update(self, document: Document) -> None:
        """Show a newer version of the same post, at the same words."""
        if self.document is not None:
            self._place = relocate_place(self.document, document, self._place)
        self.document = document
        self._highlights = Highlights()
        self._hints = {}
        self._lay_out()

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

    def _lay_out(self) -> None:
        if self.document is None or not self.size:
            self._fitted = NO_SIZE
            return
        place = self._place
        self._make_page(self.document)
        # A page with fewer lines scrolls by itself, which is no move of the reader.
        self._place = place
        self._scroll_to_place()
        self.post_message(self.Scrolled())

    def _make_page(self, document: Document, kept: Mapping[int, int] | None = None) -> Layout:
        if self.gallery is not None:
            height = self.size.height
            self._illustrated = self.gallery.rooms(document, self.column, height, kept)
        rooms, notes = self._illustrated
        self.page = layout(document, self.column, images=rooms, notes=notes)
        self._painted_lines.clear()
        self.set_height(len(self.page.lines))
        self.refresh()
        return self.page

    def refit(self) -> None:
        """Lay out again for loaded images; nothing in view moves.

        An image in view keeps the rows reserved for it, or its box, until the post is laid out
        again or with the image out of view.
        """
        page, document, gallery = self.page, self.document, self.gallery
        if page is None or document is None or gallery is None or not self.size:
            return
        before, notes = self._illustrated
        top, height = self.scroll_offset.y, self.size.height
        in_view = {document.blocks[line.block].image for line in page.lines[top : top + height]}
        kept = {index: before.get(index, 0) for index in in_view if index >= 0}
        if gallery.rooms(document, self.column, height, kept) == (before, notes):
            self.refresh()
            return
        place = self._place
        now = self._make_page(document, kept)
        rooms, _ = self._illustrated
        moved = {
            image.block
            for index, image in enumerate(document.images)
            if before.get(index) != rooms.get(index) or index not in rooms
        }
        seen = range(top, min(top + self.size.height, len(page.lines)))
        anchor = next((at for at in seen if page.lines[at].block not in moved), top)
        held = page.place_of(anchor)
        line = now.line_at(held) + anchor - page.line_at(held)
        self.scroll_to(y=max(0, line - (anchor - top)), animate=False)
        if anchor == top:
            self._place = place
        self.post_message(self.Scrolled())

    def on_focus(self) -> None:
        """Put the terminal's own cursor where the text begins, for screen readers."""
        self.app.cursor_position = self.content_region.offset + Offset(self.left, 0)

    def _scroll_to_place(self) -> None:
        if self.page is not None:
            place = self._place
            self.scroll_to(y=self.page.line_at(place), animate=False)
            self._place = place

    def fit_to_size(self) -> None:
        """Lay out for the new width; the same words stay on top."""
        self._lay_out()

    # Where the reader is

    @property
    def place(self) -> Place:
        """Block and offset of the line on top."""
        return self._place

    @property
    def percent(self) -> int:
        """How much of the post has been on screen, 0 to 100."""
        lines = len(self.page.lines) if self.page else 0
        if lines <= self.size.height:
            return 100
        return min(100, round(100 * (self.scroll_offset.y + self.size.height) / lines))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Save the place and post ``Scrolled``."""
        super().watch_scroll_y(old_value, new_value)
        if self.page is not None and round(old_value) != round(new_value):
            # A window that grew pushes the end of the text down; that is no move of the reader.
            if round(new_value) != min(self.page.line_at(self._place), self.max_scroll_y):
                self._place = self.page.place_of(self.scroll_offset.y)
            self.post_message(self.Scrolled())

    def move(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def move_page(self, pages: float) -> None:
        """Scroll by pages or half pages; two lines of a page stay visible."""
        height = self.size.height
        self.move(int(pages * (height - 2)) if abs(pages) == 1 else int(pages * height))

    def move_end(self, *, bottom: bool) -> None:
        """Scroll to the end or the start."""
        self.scroll_to(y=self.max_scroll_y if bottom else 0, animate=False)

    def jump(self, place: Place, *, above: int = 0) -> None:
        """Bring a place to the top, or that many lines below it."""
        if self.page is None:
            self._place = place
        else:
            self.scroll_to(y=max(0, self.page.line_at(place) - above), animate=False)

    def step_heading(self, direction: int) -> bool:
        """Scroll to the next heading in that direction; return False if there is none."""
        if self.page is None:
            return False
        top = self.scroll_offset.y
        lines = self.page.heading_lines
        found = [line for line in lines if (line > top if direction > 0 else line < top)]
        if not found or (direction > 0 and top >= self.max_scroll_y):
            return False
        self.scroll_to(y=found[0] if direction > 0 else found[-1], animate=False)
        return True

    @property
    def section(self) -> Heading | None:
        """The heading of the text on top, else the first in view; at the end, the last in view."""
        if self.page is None:
            return None
        top = self.scroll_offset.y
        bottom = top + self.size.height
        lines = self.page.heading_lines
        above = bisect_right(lines, top)
        in_view = bisect_left(lines, bottom)
        at_end = top > 0 and top >= self.max_scroll_y
        at = in_view if at_end else above or min(1, in_view)
        return self.page.document.headings[at - 1] if at else None

    # Highlights

    def highlight(
        self, matches: Sequence[Match] = (), current: int = -1, *, link: int = -1
    ) -> None:
        """Highlight matches, one of them as the current one, and the current link."""
        ranges: dict[int, list[Range]] = {}
        for index, match in enumerate(matches):
            name = "match-current" if index == current else "match"
            ranges.setdefault(match.block, []).append((match.start, match.end, name))
        self._highlights = Highlights(ranges, link)
        self._painted_lines.clear()
        self.refresh()

    @property
    def current_link(self) -> int:
        """Index of the current link, -1 for none."""
        return self._highlights.link

    @property
    def has_highlights(self) -> bool:
        """Whether matches or a link are highlighted."""
        return bool(self._highlights.ranges) or self._highlights.link >= 0

    def visible_links(self) -> list[Spot]:
        """Find the links on screen."""
        if self.page is None:
            return []
        top = self.scroll_offset.y
        return links_between(self.page, top, top + self.size.height, self.left)

    def visible_code(self) -> list[Spot]:
        """Find the code blocks on screen."""
        if self.page is None:
            return []
        top = self.scroll_offset.y
        return code_between(self.page, top, top + self.size.height, self.left)

    def step_link(self, direction: int) -> int:
        """Go to the next link in that direction, from what is on screen; -1 past the last."""
        if self.page is None:
            return -1
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.size.height
        lines = link_lines(self.page)
        stops = [(line, link) for link, line in lines.items()]
        stops.sort(key=lambda stop: (stop[0], stop[1]))
        order = [link for _, link in stops]
        line = lines.get(self.current_link, -1)
        if top <= line < bottom:
            at = order.index(self.current_link) + direction
        else:
            after = [i for i, (line, _) in enumerate(stops) if line >= top]
            at = (after[0] if after else len(stops)) - (direction < 0)
        link = order[at] if 0 <= at < len(order) else -1
        if link >= 0:
            self._scroll_into_view(stops[at][0])
        self._highlights = Highlights(self._highlights.ranges, link)
        self._painted_lines.clear()
        self.refresh()
        return link

    def _scroll_into_view(self, line: int) -> None:
        top, height = self.scroll_offset.y, self.size.height
        if not top <= line < top + height:
            self.scroll_to(y=max(0, line - height // 3), animate=False)

    def show_match(self, match: Match) -> None:
        """Scroll to a match unless it is visible."""
        if self.page is not None:
            self._scroll_into_view(self.page.line_at(Place(match.block, match.start)))

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

    def on_click(self, event: events.Click) -> None:
        """Follow the link under the mouse, unless the click ends a selection."""
        if self.text_selection is not None:
            return
        at = event.y + self.scroll_offset.y
        link = link_at(self.page, at, event.x, self.left) if self.page is not None else -1
        if link >= 0:
            self.post_message(self.LinkClicked(link))
        elif self.page is not None and 0 <= at < len(self.page.lines):
            image = self.page.lines[at].image
            if image >= 0:
                self.post_message(self.ImageClicked(image))

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
        if self.page is None or not 0 <= at < len(self.page.lines):
            return Strip.blank(geometry.width, self.painter.base)
        line = self.page.lines[at]
        if line.image >= 0:
            return self._paint_image(line, geometry)
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
        if self.page is None:
            return None
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

    def _drawing(self, line: Line) -> tuple[Drawing | None, int]:
        """Return the drawing of a line reserved for an image, and its row there.

        It is centred in the lines: -1 stands for those above and below it.
        """
        drawing = self.gallery.drawing(line.image) if self.gallery is not None else None
        if drawing is None:
            return None, -1
        spare = self._illustrated[0].get(line.image, 0) - drawing.cells.rows
        row = line.image_row - max(0, spare) // 2
        return drawing, row if 0 <= row < drawing.cells.rows else -1

    def _paint_image(self, line: Line, geometry: Geometry) -> Strip:
        """Paint a row of an image, or its description until it is loaded."""
        drawing, row = self._drawing(line)
        if drawing is None and line.image_row == 0 and self.document is not None:
            image = self.document.images[line.image]
            words = fit(image.alt or image.caption, geometry.column - cell_len(line.text)).rstrip()
            line = line._replace(spans=(*line.spans, Span(words, Role.NOTE)))
        strip = self.painter.strip(line, geometry, self._highlights)
        if drawing is None or row < 0 or not drawing.text:
            return strip
        return drawing.lay_over(strip, row, geometry.left + cell_len(line.text), 0)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Insert the images of kitty and Sixel, unless a panel covers them.

        On the terminal's last row a Sixel image could scroll the screen.
        """
        strips = super().render_lines(crop)
        if not self._illustrated[0] or self.page is None or not self.screen.is_active:
            return strips
        top, region = self.scroll_offset.y, self.region
        for at, strip in enumerate(strips):
            y = crop.y + at
            if top + y >= len(self.page.lines) or region.y + y >= self.app.size.height - 1:
                break
            line = self.page.lines[top + y]
            if line.image < 0:
                continue
            drawing, row = self._drawing(line)
            if drawing is not None and row >= 0 and not drawing.text:
                cell = self.left + cell_len(line.text)
                strips[at] = drawing.lay_over(strip, row, cell, region.x)
        return strips
