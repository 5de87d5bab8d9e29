"""Translation of SQLite's errors: what happened, to which file, and what to do."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from xsfreader.errors import BrokenFileError, BusyError, DiskError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

_BUSY = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))
_BROKEN = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
_DISK = {
    sqlite3.SQLITE_FULL: "the disk is full; make room and try again",
    sqlite3.SQLITE_READONLY: "it can't be written to; see to its permissions and its disk",
    sqlite3.SQLITE_PERM: "access is denied; see to its permissions",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened; see to its folder and permissions",
    sqlite3.SQLITE_IOERR: "reading or writing failed; see to the disk",
}


def translate(error: sqlite3.Error, file: Path) -> StoreError:
    """Convert an error to a StoreError with one line for the reader."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        return BusyError(f"{file}: another process holds it; try again in a moment")
    if code in _DISK:
        return DiskError(f"{file}: {_DISK[code]}")
    if code in _BROKEN:
        return BrokenFileError(f"{file}: damaged or not a database; restart to have it repaired")
    return StoreError(f"{file}: {error}")
