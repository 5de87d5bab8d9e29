"""The reader's state: read marks, stars, reading positions, and settings of the app."""

from __future__ import annotations

import contextlib
import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from xsfreader.errors import StoreError
from xsfreader.model import Marks, Place
from xsfreader.store.base import Base
from xsfreader.store.database import valid_text
from xsfreader.store.files import only_one
from xsfreader.store.merging_marks import COLUMNS, LATEST, TimedMarks, merge_into, merge_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

_FORMAT = "xsfreader-state"
_EXPORTED = {
    "read": {"read": 1},
    "starred": {"starred": 1},
    "place": {"block": 1 << 31, "offset": 1 << 31},
}
"""The fields of each kind of mark in an export, besides its time, with their largest values."""
EXCHANGE_SECONDS = 15.0
"""How long to wait for another process that exchanges marks, as one does that outlived the app."""


class State(Base):
    """The part of the store with the reader's state.

    All marks are in memory, too: a mark is shown at once, whether or not it can be written.
    """

    def __init__(self, archive: Path, state: Path, version: str, timeout: float) -> None:
        super().__init__(archive, state, version, timeout)
        self._known: dict[str, TimedMarks] = {}
        """All marks by permalink, those that wait to be written included."""
        self._known_version: tuple[int, int] | None = None
        """That of the file when they were read."""
        self._others_marked = False
        """Whether another connection changed a mark since ``refresh`` looked."""
        self._unsaved: dict[str, TimedMarks] = {}
        self._unsaved_settings: dict[str, str] = {}
        self._report: Callable[[str], None] | None = None
        self._problem = ""
        """Why nothing can be written now."""

    def save_without_waiting(self, report: Callable[[str], None]) -> None:
        """Keep marks and settings that can't be written at once, until they can.

        ``refresh`` and ``save_rest`` try again. ``report`` is called with the reason, once until
        writing succeeds again.
        """
        self._report = report

    def save_rest(self, seconds: float) -> str:
        """Write what is not written yet; return what is lost and why, empty if nothing.

        Waits at most some seconds for another process.
        """
        self._save(seconds=seconds)
        count = len(self._unsaved)
        if not (count or self._unsaved_settings):
            return ""
        what = f"the marks of {count} post{'' if count == 1 else 's'} were" if count else ""
        return f"{what or 'where you left off was'} not saved: {self._problem}"

    def _save(
        self,
        marks: Sequence[TimedMarks] = (),
        settings: Mapping[str, str] = MappingProxyType({}),
        *,
        seconds: float = 0.0,
    ) -> int:
        """Merge marks into those there are, write them with all that waits.

        Returns how many posts changed. Raises StoreError where nothing may wait.
        """
        if marks:
            for known in (self.timed_marks(), self._unsaved):
                merge_into(known, marks)
        self._unsaved_settings |= settings
        if not (self._unsaved or self._unsaved_settings):
            return 0
        values = [(key, value, _now()) for key, value in self._unsaved_settings.items()]
        try:
            with contextlib.ExitStack() as stack:
                if self._report is not None:
                    stack.enter_context(self._state.waiting(seconds))
                db = stack.enter_context(self._state.writing())
                changed = merge_marks(db, self._unsaved.values())
                db.executemany("REPLACE INTO setting (key, value, at) VALUES (?, ?, ?)", values)
        except StoreError as error:
            if self._report is None:
                self._forget_unsaved()
                self._known_version = None
                raise
            if not self._problem:
                # Without the remedy: this is tried again anyway.
                self._problem = str(error).partition(";")[0]
                self._report(self._problem)
            return 0
        self._forget_unsaved()
        return changed

    def _forget_unsaved(self) -> None:
        self._unsaved.clear()
        self._unsaved_settings.clear()
        self._problem = ""

    def timed_marks(self) -> dict[str, TimedMarks]:
        """Return all marks with their times, by permalink."""
        version = self._state.version()
        if version != self._known_version:
            rows = self._state.rows(f"SELECT {COLUMNS} FROM mark")
            before, self._known = self._known, {row[0]: TimedMarks(*row) for row in rows}
            merge_into(self._known, self._unsaved.values())
            self._known_version = version
            self._others_marked |= _shown(before) != _shown(self._known)
        return self._known

    def _timed_marks_of(self, permalink: str) -> TimedMarks:
        permalink = valid_text(permalink)
        return self.timed_marks().get(permalink) or TimedMarks(permalink)

    def _marked_stories(self, what: str, stories: Mapping[str, int]) -> set[int]:
        """Return the stories with a post that is ``read``, ``starred``…; unknown ones are skipped.

        ``stories`` is that of each permalink.
        """
        marks = self.timed_marks()
        return {
            stories[permalink]
            for permalink, each in marks.items()
            if getattr(each, what) and permalink in stories
        }

    def changed_posts(self) -> set[str]:
        """Return the posts whose text has changed upstream since they were read."""
        edited = self._rows("SELECT permalink, at FROM edited")
        marks = ((self._timed_marks_of(permalink), at) for permalink, at in edited)
        return {each.permalink for each, at in marks if each.read and at > each.read_at}

    def marks(self, permalink: str) -> Marks:
        """Read the marks of a post."""
        found = self._timed_marks_of(permalink)
        place = None if found.block is None else Place(found.block, found.offset or 0)
        return Marks(bool(found.read), bool(found.starred), place)

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
        now, time_field = _now(), f"{what}_at"
        marks = []
        for permalink in map(valid_text, permalinks):
            replaced: int = getattr(self._timed_marks_of(permalink), time_field)
            at = min(max(now, replaced + 1), LATEST)
            fields: dict[str, Any] = {**values, time_field: at}
            marks.append(TimedMarks(permalink, **fields))
        self._save(marks)

    def setting(self, key: str) -> str | None:
        """Read a setting that the app saved."""
        saved = self._state.text("SELECT value FROM setting WHERE key = ?", key)
        return self._unsaved_settings.get(key, saved)

    def set_setting(self, key: str, value: str) -> None:
        """Save a setting of the app."""
        self._save(settings={valid_text(key): valid_text(value)})

    def lower_times(self, latest: int, to: int) -> None:
        """Set the times of marks later than one, from a clock that was wrong, to another."""
        with self._state.writing() as db:
            for at in ("read_at", "starred_at", "place_at"):
                db.execute(f"UPDATE mark SET {at} = ? WHERE {at} > ?", (to, latest))
        self._known_version = None

    def merge_timed_marks(self, marks: Iterable[TimedMarks]) -> int:
        """Merge marks of other machines; return how many posts changed."""
        return self._save(list(marks))

    def marks_lock(self) -> AbstractContextManager[None]:
        """Hold the lock for exchanging marks. Raises SyncRunningError, DiskError."""
        file = self._state.path.with_name("marks.lock")
        return only_one(file, EXCHANGE_SECONDS, "another process is syncing the marks")

    def export_state(self) -> dict[str, Any]:
        """Return all marks as plain values for JSON, times in milliseconds since 1970."""
        marks: dict[str, dict[str, Any]] = {}
        for each in sorted(self.timed_marks().values()):
            mark: dict[str, Any] = marks.setdefault(each.permalink, {})
            for what, limits in _EXPORTED.items():
                values: dict[str, Any] = {name: getattr(each, name) for name in limits}
                if (at := getattr(each, f"{what}_at")) and None not in values.values():
                    # A mark is written as true or false.
                    mark |= values if what == "place" else {what: bool(values[what])}
                    mark[f"{what}_at"] = at
        return {"format": _FORMAT, "version": 1, "marks": marks}

    def import_state(self, data: object) -> int:
        """Merge exported marks, the newer of two winning; return how many posts changed.

        Raises StoreError if the data is not an export; nothing is changed then.
        """
        return self._save(_imported(data))


def _shown(marks: Mapping[str, TimedMarks]) -> dict[str, tuple[int, ...]]:
    """Return what of the marks is shown in the list, with their times: all but the places."""
    return {key: each[1:5] for key, each in marks.items() if any(each[1:5])}


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

    fields: dict[str, Any] = {}
    for what, limits in _EXPORTED.items():
        if mark.get(f"{what}_at", 0) != 0:
            for name, most in {f"{what}_at": LATEST, **limits}.items():
                value = mark.get(name, 0)
                if not isinstance(value, int) or not 0 <= value <= LATEST:
                    raise StoreError(f"the exported state is damaged at {permalink:.60}: {name}")
                fields[name] = min(int(value), most)
    return TimedMarks(valid_text(permalink), **fields)


def _now() -> int:
    return time.time_ns() // 1_000_000
