"""The post: laid out once per width, painted line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from xsfreader.markup import layout
from xsfreader.model import Place
from xsfreader.ui.messages import LinkChosen, Scrolled
from xsfreader.ui.strips import MARK_CLASSES, ROLE_CLASSES, Painter

if TYPE_CHECKING:
    from textual import events

    from xsfreader.markup import Document, Layout

START = Place(0, 0)
CACHED_STRIPS = 1000


class ArticleView(ScrollView, can_focus=True, inherit_bindings=False):
    """One post in a column of at most ``widest`` cells, in the middle of the pane.

    Where the reader is, is a block and an offset in it, so that it stays through every width.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *ROLE_CLASSES.values(),
        *MARK_CLASSES.values(),
        "article--link-current",
    }

    def __init__(self, widest: int) -> None:
        super().__init__(id="article")
        self.widest = widest
        self.document: Document | None = None
        self.page: Layout | None = None
        self.current_link = -1
        self._place = START
        self._painter: Painter | None = None
        self._strips: dict[int, Strip] = {}

    # What it shows

    def show(self, document: Document, place: Place | None = None) -> None:
        """Show a post, from its top or from a place in it."""
        self.document = document
        self.current_link = -1
        self._place = place or START
        self._lay_out()

    def update(self, document: Document) -> None:
        """Show a newer text of the same post; the reader stays where they are."""
        self.document = document
        self.current_link = -1
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
        if self.document is None or not self.size.width:
            return
        self.page = layout(self.document, self.column)
        self._strips.clear()
        self.virtual_size = Size(self.size.width, len(self.page.lines))
        self._scroll_to_place()
        self.refresh()

    def _scroll_to_place(self) -> None:
        if self.page is not None:
            place = self._place
            self.scroll_to(y=self.page.line_at(place), animate=False)
            self._place = place

    def on_resize(self, _event: events.Resize) -> None:
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
        """Remember the place and tell that it changed."""
        super().watch_scroll_y(old_value, new_value)
        if self.page is not None and round(old_value) != round(new_value):
            self._place = self.page.place_of(self.scroll_offset.y)
            self.post_message(Scrolled())

    def move(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def move_page(self, pages: float) -> None:
        """Scroll by pages or halves of one; two lines stay in sight."""
        height = self.size.height
        self.move(int(pages * (height - 2)) if abs(pages) == 1 else int(pages * height))

    def move_end(self, *, bottom: bool) -> None:
        """Scroll to the end or the start."""
        self.scroll_to(y=self.max_scroll_y if bottom else 0, animate=False)

    # Links

    def on_click(self, event: events.Click) -> None:
        """Follow the link under the mouse."""
        link = self._link_at(event.x, event.y + self.scroll_offset.y)
        if link >= 0:
            self.post_message(LinkChosen(link))

    def _link_at(self, x: int, line: int) -> int:
        if self.page is None or not 0 <= line < len(self.page.lines):
            return -1
        cell = self.left
        for span in self.page.lines[line].spans:
            if cell <= x < (cell := cell + cell_len(span.text)):
                return span.link
        return -1

    # Painting

    def notify_style_update(self) -> None:
        """Forget what was painted in the theme before."""
        super().notify_style_update()
        self._painter = None
        self._strips.clear()

    @property
    def painter(self) -> Painter:
        """The styles of the theme in force."""
        if self._painter is None:
            self._painter = Painter(
                self.rich_style, lambda name: self.get_component_rich_style(name, partial=True)
            )
        return self._painter

    def render_line(self, y: int) -> Strip:
        """Paint one line of the screen."""
        width = self.size.width
        at = y + self.scroll_offset.y
        if self.page is None or self.document is None or not 0 <= at < len(self.page.lines):
            return Strip.blank(width, self.painter.base)
        strip = self._strips.get(at)
        if strip is None:
            if len(self._strips) >= CACHED_STRIPS:
                self._strips.clear()
            strip = self._strips[at] = self.painter.strip(
                self.page.lines[at],
                left=self.left,
                column=self.page.width,
                width=width,
                links=self.document.links,
                current=self.current_link,
            )
        return strip
