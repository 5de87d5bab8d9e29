"""Repairing damaged files: set aside and created again, or restored from backups.

Damage is confirmed by a second check first, and a lock lets one process repair a file at a time.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

from xsfreader.errors import BrokenFileError, DiskError
from xsfreader.store import files
from xsfreader.store.notices import add_notice
from xsfreader.store.sqlite_errors import translate
from xsfreader.store.state import COLUMNS, ON_CONFLICT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from xsfreader.store.schema import Schema

    Row = tuple[Any, ...]

BACKUP_AGE = 60 * 60
"""Seconds after which the state is backed up again."""
CHECKED_SIZE = 1 << 20
"""A state up to this size is checked each time a process first opens it."""
_PAUSE = 0.1
"""Seconds before the second check."""
_MERGE_MARK = f"INSERT INTO mark ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?){ON_CONFLICT}"
_MERGE_SETTING = (
    "INSERT INTO setting (key, value, at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
    " value = iif(excluded.at > at, excluded.value, value), at = max(excluded.at, at)"
)


def prepare_archive(file: Path, schema: Schema, timeout: float) -> None:
    """Prepare a file that can be fetched again; a damaged one is set aside and created again."""
    try:
        if files.damage_marker(file).exists():
            _check(file, schema, timeout)
            files.damage_marker(file).unlink(missing_ok=True)
        files.prepare(file, schema, timeout)
    except BrokenFileError:
        with _repair_lock(file, timeout):
            problem = _confirm_damage(file, schema, timeout)
            if problem:
                aside = _move_away(file)
                add_notice(
                    file, f"{problem}; set aside as {aside}, sync fetches the {schema.name} again"
                )
            files.damage_marker(file).unlink(missing_ok=True)
            files.prepare(file, schema, timeout)


def prepare_state(file: Path, schema: Schema, timeout: float) -> None:
    """Prepare the reader's state; a damaged one is replaced by what backups and it still hold."""
    try:
        _check_and_back_up(file, schema, timeout)
        files.prepare(file, schema, timeout)
    except BrokenFileError:
        with _repair_lock(file, timeout):
            problem = _confirm_damage(file, schema, timeout)
            if not problem and _is_lost(file, schema, timeout):
                problem = f"{file}: missing or empty"
            if problem:
                _replace(file, schema, timeout, problem)
            files.damage_marker(file).unlink(missing_ok=True)
            files.prepare(file, schema, timeout)


def backups_of(file: Path) -> tuple[Path, Path]:
    """Return the paths of the last backup, and of an older one that held more marks."""
    return file.with_name(file.name + ".bak"), file.with_name(file.name + ".bak.more")


@contextlib.contextmanager
def _repair_lock(file: Path, timeout: float) -> Iterator[None]:
    """Hold the lock for repairing a file; it ends with the process."""
    lock = file.with_name(file.name + ".mending")
    try:
        with contextlib.closing(sqlite3.connect(lock, timeout=timeout, isolation_level=None)) as db:
            db.execute("BEGIN EXCLUSIVE")
            yield
    except sqlite3.Error as error:
        raise translate(error, file) from error


def _check(file: Path, schema: Schema, timeout: float) -> None:
    """Check a whole file. Raises BrokenFileError for damage."""
    if not file.exists() or not file.stat().st_size:
        return
    try:
        with contextlib.closing(files.connect_existing(file, timeout)) as db:
            files.version_inside(db, file, schema)
            problem = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        found = translate(error, file)
        if isinstance(found, BrokenFileError):
            raise BrokenFileError(f"{file}: damaged or not a database") from error
        raise found from error
    if problem != "ok":
        raise BrokenFileError(f"{file}: damaged")


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


def _move_away(file: Path) -> str | None:
    try:
        aside = set_aside(file)
    except OSError as error:
        raise DiskError(f"{file}: damaged, and can't be renamed ({error.strerror})") from error
    return aside.name if aside.exists() else None


def set_aside(file: Path) -> Path:
    """Rename a damaged file and its log; return the new path."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = file.with_name(f"{file.name}.broken-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = file.with_name(f"{file.name}.broken-{stamp}-{number}")
    for suffix in ("-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{file}{suffix}", f"{aside}{suffix}")  # noqa: PTH105 - paths with suffixes
    return aside


def _is_lost(file: Path, schema: Schema, timeout: float) -> bool:
    """Whether there are backups but no state."""
    if not any(copy.exists() for copy in backups_of(file)):
        return False
    return files.version_of(file, schema, timeout) == 0


def _check_and_back_up(file: Path, schema: Schema, timeout: float) -> None:
    """Check the state once per process; back it up if the backup is old or a migration follows."""
    suspected = files.damage_marker(file).exists()
    first = not files.was_opened(file)
    version = files.version_of(file, schema, timeout)
    if _is_lost(file, schema, timeout):
        raise BrokenFileError(f"{file}: missing or empty")
    migrating = 0 < version < schema.version
    if version == 0 or not (first or suspected or migrating):
        return
    copy = backups_of(file)[0]
    try:
        due = migrating or time.time() - copy.stat().st_mtime > BACKUP_AGE
    except FileNotFoundError:
        due = True
    if not due and not suspected and file.stat().st_size > CHECKED_SIZE:
        return
    _check(file, schema, timeout)
    files.damage_marker(file).unlink(missing_ok=True)
    if due:
        _back_up(file, timeout)


def _back_up(file: Path, timeout: float) -> None:
    """Back up the state; if that fails, the last backup stays.

    A backup with more marks than the new one is kept as well.
    """
    copy, more = backups_of(file)
    draft = copy.with_name(f"{copy.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with (
            contextlib.closing(files.connect_existing(file, timeout)) as db,
            contextlib.closing(sqlite3.connect(draft)) as other,
        ):
            db.backup(other)
            other.execute("PRAGMA journal_mode = DELETE")
        before = _count(copy)
        if before > _count(draft) and before >= _count(more):
            copy.replace(more)
        draft.replace(copy)
    except (OSError, sqlite3.Error):
        with contextlib.suppress(OSError):
            draft.unlink()


def _count(file: Path) -> int:
    """Count the marks in a backup; -1 if it can't be read."""
    try:
        with contextlib.closing(files.connect_existing(file, 0, "ro")) as db:
            return int(db.execute("SELECT count(*) FROM mark").fetchone()[0])
    except sqlite3.Error:
        return -1


def _replace(file: Path, schema: Schema, timeout: float, problem: str) -> None:
    """Replace a damaged state by what its backups and its readable rows hold."""
    copies = [copy for copy in backups_of(file) if _is_sound(copy, schema, timeout)]
    aside = _move_away(file)
    kept = [file.with_name(aside)] if aside else []
    try:
        with contextlib.closing(files.connect(file, timeout)) as db:
            files.use_log(db, timeout)
            with files.transaction(db):
                files.build(db, file, schema)
                read = [_merge(db, one, schema) for one in (*copies, *kept)]
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise translate(error, file) from error
    said = f"{problem}; set aside as {aside}" if aside else problem
    if kept and read[-1]:
        said += f", {read[-1]} marks recovered from it"
    if copies:
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(copies[0].stat().st_mtime))
        said += f", restored from the backup of {made}"
    elif not any(read):
        said += ", no marks left"
    add_notice(file, said)


def _is_sound(copy: Path, schema: Schema, timeout: float) -> bool:
    try:
        _check(copy, schema, timeout)
    except BrokenFileError:
        return False
    return _count(copy) >= 0


def _merge(db: sqlite3.Connection, file: Path, schema: Schema) -> int:
    """Merge marks and settings from a file, the newer winning; return its number of marks."""
    now = time.time_ns() // 1_000_000
    marks = [
        (permalink, read, min(read_at, now), starred, min(starred_at, now), *place, min(at, now))
        for permalink, read, read_at, starred, starred_at, *place, at in _readable(
            file, schema, f"SELECT {COLUMNS} FROM mark ORDER BY permalink"
        )
    ]
    db.executemany(_MERGE_MARK, marks)
    db.executemany(
        _MERGE_SETTING,
        _readable(file, schema, "SELECT key, value, at FROM setting ORDER BY key"),
    )
    return len(marks)


def _readable(file: Path, schema: Schema, select: str) -> Iterable[Row]:
    """Return the rows that can be read: from the first on, then from the last back."""
    rows: dict[str, Row] = {}
    for order in ("", " DESC"):
        try:
            with contextlib.closing(files.connect_existing(file, 0, "ro")) as db:
                if db.execute("PRAGMA application_id").fetchone()[0] != schema.application:
                    break
                for row in db.execute(select + order):
                    if _is_whole(row):
                        rows[row[0]] = row
        except sqlite3.Error:
            continue
        break
    return rows.values()


def _is_whole(row: Row) -> bool:
    """Whether the values of a row have the right types."""
    if len(row) == 3:
        return isinstance(row[0], str) and isinstance(row[1], str) and isinstance(row[2], int)
    times = (row[1], row[2], row[3], row[4], row[7])
    return (
        isinstance(row[0], str)
        and all(isinstance(value, int) and value >= 0 for value in times)
        and all(value is None or isinstance(value, int) for value in row[5:7])
    )
