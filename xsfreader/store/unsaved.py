"""Marks and settings that are shown already and not yet written."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xsfreader.store.merging_marks import TimedMarks


class Batch(NamedTuple):
    """What is to be written."""

    marks: dict[str, TimedMarks]
    """By permalink."""
    settings: dict[str, str]


class Unsaved:
    """Filled by the thread that shows them, emptied by the one that writes them."""

    def __init__(self) -> None:
        self._batch = Batch({}, {})
        self._condition = threading.Condition()
        self.closed = False
        """Whether nothing will be added any more."""

    def add_marks(self, marks: Iterable[TimedMarks]) -> None:
        """Add marks, merged with those that wait."""
        with self._condition:
            merge_into(self._batch.marks, marks)
            self._condition.notify()

    def add_setting(self, key: str, value: str) -> None:
        """Add a setting, in place of an older value."""
        with self._condition:
            self._batch.settings[key] = value
            self._condition.notify()

    def all(self) -> Batch:
        """Return what waits now.

        To show current marks, call this before the file is read: what is written in between is
        found there.
        """
        with self._condition:
            return Batch(self._batch.marks.copy(), self._batch.settings.copy())

    def marks_of(self, permalink: str) -> TimedMarks | None:
        """Return the marks of a post that wait now; see ``all``."""
        with self._condition:
            return self._batch.marks.get(permalink)

    def remove(self, written: Batch) -> None:
        """Remove what was written, unless it has changed since."""
        with self._condition:
            marks, settings = self._batch
            for permalink, each in written.marks.items():
                if marks.get(permalink) == each:
                    del marks[permalink]
            for key, value in written.settings.items():
                if settings.get(key) == value:
                    del settings[key]

    def wait(self, seconds: float | None) -> None:
        """Wait until something is added or this is closed, or for at most some seconds."""
        with self._condition:
            if not self.closed and (seconds is not None or not any(self._batch)):
                self._condition.wait(seconds)

    def close(self) -> None:
        """End the waiting."""
        with self._condition:
            self.closed = True
            self._condition.notify()


def merge_into(marks: dict[str, TimedMarks], newer: Iterable[TimedMarks]) -> None:
    """Merge marks into others by permalink."""
    for each in newer:
        before = marks.get(each.permalink)
        marks[each.permalink] = before.merged(each) if before else each
