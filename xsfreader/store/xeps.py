"""The XSF's list of XEPs, kept beside the archives in a file of its own.

It belongs to no source, and is there without any. The file is opened when first asked for.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from typing import TYPE_CHECKING, Any

from xsfreader.errors import StoreError
from xsfreader.model import Xep
from xsfreader.store import files, repair
from xsfreader.store.base import Base
from xsfreader.store.schema import XEPS
from xsfreader.store.sqlite_errors import translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_COLUMNS = "number, title, abstract, type, status, version, revised, superseded_by, short_name"


class Xeps(Base):
    """The part of the store with the list of XEPs."""

    _xeps: sqlite3.Connection | None = None

    @contextlib.contextmanager
    def _xeps_open(self) -> Iterator[sqlite3.Connection]:
        file = self._xeps_file
        timeout = self._timeout
        try:
            if self._xeps is None:
                repair.prepare(file, XEPS, timeout)
                self._xeps = files.connect(file, timeout)
            yield self._xeps
        except sqlite3.Error as error:
            found = translate(error, file)
            with contextlib.suppress(OSError):
                files.damage_marker(file).touch()
            raise found from error

    def close_xeps(self) -> None:
        """Close the file if it was opened."""
        if self._xeps is not None:
            self._xeps.close()
            self._xeps = None

    def set_xeps(
        self, xeps: Iterable[Xep], *, etag: str | None = None, modified: str | None = None
    ) -> None:
        """Replace the list, with the validators for the next conditional request."""
        rows = [
            (
                xep.number, xep.title, xep.abstract, xep.type, xep.status, xep.version,
                xep.revised.isoformat() if xep.revised else None,
                " ".join(map(str, xep.superseded_by)), xep.short_name,
            )
            for xep in xeps
        ]  # fmt: skip
        with self._xeps_open() as db, files.transaction(db):
            db.execute("DELETE FROM xep")
            db.executemany(f"INSERT INTO xep ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            db.execute("DELETE FROM meta")
            db.executemany(
                "INSERT INTO meta (key, value) VALUES (?, ?)",
                [
                    (key, value)
                    for key, value in (("etag", etag), ("modified", modified))
                    if value is not None
                ],
            )

    def xeps_validators(self) -> tuple[str | None, str | None]:
        """Return the ``ETag`` and ``Last-Modified`` of the list."""
        with self._xeps_open() as db:
            meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
        return meta.get("etag"), meta.get("modified")

    def xep(self, number: int) -> Xep | None:
        """Read a XEP; None if the list lacks it."""
        with self._xeps_open() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM xep WHERE number = ?", (number,)).fetchone()
        return _xep(row) if row else None

    def xeps(self) -> list[Xep]:
        """Read the whole list, by number."""
        with self._xeps_open() as db:
            rows = db.execute(f"SELECT {_COLUMNS} FROM xep ORDER BY number").fetchall()
        return [_xep(row) for row in rows]

    def xep_titles(self, numbers: Iterable[int]) -> dict[int, str]:
        """Read the titles of XEPs; those not on the list are missing from the result."""
        wanted = list(numbers)
        if not wanted:
            return {}
        found = {}
        try:
            with self._xeps_open() as db:
                for number in wanted:
                    row = db.execute("SELECT title FROM xep WHERE number = ?", (number,)).fetchone()
                    if row:
                        found[number] = row[0]
        except StoreError:
            return {}
        return found


def _xep(row: tuple[Any, ...]) -> Xep:
    number, title, abstract, type_, status, version, revised, superseded_by, short_name = row
    return Xep(
        number=number,
        title=title,
        abstract=abstract,
        type=type_,
        status=status,
        version=version,
        revised=dt.date.fromisoformat(revised) if revised else None,
        superseded_by=tuple(map(int, superseded_by.split())),
        short_name=short_name,
    )
