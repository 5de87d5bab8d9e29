"""Merging marks: of each field the one with the greater time and value counts.

So it doesn't matter in which order marks are merged, how often, and by which machine: all that
have seen the same marks agree. Clocks may be wrong: times are kept as they are, and a new mark
is later than the one it replaces, whatever the clock says. A mark made while a clock was in the
year 2100 wins over those made without knowing it, until marks next travel: then it gets the time
of that day (`State.lower_times`). Merging itself cuts no time, or every import would undo what
came after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

LATEST = 1 << 53
"""The last time a mark can have, in the year 287396: larger numbers are not exact in JSON."""


class TimedMarks(NamedTuple):
    """The marks of a post with their times: a row of the table ``mark``."""

    permalink: str
    read: int = 0
    read_at: int = 0
    """In milliseconds since 1970, as all times; 0 if it was never set."""
    starred: int = 0
    starred_at: int = 0
    block: int | None = None
    offset: int | None = None
    place_at: int = 0

    def merged(self, other: Self) -> Self:
        """Return the newer of each mark; of two with the same time the greater one."""
        read_at, read = max((self.read_at, self.read), (other.read_at, other.read))
        starred_at, starred = max(
            (self.starred_at, self.starred), (other.starred_at, other.starred)
        )
        place_at, block, offset = max(self._place, other._place)
        place = (block, offset) if place_at else (None, None)
        return self._replace(
            read=read,
            read_at=read_at,
            starred=starred,
            starred_at=starred_at,
            block=place[0],
            offset=place[1],
            place_at=place_at,
        )

    @property
    def _place(self) -> tuple[int, int, int]:
        return self.place_at, self.block or 0, self.offset or 0


COLUMNS = ", ".join(TimedMarks._fields)
"""The columns of the table ``mark`` in their order."""


def merge_into(marks: dict[str, TimedMarks], newer: Iterable[TimedMarks]) -> None:
    """Merge marks into others by permalink."""
    for each in newer:
        before = marks.get(each.permalink)
        marks[each.permalink] = before.merged(each) if before else each


def merge_marks(db: sqlite3.Connection, marks: Iterable[TimedMarks]) -> int:
    """Merge marks into the table, within a transaction; return how many posts changed."""
    changed = 0
    for each in marks:
        select = f"SELECT {COLUMNS} FROM mark WHERE permalink = ?"
        found = db.execute(select, (each.permalink,)).fetchone()
        before = TimedMarks(*found) if found else TimedMarks(each.permalink)
        after = before.merged(each)
        if after != before:
            values = ", ".join("?" * len(after))
            db.execute(f"REPLACE INTO mark ({COLUMNS}) VALUES ({values})", after)
            changed += 1
    return changed
