"""Images kept for reading offline: one file per source, by blob id.

The file is separate from the archive, so that it can be deleted to free space, and is opened only
when an image is needed.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from xsfreader.store import files, repair
from xsfreader.store.schema import PICTURES
from xsfreader.store.sqlite_errors import translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    Size = tuple[int, int]

TIMEOUT = 5.0
"""Seconds to wait for another process before BusyError."""


class ImageFile:
    """The images of one source, for one thread at a time. All methods raise StoreError."""

    def __init__(self, file: Path, *, timeout: float = TIMEOUT) -> None:
        """Remember the path; the file is opened when needed and created with the first image."""
        self._file = file
        self._timeout = timeout
        self._db: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file if it was opened."""
        if self._db is not None:
            self._db.close()
            self._db = None

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._db is None:
                files.make_folder(self._file.parent)
                repair.prepare(self._file, PICTURES, self._timeout)
                self._db = files.connect(self._file, self._timeout)
            yield self._db
        except sqlite3.Error as error:
            with contextlib.suppress(OSError):
                files.damage_marker(self._file).touch()
            self.close()
            raise translate(error, self._file) from error

    def get(self, blob: str) -> bytes | None:
        """Read an image; None if it isn't kept."""
        if not self._file.exists():
            return None
        with self._opened() as db:
            row = db.execute("SELECT bytes FROM picture WHERE blob = ?", (blob,)).fetchone()
        return row[0] if row else None

    def sizes(self, blobs: Iterable[str]) -> dict[str, Size | None]:
        """Return the size of each of these that is kept; None if it was not measured."""
        if not self._file.exists():
            return {}
        found: dict[str, Size | None] = {}
        with self._opened() as db:
            for blob in blobs:
                row = db.execute(
                    "SELECT width, height FROM picture WHERE blob = ?", (blob,)
                ).fetchone()
                if row:
                    found[blob] = None if None in row else row
        return found

    def held(self) -> set[str]:
        """Return the ids of all images kept."""
        if not self._file.exists():
            return set()
        with self._opened() as db:
            return {row[0] for row in db.execute("SELECT blob FROM picture")}

    def put(self, blob: str, data: bytes, size: Size | None) -> None:
        """Save an image, with its size if known."""
        width, height = size or (None, None)
        with self._opened() as db, files.transaction(db):
            db.execute(
                "REPLACE INTO picture (blob, bytes, width, height) VALUES (?, ?, ?, ?)",
                (blob, data, width, height),
            )

    def drop(self, blobs: Iterable[str]) -> None:
        """Delete images."""
        with self._opened() as db, files.transaction(db):
            db.executemany("DELETE FROM picture WHERE blob = ?", [(blob,) for blob in blobs])
