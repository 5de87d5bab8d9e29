"""The store: all its parts in one class."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Self

from xsfreader.errors import StoreError
from xsfreader.store import files
from xsfreader.store.archive import Archive
from xsfreader.store.changes import ChangeWatch
from xsfreader.store.listing import Listing
from xsfreader.store.posts import Posts
from xsfreader.store.search import Search
from xsfreader.store.state import State
from xsfreader.store.xeps import Xeps
from xsfreader.text import FOLDING_VERSION

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT = 5.0
"""Seconds to wait for another process before BusyError."""


class Store(Archive, Posts, Listing, Search, State, Xeps, ChangeWatch):
    """An archive and the reader's state.

    One ``Store`` serves one thread; open another for another thread. Every method raises
    StoreError where a file can't be read or written: BusyError, DiskError, BrokenFileError.
    """

    @classmethod
    def open(
        cls, archive: Path, state: Path, *, ingest_version: int, timeout: float = TIMEOUT
    ) -> Self:
        """Open the files; create, migrate or repair them if needed.

        A damaged archive is set aside and created again, a damaged state is restored from its
        backups; ``warnings`` says so. Raises NewerFileError with both files untouched,
        BusyError, DiskError.
        """
        for folder in {archive.parent, state.parent}:
            files.make_folder(folder)
        db = cls.connect(archive, state, timeout)
        store = cls(db, archive, state, f"{ingest_version}.{FOLDING_VERSION}", timeout)
        with contextlib.suppress(StoreError, sqlite3.Error):
            store.move_marks()
            store._remember_contents()
        return store

    def close(self) -> None:
        """Close the files; a closed store can't be used."""
        self._xeps.close()
        with contextlib.suppress(sqlite3.Error):
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
