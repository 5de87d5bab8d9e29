"""One of our files on one connection: created when needed, opened again where it was replaced."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

from xsfreader.errors import BrokenFileError, BusyError, DiskError, StoreError
from xsfreader.store import files, repair
from xsfreader.store.notices import add_notice, notices_about
from xsfreader.store.sqlite_errors import SQLITE_ERRORS, translate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xsfreader.store.schema import Schema


class Database:
    """A file for one thread at a time. All methods raise StoreError.

    A missing file has no rows. Where nothing can be written the file is opened for reading. A
    state that turns out to be damaged is repaired when it is used next, other files at the next
    start, so that the rest of an archive can be read until then.
    """

    def __init__(self, file: Path, schema: Schema, timeout: float) -> None:
        """Remember the path; the file is created when something is written."""
        self.path = file
        self._schema = schema
        self._timeout = timeout
        self._db: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        """Of the file that is open; None if it must be opened, again where it is damaged."""
        self._is_read_only = False
        self._openings = 0
        self._version_followed = 0
        """SQLite's ``data_version`` when the file was last seen to be the one that is open."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was wrong with the file and how it was repaired, one line each."""
        return notices_about(self.path)

    def close(self) -> None:
        """Close the file if it was opened."""
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
        self._db = self._identity = None

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Execute a statement and return its rows; none if there is no file."""
        if self._identity is None:
            self.follow()
        if self._db is None:
            return []
        with self._translated():
            texts = [valid_text(each) if isinstance(each, str) else each for each in values]
            return self._db.execute(sql, texts).fetchall()

    def text(self, sql: str, *values: object) -> str | None:
        """Return the text in the first row, None if there is no row."""
        rows = self.rows(sql, *values)
        return rows[0][0] if rows else None

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction."""
        self.follow(create=True)
        assert self._db is not None  # noqa: S101 - it was created
        with self._translated(), files.transaction(self._db):
            yield self._db

    def checkpoint(self) -> None:
        """Copy the write-ahead log into the file, if nobody else reads it now."""
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def waiting(self, seconds: float) -> Iterator[None]:
        """Wait at most so long for other processes within the block."""
        before = self._timeout
        self._set_timeout(seconds)
        try:
            yield
        finally:
            self._set_timeout(before)

    def _set_timeout(self, seconds: float) -> None:
        self._timeout = seconds
        if self._db is not None:
            self._db.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")

    def version(self) -> tuple[int, int]:
        """Return what differs once another connection has written, or the file was replaced."""
        return self._openings, self._data_version()

    def _data_version(self) -> int:
        if self._db is None:
            return 0
        with self._translated():
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def follow(self, *, create: bool = False) -> None:
        """Open the file unless it is open: a new one, another in its place, one to be written to.

        What can't be used is reported once, and the old file stays open.
        """
        now = files.identity(self.path)
        if now is None and not (create and (self._db is None or self._is_read_only)):
            # A file that is missing may come back.
            return
        if self._db is not None:
            if self._db.in_transaction:
                return
            if self._identity is None:
                self.close()
            elif now != self._identity:
                self._empty_log_of_replaced()
            elif not self._is_read_only:
                self._version_followed = self._data_version()
                return
        try:
            db = self._open()
        except BusyError:
            raise
        except StoreError:
            if self._db is not None:
                self._identity = now
            raise
        self.close()
        self._db, self._identity = db, files.identity(self.path)
        self._openings += 1
        self._version_followed = self._data_version()

    def _empty_log_of_replaced(self) -> None:
        """Empty the write-ahead log of a file that was replaced.

        SQLite would apply it to the new file. If others have written since the last look, it
        may belong to the new file already, and stays.
        """
        if self._data_version() == self._version_followed:
            self.checkpoint()

    def _open(self) -> sqlite3.Connection:
        files.make_folder(self.path.parent)
        try:
            db = repair.open_sound(self.path, self._schema, self._timeout)
            self._is_read_only = False
        except DiskError as error:
            found = repair.open_read_only(self.path, self._schema)
            if found is None:
                raise
            db, self._is_read_only = found, True
            if self._schema.backed_up:
                add_notice(self.path, f"{error}; posts can be read, but marks aren't kept")
        return db

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Raise SQLite's errors as StoreError; what is damaged is repaired when it is opened."""
        try:
            yield
        except SQLITE_ERRORS as error:
            found = translate(error, self.path)
            if isinstance(found, BrokenFileError):
                files.mark_damaged(self.path, error)
                if self._schema.backed_up:
                    # Opened again at once: marks that wait would be lost otherwise.
                    self._identity = None
            raise found from error


def valid_text(text: str) -> str:
    """Replace lone surrogates, which a terminal may send and UTF-8 can't encode."""
    return text.encode("utf-8", "replace").decode()
