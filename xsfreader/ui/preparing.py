"""Posts parsed beside reading, so that they open at once: the next ones, and later starts."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from xsfreader.errors import XsfreaderError
from xsfreader.ui.messages import PostPrepared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.timer import Timer

    from xsfreader.ui.screens.reader import ReaderScreen

REST_SECONDS = 0.1
"""How long a post must rest on screen before its neighbours are looked at."""


class Preparing:
    """Parses neighbours in a thread, one thread at a time."""

    def __init__(self, screen: ReaderScreen) -> None:
        self.screen = screen
        self._timer: Timer | None = None
        self._running = False

    def soon(self) -> None:
        """Look at the neighbours once nothing has moved for a moment."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.screen.set_timer(REST_SECONDS, self._start)

    def _start(self) -> None:
        library, shown = self.screen.library, self.screen.permalink
        try:
            by_date = library.neighbours(shown) if shown else []
            near = dict.fromkeys([shown or "", *self.screen.posts.neighbours(), *reversed(by_date)])
            wanted = [
                permalink for permalink in near if permalink and not library.is_prepared(permalink)
            ]
        except XsfreaderError:
            return
        if wanted and not self._running:
            self._running = True
            self.screen.run_worker(
                lambda: self._work(wanted), thread=True, group="prepare", description="prepare"
            )

    def _work(self, wanted: Sequence[str]) -> None:
        worker = get_current_worker()
        try:
            # What is wrong with a post is told when it is opened.
            with suppress(XsfreaderError), self.screen.library.clone() as library:
                for permalink in wanted:
                    if worker.is_cancelled:
                        break
                    self.screen.post_message(PostPrepared(library.prepare(permalink)))
        finally:
            self._running = False
