"""Translation of SQLite's errors: what happened, to which file, and what to do."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from xsfreader.errors import BrokenFileError, BusyError, DiskError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite's functions raise; the second for a message that quotes a damaged schema."""
_BUSY = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))
_DISK = {
    sqlite3.SQLITE_FULL: "the disk is full; make room and try again",
    sqlite3.SQLITE_READONLY: "it can't be written to; see to its permissions and its disk",
    sqlite3.SQLITE_PERM: "access is denied; see to its permissions",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened; see to its folder and permissions",
    sqlite3.SQLITE_IOERR: "reading or writing failed; see to the disk",
}
_NO_DAMAGE = frozenset(
    (sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISUSE)
)


@contextlib.contextmanager
def translated(file: Path) -> Iterator[None]:
    """Raise SQLite's errors about a file as StoreError."""
    try:
        yield
    except SQLITE_ERRORS as error:
        raise translate(error, file) from error


def translate(error: Exception, file: Path) -> StoreError:
    """Convert an error to a StoreError with one line for the reader.

    The statements are ours and right, so what SQLite can't make sense of is a damaged file.
    """
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        return BusyError(f"{file}: another process holds it; try again in a moment")
    if code in _DISK:
        return DiskError(f"{file}: {_DISK[code]}")
    if code in _NO_DAMAGE or isinstance(error, sqlite3.ProgrammingError):
        return StoreError(f"{file}: {error}")
    return BrokenFileError(f"{file}: damaged or not a database; restart to have it repaired")
