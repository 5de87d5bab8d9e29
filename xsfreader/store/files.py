"""Opening the files: made, migrated, refused, set aside, restored."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

from xsfreader.errors import BrokenFileError, DiskError, NewerFileError
from xsfreader.store.guard import translate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xsfreader.store.schema import Schema

_HEADER = b"SQLite format 3\0"
COPY_AGE = 24 * 60 * 60
"""Seconds after which a healthy state is copied again."""
CHECKED_SIZE = 1 << 20
"""A state no larger than this is checked at every start."""


def connect(file: Path, timeout: float) -> sqlite3.Connection:
    """Open a file for one thread at a time, without Python's own transactions."""
    db = sqlite3.connect(file, timeout=timeout, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA synchronous = NORMAL")
    return db


@contextlib.contextmanager
def transaction(db: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """Do all of the block or none of it."""
    db.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def make_folder(folder: Path) -> None:
    """Make the folder of the files where it is missing, for its owner alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DiskError(f"{folder}: can't be made ({error.strerror})") from error


def prepare(file: Path, schema: Schema, timeout: float) -> None:
    """See to it that a file is there, ours, and of this program's version.

    Raises NewerFileError, with the file untouched; BrokenFileError; BusyError; DiskError.
    """
    version = _version_in_header(file, schema)
    if version == schema.version:
        return
    try:
        with contextlib.closing(connect(file, timeout)) as db:
            _version_inside(db, file, schema)
            _use_log(db, timeout)
            migrate(db, file, schema)
    except sqlite3.Error as error:
        raise translate(error, file) from error


def _version_in_header(file: Path, schema: Schema) -> int:
    """Read the version without SQLite, which would leave files beside it; 0 for a new file."""
    try:
        with file.open("rb") as opened:
            head = opened.read(100)
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise DiskError(f"{file}: can't be read ({error.strerror})") from error
    if not head:
        return 0
    if len(head) < 100 or not head.startswith(_HEADER):
        raise BrokenFileError(f"{file}: no database")
    version = int.from_bytes(head[60:64], "big")
    application = int.from_bytes(head[68:72], "big")
    if application != schema.application:
        if version == application == 0:
            return 0
        raise BrokenFileError(f"{file}: another program's database")
    _refuse_newer(version, file, schema)
    return version


def refuse_newer(file: Path, schema: Schema) -> None:
    """Raise NewerFileError for a file of a newer version; what else it is does not matter."""
    with contextlib.suppress(BrokenFileError):
        _version_in_header(file, schema)


def _refuse_newer(version: int, file: Path, schema: Schema) -> None:
    if version > schema.version:
        raise NewerFileError(
            f"{file}: written by a newer version of this program; "
            "update the program, or move the file away to start afresh"
        )


def _version_inside(db: sqlite3.Connection, file: Path, schema: Schema) -> int:
    """Read the version as SQLite sees it, once it is clear that the file is ours or new."""
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != schema.application and (application or version or tables):
        raise BrokenFileError(f"{file}: another program's database")
    _refuse_newer(version, file, schema)
    return int(version)


def _use_log(db: sqlite3.Connection, timeout: float) -> None:
    """Switch a file to a write-ahead log, for which SQLite does not wait by itself."""
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


def migrate(db: sqlite3.Connection, file: Path, schema: Schema) -> None:
    """Bring a file to this program's version, wholly or not at all."""
    with transaction(db):
        version = _version_inside(db, file, schema)
        for step in schema.steps[version:]:
            for statement in _statements(step):
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {schema.application}")
        db.execute(f"PRAGMA user_version = {schema.version}")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _statements(script: str) -> Iterator[str]:
    """Take a script apart: ``executescript`` would commit first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


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


def prepare_archive(file: Path, schema: Schema, timeout: float) -> tuple[str, ...]:
    """Prepare a file that can be fetched again: a broken one is set aside and begun anew.

    Gives lines for the person.
    """
    try:
        if suspect(file).exists():
            _check(file, timeout)
            suspect(file).unlink(missing_ok=True)
        prepare(file, schema, timeout)
    except BrokenFileError as error:
        aside = _move_away(file)
        suspect(file).unlink(missing_ok=True)
        prepare(file, schema, timeout)
        return (f"{error}; set aside as {aside.name}, sync fetches the {schema.name} again",)
    return ()


def suspect(file: Path) -> Path:
    """The note that damage was met in a file; the next start looks closely."""
    return file.with_name(file.name + ".suspect")


def _move_away(file: Path) -> Path:
    try:
        return set_aside(file)
    except OSError as error:
        raise DiskError(f"{file}: damaged, and can't be renamed ({error.strerror})") from error


def copy_of(file: Path) -> Path:
    """Where the last good copy of the state is."""
    return file.with_name(file.name + ".bak")


def prepare_state(file: Path, schema: Schema, timeout: float) -> tuple[str, ...]:
    """Prepare the reader's own file: a broken one is set aside for the last good copy.

    Gives lines for the person.
    """
    copy = copy_of(file)
    try:
        _look_after(file, copy, schema, timeout)
        prepare(file, schema, timeout)
    except BrokenFileError as error:
        return _restore(file, copy, schema, timeout, error)
    return ()


def _look_after(file: Path, copy: Path, schema: Schema, timeout: float) -> None:
    """Check the state, and copy it when the copy is old or the state is about to change."""
    version = _version_in_header(file, schema)
    if version == 0:
        if copy.exists() and (not file.exists() or not file.stat().st_size):
            raise BrokenFileError(f"{file}: missing or empty")
        return
    migrating = version < schema.version
    try:
        due = migrating or time.time() - copy.stat().st_mtime > COPY_AGE
    except FileNotFoundError:
        due = True
    if not due and file.stat().st_size > CHECKED_SIZE and not suspect(file).exists():
        return
    _check(file, timeout)
    suspect(file).unlink(missing_ok=True)
    if due:
        _make_copy(file, copy, timeout)


def _check(file: Path, timeout: float) -> None:
    if not file.exists():
        return
    try:
        with contextlib.closing(connect(file, timeout)) as db:
            problem = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise translate(error, file) from error
    if problem != "ok":
        raise BrokenFileError(f"{file}: damaged")


def _make_copy(file: Path, copy: Path, timeout: float) -> None:
    """Copy the state in one piece; where that fails, the copy before stays."""
    draft = copy.with_name(f"{copy.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with (
            contextlib.closing(connect(file, timeout)) as db,
            contextlib.closing(sqlite3.connect(draft)) as other,
        ):
            db.backup(other)
            other.execute("PRAGMA journal_mode = DELETE")
        draft.replace(copy)
    except (OSError, sqlite3.Error):
        with contextlib.suppress(OSError):
            draft.unlink()


def _restore(
    file: Path, copy: Path, schema: Schema, timeout: float, error: BrokenFileError
) -> tuple[str, ...]:
    aside = _move_away(file) if file.exists() else None
    suspect(file).unlink(missing_ok=True)
    said = f"{error}; set aside as {aside.name}" if aside else str(error)
    try:
        _check(copy, timeout)
        found = copy.exists() and _version_in_header(copy, schema) > 0
    except BrokenFileError:
        found = False
    if found:
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(copy.stat().st_mtime))
        try:
            shutil.copyfile(copy, file)
        except OSError as failed:
            raise DiskError(f"{file}: can't be restored ({failed.strerror})") from failed
        said += f", the copy of {made} is used"
    else:
        said += ", marks begin anew"
    prepare(file, schema, timeout)
    return (said,)
