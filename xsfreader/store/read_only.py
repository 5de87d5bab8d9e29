"""Reading from a full or read-only disk, where SQLite can't make the files that it shares.

Nothing is written and nobody is waited for; what was in the write-ahead log is read too.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from xsfreader.errors import BrokenFileError, DiskError
from xsfreader.store import files
from xsfreader.store.check import check
from xsfreader.store.repair import backups_of
from xsfreader.store.schema import ARCHIVE, STATE
from xsfreader.store.sqlite_errors import translated

if TYPE_CHECKING:
    from xsfreader.store.schema import Schema


def connect(archive: Path, state: Path) -> sqlite3.Connection:
    """Open an archive with the state, its backup, or no marks at all. Raises StoreError."""
    missing = state.exists() and not archive.exists()
    db = files.connect_empty(ARCHIVE) if missing else open_file(archive, ARCHIVE)
    with translated(state), contextlib.ExitStack() as stack:
        stack.callback(db.close)
        db.execute("PRAGMA query_only = OFF")
        db.execute("ATTACH DATABASE ? AS state", (_usable_state(state),))
        if not db.execute("SELECT 1 FROM state.sqlite_master").fetchone():
            with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
                files.build(empty, state, STATE)
                empty.backup(db, name="state")
        db.execute("PRAGMA query_only = ON")
        stack.pop_all()
    return db


def open_file(file: Path, schema: Schema) -> sqlite3.Connection:
    """Open a file of the newest version for reading. Raises StoreError."""
    with translated(file), contextlib.ExitStack() as stack:
        db = stack.enter_context(contextlib.closing(files.connect(file, 0, mode(file))))
        # Also for files attached later.
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA query_only = ON")
        if check(db, file, schema, whole=False) != schema.version:
            raise DiskError(f"{file}: of an older version, and can't be updated where it is")
        stack.pop_all()
    return db


def mode(file: Path) -> str:
    """Return how to open a file without locks; with its write-ahead log if there is one."""
    if not Path(f"{file}-wal").exists():
        return "ro&immutable=1"
    return f"ro&vfs={'win32' if os.name == 'nt' else 'unix'}-none"


def _usable_state(state: Path) -> str:
    for file in (state, *backups_of(state)):
        with contextlib.suppress(BrokenFileError, DiskError):
            open_file(file, STATE).close()
            return files.uri(file, mode(file))
    return ":memory:"
