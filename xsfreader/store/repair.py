"""Repairing damaged files: set aside and created again, or restored from a backup.

Damage is confirmed by a second check first, and a lock lets one process repair a file at a time.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import threading
import time
from typing import TYPE_CHECKING

from xsfreader.errors import BrokenFileError, DiskError, StoreError
from xsfreader.store import files
from xsfreader.store.check import check
from xsfreader.store.merging_marks import COLUMNS, LATEST, TimedMarks, merge_marks
from xsfreader.store.notices import add_notice
from xsfreader.store.sqlite_errors import SQLITE_ERRORS, translated

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Any

    from xsfreader.store.schema import Schema

    Row = tuple[Any, ...]

BACKUP_AGE = 60 * 60
"""Seconds after which the state is backed up again."""
_PAUSE = 0.1
"""Seconds before the second check."""
_MERGE_SETTING = (
    "INSERT INTO setting (key, value, at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
    " value = iif(excluded.at > at, excluded.value, value), at = max(excluded.at, at)"
)
_MARK: Row = (str, int, int, int, int, int | None, int | None, int)
_SETTING: Row = (str, str, int)
"""Types of the columns."""


def open_sound(file: Path, schema: Schema, timeout: float) -> sqlite3.Connection:
    """Open a file after it was checked; create, migrate, back up or repair it where needed.

    A damaged file is set aside. The state is restored from its backup and its readable rows,
    other files are created again. Raises NewerFileError with the file untouched, BusyError,
    DiskError.
    """
    with contextlib.suppress(BrokenFileError):
        return _open(file, schema, timeout)
    with files.lock(file.with_name(file.name + ".mending"), timeout):
        time.sleep(_PAUSE)
        try:
            return _open(file, schema, timeout)
        except BrokenFileError as error:
            _replace(file, schema, timeout, str(error))
        return _open(file, schema, timeout)


def open_read_only(file: Path, schema: Schema) -> sqlite3.Connection | None:
    """Open a file where SQLite can't make the files that it shares; None if it can't be read.

    Nothing is written and nobody is waited for; what was in the write-ahead log is read too. In
    place of the state its backup will do, and rather no marks than no posts.
    """
    for one in (file, backup_of(file)) if schema.backed_up else (file,):
        with contextlib.suppress(StoreError), translated(one), contextlib.ExitStack() as stack:
            db = stack.enter_context(
                contextlib.closing(files.connect(one, 0, files.mode_without_locks(one)))
            )
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA query_only = ON")
            if check(db, one, schema, whole=False) == schema.version:
                stack.pop_all()
                return db
    in_the_way = files.identity(file) is not None and not file.is_file()
    return files.connect_empty(schema) if schema.backed_up and not in_the_way else None


def backup_of(file: Path) -> Path:
    """Return the path of the backup."""
    return file.with_name(file.name + ".bak")


def _open(file: Path, schema: Schema, timeout: float) -> sqlite3.Connection:
    """Check and open a file. Raises BrokenFileError for damage, and if only a backup is left.

    The state is read as a whole, and so is what failed before.
    """
    marker = files.damage_marker(file)
    if not schema.backed_up and files.identity(marker) and marker.stat().st_size:
        # No check finds all that is wrong in a search index.
        raise BrokenFileError(f"{file}: damaged")
    if not files.version_of(file, schema) and backup_of(file).exists():
        raise BrokenFileError(f"{file}: missing or empty")
    with translated(file), contextlib.ExitStack() as stack:
        db = stack.enter_context(contextlib.closing(files.connect(file, timeout)))
        db.execute("PRAGMA synchronous = NORMAL")
        version = check(db, file, schema, whole=schema.backed_up or marker.exists())
        if version and schema.backed_up:
            _back_up_if_due(db, file, migrates=version < schema.version)
        if version < schema.version:
            files.migrate(db, file, schema, timeout)
        with contextlib.suppress(OSError):
            marker.unlink(missing_ok=True)
        stack.pop_all()
    return db


def _set_aside(file: Path) -> Path:
    """Rename a damaged file and its log; return the new path."""
    stamp = dt.datetime.now(dt.UTC).astimezone().strftime("%Y%m%d-%H%M%S-%f")
    aside = file.with_name(f"{file.name}.broken-{stamp}")
    try:
        for suffix in ("-wal", "-shm", ""):
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{file}{suffix}", f"{aside}{suffix}")  # noqa: PTH105 - with suffixes
    except OSError as error:
        raise DiskError(f"{file}: damaged, and can't be renamed ({error.strerror})") from error
    return aside


def _back_up_if_due(db: sqlite3.Connection, file: Path, *, migrates: bool) -> None:
    """Back up the state, once an hour and before a migration; if it fails, the last one stays.

    Marks that only the last backup has stay in the new one.
    """
    copy = backup_of(file)
    draft = copy.with_name(f"{copy.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        if not migrates and copy.exists() and time.time() - copy.stat().st_mtime <= BACKUP_AGE:
            return
        db.execute("VACUUM INTO ?", (files.uri(draft, "rwc"),))
        with contextlib.closing(files.connect(draft, 0, "rw")) as other:
            # Each statement would wait for the disk, at a start; this waits once.
            other.execute("PRAGMA synchronous = OFF")
            _merge(other, copy)
        with draft.open("rb+") as file_of_draft:
            os.fsync(file_of_draft.fileno())
        draft.replace(copy)
    except (OSError, DiskError, *SQLITE_ERRORS):
        with contextlib.suppress(OSError):
            draft.unlink()


def _replace(file: Path, schema: Schema, timeout: float, problem: str) -> None:
    """Set a damaged file aside; restore the state."""
    aside = _set_aside(file)
    files.damage_marker(file).unlink(missing_ok=True)
    notice = f"{problem}; set aside as {aside.name}" if aside.exists() else problem
    if schema.backed_up:
        notice += _restore(file, schema, timeout, aside)
    else:
        notice += f", sync fetches the {schema.name} again"
    add_notice(file, notice)


def _restore(file: Path, schema: Schema, timeout: float, aside: Path) -> str:
    """Create the state of what its backup and the damaged file hold; return what was found."""
    copy = backup_of(file)
    with translated(file), contextlib.closing(files.connect(file, timeout)) as db:
        files.use_log(db, timeout)
        with files.transaction(db):
            files.build(db, file, schema)
            copied = _merge(db, copy)
            recovered = _merge(db, aside)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found = f", {recovered} marks recovered from it" if recovered else ""
    if copied:
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(copy.stat().st_mtime))
        return f"{found}, restored from the backup of {made}"
    return found or ", no marks left"


def _merge(db: sqlite3.Connection, file: Path) -> int:
    """Merge marks and settings from a file, the newer winning; return its number of marks."""
    rows = _readable(file, f"SELECT {COLUMNS} FROM mark ORDER BY permalink", _MARK)
    marks = [TimedMarks(*row) for row in rows]
    merge_marks(db, marks)
    settings = _readable(file, "SELECT key, value, at FROM setting ORDER BY key", _SETTING)
    db.executemany(_MERGE_SETTING, settings)
    return len(marks)


def _readable(file: Path, select: str, types: Row) -> Iterable[Row]:
    """Return the rows that can be read: from the first on, then from the last back."""
    rows: dict[str, Row] = {}
    for order in ("", " DESC"):
        try:
            with contextlib.closing(files.connect(file, 0, "ro")) as db:
                db.text_factory = _decode
                for row in db.execute(select + order):
                    if all(map(_is_valid, row, types)):
                        rows[row[0]] = row
        except (StoreError, *SQLITE_ERRORS):
            continue
        break
    return rows.values()


def _decode(text: bytes) -> str | None:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return None


def _is_valid(value: object, type_: type) -> bool:
    return isinstance(value, type_) and not (isinstance(value, int) and not 0 <= value <= LATEST)
