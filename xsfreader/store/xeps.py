"""The XSF's list of XEPs, kept beside the archives in a file of its own.

It belongs to no source, and is there without any.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from xsfreader.errors import StoreError
from xsfreader.model import Xep
from xsfreader.store.base import Base

if TYPE_CHECKING:
    from collections.abc import Iterable

_COLUMNS = "number, title, abstract, type, status, version, revised, superseded_by, short_name"


class Xeps(Base):
    """The part of the store with the list of XEPs."""

    def set_xeps(
        self, xeps: Iterable[Xep], *, etag: str | None = None, modified: str | None = None
    ) -> None:
        """Replace the list, with the validators for the next conditional request."""
        rows = [
            (
                *xep[:6],
                xep.revised and xep.revised.isoformat(),
                " ".join(map(str, xep.superseded_by)),
                xep.short_name,
            )
            for xep in xeps
        ]
        with self._xeps.writing() as db:
            db.execute("DELETE FROM xep")
            db.executemany(f"INSERT INTO xep ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            db.execute("DELETE FROM meta")
            validators = (("etag", etag), ("modified", modified))
            db.executemany(
                "INSERT INTO meta (key, value) VALUES (?, ?)",
                [(key, value) for key, value in validators if value is not None],
            )

    def xeps_validators(self) -> tuple[str | None, str | None]:
        """Return the ``ETag`` and ``Last-Modified`` of the list."""
        meta = dict(self._xeps.rows("SELECT key, value FROM meta"))
        return meta.get("etag"), meta.get("modified")

    def xep(self, number: int) -> Xep | None:
        """Read a XEP; None if the list lacks it."""
        rows = self._xeps.rows(f"SELECT {_COLUMNS} FROM xep WHERE number = ?", number)
        return _xep(rows[0]) if rows else None

    def xeps(self) -> list[Xep]:
        """Read the whole list, by number."""
        return [_xep(row) for row in self._xeps.rows(f"SELECT {_COLUMNS} FROM xep ORDER BY number")]

    def xep_titles(self) -> dict[int, str]:
        """Read the titles of all XEPs, by number; none if the list can't be read."""
        try:
            return dict(self._xeps.rows("SELECT number, title FROM xep ORDER BY number"))
        except StoreError:
            return {}


def _xep(row: tuple[Any, ...]) -> Xep:
    """Convert the columns, which are the fields of a XEP in their order."""
    xep = Xep(*row)
    return xep._replace(
        revised=dt.date.fromisoformat(row[6]) if row[6] else None,
        superseded_by=tuple(map(int, row[7].split())),
    )
