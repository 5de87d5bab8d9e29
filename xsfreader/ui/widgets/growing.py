"""An item laid out for the pane: piece by piece, and again for another width, text or image."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from textual.message import Message

from xsfreader.errors import XsfreaderError
from xsfreader.markup import layout
from xsfreader.model import Place
from xsfreader.ui.places import relocate_place
from xsfreader.ui.render import Highlights
from xsfreader.ui.widgets.page import EMPTY, PageView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.timer import Timer

    from xsfreader.markup import Document
    from xsfreader.markup.xep.parse import SpecificationParser

START = Place(0, 0)
PAUSE_SECONDS = 0.003
"""Between two steps, for keys."""
FIRST_SECONDS, STEP_SECONDS = 0.03, 0.015
"""How long the screen's thread lays out what is in sight, and parses or lays out more of it."""


class GrowingView(PageView):
    """Keeps the place while what it shows grows or changes.

    Where the reader is, is a block and an offset in it, so that it stays through every width.
    """

    @dataclass
    class Scrolled(Message):
        """The view is at another place."""

        def can_replace(self, message: Message) -> bool:
            """Let the last of several stand for all."""
            return isinstance(message, GrowingView.Scrolled)

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

    @property
    def place(self) -> Place:
        """Block and offset of the line on top."""
        return self._place

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
        self._take(document, place or START, parser)

    def wait(self, place: Place | None) -> None:
        """Show nothing until the post is there, which ``show`` then shows at ``place``."""
        self._take(None, place or START)

    def update(self, document: Document) -> None:
        """Show a newer version of the same post, at the same words."""
        before = self.document
        place = relocate_place(before, document, self._place) if before else self._place
        self._take(document, place)

    def _take(
        self, document: Document | None, place: Place, parser: SpecificationParser | None = None
    ) -> None:
        self.document, self._place, self._parser = document, place, parser
        self._waiting.clear()
        self._highlights = Highlights()
        self._hints = {}
        self.fit_to_size()

    def fit_to_size(self) -> None:
        """Lay out for the size; the same words stay on top."""
        self._begin()
        if self.document is not None and self.size:
            place = self._place
            self._extend(self.document, FIRST_SECONDS)
            # A page with fewer lines scrolls by itself, which is no move of the reader.
            self._place = place
            self._scroll_to_place()
            self.post_message(self.Scrolled())
        else:
            self._illustrated = {}, {}
            self.set_height(0)
        self._go_on()

    def _begin(self) -> None:
        self.page = EMPTY
        self._painted_lines.clear()
        self.refresh()

    def _extend(
        self, document: Document, seconds: float, kept: Mapping[int, int] | None = None
    ) -> None:
        """Lay out behind what is laid out already, until all is or for some seconds."""
        if self.gallery is not None:
            height = self.size.height
            self._illustrated = self.gallery.rooms(document, self.column, height, kept)
        rooms, notes = self._illustrated
        self.page = layout(
            document,
            self.column,
            images=rooms,
            notes=notes,
            onto=self.page,
            blocks=self._end(document),
            seconds=seconds,
        )
        self.set_height(len(self.page.lines))

    def _end(self, document: Document) -> int:
        """Return how many blocks are laid out: what is folded only for a place in it."""
        blocks, fold = len(document.blocks), document.fold
        if fold is None or max(self.page.blocks - 1, self._place.block) >= fold:
            return blocks
        return fold

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Save the place and post ``Scrolled``."""
        super().watch_scroll_y(old_value, new_value)
        if self.page.lines and round(old_value) != round(new_value):
            # A window that grew pushes the end of the text down; that is no move of the reader.
            if round(new_value) != min(self.page.line_at(self._place), self.max_scroll_y):
                self._place = self.page.place_of(self.scroll_offset.y)
                self._is_sought = False
            self.post_message(self.Scrolled())

    def _scroll_to_place(self) -> None:
        place = self._place
        self._is_sought = not self._bring_to_top(place)
        self._place = place

    def _bring_to_top(self, place: Place, *, above: int = 0) -> bool:
        """Scroll to a place, or that many lines above it; return False while it is to come.

        With too few lines below it yet, it comes to the top once there are more.
        """
        if self._is_to_come(place):
            return False
        line = max(0, self.page.line_at(place) - above)
        self.scroll_to(y=line, animate=False)
        return line <= self.max_scroll_y or not self.growing

    # What is still to come

    @property
    def growing(self) -> bool:
        """Whether a part of the item is not parsed or not laid out yet."""
        return self._parser is not None or self._is_laid_out_in_part

    @property
    def _is_laid_out_in_part(self) -> bool:
        """Whether more can be laid out behind the page; not behind one of another size or post."""
        if self.document is None or not self.size or self.size != self._fitted:
            return False
        return self.page.blocks < self._end(self.document)

    def _is_to_come(self, place: Place) -> bool:
        """Whether a place isn't laid out yet, or folded away."""
        blocks = self.page.blocks
        if self.document is None:
            return True
        whole = self._parser is None and blocks == len(self.document.blocks)
        return place.block >= blocks and not whole

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
        if (parser := self._parser) is not None:
            try:
                if parser.parse_some(STEP_SECONDS):
                    self._parser = None
            except XsfreaderError as error:
                self._parser = None
                self.post_message(self.Failed(error))
            self.document = parser.document
        if self._is_laid_out_in_part and self.document is not None:
            self._extend(self.document, STEP_SECONDS)
        if self._is_sought:
            self._scroll_to_place()
        waiting, self._waiting = self._waiting, []
        for do in waiting:
            self.until(do)
        if not self.growing and self._steps is not None:
            self._steps.stop()
            self._steps = None
            self.post_message(self.Scrolled())

    # Images

    def refit(self) -> None:
        """Lay out again for loaded images; nothing in view moves.

        An image in view keeps the rows reserved for it, or its box, until the post is laid out
        again or with the image out of view.
        """
        page, document, gallery = self.page, self.document, self.gallery
        if document is None or gallery is None or not self.size:
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
        self._begin()
        self._extend(document, inf, kept)
        rooms, _ = self._illustrated
        moved = {
            image.block
            for index, image in enumerate(document.images)
            if before.get(index) != rooms.get(index) or index not in rooms
        }
        seen = range(top, min(top + self.size.height, len(page.lines)))
        anchor = next((at for at in seen if page.lines[at].block not in moved), top)
        held = page.place_of(anchor)
        line = self.page.line_at(held) + anchor - page.line_at(held)
        self.scroll_to(y=max(0, line - (anchor - top)), animate=False)
        if anchor == top:
            self._place = place
        self.post_message(self.Scrolled())
