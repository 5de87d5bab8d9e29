"""The reader's state: read marks, stars, reading positions, and settings of the app."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from xsfreader.errors import BusyError, StoreError, SyncRunningError
from xsfreader.model import Marks, Place
from xsfreader.store.base import Base, valid_text
from xsfreader.store.files import lock
from xsfreader.store.merging_marks import COLUMNS, LATEST, TimedMarks, merge_marks
from xsfreader.store.unsaved import Batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FORMAT = "xsfreader-state"
EXCHANGE_SECONDS = 15.0
"""How long to wait for another process that exchanges marks, as one does that outlived the app."""


MARKS = "m.read, m.starred, m.block, m.offset"
"""Columns of ``state.mark m`` that ``marks_from_row`` converts."""


def marks_from_row(
    read: int | None, starred: int | None, block: int | None, offset: int | None
) -> Marks:
    """Convert the columns of marks; all are None if there are none."""
    place = None if block is None else Place(block, offset or 0)
    return Marks(bool(read), bool(starred), place)


class State(Base):
    """The part of the store with the reader's state."""

    def marks(self, permalink: str) -> Marks:
        """Read the marks of a post."""
        found = self._timed_marks_of(permalink)
        return marks_from_row(found.read, found.starred, found.block, found.offset)

    def set_read(self, permalinks: Iterable[str], read: bool) -> None:  # noqa: FBT001 - reads as one
        """Mark posts as read or unread, in one transaction.

        An entry of the list is read if one of its translations is, so to mark it unread pass
        them all.
        """
        self._mark(permalinks, "read", read=int(read))

    def set_starred(self, permalink: str, starred: bool) -> None:  # noqa: FBT001 - reads as one
        """Star or unstar a post."""
        self._mark([permalink], "starred", starred=int(starred))

    def set_place(self, permalink: str, place: Place) -> None:
        """Save the reading position in a post."""
        self._mark([permalink], "place", block=place.block, offset=place.offset)

    def _mark(self, permalinks: Iterable[str], what: str, **values: int) -> None:
        """Set one kind of mark, later than those it replaces."""
        if self.unsaved is None:
            with self._writing("state"):
                merge_marks(self._db, "state.mark", self._new_marks(permalinks, what, values))
        else:
            marks = list(self._new_marks(permalinks, what, values))
            self.unsaved.add_marks(marks)
            # ``refresh`` doesn't report them.
            seen = self._seen_contents[1]
            for each in marks:
                if any(each.without_place):
                    before = TimedMarks(each.permalink, *seen.get(each.permalink, ()))
                    seen[each.permalink] = before.merged(each).without_place

    def _new_marks(
        self, permalinks: Iterable[str], what: str, values: dict[str, Any]
    ) -> Iterator[TimedMarks]:
        now = _now()
        for permalink in map(valid_text, permalinks):
            replaced: int = getattr(self._timed_marks_of(permalink), f"{what}_at")
            values[f"{what}_at"] = min(max(now, replaced + 1), LATEST)
            yield TimedMarks(permalink, **values)

    def setting(self, key: str) -> str | None:
        """Read a setting that the app saved."""
        key = valid_text(key)
        unsaved = self.unsaved.all().settings.get(key) if self.unsaved else None
        return unsaved or self._text("SELECT value FROM state.setting WHERE key = ?", key)

    def set_setting(self, key: str, value: str) -> None:
        """Save a setting of the app."""
        key = valid_text(key)
        if self.unsaved is not None:
            self.unsaved.add_setting(key, valid_text(value))
        else:
            self.save(Batch({}, {key: valid_text(value)}))

    def save(self, batch: Batch) -> None:
        """Write what another store of the same files has shown already."""
        settings = [(key, value, _now()) for key, value in batch.settings.items()]
        with self._writing("state"):
            merge_marks(self._db, "state.mark", batch.marks.values())
            self._db.executemany(
                "REPLACE INTO state.setting (key, value, at) VALUES (?, ?, ?)", settings
            )

    def timed_marks(self) -> dict[str, TimedMarks]:
        """Read all marks with their times, by permalink."""
        return self._timed_marks()

    def lower_times(self, latest: int, to: int) -> None:
        """Set the times of marks later than one, from a clock that was wrong, to another."""
        with self._writing("state"):
            for at in ("read_at", "starred_at", "place_at"):
                self._db.execute(f"UPDATE state.mark SET {at} = ? WHERE {at} > ?", (to, latest))

    def merge_timed_marks(self, marks: Iterable[TimedMarks]) -> int:
        """Merge marks of other machines; return how many posts changed."""
        with self._writing("state"):
            return merge_marks(self._db, "state.mark", marks)

    @contextlib.contextmanager
    def marks_lock(self) -> Iterator[None]:
        """Hold the lock for exchanging marks. Raises SyncRunningError, DiskError."""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(lock(self._state.with_name("marks.lock"), EXCHANGE_SECONDS))
            except BusyError:
                raise SyncRunningError("another process is syncing the marks") from None
            yield

    def export_state(self) -> dict[str, Any]:
        """Return all marks as plain values for JSON, times in milliseconds since 1970."""
        marks = {}
        rows = self._rows(f"SELECT {COLUMNS} FROM state.mark ORDER BY permalink")
        for permalink, read, read_at, starred, starred_at, block, offset, place_at in rows:
            mark: dict[str, Any] = {}
            if read_at:
                mark |= {"read": bool(read), "read_at": read_at}
            if starred_at:
                mark |= {"starred": bool(starred), "starred_at": starred_at}
            if place_at and block is not None:
                mark |= {"block": block, "offset": offset, "place_at": place_at}
            marks[permalink] = mark
        return {"format": _FORMAT, "version": 1, "marks": marks}

    def import_state(self, data: object) -> int:
        """Merge exported marks, the newer of two winning; return how many posts changed.

        Raises StoreError if the data is not an export; nothing is changed then.
        """
        marks = _imported(data)
        with self._writing("state"):
            return merge_marks(self._db, "state.mark", marks)


def _imported(data: object) -> list[TimedMarks]:
    """Validate an export and convert it."""
    if not isinstance(data, dict) or data.get("format") != _FORMAT:
        raise StoreError("not an exported state; `xsfreader state export` writes one")
    if data.get("version") != 1:
        raise StoreError("the state was exported by a newer version; update this program")
    marks = data.get("marks")
    if not isinstance(marks, dict):
        raise StoreError("the exported state is damaged: no marks in it")
    return [_imported_mark(permalink, mark) for permalink, mark in marks.items()]


def _imported_mark(permalink: object, mark: object) -> TimedMarks:
    if not isinstance(permalink, str) or not isinstance(mark, dict):
        raise StoreError(f"the exported state is damaged at {permalink!s:.60}")

    def number(key: str, most: int) -> int:
        value = mark.get(key, 0)
        if not isinstance(value, int) or not 0 <= value <= LATEST:
            raise StoreError(f"the exported state is damaged at {permalink:.60}: {key}")
        return min(int(value), most)

    read_at, starred_at, place_at = (
        number(f"{of}_at", LATEST) for of in ("read", "starred", "place")
    )
    return TimedMarks(
        valid_text(permalink),
        number("read", 1) if read_at else 0,
        read_at,
        number("starred", 1) if starred_at else 0,
        starred_at,
        number("block", 1 << 31) if place_at else None,
        number("offset", 1 << 31) if place_at else None,
        place_at,
    )


def _now() -> int:
    return time.time_ns() // 1_000_000
