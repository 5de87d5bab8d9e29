"""Marks of the reader: read, starred, all read, and undoing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xsfreader.ui.reader.base import Part, count_posts

if TYPE_CHECKING:
    from xsfreader.model import View
    from xsfreader.ui.reader.base import ReaderBase

MOST_UNDONE = 100
"""Markings that can be undone."""


class Marking(NamedTuple):
    """What the reader marked at once, to be undone."""

    permalinks: tuple[str, ...]
    name: str
    """What is shown of it."""
    read: bool | None = None
    """What they were marked as, None if the mark is a star."""
    starred: bool = False
    view: tuple[View, str] | None = None
    """The view and filter of the list that was marked as a whole."""


class Marks(Part):
    """Sets marks, and shows them in the list and the header."""

    def __init__(self, screen: ReaderBase) -> None:
        super().__init__(screen)
        self._markings: list[Marking] = []
        """What the reader marked and has not undone, the last one last."""
        self._opened: str | None = None
        """The post that was marked as read last because it was opened or moved in."""

    def mark_shown_read(self) -> None:
        """Mark the post shown as read, as it was opened."""
        self.screen.has_read = True
        self._opened = permalink = self.screen.item_id
        library = self.screen.library
        if permalink is None or self.screen.specification is not None:
            return
        if not library.marks(permalink).read or library.is_changed(permalink):
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
        permalink = self._markable
        if permalink is not None:
            read = not self.screen.library.is_read(permalink)
            self.set_read(permalink, read=read)
            self._add(Marking((permalink,), self._title(permalink), read))
            self.screen.status.say("Marked as read" if read else "Marked as unread")

    def toggle_star(self) -> None:
        """Star the post shown, or remove its star."""
        permalink, library = self._markable, self.screen.library
        if permalink is None:
            return
        starred = not library.is_starred(permalink)
        if self.screen.attempt(lambda: library.set_starred(permalink, starred=starred)):
            self.screen.posts.marked(permalink, starred=starred)
            self._add(Marking((permalink,), self._title(permalink), starred=starred))
            self.screen.status.say("Starred" if starred else "Star removed")

    @property
    def _markable(self) -> str | None:
        """The post shown; of a specification, say that it has no marks."""
        if self.screen.specification is None:
            return self.screen.item_id
        self.screen.status.say("A specification has no marks")
        return None

    def _title(self, permalink: str) -> str:
        return f"“{self.screen.library.post(permalink).title}”"

    def _add(self, marking: Marking) -> None:
        self._markings.append(marking)
        del self._markings[:-MOST_UNDONE]

    def undo(self) -> None:
        """Undo the last marking."""
        if self._markings:
            self._undo(self._markings[-1])
        else:
            self.screen.status.say("Nothing to undo: no post was marked since the start")

    def _undo(self, marking: Marking) -> None:
        screen, (permalinks, name, read, starred, _) = self.screen, marking
        if read is not None:
            screen.library.set_all_read(permalinks, read=not read)
            words = "unread again" if read else "read again"
        else:
            screen.library.set_starred(permalinks[0], starred=not starred)
            words = "without a star again" if starred else "starred again"
        self._markings.remove(marking)
        screen.posts.reload()
        screen.reveal_shown()
        screen.refresh_counts()
        screen.status.say(f"{name} {words}")

    def mark_all_read(self) -> None:
        """Mark all posts of the list as read after a question, or undo that."""
        permalinks = self.screen.posts.unread_shown()
        if permalinks:
            self._ask_all_read(permalinks)
        elif same := [each for each in self._markings if each.view == self._list]:
            self._undo(same[-1])
        else:
            self.screen.status.say("No unread posts in this list")

    @property
    def _list(self) -> tuple[View, str]:
        return self.screen.posts.view, self.screen.posts.filtered

    def _ask_all_read(self, permalinks: tuple[str, ...]) -> None:
        def answer(choice: int) -> None:
            if choice == 1:
                self._set_all_read(permalinks)

        posts, undo = count_posts(len(permalinks)), self.screen.key_of("undo") or "The palette"
        self.screen.choose(
            f"Mark {posts} as read?",
            ["n  Cancel", f"y  Mark {posts} as read"],
            answer,
            words=f"These are all unread posts of this list. {undo} undoes it.",
            letters="ny",
        )

    def _set_all_read(self, permalinks: tuple[str, ...]) -> None:
        self.screen.library.set_all_read(permalinks, read=True)
        self._add(Marking(permalinks, count_posts(len(permalinks)), read=True, view=self._list))
        self.screen.posts.reload()
        self.screen.refresh_counts()
        undo = f"; press {key} to undo" if (key := self.screen.key_of("undo")) else ""
        self.screen.status.say(f"{count_posts(len(permalinks))} marked as read{undo}")
