"""Events for a person: a line of progress on stderr, results on stdout."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING, Self

from xsfreader.cli.output import fail, tell
from xsfreader.library.job_events import Failed, XepsResult
from xsfreader.reports import FetchReport, Progress, SyncReport
from xsfreader.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.library.job_events import Event

    Report = Callable[[Event], None]

PROGRESS_SECONDS = 0.1
"""Progress is reported at most that often."""


def sparing(report: Report) -> Report:
    """Return what passes events on, but not every single progress."""
    due = 0.0

    def pass_on(event: Event) -> None:
        nonlocal due
        if isinstance(event, Progress):
            now = time.monotonic()
            if now < due and event.done != event.total:
                return
            due = now + PROGRESS_SECONDS
        report(event)

    return pass_on


class Printer:
    """Prints events; progress only where stderr is a terminal, until the block ends."""

    def __init__(self) -> None:
        self._shows_progress = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._replace_line("")

    def print(self, event: Event) -> None:
        """Print an event: progress and errors on stderr, results on stdout."""
        if isinstance(event, Progress):
            share = ""
            if event.total:
                share = f" {min(1.0, event.done / event.total):.0%}"
            elif event.done:
                is_size = event.unit == "bytes"
                share = f" {event.done / 1e6:.1f} MB" if is_size else f" {event.done}"
            self._replace_line(clean(event.stage) + share)
            return
        self._replace_line("")
        if isinstance(event, SyncReport):
            for file in event.unreadable:
                tell(f"unreadable: {file.path}: {file.reason}")
            print(event.summary(), flush=True)
        elif isinstance(event, FetchReport):
            print(event.summary())
        elif isinstance(event, XepsResult) and event.problem:
            fail(event.problem)
        elif isinstance(event, Failed):
            fail(str(event.error))

    def _replace_line(self, words: str) -> None:
        if self._shows_progress:
            columns = shutil.get_terminal_size().columns
            sys.stderr.write("\r\033[K" + words[: columns - 1])
            sys.stderr.flush()
