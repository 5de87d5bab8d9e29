"""Marks to other machines and back, in a child process; never in the reader's way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from xsfreader.errors import SyncRunningError
from xsfreader.library.job_events import Failed
from xsfreader.reports import MarksReport
from xsfreader.ui.reader.base import Part

if TYPE_CHECKING:
    from textual.worker import Worker

    from xsfreader.library import Library
    from xsfreader.library.job_events import Event
    from xsfreader.ui.reader.base import ReaderBase

START_SECONDS = 1.0
"""How long the first one waits, for the first frame and the sync of posts."""
REST_SECONDS = 10.0
"""After the last mark: several are sent at once."""
LOOK_SECONDS = 1.0
SEEN_SECONDS = 4.0
"""How long a message about a failure stays."""


class Travelling(Part):
    """Starts the child process that syncs marks, where an account is set up for that."""

    def __init__(self, screen: ReaderBase, library: Library, *, offline: bool) -> None:
        """Sync the marks of ``library``, which are those of all others here, too."""
        super().__init__(screen)
        self._library = library
        self._is_off = offline or not library.config.xmpp.jid
        self._worker: Worker[None] | None = None
        self._begun = self._sent = 0.0
        """When the last one began, and the last one that succeeded; on the monotonic clock."""
        self._failure = ""

    def start(self) -> None:
        """Sync now, at intervals, and a while after the last mark."""
        if self._is_off:
            return
        self.screen.set_timer(START_SECONDS, self.run)
        if minutes := self._library.config.sync_interval:
            self.screen.set_interval(minutes * 60, self.run)
        self.screen.set_interval(LOOK_SECONDS, self._look)

    def run(self) -> None:
        """Start a sync of marks unless one is running."""
        if self._is_off or (self._worker is not None and not self._worker.is_finished):
            return
        self._begun = time.monotonic()
        job = self._library.job("marks", "sync")
        self._worker = self.screen.run_job(job, self._receive, group="marks")

    def _receive(self, event: Event) -> None:
        """Note the result; what came is shown as any change on disk. Say once why it failed."""
        if isinstance(event, MarksReport):
            self._sent, self._failure = self._begun, ""
        elif isinstance(event, Failed) and not isinstance(event.error, SyncRunningError):
            problem = f"Marks not synced: {event.error}"
            if problem != self._failure and not self.screen.status.text:
                self.screen.status.say(problem, seconds=SEEN_SECONDS)
                self._failure = problem

    @property
    def is_lacking(self) -> bool:
        """Whether the account may lack marks that were set here."""
        return not self._is_off and self._marked > self._sent

    @property
    def _marked(self) -> float:
        # The guide is read from a library of its own.
        return max(self._library.marked, self.screen.library.marked)

    def _look(self) -> None:
        """Sync if there are new marks, and no more for a while."""
        if self._begun < self._marked < time.monotonic() - REST_SECONDS:
            self.run()
