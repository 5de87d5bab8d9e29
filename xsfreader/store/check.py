"""Whether a file can be used: it has our schema, and rows of all kinds can be read.

SQLite calls only some damage corruption. A byte of the schema, of the header or of a row gives
other errors, or values of another type, which nothing above the store expects.
"""

from __future__ import annotations

import functools
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import BrokenFileError, NewerFileError
from xsfreader.store.schema import SEARCH_INDEX

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xsfreader.store.schema import Schema


_SETTINGS = (("encoding", "UTF-8"), ("auto_vacuum", 0))
"""Settings in the header that no file of ours has otherwise."""


class Shape(NamedTuple):
    """What a schema makes of a file."""

    columns: frozenset[Column]
    """But those of the search index, which SQLite chooses."""
    search_index: list[tuple[str, str]]
    """Names and statements of the search index and its own tables."""


class Column(NamedTuple):
    """A column of a table."""

    table: str
    name: str
    type: str
    required: int


def check(db: sqlite3.Connection, file: Path, schema: Schema, *, whole: bool) -> int:
    """Check an open file; return its version, 0 for a new one.

    Takes 3 ms for an archive; with ``whole`` everything in it is read. Raises sqlite3.Error or
    UnicodeDecodeError, BrokenFileError, NewerFileError.
    """
    version = version_inside(db, file, schema)
    if not version:
        return 0
    (columns, index), found = _shape(schema, version), _shape_of(db)
    if not columns <= found.columns or any(
        db.execute(f"PRAGMA {name}").fetchone()[0] != value for name, value in _SETTINGS
    ):
        raise BrokenFileError(f"{file}: damaged: not its schema")
    tables = sorted({column.table for column in columns})
    for table in tables:
        rules = (_rule(column) for column in columns if column.table == table)
        if db.execute(f"SELECT 1 FROM {table} WHERE NOT ({' AND '.join(rules)})").fetchone():
            raise BrokenFileError(f"{file}: damaged: wrong values in {table}")
    if version == schema.version and any(db.execute(probe).fetchone() for probe in schema.probes):
        raise BrokenFileError(f"{file}: damaged: wrong values")
    _check_writable(db, file, min(columns).table)
    if whole:
        if index != found.search_index:
            raise BrokenFileError(f"{file}: damaged: not the schema of its index")
        _check_whole(db, file, tables)
    return version


def version_inside(db: sqlite3.Connection, file: Path, schema: Schema) -> int:
    """Read the version. Raises BrokenFileError if the file is not ours or new; NewerFileError.

    A newer program's file has other columns than ours; where only the number is larger, it is
    damaged.
    """
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != schema.application and (application or version or tables):
        raise BrokenFileError(f"{file}: another program's database")
    if (tables and not version) or version < 0:
        raise BrokenFileError(f"{file}: damaged: not a version")
    if version > schema.version:
        if _shape_of(db).columns == _shape(schema, schema.version).columns:
            raise BrokenFileError(f"{file}: damaged: not a version")
        raise NewerFileError(
            f"{file}: written by a newer version of this program; "
            "update the program, or move the file away to start with a new one"
        )
    return int(version)


@functools.cache
def _shape(schema: Schema, version: int) -> Shape:
    """Return the shape of a version; making it takes 2 ms."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for step in schema.steps[:version]:
            db.executescript(step)
        return _shape_of(db)


def _shape_of(db: sqlite3.Connection) -> Shape:
    columns = db.execute(
        'SELECT m.name, c.name, c.type, c."notnull" FROM sqlite_master m'
        " JOIN pragma_table_info(m.name) c"
        f" WHERE m.type = 'table' AND m.name NOT GLOB '{SEARCH_INDEX}*'"
    )
    index = db.execute(
        f"SELECT name, sql FROM sqlite_master WHERE name GLOB '{SEARCH_INDEX}*' ORDER BY name"
    )
    return Shape(frozenset(Column(*row) for row in columns), index.fetchall())


def _rule(column: Column) -> str:
    """Return the condition that a value has the type of its column."""
    if not column.type:
        return "1"
    rule = f"typeof({column.name}) = '{column.type.lower()}'"
    return rule if column.required else f"({column.name} IS NULL OR {rule})"


def _check_writable(db: sqlite3.Connection, file: Path, table: str) -> None:
    """Raise sqlite3.Error if it can't be written to, BrokenFileError if but the file says so."""
    if db.execute("PRAGMA query_only").fetchone()[0]:
        return
    timeout = db.execute("PRAGMA busy_timeout").fetchone()[0]
    db.execute("PRAGMA busy_timeout = 0")
    try:
        db.execute(f"DELETE FROM {table} WHERE 0")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_READONLY and os.access(file, os.W_OK):
            raise BrokenFileError(f"{file}: damaged: read-only in its header") from error
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
    finally:
        db.execute(f"PRAGMA busy_timeout = {timeout}")


def _check_whole(db: sqlite3.Connection, file: Path, tables: Iterable[str]) -> None:
    problem = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if problem != "ok":
        raise BrokenFileError(f"{file}: damaged: {problem}")
    for table in tables:
        for _row in db.execute(f"SELECT * FROM {table}"):
            # Text that is not UTF-8 raises.
            pass
