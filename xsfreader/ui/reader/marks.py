"""The reader's marks: read, starred, all read, and taking that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.errors import XsfreaderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.model import View
    from xsfreader.ui.reader import ReaderScreen


class Marking:
    """Sets marks, and shows them in the list and the header."""

    def __init__(self, screen: ReaderScreen) -> None:
        self.screen = screen
        self._undo: dict[tuple[View, str], tuple[str, ...]] = {}
        """What was marked at once, by the list it was marked in: its view and filter."""
        self._counted: str | None = None
        """The post that the last movement counted as read, so that the next need not look."""

    def attempt(self, change: Callable[[], None]) -> bool:
        """Do something for the reader; where it fails, say so in a line and go on."""
        try:
            change()
        except XsfreaderError as error:
            self.screen.status.say(str(error), alert=True)
            return False
        return True

    def read_now(self) -> None:
        """Count the post shown as read."""
        self.screen.touched = True
        permalink = self.screen.permalink
        if permalink is None or permalink == self._counted:
            return
        self._counted = permalink
        entry = self.screen.posts.entry_of(permalink)
        if not (entry and entry.read):
            self.set_read(permalink, read=True)

    def set_read(self, permalink: str, *, read: bool) -> None:
        """Mark a post."""
        if not read:
            self._counted = None
        library = self.screen.library
        if self.attempt(lambda: library.set_read(permalink, read=read)):
            self.screen.posts.marked(permalink, read=read)
            self.screen.refresh_counts()

    def toggle_read(self) -> None:
        """Mark the post shown as read, or as unread."""
        permalink = self.screen.permalink
        if permalink is not None:
            read = not self.screen.library.is_read(permalink)
            self.set_read(permalink, read=read)
            self.screen.status.say("marked as read" if read else "marked as unread")

    def toggle_star(self) -> None:
        """Star the post shown, or take its star away."""
        permalink, library = self.screen.permalink, self.screen.library
        if permalink is None:
            return
        starred = not library.is_starred(permalink)
        if self.attempt(lambda: library.set_starred(permalink, starred=starred)):
            self.screen.posts.marked(permalink, starred=starred)
            self.screen.status.say("starred" if starred else "star taken away")

    def ask_all_read(self) -> None:
        """Ask whether all posts of the list are to count as read; take it back from there."""
        permalinks = self.screen.posts.unread_shown()
        if not permalinks and self._list in self._undo:
            undone = self._undo.pop(self._list)
            self._counted = None
            if self.attempt(lambda: self.screen.library.set_all_read(undone, read=False)):
                self.screen.posts.reload()
                self.screen.reveal_shown()
                self.screen.refresh_counts()
                self.screen.status.say(f"{len(undone)} unread again")
            return
        if not permalinks:
            self.screen.status.say("nothing unread in this list")
            return
        from xsfreader.ui.screens.choice import ChoiceScreen

        def answer(choice: int | None) -> None:
            if choice == 1:
                self._all_read(permalinks)

        self.screen.app.push_screen(
            ChoiceScreen(
                f"Mark {len(permalinks)} as read?",
                ["No, leave them", f"Yes, mark {len(permalinks)} as read"],
                words="All of this list that are unread. The same key takes it back.",
                current=0,
            ),
            answer,
        )

    @property
    def _list(self) -> tuple[View, str]:
        return self.screen.posts.view, self.screen.posts.filtered

    def _all_read(self, permalinks: tuple[str, ...]) -> None:
        if self.attempt(lambda: self.screen.library.set_all_read(permalinks, read=True)):
            self._undo[self._list] = permalinks
            self.screen.posts.reload()
            self.screen.refresh_counts()
            self.screen.status.say(f"{len(permalinks)} marked as read; A takes it back")
