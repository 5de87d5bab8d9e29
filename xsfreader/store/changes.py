"""Noticing what other connections changed on disk, cheaply enough to look every second.

SQLite's ``data_version`` alone would not do: a handle on a file that was replaced never sees the
new one, and a checkpoint or a sync that brought nothing changes the number without news. So the
file's identity is compared first, then the number, and only where that changed the content: the
snapshot of the archive, the times of the marks.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from xsfreader.errors import BusyError, StoreError
from xsfreader.model import Changes
from xsfreader.store import files, repair
from xsfreader.store.base import Base
from xsfreader.store.schema import ARCHIVE
from xsfreader.store.sqlite_errors import translate_sqlite_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTENT = ("snapshot", "version")


class ChangeWatch(Base):
    """The part of the store that notices changes made by others."""

    def refresh(self) -> Changes:
        """Tell what others changed since the store was opened or this was last asked.

        A file that was replaced is opened again. Nothing is waited for: what is locked now is
        noticed later. Takes some 50 µs where nothing changed. Raises StoreError.
        """
        with contextlib.suppress(BusyError), self._without_waiting():
            replaced = self._follow_archive()
            return self._changes(replaced=replaced)
        return Changes()

    @translate_sqlite_errors
    def _changes(self, *, replaced: bool) -> Changes:
        numbers = self._data_versions()
        if numbers == self._seen_numbers and not replaced:
            return Changes()
        before_meta, before_marks = self._seen_meta, self._seen_marks
        self.remember_contents()
        return Changes(
            archive=any(before_meta.get(key) != self._seen_meta.get(key) for key in _CONTENT),
            state=before_marks != self._seen_marks,
            synced=before_meta.get("synced") != self._seen_meta.get("synced"),
        )

    @translate_sqlite_errors
    def remember_contents(self) -> None:
        """Take what the files hold now for known."""
        self._seen_numbers = self._data_versions()
        self._seen_meta = dict(
            self._db.execute(
                "SELECT key, value FROM main.meta WHERE key IN ('snapshot', 'version', 'synced')"
            ).fetchall()
        )
        self._seen_marks = self._sum_of_mark_times()

    def _data_versions(self) -> tuple[int, ...]:
        return (
            *(self._state_opened or ()),
            self._db.execute("PRAGMA main.data_version").fetchone()[0],
            self._db.execute("PRAGMA state.data_version").fetchone()[0],
        )

    def _follow_archive(self) -> bool:
        """Turn to a file that was put in place of the archive; tell whether there was one."""
        now = files.identity(self._archive)
        if now is None or now == self._archive_opened or self._db.in_transaction:
            return False
        with contextlib.suppress(sqlite3.Error):
            # What the old file's log still holds must not be taken for the new file's.
            self._db.execute("PRAGMA main.wal_checkpoint(TRUNCATE)")
        try:
            repair.prepare_archive(self._archive, ARCHIVE, 0)
            db = self.connect(self._archive, self._state, 0)
        except BusyError:
            raise
        except StoreError:
            # Said once; until another file comes the old one stays open.
            self._archive_opened = now
            raise
        self._db.close()
        self._db = db
        self._archive_opened = files.identity(self._archive)
        return True

    @contextlib.contextmanager
    def _without_waiting(self) -> Iterator[None]:
        """Let a locked file raise BusyError at once."""
        self._db.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {round(self._timeout * 1000)}")
