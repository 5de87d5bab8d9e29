"""Repairing damaged files: set aside and created again, or restored from backups.

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
    from collections.abc import Iterable, Sequence
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


def prepare(file: Path, schema: Schema, timeout: float) -> None:
    """Create, migrate, check, back up or repair a file, so that it can be opened.

    A damaged file is set aside. The state is restored from its backups and its readable rows,
    other files are created again. Raises NewerFileError with the file untouched, BusyError,
    DiskError.
    """
    try:
        version = _check(file, schema, timeout)
        with contextlib.suppress(OSError):
            files.damage_marker(file).unlink(missing_ok=True)
        if schema.backed_up and version:
            _back_up_if_due(file, timeout, migrates=version < schema.version)
        files.prepare(file, schema, timeout)
    except BrokenFileError:
        with files.lock(file.with_name(file.name + ".mending"), timeout):
            if problem := _confirm_damage(file, schema, timeout):
                _replace(file, schema, timeout, problem)
            files.damage_marker(file).unlink(missing_ok=True)
            files.prepare(file, schema, timeout)


def find_damaged(likely: Path, opened: Iterable[tuple[Path, Schema]], timeout: float) -> Path:
    """Mark the damaged one of the open files, so that the next start repairs it; return it."""
    for file, schema in opened:
        with contextlib.suppress(OSError):
            files.damage_marker(file).touch(mode=0o600)
        try:
            _check(file, schema, timeout)
        except BrokenFileError:
            return file
        except StoreError:
            continue
    return likely


def backups_of(file: Path) -> tuple[Path, Path]:
    """Return the paths of the last backup, and of an older one that held more marks."""
    return file.with_name(file.name + ".bak"), file.with_name(file.name + ".bak.more")


def _check(file: Path, schema: Schema, timeout: float) -> int:
    """Check a file and return its version, 0 for a new one.

    The state and what failed before are read as a whole. Raises BrokenFileError for damage, and
    if only backups are left.
    """
    version = files.version_of(file, schema)
    failed = files.damage_marker(file).exists()
    try:
        if file.exists() and file.stat().st_size:
            with translated(file), contextlib.closing(files.connect(file, timeout, "rw")) as db:
                version = check(db, file, schema, whole=failed or schema.backed_up)
    except OSError as error:
        raise DiskError(f"{file}: can't be read ({error.strerror})") from error
    if not version and any(copy.exists() for copy in backups_of(file)):
        raise BrokenFileError(f"{file}: missing or empty")
    return version


def _confirm_damage(file: Path, schema: Schema, timeout: float) -> str | None:
    """Check a file twice more; return what is wrong, None if it is sound after all."""
    problem = None
    for pause in (0.0, _PAUSE):
        time.sleep(pause)
        try:
            _check(file, schema, timeout)
        except BrokenFileError as error:
            problem = str(error)
        else:
            return None
    return problem


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


def _back_up_if_due(file: Path, timeout: float, *, migrates: bool) -> None:
    """Back up the state, once an hour and before a migration; if it fails, the last one stays.

    A backup with more marks than the new one is kept as well.
    """
    copy, more = backups_of(file)
    draft = copy.with_name(f"{copy.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        if not migrates and copy.exists() and time.time() - copy.stat().st_mtime <= BACKUP_AGE:
            return
        with (
            contextlib.closing(files.connect(file, timeout, "rw")) as db,
            contextlib.closing(files.connect(draft, timeout)) as other,
        ):
            db.backup(other)
            other.execute("PRAGMA journal_mode = DELETE")
        before = _count(copy)
        if before > _count(draft) and before >= _count(more):
            copy.replace(more)
        draft.replace(copy)
    except (OSError, DiskError, *SQLITE_ERRORS):
        with contextlib.suppress(OSError):
            draft.unlink()


def _count(file: Path) -> int:
    """Count the marks in a backup; -1 if it can't be read."""
    try:
        with contextlib.closing(files.connect(file, 0, "ro")) as db:
            return int(db.execute("SELECT count(*) FROM mark").fetchone()[0])
    except (StoreError, *SQLITE_ERRORS):
        return -1


def _replace(file: Path, schema: Schema, timeout: float, problem: str) -> None:
    """Set a damaged file aside; restore the state."""
    copies = [copy for copy in backups_of(file) if _is_sound(copy, schema, timeout)]
    aside = _set_aside(file)
    notice = f"{problem}; set aside as {aside.name}" if aside.exists() else problem
    if schema.backed_up:
        notice += _restore(file, schema, timeout, copies, aside)
    else:
        notice += f", sync fetches the {schema.name} again"
    add_notice(file, notice)


def _restore(
    file: Path, schema: Schema, timeout: float, copies: Sequence[Path], aside: Path
) -> str:
    """Create the state of what its backups and the damaged file hold; return what was found."""
    with translated(file), contextlib.closing(files.connect(file, timeout)) as db:
        files.use_log(db, timeout)
        with files.transaction(db):
            files.build(db, file, schema)
            for copy in copies:
                _merge(db, copy)
            recovered = _merge(db, aside)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found = f", {recovered} marks recovered from it" if recovered else ""
    if copies:
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(copies[0].stat().st_mtime))
        return f"{found}, restored from the backup of {made}"
    return found or ", no marks left"


def _is_sound(copy: Path, schema: Schema, timeout: float) -> bool:
    try:
        _check(copy, schema, timeout)
    except BrokenFileError:
        return False
    return _count(copy) >= 0


def _merge(db: sqlite3.Connection, file: Path) -> int:
    """Merge marks and settings from a file, the newer winning; return its number of marks."""
    rows = _readable(file, f"SELECT {COLUMNS} FROM mark ORDER BY permalink", _MARK)
    marks = [TimedMarks(*row) for row in rows]
    merge_marks(db, "mark", marks)
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
