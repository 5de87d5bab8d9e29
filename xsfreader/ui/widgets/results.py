"""The results of a search, painted line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from xsfreader.model import SectionHit
from xsfreader.text import clean
from xsfreader.ui.render import fit, fitted
from xsfreader.ui.theme import LOOKS
from xsfreader.ui.widgets.painted import PaintedView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events

    from xsfreader.model import Hit


ROWS = 2
"""Rows of the screen for each result."""
INDENT = 13
"""Cells before a snippet: as many as the day before a title."""
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
        self.hits: Sequence[Hit | SectionHit] = ()
        self.cursor = 0
        self._idle = True

    def show(self, hits: Sequence[Hit | SectionHit], *, idle: bool = False) -> None:
        """Show results, the cursor on the first; ``idle`` shows the search syntax."""
        self.hits = hits
        self._idle = idle
        self.cursor = 0
        self.set_height(len(hits) * ROWS)
        self.scroll_to(y=0, animate=False)
        self.refresh()

    @property
    def hit(self) -> Hit | SectionHit | None:
        """The result under the cursor."""
        return self.hits[self.cursor] if self.cursor < len(self.hits) else None

    def seek(self, target: str) -> bool:
        """Move the cursor to a result; return False if it is not among the results."""
        for at, hit in enumerate(self.hits):
            if hit.target == target:
                self.move(at - self.cursor)
                return True
        return False

    def add(self, hits: Sequence[Hit | SectionHit]) -> None:
        """Add results at the end."""
        self.hits = [*self.hits, *hits]
        self.set_height(len(self.hits) * ROWS)

    def move(self, rows: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(self.cursor + rows, len(self.hits) - 1))
        self._scroll_into_view()
        self.refresh()

    def _scroll_into_view(self) -> None:
        self.scroll_into_view(self.cursor * ROWS, (self.cursor + 1) * ROWS - 1)

    def fit_to_size(self) -> None:
        """Keep the cursor visible in a new size."""
        self.set_height(len(self.hits) * ROWS)
        self._scroll_into_view()

    class Chosen(Message):
        """A result was clicked."""

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
