"""A line on the terminal that says how far a sync has come."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING, Self

from xsfreader.cli.output import safe

if TYPE_CHECKING:
    from xsfreader.reports import Progress


class ProgressLine:
    """A progress line on stderr; silent where stderr is not a terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def show(self, progress: Progress) -> None:
        """Redraw the line, at most ten times a second."""
        now = time.monotonic()
        if not self._shown or (now < self._next and progress.done != progress.total):
            return
        self._next = now + 0.1
        words = safe(progress.stage)
        if progress.total:
            share = min(1.0, progress.done / progress.total)
            full = round(share * 24)
            words = f"{'━' * full}{'╌' * (24 - full)} {share:4.0%}  {words}"
        elif progress.unit == "bytes" and progress.done:
            words += f" {progress.done / 1e6:.1f} MB"
        elif progress.done:
            words += f" {progress.done}"
        columns = shutil.get_terminal_size().columns
        sys.stderr.write("\r\033[K" + words[: columns - 1])
        sys.stderr.flush()
