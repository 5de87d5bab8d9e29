"""Open specifications; one that isn't held is fetched by a child process first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from xsfreader.library.job_events import Failed, FetchResult
from xsfreader.model import specification_id
from xsfreader.reports import Progress
from xsfreader.ui.reader.base import Part

if TYPE_CHECKING:
    from textual.worker import Worker

    from xsfreader.library.job_events import Event
    from xsfreader.ui.reader.base import ReaderBase


class Specifications(Part):
    """Opens specifications in the pane."""

    def __init__(self, screen: ReaderBase, *, offline: bool) -> None:
        super().__init__(screen)
        self._offline = offline
        self._worker: Worker[None] | None = None

    def open(self, number: int, fragment: str = "") -> None:
        """Read a specification, at a section; fetch it first if it isn't held."""
        screen, library = self.screen, self.screen.library
        item_id = specification_id(number)
        if library.is_held(item_id):
            screen.go_to(item_id, fragment)
        elif self._offline and not library.has_local_xeps:
            words = f"XEP-{number:04} is not held here, and --offline fetches nothing"
            screen.status.say(f"{words}: start without it, or read it in the browser", alert=True)
        else:
            self._say(number, "fetching")
            job, start = library.job("specifications"), screen.item_id
            job.send(str(number))
            self._worker = screen.run_job(
                job,
                lambda event: self._receive(event, number, fragment, start),
                group="specifications",
            )

    def _say(self, number: int, stage: str) -> None:
        self.screen.status.say(f"XEP-{number:04}: {stage} …", seconds=math.inf)

    def _receive(self, event: Event, number: int, fragment: str, start: str | None) -> None:
        """Show how far fetching is, and what was fetched if ``start`` is still the item shown."""
        screen = self.screen
        if isinstance(event, Progress):
            self._say(number, event.stage)
            return
        if isinstance(event, Failed):
            screen.status.say(f"XEP-{number:04}: {event.error}", alert=True)
        elif isinstance(event, FetchResult):
            if self._worker is not None:
                # The child waits for other requests, of which there are none.
                self._worker.cancel()
                self._worker = None
            if event.problem:
                screen.status.say(event.problem, alert=True)
            elif screen.item_id == start and screen.is_active and screen.prompt is None:
                screen.go_to(specification_id(number), fragment)
            else:
                screen.status.say(f"XEP-{number:04} is here now")
