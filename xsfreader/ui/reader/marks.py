"""Marks of the reader: read, starred, all read, and undoing that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.ui.reader.base import Part, count_posts

if TYPE_CHECKING:
    from xsfreader.model import View
    from xsfreader.ui.reader.base import ReaderBase


class Marks(Part):
    """Sets marks, and shows them in the list and the header."""

    def __init__(self, screen: ReaderBase) -> None:
        super().__init__(screen)
        self._undo: dict[tuple[View, str], tuple[str, ...]] = {}
        """What was marked at once, by the view and filter of the list."""
        self._opened: str | None = None
        """The post that was marked as read last because it was opened or moved in."""

    def mark_shown_read(self) -> None:
        """Mark the post shown as read, as it was opened."""
        self.screen.has_read = True
        self._opened = permalink = self.screen.item_id
        if permalink is not None and not self.screen.library.marks(permalink).read:
            self.set_read(permalink, read=True)

    def mark_moved_in(self) -> None:
        """Mark the post shown as read at the first movement in it.

        It stays as the reader marks it from then on, here or in another window.
        """
        if self.screen.item_id != self._opened:
            self.mark_shown_read()

    def set_read(self, permalink: str, *, read: bool) -> None:
        """Mark a post as read or unread."""
        library = self.screen.library
        if self.screen.attempt(lambda: library.set_read(permalink, read=read)):
            self.screen.posts.marked(permalink, read=read)
            self.screen.refresh_counts()

    def toggle_read(self) -> None:
        """Mark the post shown as read, or as unread."""
        permalink = self.screen.item_id
        if permalink is not None:
            read = not self.screen.library.is_read(permalink)
            self.set_read(permalink, read=read)
            self.screen.status.say("Marked as read" if read else "Marked as unread")

    def toggle_star(self) -> None:
        """Star the post shown, or remove its star."""
        permalink, library = self.screen.item_id, self.screen.library
        if permalink is None:
            return
        starred = not library.is_starred(permalink)
        if self.screen.attempt(lambda: library.set_starred(permalink, starred=starred)):
            self.screen.posts.marked(permalink, starred=starred)
            self.screen.status.say("Starred" if starred else "Star removed")

    def mark_all_read(self) -> None:
        """Mark all posts of the list as read after a question, or undo that."""
        permalinks = self.screen.posts.unread_shown()
        if permalinks:
            self._ask_all_read(permalinks)
        elif self._list in self._undo:
            self._undo_all_read()
        else:
            self.screen.status.say("No unread posts in this list")

    @property
    def _list(self) -> tuple[View, str]:
        return self.screen.posts.view, self.screen.posts.filtered

    def _ask_all_read(self, permalinks: tuple[str, ...]) -> None:
        def answer(choice: int) -> None:
            if choice == 1:
                self._set_all_read(permalinks)

        posts = count_posts(len(permalinks))
        self.screen.choose(
            f"Mark {posts} as read?",
            ["Cancel", f"Mark {posts} as read"],
            answer,
            words="These are all unread posts of this list. The same key undoes it.",
            question=True,
        )

    def _set_all_read(self, permalinks: tuple[str, ...]) -> None:
        self.screen.library.set_all_read(permalinks, read=True)
        self._undo[self._list] = permalinks
        self.screen.posts.reload()
        self.screen.refresh_counts()
        undo = f"; press {key} to undo" if (key := self.screen.key_of("mark-all-read")) else ""
        self.screen.status.say(f"{count_posts(len(permalinks))} marked as read{undo}")

    def _undo_all_read(self) -> None:
        permalinks = self._undo[self._list]
        self.screen.library.set_all_read(permalinks, read=False)
        del self._undo[self._list]
        self.screen.posts.reload()
        self.screen.reveal_shown()
        self.screen.refresh_counts()
        self.screen.status.say(f"{count_posts(len(permalinks))} marked as unread again")
