"""The post follows the list's cursor, at once where it can, and never faster than one can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xsfreader.ui.messages import PostPrepared
    from xsfreader.ui.reader import ReaderScreen


class Following:
    """Shows the post that the list's cursor came to, or passes it over for one soon to come.

    So however fast the keys come, and however slow the terminal is, no more is done than can
    be seen; and what takes long to parse is parsed beside the screen.
    """

    def __init__(self, screen: ReaderScreen) -> None:
        self.screen = screen
        self._unseen = False
        """Whether the post shown last is not on the terminal yet."""
        self._behind = False
        """Whether the list's cursor has moved on since."""

    def follow(self) -> None:
        """Show the post under the cursor as soon as may be."""
        self._behind = True
        if not self._unseen:
            self._go_on()

    def catch_up(self) -> None:
        """Show the post under the cursor now: a key is for it."""
        if self._behind:
            self._show()

    def prepared(self, message: PostPrepared) -> None:
        """Keep a post that may be opened next, and show one that was waited for."""
        posts = self.screen.posts
        if message.parsed is not None:
            self.screen.library.cache_item(message.parsed)
        elif self._behind and posts.entry and posts.entry.permalink == message.permalink:
            # Opening it says what is wrong.
            self._show()
        if not self._unseen:
            self._go_on()

    def _go_on(self) -> None:
        entry = self.screen.posts.entry
        if not self._behind or entry is None:
            return
        if self.screen.library.is_slow_to_open(entry.permalink):
            self.screen.preparing.now(entry.permalink)
        else:
            self._show()

    def _show(self) -> None:
        self._behind = False
        screen, entry = self.screen, self.screen.posts.entry
        if entry is None or entry.permalink == screen.permalink:
            return
        self._unseen = True
        screen.call_after_refresh(self._seen)
        screen.show_post(entry.permalink)
        if screen.reading:
            screen.marking.read_now()

    def _seen(self) -> None:
        self._unseen = False
        self._go_on()
