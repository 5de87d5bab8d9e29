"""Parse the items that may be opened next, in a thread."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.worker import get_current_worker

from xsfreader.errors import XsfreaderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.screen import Screen
    from textual.timer import Timer

    from xsfreader.library import Library, ParsedItem

REST_SECONDS = 0.03
"""How long an item must rest on screen before its neighbours are parsed."""


class Prefetch:
    """Parses items in one thread at a time and posts ``Parsed`` to the screen."""

    @dataclass
    class Parsed(Message):
        """An item was parsed."""

        item_id: str
        parsed: ParsedItem | None
        """None if it could not be parsed."""

    def __init__(
        self,
        screen: Screen[None],
        library: Callable[[], Library],
        nearby: Callable[[], Iterable[str]],
    ) -> None:
        """Take functions for the library in use and for what may be opened next."""
        self._screen = screen
        self._library = library
        self._nearby = nearby
        self._timer: Timer | None = None
        self._queue: deque[str] = deque()
        self._lock = threading.Lock()
        self._running = False

    def schedule(self) -> None:
        """Parse the neighbours once nothing has moved for a moment."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(REST_SECONDS, self._parse_nearby)

    def parse_now(self, item_id: str) -> None:
        """Parse this item before all others."""
        self._parse_all([item_id])

    def _parse_nearby(self) -> None:
        library = self._library()
        try:
            queue = [each for each in self._nearby() if not library.is_cached(each)]
        except XsfreaderError:
            return
        if queue:
            self._parse_all(queue)

    def _parse_all(self, queue: Iterable[str]) -> None:
        with self._lock:
            self._queue = deque(queue)
            if self._running:
                return
            self._running = True
        self._screen.run_worker(self._work, thread=True, group="prefetch", description="prefetch")

    # In the thread

    def _next(self) -> str | None:
        """Take the next of the queue; once it is empty, the thread ends."""
        with self._lock:
            self._running = bool(self._queue) and not get_current_worker().is_cancelled
            return self._queue.popleft() if self._running else None

    def _work(self) -> None:
        try:
            with self._library().clone() as library:
                while item_id := self._next():
                    self._parse(library, item_id)
        except XsfreaderError:
            # Opening an item reports what is wrong with the files.
            self._running = False

    def _parse(self, library: Library, item_id: str) -> None:
        try:
            parsed = library.parse_item(item_id)
        except XsfreaderError:
            parsed = None
        self._screen.post_message(self.Parsed(item_id, parsed))
