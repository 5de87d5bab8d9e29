"""Show the post under the list's cursor, never more often than the terminal can show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.ui.reader.base import Part

if TYPE_CHECKING:
    from xsfreader.ui.prefetch import Prefetch
    from xsfreader.ui.reader.base import ReaderBase
    from xsfreader.ui.reader.marks import Marks


class Preview(Part):
    """Shows the post under the list's cursor, or skips it for the next one.

    While the last post is not on the terminal yet, no other is shown: however fast the keys
    come, the work stays within what can be seen. A post that takes long to parse is parsed in a
    thread first.
    """

    def __init__(self, screen: ReaderBase, marks: Marks) -> None:
        super().__init__(screen)
        self._marks = marks
        self._painting = False
        """Whether the post shown last is not on the terminal yet."""
        self._is_behind = False
        """Whether the cursor has moved on since."""

    def follow(self) -> None:
        """Show the post under the cursor as soon as possible."""
        self._is_behind = True
        if not self._painting:
            self._show_if_parsed()

    def catch_up(self) -> None:
        """Show the post under the cursor now, since the next action is for it."""
        if self._is_behind:
            self._show()

    def take_parsed(self, message: Prefetch.Parsed) -> None:
        """Cache a parsed post, and show it if the cursor waits for it."""
        entry = self.screen.posts.entry
        if message.parsed is not None:
            self.screen.library.cache_item(message.parsed)
        elif self._is_behind and entry and entry.permalink == message.item_id:
            # Opening it reports what is wrong.
            self._show()
        if not self._painting:
            self._show_if_parsed()

    def _show_if_parsed(self) -> None:
        entry = self.screen.posts.entry
        if not self._is_behind or entry is None:
            return
        if self.screen.library.is_slow_to_open(entry.permalink):
            self.screen.prefetch.parse_now(entry.permalink)
        else:
            self._show()

    def _show(self) -> None:
        self._is_behind = False
        screen, entry = self.screen, self.screen.posts.entry
        if entry is None or entry.permalink == screen.item_id:
            return
        self._painting = True
        screen.call_after_refresh(self._painted)
        if screen.show_item(entry.permalink) and screen.reading:
            self._marks.mark_shown_read()

    def _painted(self) -> None:
        self._painting = False
        self._show_if_parsed()
