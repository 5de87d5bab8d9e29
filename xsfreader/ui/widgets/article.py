"""The post: laid out once per width; where one is in it, its links and matches."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from textual.geometry import Offset
from textual.message import Message

from xsfreader.errors import XsfreaderError
from xsfreader.markup import layout
from xsfreader.model import Place
from xsfreader.ui.link_positions import code_between, link_at, link_lines, links_between
from xsfreader.ui.places import relocate_place
from xsfreader.ui.render import Highlights
from xsfreader.ui.widgets.page import PageView
from xsfreader.ui.widgets.painted import NO_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual import events
    from textual.timer import Timer

    from xsfreader.markup import Document, Heading, Layout, Match
    from xsfreader.markup.xep.parse import SpecificationParser
    from xsfreader.ui.link_positions import Spot
    from xsfreader.ui.render import Range

START = Place(0, 0)
PAUSE_SECONDS = 0.003
"""Between two steps, for keys."""
FIRST_SECONDS, STEP_SECONDS = 0.03, 0.015
"""How long the screen's thread lays out what is in sight, and parses or lays out more of it."""


class ArticleView(PageView, can_focus=True):
    """One post.

    Where the reader is, is a block and an offset in it, so that it stays through every width.
    """

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

    @dataclass
    class Failed(Message):
        """The rest of the item can't be shown."""

        error: XsfreaderError

    def __init__(self, widest: int) -> None:
        super().__init__(widest)
        self._place = START
        self._is_sought = False
        """Whether the place isn't laid out yet, and the reader has not moved since."""
        self._parser: SpecificationParser | None = None
        self._waiting: list[Callable[[], bool]] = []
        self._steps: Timer | None = None

    # What it shows

    def show(
        self,
        document: Document,
        place: Place | None = None,
        parser: SpecificationParser | None = None,
    ) -> None:
        """Show a post, from its top or from a place in it.

        ``parser`` has parsed the beginning, the document, and parses the rest while that is shown.
        """
        self._parser = parser
        self._waiting.clear()
        self.document = document
        self._highlights = Highlights()
        self._hints = {}
        self._place = place or START
        self._lay_out()
        self._go_on()

    def wait(self, place: Place | None) -> None:
        """Show nothing until the post is there, which ``show`` then shows at ``place``."""
        self.document = self.page = self._parser = None
        self._waiting.clear()
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
        self._parser = None
        self._highlights = Highlights()
        self._hints = {}
        self._lay_out()

    def _lay_out(self) -> None:
        if self.document is None or not self.size:
            self._fitted = NO_SIZE
            self.page = None
            return
        place = self._place
        self._make_page(self.document)
        # A page with fewer lines scrolls by itself, which is no move of the reader.
        self._place = place
        self._scroll_to_place()
        self._go_on()
        self.post_message(self.Scrolled())

    @property
    def growing(self) -> bool:
        """Whether a part of the item is not parsed or not laid out yet."""
        return self._parser is not None or self._is_laid_out_in_part

    @property
    def _is_laid_out_in_part(self) -> bool:
        """Whether more can be laid out behind the page; not behind one of another size or post."""
        page, document = self.page, self.document
        if page is None or document is None or not self.size or self.size != self._fitted:
            return False
        return page.blocks < self._end(document)

    def _end(self, document: Document) -> int:
        """Return how many blocks are laid out: what is folded only for a place in it."""
        blocks, fold = len(document.blocks), document.fold
        if fold is None or (self.page is not None and self.page.blocks > fold):
            return blocks
        return blocks if self._place.block >= fold else fold

    def until(self, do: Callable[[], bool]) -> None:
        """Do something now and whenever there is more of the item, until it returns True."""
        if not do():
            self._waiting.append(do)

    def when_whole(self, do: Callable[[], object]) -> None:
        """Do something once all of the item is there."""
        self.until(lambda: not self.growing and (do(), True)[1])

    def _go_on(self) -> None:
        if self.growing and self._steps is None:
            # A timer for one tick is lost if the machine is late for it.
            self._steps = self.set_interval(PAUSE_SECONDS, self._grow)

    def _grow(self) -> None:
        """Parse and lay out some more behind what is there; nothing in view moves."""
        if self._parser is not None:
            parser = self._parser
            try:
                if parser.parse_some(STEP_SECONDS):
                    self._parser = None
            except XsfreaderError as error:
                self._parser = None
                self.post_message(self.Failed(error))
            self.document = parser.document
        document, page = self.document, self.page
        if self._is_laid_out_in_part and document is not None:
            if self.gallery is not None:
                self._illustrated = self.gallery.rooms(document, self.column, self.size.height)
            rooms, notes = self._illustrated
            self.page = layout(
                document,
                self.column,
                images=rooms,
                notes=notes,
                onto=page,
                blocks=self._end(document),
                seconds=STEP_SECONDS,
            )
            self.set_height(len(self.page.lines))
        if self._is_sought:
            self._scroll_to_place()
        waiting, self._waiting = self._waiting, []
        for do in waiting:
            self.until(do)
        if not self.growing and self._steps is not None:
            self._steps.stop()
            self._steps = None
            self.post_message(self.Scrolled())

    def _make_page(
        self,
        document: Document,
        kept: Mapping[int, int] | None = None,
        seconds: float = FIRST_SECONDS,
    ) -> Layout:
        if self.gallery is not None:
            height = self.size.height
            self._illustrated = self.gallery.rooms(document, self.column, height, kept)
        rooms, notes = self._illustrated
        self.page = None
        self.page = layout(
            document,
            self.column,
            images=rooms,
            notes=notes,
            blocks=self._end(document),
            seconds=seconds,
        )
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
        if self.growing:
            self.when_whole(self.refit)
            return
        before, notes = self._illustrated
        top, height = self.scroll_offset.y, self.size.height
        in_view = {document.blocks[line.block].image for line in page.lines[top : top + height]}
        kept = {index: before.get(index, 0) for index in in_view if index >= 0}
        if gallery.rooms(document, self.column, height, kept) == (before, notes):
            self.refresh()
            return
        place = self._place
        now = self._make_page(document, kept, inf)
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
            self._is_sought = self._is_to_come(place)
            if not self._is_sought:
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
                self._is_sought = False
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
        if bottom and self.growing:
            self.when_whole(lambda: self.scroll_to(y=self.max_scroll_y, animate=False))

    def jump(self, place: Place, *, above: int = 0) -> None:
        """Bring a place to the top, or that many lines below it."""
        if self.page is None:
            self._place = place
        elif self._is_to_come(place):
            self._place, self._is_sought = place, True
            self._go_on()
        else:
            self.scroll_to(y=max(0, self.page.line_at(place) - above), animate=False)

    def _is_to_come(self, place: Place) -> bool:
        """Whether a place isn't laid out yet, or folded away."""
        page, document = self.page, self.document
        if page is None or document is None or place.block < page.blocks:
            return False
        return self._parser is not None or page.blocks < len(document.blocks)

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
        place = Place(match.block, match.start)
        if self.page is None or self._is_to_come(place):
            self.jump(place)
        else:
            self._scroll_into_view(self.page.line_of(match.block, match.start))

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
