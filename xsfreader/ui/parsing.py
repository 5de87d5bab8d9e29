"""Parse the items that may be opened next, in a thread."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.worker import get_current_worker

from xsfreader.errors import XsfreaderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.screen import Screen
    from textual.timer import Timer

    from xsfreader.library import Library, ParsedItem

REST_SECONDS = 0.03
"""How long an item must rest on screen before its neighbours are parsed."""


class Prefetch:
    """Parses items in a thread and posts ``Parsed`` to the screen."""

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
            items = [each for each in self._nearby() if not library.is_cached(each)]
        except XsfreaderError:
            return
        if items:
            self._parse_all(items)

    def _parse_all(self, items: Sequence[str]) -> None:
        """Parse these; a thread that parses others ends after the one it is at."""
        self._screen.run_worker(
            lambda: self._work(items),
            thread=True,
            exclusive=True,
            group="prefetch",
            description="prefetch",
        )

    def _work(self, items: Sequence[str]) -> None:
        worker = get_current_worker()
        # Opening an item reports what is wrong with the files.
        with suppress(XsfreaderError), self._library().clone() as library:
            for item_id in items:
                if worker.is_cancelled:
                    break
                self._parse(library, item_id)

    def _parse(self, library: Library, item_id: str) -> None:
        try:
            parsed = library.parse_item(item_id)
        except XsfreaderError:
            parsed = None
        self._screen.post_message(self.Parsed(item_id, parsed))
