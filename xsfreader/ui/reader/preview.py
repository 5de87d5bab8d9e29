"""Show the post under the list's cursor, never more often than the terminal can show it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from xsfreader.ui.reader.base import Part

if TYPE_CHECKING:
    from xsfreader.ui.reader.base import ReaderBase
    from xsfreader.ui.reader.marks import Marks

GLANCE_SECONDS = 2.0
"""How long a post passed in the list must be shown to be a visit in the history."""


class Preview(Part):
    """Shows the post under the list's cursor, or skips it for the next one.

    While the last post is not on the terminal yet, no other is shown: however fast the keys
    come, the work stays within what can be seen.

    A post that the cursor only passes is no visit: the history has where a run through the list
    began and ended, and where it rested.
    """

    def __init__(self, screen: ReaderBase, marks: Marks) -> None:
        super().__init__(screen)
        self._marks = marks
        self._painting = False
        """Whether the post shown last is not on the terminal yet."""
        self._is_behind = False
        """Whether the cursor has moved on since."""
        self._is_step = False
        """Whether it moved on by a key that goes from post to post."""
        self._passed_since: float | None = None
        """Since when a post is shown that the cursor passes; None if it is more than that."""

    def follow(self, *, step: bool = False) -> None:
        """Show the post under the cursor as soon as possible.

        ``step`` says that the key goes to another post, not to another row of the list.
        """
        self._is_behind = True
        self._is_step = self._is_step or step
        if not self._painting:
            self._show()

    def catch_up(self) -> None:
        """Show the post under the cursor now."""
        if self._is_behind:
            self._show()

    def keep(self) -> None:
        """Let the post shown be a visit, since something is done in it."""
        self._passed_since = None

    def _is_glance(self) -> bool:
        """Whether the post shown was passed too quickly to be a visit."""
        since = self._passed_since
        hidden = self.screen.has_class("listing")
        return since is not None and (hidden or time.monotonic() - since < GLANCE_SECONDS)

    def _show(self) -> None:
        screen, entry = self.screen, self.screen.posts.entry
        passing = not (self._is_step or screen.reading)
        self._is_behind = self._is_step = False
        if entry is None or entry.permalink == screen.item_id:
            return
        self._painting = True
        screen.call_after_refresh(self._painted)
        if not screen.show_item(entry.permalink, remember=not (passing and self._is_glance())):
            return
        if passing:
            self._passed_since = time.monotonic()
        if screen.reading:
            self._marks.mark_shown_read()

    def _painted(self) -> None:
        self._painting = False
        self.screen.attempt(self.catch_up)
