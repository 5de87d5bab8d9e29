"""Databases beside an archive, opened when first used."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from xsfreader.errors import DiskError, StoreError
from xsfreader.store import files, read_only, repair
from xsfreader.store.sqlite_errors import SQLITE_ERRORS, translate, translated

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from xsfreader.store.schema import Schema


class SideFile:
    """A file for one thread at a time. All methods raise StoreError."""

    def __init__(self, file: Path, schema: Schema, timeout: float) -> None:
        """Remember the path; the file is created when something is written."""
        self.path = file
        self._schema = schema
        self._timeout = timeout
        self._db: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file if it was opened."""
        if self._db is not None:
            self._db.close()
            self._db = None

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction."""
        with self._opened() as db, files.transaction(db):
            yield db

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Execute a statement and return its rows; none if there is no file."""
        if not self.path.exists():
            return []
        with self._opened() as db:
            return db.execute(sql, values).fetchall()

    def _open(self) -> sqlite3.Connection:
        try:
            files.make_folder(self.path.parent)
            repair.prepare(self.path, self._schema, self._timeout)
            with translated(self.path):
                db = files.connect(self.path, self._timeout)
                db.execute("PRAGMA synchronous = NORMAL")
        except DiskError as error:
            try:
                return read_only.open_file(self.path, self._schema)
            except StoreError:
                raise error from None
        return db

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._db is None:
                self._db = self._open()
            yield self._db
        except SQLITE_ERRORS as error:
            self.close()
            repair.find_damaged(self.path, [(self.path, self._schema)], self._timeout)
            raise translate(error, self.path) from error
