"""Images kept for reading offline: one file per source, by blob id.

The file is separate from the archive, so that it can be deleted to free space.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from xsfreader.store.database import Database
from xsfreader.store.files import IN_LIST
from xsfreader.store.schema import PICTURES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Size = tuple[int, int]

TIMEOUT = 5.0
"""Seconds to wait for another process before BusyError."""


class ImageFile(Database):
    """The images of one source, for one thread at a time. All methods raise StoreError."""

    def __init__(self, file: Path) -> None:
        """Remember the path."""
        super().__init__(file, PICTURES, TIMEOUT)

    def get(self, blob: str) -> bytes | None:
        """Read an image; None if it isn't kept."""
        rows = self.rows("SELECT bytes FROM picture WHERE blob = ?", blob)
        return rows[0][0] if rows else None

    def sizes(self, blobs: Iterable[str]) -> dict[str, Size | None]:
        """Return the size of each of these that is kept; None if it was not measured."""
        select = f"SELECT blob, width, height FROM picture WHERE blob {IN_LIST}"
        rows = self.rows(select, json.dumps(list(blobs)))
        return {blob: None if width is None else (width, height) for blob, width, height in rows}

    def held(self) -> set[str]:
        """Return the ids of all images kept."""
        return {blob for (blob,) in self.rows("SELECT blob FROM picture")}

    def put(self, blob: str, data: bytes, size: Size | None) -> None:
        """Save an image, with its size if known."""
        with self.writing() as db:
            db.execute(
                "REPLACE INTO picture (blob, bytes, width, height) VALUES (?, ?, ?, ?)",
                (blob, data, *(size or (None, None))),
            )

    def drop(self, blobs: Iterable[str]) -> None:
        """Delete images."""
        with self.writing() as db:
            db.executemany("DELETE FROM picture WHERE blob = ?", [(blob,) for blob in blobs])
