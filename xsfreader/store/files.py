"""Opening the files: creating and migrating them.

On POSIX, a process that opens and closes a database file loses the locks that SQLite holds on it,
and another process may then delete the write-ahead log in use. So files are read by SQLite alone.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

from xsfreader import disk
from xsfreader.errors import BusyError, DiskError, SyncRunningError
from xsfreader.store.check import version_inside
from xsfreader.store.sqlite_errors import translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xsfreader.store.schema import Schema

IN_LIST = "IN (SELECT value FROM json_each(?))"
"""Condition: one of the values of a list in JSON."""


def connect(file: Path, timeout: float, mode: str = "rwc") -> sqlite3.Connection:
    """Open a file for one thread at a time, in autocommit mode; create it if ``mode`` says so.

    Only its owner may read it afterwards. Raises sqlite3.Error, DiskError.
    """
    both = (file, f"{file}-wal", f"{file}-shm")
    for one in both:
        try:
            disk.require_file(one)
        except OSError as error:
            raise DiskError(f"{one}: can't be opened ({error.strerror})") from error
    db = sqlite3.connect(
        uri(file, mode),
        uri=True,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=False,
    )
    for one in both:
        disk.make_private(one)
    return db


def connect_empty(schema: Schema) -> sqlite3.Connection:
    """Open an empty database in memory, in place of a file that is created later."""
    db = sqlite3.connect("file::memory:", uri=True, isolation_level=None, check_same_thread=False)
    build(db, Path(":memory:"), schema)
    return db


def uri(file: Path, mode: str) -> str:
    """Return a name of a file for SQLite, which also takes paths that are not UTF-8."""
    return f"{file.absolute().as_uri()}?mode={mode}"


def mode_without_locks(file: Path) -> str:
    """Return how to open a file without locks; with its write-ahead log if there is one."""
    if not Path(f"{file}-wal").exists():
        return "ro&immutable=1"
    return f"ro&vfs={'win32' if os.name == 'nt' else 'unix'}-none"


@contextlib.contextmanager
def lock(file: Path, timeout: float) -> Iterator[None]:
    """Hold an exclusive lock on a file; it ends with the process, even if that is killed."""
    with contextlib.ExitStack() as stack:
        with translated(file):
            db = stack.enter_context(contextlib.closing(connect(file, timeout)))
            db.execute("BEGIN EXCLUSIVE")
        yield


@contextlib.contextmanager
def only_one(file: Path, seconds: float, busy: str) -> Iterator[None]:
    """Hold a lock for what one process may do at a time. Raises SyncRunningError, DiskError."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(lock(file, seconds))
        except BusyError:
            raise SyncRunningError(busy) from None
        yield


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Run the block in a transaction."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def make_folder(folder: Path) -> None:
    """Create the folder of the files if missing, readable by its owner only."""
    try:
        disk.make_folder(folder)
    except OSError as error:
        raise DiskError(f"{folder}: can't be created ({error.strerror})") from error


def migrate(db: sqlite3.Connection, file: Path, schema: Schema, timeout: float) -> None:
    """Create the tables of a new file, or bring an older one to this program's version.

    Raises sqlite3.Error.
    """
    db.execute(f"PRAGMA page_size = {schema.page}")
    use_log(db, timeout)
    with transaction(db):
        build(db, file, schema)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def version_of(file: Path, schema: Schema) -> int:
    """Return the version of a file, 0 for a new one, without locks and without its log.

    SQLite would create files beside a newer file otherwise. If the last migration is still in the
    log, the version is that before it. Raises NewerFileError, BrokenFileError, DiskError.
    """
    try:
        if not file.exists() or not file.stat().st_size:
            return 0
    except OSError as error:
        raise DiskError(f"{file}: can't be read ({error.strerror})") from error
    with translated(file), contextlib.closing(connect(file, 0, "ro&immutable=1")) as db:
        return version_inside(db, file, schema)


def use_log(db: sqlite3.Connection, timeout: float) -> None:
    """Switch a file to a write-ahead log; SQLite's own timeout doesn't cover this."""
    end = time.monotonic() + timeout
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


def build(db: sqlite3.Connection, file: Path, schema: Schema) -> None:
    """Run the steps from the file's version to this program's."""
    version = version_inside(db, file, schema)
    for step in schema.steps[version:]:
        # ``executescript`` would commit first.
        for statement in step.split(";"):
            db.execute(statement)
    db.execute(f"PRAGMA application_id = {schema.application}")
    db.execute(f"PRAGMA user_version = {schema.version}")


def sync_lock_file(archive: Path) -> Path:
    """Return the file whose lock a sync of an archive holds."""
    return archive.with_name(archive.name + ".lock")


def damage_marker(file: Path) -> Path:
    """Return the marker file for damage, which lets the whole file be checked when it is opened."""
    return file.with_name(file.name + ".suspect")


def mark_damaged(file: Path, error: Exception) -> None:
    """Create the marker; it says whether SQLite itself called the file malformed."""
    marker = damage_marker(file)
    with contextlib.suppress(OSError):
        marker.touch(mode=0o600)
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT:
            marker.write_text("malformed", encoding="utf-8")


def identity(file: Path) -> tuple[int, int] | None:
    """Identify a file, to notice when another replaces it; None if it is missing."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
