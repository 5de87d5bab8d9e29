"""The state that the files are in, found without changing or repairing any."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import StoreError
from xsfreader.store import files
from xsfreader.store.check import check
from xsfreader.store.schema import ARCHIVE, PICTURES, SPECIFICATIONS, STATE, XEPS
from xsfreader.store.sqlite_errors import translated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KINDS = {
    "archive": (ARCHIVE, "post", "posts"),
    "images": (PICTURES, "picture", "images"),
    "specifications": (SPECIFICATIONS, "held", "specifications"),
    "state": (STATE, "mark", "marks"),
    "xeps": (XEPS, "xep", "XEPs"),
}
"""By the beginning of a file's name: its schema, the table that counts, and what is in it."""


class FileHealth(NamedTuple):
    """One of our files."""

    file: Path
    kind: str
    """``archive``."""
    content: str
    """``416 posts``; empty where it can't be read."""
    problem: str
    """What is wrong and what to do; empty if nothing is."""


def stored_files(folder: Path) -> Iterator[FileHealth]:
    """Read each of our files in a folder as a whole."""
    for file in sorted(folder.glob("*.db")):
        kind = file.stem.partition("-")[0]
        if kind in _KINDS and file.is_file():
            try:
                yield FileHealth(file, kind, _content(file, kind), "")
            except StoreError as error:
                yield FileHealth(file, kind, "", str(error))


def _content(file: Path, kind: str) -> str:
    schema, table, what = _KINDS[kind]
    mode = "ro" if os.access(file.parent, os.W_OK) else files.mode_without_locks(file)
    with translated(file), contextlib.closing(_connect(file, mode)) as db:
        db.execute("PRAGMA query_only = ON")
        if not (version := check(db, file, schema, whole=True)):
            return "nothing yet"
        content = f"{db.execute(f'SELECT count(*) FROM {table}').fetchone()[0]} {what}"
    older = version < schema.version
    return content + (", of an older version, brought up to date at the next start" * older)


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(files.uri(file, mode), uri=True, timeout=0)


def sqlite_problem() -> str:
    """Say what SQLite lacks; empty if it has all that is needed."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        try:
            db.execute("CREATE VIRTUAL TABLE probe USING fts5 (text)")
        except sqlite3.OperationalError:
            return "without FTS5, which searches need; use a Python whose SQLite has it"
    return ""


def sqlite_version() -> str:
    """Return the version of SQLite."""
    return sqlite3.sqlite_version
