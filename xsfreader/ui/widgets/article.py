"""The post as one reads it: moving through it, its links and matches."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.geometry import Offset
from textual.message import Message

from xsfreader.model import Place
from xsfreader.ui.link_positions import Spot, code, first_links, link_at
from xsfreader.ui.render import Highlights
from xsfreader.ui.widgets.growing import GrowingView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from xsfreader.markup import Heading, Match
    from xsfreader.ui.render import Range


class ArticleView(GrowingView, can_focus=True):
    """One post."""

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

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's own cursor belongs: hint, current link, current match, or top."""
        line, cell = self.scroll_offset.y, self.left
        if self._hints:
            line = min(self._hints)
            cell = min(self._hints[line])[0]
        elif self.current_link >= 0:
            for spot in self.visible_links():
                if spot.target == self.current_link:
                    line, cell = spot.line, spot.cell
        elif self._match is not None:
            found = self.page.line_of(self._match.block, self._match.start)
            line = found if found in self._in_view else line
        return self.content_region.offset + Offset(cell, line - self.scroll_offset.y)

    # Where the reader is

    @property
    def percent(self) -> int:
        """How much of the post has been on screen, 0 to 100."""
        lines = len(self.page.lines)
        if lines <= self.size.height:
            return 100
        return min(100, round(100 * (self.scroll_offset.y + self.size.height) / lines))

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
        if not self._bring_to_top(place, above=above):
            self._place, self._is_sought = place, True
            self._go_on()

    def step_heading(self, direction: int) -> bool:
        """Scroll to the next heading in that direction; return False if there is none."""
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
        self._match = matches[current] if 0 <= current < len(matches) else None
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

    @property
    def _in_view(self) -> range:
        top = self.scroll_offset.y
        return range(len(self.page.lines))[top : top + self.size.height]

    def visible_links(self) -> list[Spot]:
        """Find the links on screen."""
        return list(first_links(self.page, self._in_view, self.left).values())

    def visible_code(self) -> list[Spot]:
        """Find the code blocks on screen."""
        return list(code(self.page, self._in_view, self.left))

    def step_link(self, direction: int) -> int:
        """Go to the next link in that direction, from what is on screen; -1 past the last."""
        stops = list(first_links(self.page, range(len(self.page.lines)), self.left).values())
        order = [stop.target for stop in stops]
        current = self.current_link
        if current in order and stops[order.index(current)].line in self._in_view:
            at = order.index(current) + direction
        else:
            at = bisect_left(stops, self.scroll_offset.y, key=lambda stop: stop.line)
            at -= direction < 0
        link = -1
        if 0 <= at < len(stops):
            link = order[at]
            self._scroll_into_view(stops[at].line)
        self._highlights = Highlights(self._highlights.ranges, link)
        self._painted_lines.clear()
        self.refresh()
        return link

    def _scroll_into_view(self, line: int) -> None:
        if line not in self._in_view:
            self.scroll_to(y=max(0, line - self.size.height // 3), animate=False)

    def show_match(self, match: Match) -> None:
        """Scroll to a match unless it is visible."""
        place = Place(match.block, match.start)
        if self._is_to_come(place):
            self.jump(place)
        else:
            self._scroll_into_view(self.page.line_of(match.block, match.start))

    def on_click(self, event: events.Click) -> None:
        """Follow the link under the mouse, unless the click ends a selection."""
        if self.text_selection is not None:
            return
        at = event.y + self.scroll_offset.y
        if not 0 <= at < len(self.page.lines):
            return
        link, image = link_at(self.page, at, event.x, self.left), self.page.lines[at].image
        if link >= 0:
            self.post_message(self.LinkClicked(link))
        elif image >= 0:
            self.post_message(self.ImageClicked(image))
