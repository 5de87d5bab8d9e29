"""Paint the rows of the list: groups and entries."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.reactive import var
from textual.strip import Strip

from xsfreader.model import View
from xsfreader.text import clean
from xsfreader.ui.render import fit, fitted
from xsfreader.ui.theme import LOOKS
from xsfreader.ui.titles import fit_title
from xsfreader.ui.widgets.painted import PaintedView
from xsfreader.ui.widgets.post_tree import PostTree, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.library import Library
    from xsfreader.model import Entry, Group

FLAT = (View.STARRED, View.UNREAD)
EMPTY = {
    View.DATE: ("No posts here yet", "sync", "fetches them"),
    View.STARRED: ("Nothing starred yet", "star", "stars the post you read"),
    View.UNREAD: ("All read", "sync", "looks for new posts"),
    View.CATEGORY: ("No post here has a category", "", ""),
    View.AUTHOR: ("No post here names its author", "", ""),
    View.XEP: ("No post here mentions a XEP", "", ""),
}
"""Why a list is empty, and the action that changes it with what it does."""


class PostRows(PaintedView):
    """Posts by date, category and so on, one row of them under a cursor."""

    LOOKS = LOOKS["list"]

    view: var[View] = var(View.DATE)
    filtered: var[str] = var("")
    """The filter: words in title, author or category."""

    def __init__(self, library: Library, key_of: Callable[[str], str]) -> None:
        """``key_of`` returns the key of an action, as the screen shows it."""
        super().__init__(id="posts")
        self.library = library
        self.key_of = key_of
        self.cursor = 0
        self.clock_problem = ""
        """Why the list is empty, if it is by the clock."""
        self.tree_of_posts = self._tree()

    def _tree(self) -> PostTree:
        view, library, words = self.view, self.library, self.filtered
        if view is View.XEP:
            return PostTree(
                lambda parent: library.groups(view, parent, words=words),
                lambda key: library.entries(view, key),
                specifications=library.reads_specifications,
            )
        return PostTree(
            lambda parent: library.groups(view, parent),
            lambda key: library.entries(view, key, words=words),
            flat=view in FLAT or bool(words),
        )

    def render_line(self, y: int) -> Strip:
        """Paint one row."""
        width, base = self.room, self.look()
        rows = self.tree_of_posts.rows
        at = y + self.scroll_offset.y
        if not rows and y > 0:
            lines = self._empty_lines(width - 2)
            words = f" {lines[y - 1]}" if y <= len(lines) else ""
            return Strip([Segment(fit(words, width), base + self.look("quiet"))], width)
        if at >= len(rows):
            return Strip.blank(width, base)
        row = rows[at]
        held = "" if at != self.cursor else "cursor" if self.has_focus else "cursor-away"
        return self._paint(row, held, width)

    def _empty_lines(self, width: int) -> list[str]:
        """Say why the list is empty, and what to do."""
        words, action, does = EMPTY[self.view]
        if self.clock_problem and not self.filtered:
            return textwrap.wrap(self.clock_problem, max(10, width))
        if self.filtered:
            searched = "XEP" if self.view is View.XEP else "title, author or category"
            if self.view in FLAT:
                searched = f"{self.view.value} post"
            words, action, does = (
                f"No {searched} matches “{clean(self.filtered)}”",
                "back",
                "shows all",
            )
        key = self.key_of(action) if action else ""
        return textwrap.wrap(f"{words}: {key} {does}." if key else f"{words}.", max(10, width))

    def _paint(self, row: Row, held: str, width: int) -> Strip:
        base = self.look()
        if row.node is not None:
            segments = self._group_segments(row.node.group, row.depth, opened=row.node.open)
        elif row.entry is not None:
            segments = self._entry_segments(row.entry, row)
        elif row.specification:
            segments = [Segment(fit(f"{'  ' * row.depth} {clean(row.label)}", width), base)]
        else:
            segments = []
        if held:
            cursor = self.look(held)
            segments = [Segment(s.text, (s.style or base) + cursor) for s in segments]
            base += cursor
        return fitted([s for s in segments if s.text], width, base)

    def _group_segments(self, group: Group, depth: int, *, opened: bool) -> list[Segment]:
        base = self.look()
        sign = "▾" if opened else "▸"
        unread = f"{group.unread}" if group.unread else ""
        total = f"/{group.total}" if group.unread else f"{group.total or ''}"
        room = self.room - cell_len(unread + total)
        head = fit(f"{'  ' * depth} {sign} {clean(group.label)}", max(4, room - 1))
        return [
            Segment(head + " ", base + self.look("group")),
            Segment(unread, base + self.look("unread")),
            Segment(total, base + self.look("quiet")),
        ]

    def _entry_segments(self, entry: Entry, row: Row) -> list[Segment]:
        base = self.look()
        indent = "  " * max(0, row.depth - 1)
        said = row.parent.group.label if row.parent is not None else ""
        by_day = self.view is View.DATE and not self.filtered
        day = f"{entry.day.day:2} " if by_day else f"{entry.day:%Y-%m} "
        said += f" {entry.day.year}"
        language = "" if entry.language == self.library.languages[0] else clean(entry.language)
        tag = "".join(f" {word}" for word in (entry.label, language) if word)
        star = "★" if entry.starred else " "
        dot = "~" if entry.changed else " " if entry.read else "●"
        head = f"{indent} "
        room = self.room - cell_len(head) - 3 - len(day) - len(tag)
        return [
            Segment(head, base),
            Segment(dot, base + self.look("unread")),
            Segment(star, base + self.look("star")),
            Segment(day, base + self.look("quiet")),
            Segment(
                fit_title(clean(entry.title), max(1, room), said),
                base + (self.look("read") if entry.read else base),
            ),
            Segment(tag, base + self.look("quiet")),
        ]
