"""The results of a search, painted line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip

from xsfreader.errors import XsfreaderError
from xsfreader.model import Hit, SectionHit
from xsfreader.text import clean
from xsfreader.ui.render import fit, fitted
from xsfreader.ui.theme import LOOKS
from xsfreader.ui.widgets.painted import PaintedView

if TYPE_CHECKING:
    from rich.style import Style
    from textual import events

Reader = Callable[[Sequence[int]], Sequence[Hit | SectionHit]]
"""Reads results by their ids."""
ROWS = 2
"""Rows of the screen for each result."""
INDENT = 13
"""Cells before a snippet: as many as the day before a title."""
AT_ONCE = 20
"""Results that are read together."""
NARROW = 60
TYPED = 15
"""Cells for the search syntax, before its meaning."""
SYNTAX = (
    ("two words", "posts with both, in any order"),
    ("encrypt", "encryption too"),
    ('"two words"', "posts with the phrase"),
    ("-word", "none with that word"),
    ("author:", "by its author"),
    ("category:", "of a category"),
    ("xep:384", "that mention a XEP"),
    ("in:xeps", "in the specifications held here"),
    ("lang:de", "in a language"),
    ("after:2020-06", "from that month on"),
    ("before:2015", "from before that year"),
    ("is:unread", "you have not read"),
    ("is:starred", "you have starred"),
    ("is:changed", "changed on the site since you read them"),
    ("is:draft", "not on the site yet, or no longer"),
)


class Results(PaintedView, can_focus=True):
    """Search results with a cursor: title and snippet of each.

    Before a search it shows the search syntax.
    """

    LOOKS = LOOKS["results"]

    def __init__(self) -> None:
        super().__init__()
        self.hits: list[Hit | SectionHit] = []
        """Those that were in sight so far: a snippet takes as long as it takes to find all."""
        self.cursor = 0
        self._rest: Sequence[int] = ()
        """Ids of the others."""
        self._read: Reader = lambda _ids: ()
        self._idle = True

    def show(self, ids: Sequence[int], read: Reader, *, idle: bool = False) -> None:
        """Show results, the cursor on the first; ``idle`` shows the search syntax."""
        self.hits, self._rest, self._read = [], ids, read
        self._idle = idle
        self.cursor = 0
        self._read_to(0)
        self.set_height(self._count * ROWS)
        self.scroll_to(y=0, animate=False)
        self.refresh()

    @property
    def _count(self) -> int:
        return len(self.hits) + len(self._rest)

    def _read_to(self, last: int) -> None:
        """Read the results up to this one."""
        try:
            while self._rest and len(self.hits) <= last:
                ids, self._rest = self._rest[:AT_ONCE], self._rest[AT_ONCE:]
                self.hits += self._read(ids)
        except XsfreaderError as error:
            self.post_message(self.Failed(error))

    @property
    def hit(self) -> Hit | SectionHit | None:
        """The result under the cursor."""
        return self.hits[self.cursor] if self.cursor < len(self.hits) else None

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's own cursor belongs."""
        return self.content_region.offset + Offset(1, self.cursor * ROWS - self.scroll_offset.y)

    def seek(self, target: str) -> None:
        """Move the cursor to a result, if it is among the results."""
        self._read_to(self._count)
        for at, hit in enumerate(self.hits):
            if hit.target == target:
                self.move(at - self.cursor)

    def move(self, rows: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(self.cursor + rows, self._count - 1))
        self._read_to(self.cursor)
        self._scroll_into_view()
        self.refresh()

    def paint(self, rows: range) -> list[Strip]:
        """Paint some rows, once their results are read."""
        self._read_to((rows.stop + self.scroll_offset.y) // ROWS)
        return super().paint(rows)

    def _scroll_into_view(self) -> None:
        self.scroll_into_view(self.cursor * ROWS, (self.cursor + 1) * ROWS - 1)

    def fit_to_size(self) -> None:
        """Keep the cursor visible in a new size."""
        self.set_height(self._count * ROWS)
        self._scroll_into_view()

    class Chosen(Message):
        """A result was clicked."""

    @dataclass
    class Failed(Message):
        """Results can't be read."""

        error: XsfreaderError

    def on_click(self, event: events.Click) -> None:
        """Open the result under the mouse."""
        index = (event.y + self.scroll_offset.y) // ROWS
        if index < len(self.hits):
            self.cursor = index
            self.refresh()
            self.post_message(self.Chosen())

    def render_line(self, y: int) -> Strip:
        """Paint one row of a result."""
        base, width = self.look(), self.room
        index, row = divmod(y + self.scroll_offset.y, ROWS)
        if self._idle and 0 < y <= len(SYNTAX):
            return self._syntax(*SYNTAX[y - 1])
        if index >= len(self.hits):
            return Strip.blank(width, base)
        hit = self.hits[index]
        segments = self._snippet(hit, base) if row else self._title_row(hit, base)
        if Segment.get_line_length(segments) > width:
            end = Segment("…", base + self.look("quiet"))
            segments = [*Segment.adjust_line_length(segments, width - 1), end]
        if index == self.cursor:
            cursor = self.look("cursor")
            segments = [Segment(s.text, (s.style or base) + cursor) for s in segments]
            base += cursor
        return fitted(segments, width, base)

    def _title_row(self, hit: Hit | SectionHit, base: Style) -> list[Segment]:
        """Return the day and title of a post, or the number and section of a specification."""
        if isinstance(hit, SectionHit):
            number, _, name = clean(hit.title).partition(": ")
            day, title = f" {number:<{INDENT - 1}}", clean(hit.section) if hit.anchor else name
            tail = f"  {name} " if hit.anchor and self.room > NARROW else " "
        else:
            day, title = f" {hit.post.day}  ", clean(hit.post.title)
            about = " · ".join(map(clean, hit.post.categories))
            tag = "" if hit.post.language == "en" else f"{clean(hit.post.language)}  "
            tail = f"  {tag}{about} " if self.room > NARROW else f" {tag}"
        room = max(10, self.room - len(day) - len(tail))
        return [
            Segment(day, base + self.look("quiet")),
            Segment(fit(title, room), base + self.look("title")),
            Segment(tail, base + self.look("quiet")),
        ]

    def _syntax(self, typed: str, meaning: str) -> Strip:
        base, width = self.look(), self.room
        segments = [
            Segment(f" {typed:{TYPED}} ", base + self.look("title")),
            Segment(fit(meaning, max(0, width - TYPED - 2)), base + self.look("quiet")),
        ]
        return fitted(segments, width, base)

    def _snippet(self, hit: Hit | SectionHit, base: Style) -> list[Segment]:
        quiet, match = base + self.look("quiet"), base + self.look("match")
        indent = INDENT if self.room > NARROW else 2
        segments = [Segment(" " * indent, base)]
        at, room = 0, self.room - indent
        if hit.marks and hit.marks[0][1] >= room:
            # In a narrow window the first hit would be cut off.
            first = hit.marks[0][0]
            space = hit.snippet.find(" ", max(0, first - room // 2), first)
            at = first if space < 0 else space + 1
            segments.append(Segment("…", quiet))
        for start, end in hit.marks:
            segments += [
                Segment(clean(hit.snippet[at:start]), quiet),
                Segment(clean(hit.snippet[start:end]), match),
            ]
            at = end
        return [*segments, Segment(clean(hit.snippet[at:]), quiet)]
