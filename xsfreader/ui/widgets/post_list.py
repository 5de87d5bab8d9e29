"""The list of posts: its cursor, its groups and its filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.geometry import Offset
from textual.message import Message

from xsfreader.model import View
from xsfreader.ui.event_errors import ShowsErrors
from xsfreader.ui.widgets.post_rows import PostRows

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events

    from xsfreader.library import Library
    from xsfreader.model import Entry
    from xsfreader.ui.widgets.post_tree import Row


class PostList(ShowsErrors, PostRows, can_focus=True):
    """Posts by date, category and so on, with a cursor."""

    @dataclass
    class Highlighted(Message):
        """The cursor came to a post."""

        permalink: str

    @dataclass
    class Selected(Message):
        """A post or a specification was selected to be read."""

        permalink: str

    def __init__(self, library: Library, key_of: Callable[[str], str]) -> None:
        super().__init__(library, key_of)
        self._opened: frozenset[str] = frozenset()

    # What it shows

    def show(
        self,
        view: View,
        permalink: str | None,
        *,
        filtered: str = "",
        opened: frozenset[str] = frozenset(),
    ) -> None:
        """Show another view, with the cursor on that post if the view contains it.

        ``opened`` are keys of groups to open besides.
        """
        self.view, self.filtered = view, filtered
        self.tree_of_posts = self._tree()
        self.tree_of_posts.load(opened)
        self.cursor = 0
        self._resized_rows()
        if permalink is None or not self.reveal(permalink):
            self.reveal_first()
        self.refresh()

    def filter(self, words: str) -> None:
        """Filter the list by posts with these words in title, author or category."""
        words, entry = words.strip(), self.entry
        if words == self.filtered:
            return
        if not self.filtered:
            self._opened = self.tree_of_posts.opened
        permalink = entry.permalink if entry else None
        self.show(self.view, permalink, filtered=words, opened=self._opened)

    def unread_shown(self) -> tuple[str, ...]:
        """Return the permalinks of everything unread in the list, in groups too."""
        return self.library.unread(self.view, self.filtered)

    def use(self, library: Library, permalink: str | None) -> None:
        """Show the posts of another library."""
        self.library = library
        self.show(self.view, permalink)

    def reload(self, opened: frozenset[str] = frozenset()) -> None:
        """Reload the list, and open more groups; the cursor stays in its row of the screen."""
        row = self.row
        key = row.key if row else ""
        above = self.cursor - self.scroll_offset.y
        self.tree_of_posts.load(self.tree_of_posts.opened | opened)
        self._resized_rows()
        found = self.tree_of_posts.index(key)
        if found is None and row is not None and row.entry is not None:
            # It is in another group now.
            groups = self.library.group_keys(self.view, key) if row.parent is not None else ()
            found = self.tree_of_posts.reveal(groups, key)
            self._resized_rows()
        self.cursor = found if found is not None else self._clamped(self.cursor)
        self.scroll_to(y=max(0, self.cursor - above), animate=False)
        self.refresh()

    def reveal(self, permalink: str) -> bool:
        """Move the cursor to a post without a message; return False if it isn't in the list."""
        tree = self.tree_of_posts
        groups = () if tree.flat else self.library.group_keys(self.view, permalink)
        found = tree.reveal(groups, permalink)
        self._resized_rows()
        if found is None:
            return False
        self._place_cursor(found)
        return True

    def reveal_group(self, label: str) -> None:
        """Open the group of that name and move the cursor to it."""
        for row, each in enumerate(self.tree_of_posts.rows):
            if each.node is not None and each.node.group.label == label:
                self.tree_of_posts.toggle(each.node, to=True)
                self._resized_rows()
                self._place_cursor(row)
                self.refresh()
                return

    def reveal_first(self) -> None:
        """Move the cursor to the first post, opening its groups."""
        first = self.tree_of_posts.step(-1, 1)
        self._resized_rows()
        self._place_cursor(first or 0)

    def marked(
        self, permalink: str, *, read: bool | None = None, starred: bool | None = None
    ) -> None:
        """Update the marks of a post; None leaves a mark unchanged."""

        def change(entry: Entry) -> Entry:
            return entry._replace(
                read=entry.read if read is None else read,
                changed=entry.changed and read is None,
                starred=entry.starred if starred is None else starred,
            )

        permalink = self.library.entry_permalink(permalink)
        comes = (starred and self.view is View.STARRED) or (
            read is False and self.view is View.UNREAD
        )
        if comes and self.tree_of_posts.index(permalink) is None:
            self.reload()
            return
        self.tree_of_posts.replace(frozenset({permalink}), change)
        self.tree_of_posts.refresh_counts()
        self.refresh()

    # The cursor

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        rows = self.tree_of_posts.rows
        return rows[self.cursor] if 0 <= self.cursor < len(rows) else None

    @property
    def entry(self) -> Entry | None:
        """The entry under the cursor."""
        return self.row.entry if self.row else None

    def _clamped(self, row: int) -> int:
        return max(0, min(row, len(self.tree_of_posts.rows) - 1))

    def _place_cursor(self, row: int) -> None:
        before, self.cursor = self.cursor, self._clamped(row)
        self.refresh_line(before)
        self.refresh_line(self.cursor)
        margin = max(0, min(2, (self.size.height - 1) // 2))
        self.scroll_into_view(max(0, self.cursor - margin), self.cursor + margin)

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's own cursor belongs."""
        return self.content_region.offset + Offset(1, self.cursor - self.scroll_offset.y)

    def move_to(self, row: int) -> None:
        """Move the cursor to a row, and post ``Highlighted`` if a post is there."""
        self._place_cursor(row)
        if self.entry is not None:
            self.post_message(self.Highlighted(self.entry.permalink))

    def move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self.move_to(self.cursor + rows)

    def move_page(self, pages: float) -> None:
        """Move the cursor by pages, or halves of one."""
        self.move(int(pages * max(2, self.size.height - 1)))

    def move_end(self, *, bottom: bool) -> None:
        """Move the cursor to the first or the last row."""
        self.move_to(len(self.tree_of_posts.rows) - 1 if bottom else 0)

    def step(self, direction: int, *, unread: bool = False) -> bool:
        """Move to the next post, opening groups; return False if there is none that way."""
        held = len(self.tree_of_posts.rows)
        before = self.row
        found = self.tree_of_posts.step(self.cursor, direction, unread=unread)
        if len(self.tree_of_posts.rows) != held:
            self._resized_rows()
            if found is None and before is not None:
                found_again = self.tree_of_posts.index(before.key)
                self.cursor = found_again if found_again is not None else self.cursor
        if found is None:
            return False
        self.move_to(found)
        return True

    def activate(self) -> None:
        """Open what is under the cursor: a group opens or closes, a post is read."""
        row = self.row
        if row is None:
            return
        if row.node is not None:
            self._toggle(row, to=None)
        elif row.entry is not None:
            self.post_message(self.Selected(row.entry.permalink))
        else:
            self.post_message(self.Selected(row.specification))

    def inwards(self) -> bool:
        """Open the group under the cursor; return False if there is none."""
        row = self.row
        if row is None or row.node is None:
            return False
        if row.node.open:
            self.move(1)
        else:
            self._toggle(row, to=True)
        return True

    def outwards(self) -> None:
        """Close the group under the cursor, or go to its parent."""
        row = self.row
        if row is None:
            return
        if row.node is not None and row.node.open:
            self._toggle(row, to=False)
        elif row.parent is not None:
            found = self.tree_of_posts.index(f"group:{row.parent.group.key}")
            if found is not None:
                self._place_cursor(found)

    def _toggle(self, row: Row, *, to: bool | None) -> None:
        if row.node is not None:
            self.tree_of_posts.toggle(row.node, to=to)
            self._resized_rows()
            self.refresh()

    # Its size, and the mouse

    def _resized_rows(self) -> None:
        rows = self.tree_of_posts.rows
        self.clock_problem = "" if rows else self.library.clock_problem()
        self.set_height(max(1, len(rows)))

    def fit_to_size(self) -> None:
        """Keep the cursor visible in a new size."""
        self._resized_rows()
        self._place_cursor(self.cursor)

    def on_focus(self) -> None:
        """Highlight the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Show the cursor dimmed."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Select a row; open it if it has the cursor, or if the list is the only pane."""
        row = event.y + self.scroll_offset.y
        if 0 <= row < len(self.tree_of_posts.rows):
            alone = self.screen.has_class("narrow")
            again = row == self.cursor or self.tree_of_posts.rows[row].node is not None or alone
            self.move_to(row)
            if again:
                self.activate()
