"""Posts parsed beside reading, so that they open at once."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from xsfreader.errors import XsfreaderError
from xsfreader.ui.messages import PostPrepared

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.timer import Timer

    from xsfreader.library import Library
    from xsfreader.ui.reader import ReaderScreen

REST_SECONDS = 0.03
"""How long a post must rest on screen before its neighbours are looked at."""


class Preparing:
    """Parses posts in a thread, one thread at a time."""

    def __init__(self, screen: ReaderScreen) -> None:
        self.screen = screen
        self._timer: Timer | None = None
        self._wanted: deque[str] = deque()
        self._lock = threading.Lock()
        self._running = False
        self._loaded = False

    def soon(self) -> None:
        """Look at the neighbours once nothing has moved for a moment."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.screen.set_timer(REST_SECONDS, self._look)

    def now(self, permalink: str) -> None:
        """Parse this one before all others."""
        self._begin([permalink])

    def _look(self) -> None:
        library, shown = self.screen.library, self.screen.permalink
        try:
            by_date = library.neighbours(shown) if shown else []
            near = dict.fromkeys([shown, *self.screen.posts.neighbours(), *reversed(by_date)])
            wanted = [each for each in near if each and not library.is_cached(each)]
        except XsfreaderError:
            return
        if wanted or not self._loaded:
            self._begin(wanted)

    def _begin(self, wanted: Iterable[str]) -> None:
        with self._lock:
            self._wanted = deque(wanted)
            if self._running:
                return
            self._running = True
        self.screen.run_worker(self._work, thread=True, group="prepare", description="prepare")

    def _next(self) -> str | None:
        """Take what is wanted most; once nothing is, the thread ends."""
        with self._lock:
            self._running = bool(self._wanted) and not get_current_worker().is_cancelled
            return self._wanted.popleft() if self._running else None

    def _work(self) -> None:
        source = self.screen.library
        try:
            with source.clone() as library:
                while permalink := self._next():
                    self._prepare(library, permalink)
            if not self._loaded:
                source.load_parser()
                self._loaded = True
        except XsfreaderError:
            # What is wrong with the files is told when a post is opened.
            self._running = False

    def _prepare(self, library: Library, permalink: str) -> None:
        try:
            parsed = library.parse_item(permalink)
        except XsfreaderError:
            parsed = None
        self.screen.post_message(PostPrepared(permalink, parsed))
