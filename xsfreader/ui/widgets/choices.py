"""A list of choices with a cursor; long rows are wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from xsfreader.markup.wrap import wrap
from xsfreader.ui.render import fit
from xsfreader.ui.theme import LOOKS
from xsfreader.ui.widgets.painted import PaintedView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events


class Choices(PaintedView, can_focus=True):
    """Posts ``Moved`` when the cursor moves and ``Chosen`` when a row is chosen."""

    LOOKS = LOOKS["choices"]

    class Moved(Message):
        """The cursor came to a row."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class Chosen(Message):
        """A row was chosen."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, rows: Sequence[str], cursor: int | None = None) -> None:
        """Take rows without control characters; without a cursor, none is highlighted."""
        super().__init__()
        self.rows = rows
        self.cursor = -1 if cursor is None else cursor
        self._lines: list[tuple[int, str]] = []
        """Each line, and the row it belongs to."""

    def fit_to_size(self) -> None:
        """Wrap the rows for a new width."""
        width = max(1, self.room - 2)
        self._lines = [
            (index, row[start:end])
            for index, row in enumerate(self.rows)
            for start, end in wrap(row, width)
        ]
        self.set_height(len(self._lines))
        self._scroll_into_view()

    def move(self, rows: int) -> None:
        """Move the cursor; steps of one wrap around at the ends."""
        if self.rows:
            at = self.cursor + rows
            self.go(at % len(self.rows) if abs(rows) == 1 and self.cursor >= 0 else at)

    def move_page(self, pages: int) -> None:
        """Move the cursor by pages."""
        self.move(pages * max(2, self.size.height - 1))

    def go(self, row: int) -> None:
        """Bring the cursor to a row."""
        if self.rows:
            self.cursor = max(0, min(row, len(self.rows) - 1))
            self._scroll_into_view()
            self.refresh()
            self.post_message(self.Moved(self.cursor))

    def choose(self) -> None:
        """Choose the row under the cursor."""
        if self.cursor >= 0:
            self.post_message(self.Chosen(self.cursor))

    def _scroll_into_view(self) -> None:
        lines = [at for at, (index, _) in enumerate(self._lines) if index == self.cursor]
        if lines:
            self.scroll_into_view(lines[0], lines[-1])

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the mouse."""
        at = event.y + self.scroll_offset.y
        if at < len(self._lines):
            self.go(self._lines[at][0])
            self.choose()

    def render_line(self, y: int) -> Strip:
        """Paint a line."""
        base, at = self.look(), y + self.scroll_offset.y
        if at >= len(self._lines):
            return Strip.blank(self.room, base)
        index, text = self._lines[at]
        style = base + self.look("cursor") if index == self.cursor else base
        return Strip([Segment(fit(f" {text}", self.room), style)], self.room)
