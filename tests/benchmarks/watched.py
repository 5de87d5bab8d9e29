"""Run the app with a watchdog on its event loop: ``… tests.benchmarks.watched FILE LIMIT …``.

Every step of the loop that holds it too long is written to the file as JSON when the app ends,
with where it was most of that time.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

SAMPLE = 0.002


class Watch:
    """Times the steps of the loop, and samples long ones from a thread."""

    def __init__(self, limit: float) -> None:
        """Take the seconds that a step may take."""
        self._limit = limit
        self.steps: list[dict[str, Any]] = []
        self._began: float | None = None
        self._thread = threading.get_ident()
        self._seen: Counter[str] = Counter()
        self._over = threading.Event()
        run = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            self._seen.clear()
            cpu, self._began = time.thread_time(), time.perf_counter()
            try:
                run(handle)
            finally:
                began, self._began = self._began, None
                took = time.perf_counter() - began
                if took > limit:
                    self._note(began, took, time.thread_time() - cpu)

        setattr(asyncio.Handle, "_run", timed)  # noqa: B010 - no assignment that types allow
        threading.Thread(target=self._look, daemon=True).start()

    def _note(self, began: float, took: float, cpu: float) -> None:
        self.steps.append(
            {
                "at": began,
                "ms": took * 1000,
                "cpu": cpu * 1000,
                "where": [where for where, _ in self._seen.most_common(3)],
            }
        )

    def _look(self) -> None:
        while not self._over.wait(SAMPLE):
            began = self._began
            if began is not None and time.perf_counter() - began > self._limit / 2:
                frame = sys._current_frames().get(self._thread)
                if frame is not None:
                    self._seen[_place(frame)] += 1

    def stop(self) -> None:
        """Stop sampling."""
        self._over.set()


def _place(frame: FrameType) -> str:
    """Return the innermost function of ours, and the innermost of all."""
    inner = f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}"
    ours: FrameType | None = frame
    while ours is not None:
        name = ours.f_code.co_filename
        if "/xsfreader/" in name and "/cli/" not in name and not name.endswith("app.py"):
            return f"{Path(name).stem}.{ours.f_code.co_qualname}: {inner}"
        ours = ours.f_back
    return inner


def main() -> None:
    """Run the app and write the samples."""
    file, limit = Path(sys.argv[1]), float(sys.argv[2]) / 1000
    sys.argv[1:] = sys.argv[3:]
    from xsfreader.cli import main as command

    watch = Watch(limit)
    try:
        command()
    finally:
        watch.stop()
        file.write_text(json.dumps(watch.steps), encoding="utf-8")


if __name__ == "__main__":
    main()
