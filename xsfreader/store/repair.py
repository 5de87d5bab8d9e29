"""Files that are broken: looked at again, set aside, begun anew or restored from copies.

Nothing is set aside for an error that a second look does not confirm, and one process at a time
mends a file.
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

COPY_AGE = 60 * 60
"""Seconds after which a healthy state is copied again."""
CHECKED_SIZE = 1 << 20
"""A state no larger than this is checked whenever a process first opens it."""
_PAUSE = 0.1
"""Seconds before the second look at what seems broken."""
_MERGE_MARK = f"INSERT INTO mark ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?){ON_CONFLICT}"
_MERGE_SETTING = (
    "INSERT INTO setting (key, value, at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
    " value = iif(excluded.at > at, excluded.value, value), at = max(excluded.at, at)"
)


def prepare_archive(file: Path, schema: Schema, timeout: float) -> None:
    """Prepare a file that can be fetched again: a broken one is set aside and begun anew."""
    try:
        if files.suspect(file).exists():
            _check(file, schema, timeout)
            files.suspect(file).unlink(missing_ok=True)
        files.prepare(file, schema, timeout)
    except BrokenFileError:
        with _mending(file, timeout):
            problem = _confirmed(file, schema, timeout)
            if problem:
                aside = _move_away(file)
                add_notice(
                    file, f"{problem}; set aside as {aside}, sync fetches the {schema.name} again"
                )
            files.suspect(file).unlink(missing_ok=True)
            files.prepare(file, schema, timeout)


def prepare_state(file: Path, schema: Schema, timeout: float) -> None:
    """Prepare the reader's own file: a broken one is set aside for all that is left of it."""
    try:
        _look_after(file, schema, timeout)
        files.prepare(file, schema, timeout)
    except BrokenFileError:
        with _mending(file, timeout):
            problem = _confirmed(file, schema, timeout)
            if not problem and _is_lost(file, schema, timeout):
                problem = f"{file}: missing or empty"
            if problem:
                _replace(file, schema, timeout, problem)
            files.suspect(file).unlink(missing_ok=True)
            files.prepare(file, schema, timeout)


def copies_of(file: Path) -> tuple[Path, Path]:
    """Where the last good copy of the state is, and an older one that held more marks."""
    return file.with_name(file.name + ".bak"), file.with_name(file.name + ".bak.more")


@contextlib.contextmanager
def _mending(file: Path, timeout: float) -> Iterator[None]:
    """Be the one that mends a file; the lock ends with the process."""
    lock = file.with_name(file.name + ".mending")
    try:
        with contextlib.closing(sqlite3.connect(lock, timeout=timeout, isolation_level=None)) as db:
            db.execute("BEGIN EXCLUSIVE")
            yield
    except sqlite3.Error as error:
        raise translate(error, file) from error


def _check(file: Path, schema: Schema, timeout: float) -> None:
    """Raise BrokenFileError for damage anywhere in a file."""
    if not file.exists() or not file.stat().st_size:
        return
    try:
        with contextlib.closing(files.connect_existing(file, timeout)) as db:
            files.version_inside(db, file, schema)
            problem = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        found = translate(error, file)
        if isinstance(found, BrokenFileError):
            raise BrokenFileError(f"{file}: damaged or no database") from error
        raise found from error
    if problem != "ok":
        raise BrokenFileError(f"{file}: damaged")


def _confirmed(file: Path, schema: Schema, timeout: float) -> str | None:
    """Look at what seemed broken twice more, anew each time; tell what is wrong, if it is."""
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
    """Rename a broken file and what belongs to it; give its new name."""
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
    """Whether there was a state, and it is gone."""
    if not any(copy.exists() for copy in copies_of(file)):
        return False
    return files.version_of(file, schema, timeout) == 0


def _look_after(file: Path, schema: Schema, timeout: float) -> None:
    """Check the state once in a process; copy it if the copy is old or the state will change."""
    suspected = files.suspect(file).exists()
    first = not files.looked_at(file)
    version = files.version_of(file, schema, timeout)
    if _is_lost(file, schema, timeout):
        raise BrokenFileError(f"{file}: missing or empty")
    migrating = 0 < version < schema.version
    if version == 0 or not (first or suspected or migrating):
        return
    copy = copies_of(file)[0]
    try:
        due = migrating or time.time() - copy.stat().st_mtime > COPY_AGE
    except FileNotFoundError:
        due = True
    if not due and not suspected and file.stat().st_size > CHECKED_SIZE:
        return
    _check(file, schema, timeout)
    files.suspect(file).unlink(missing_ok=True)
    if due:
        _make_copy(file, timeout)


def _make_copy(file: Path, timeout: float) -> None:
    """Copy the state in one piece; where that fails, the copy before stays.

    A copy with more marks than the new one is kept beside it.
    """
    copy, more = copies_of(file)
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
    """How many marks a copy holds; -1 where it can't be read."""
    try:
        with contextlib.closing(files.connect_existing(file, 0, "ro")) as db:
            return int(db.execute("SELECT count(*) FROM mark").fetchone()[0])
    except sqlite3.Error:
        return -1


def _replace(file: Path, schema: Schema, timeout: float, problem: str) -> None:
    """Put in place of a broken state what its copies hold and what can still be read of it."""
    copies = [copy for copy in copies_of(file) if _is_sound(copy, schema, timeout)]
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
        said += f", {read[-1]} marks were read from it"
    if copies:
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(copies[0].stat().st_mtime))
        said += f", the copy of {made} is used"
    elif not any(read):
        said += ", marks begin anew"
    add_notice(file, said)


def _is_sound(copy: Path, schema: Schema, timeout: float) -> bool:
    try:
        _check(copy, schema, timeout)
    except BrokenFileError:
        return False
    return _count(copy) >= 0


def _merge(db: sqlite3.Connection, file: Path, schema: Schema) -> int:
    """Take over what a file holds where that is newer; tell how many marks it had."""
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
    """Give the rows that can be read: from the first on, and where that ends from the last."""
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
    """Whether a row of a damaged file has values of the right kinds."""
    if len(row) == 3:
        return isinstance(row[0], str) and isinstance(row[1], str) and isinstance(row[2], int)
    times = (row[1], row[2], row[3], row[4], row[7])
    return (
        isinstance(row[0], str)
        and all(isinstance(value, int) and value >= 0 for value in times)
        and all(value is None or isinstance(value, int) for value in row[5:7])
    )
