"""The store: all its parts in one class."""

from __future__ import annotations

import contextlib
import operator
from typing import TYPE_CHECKING, Self

from xsfreader.errors import BrokenFileError, BusyError, StoreError
from xsfreader.model import Changes
from xsfreader.store.archive import Archive
from xsfreader.store.files import version_of
from xsfreader.store.posts import Posts
from xsfreader.store.schema import ARCHIVE
from xsfreader.store.search import Search
from xsfreader.store.xeps import Xeps
from xsfreader.text import FOLDING_VERSION

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT = 5.0
"""Seconds to wait for another process before BusyError."""


class Store(Archive, Posts, Search, Xeps):
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
        backup; ``warnings`` says so. Raises NewerFileError with both files untouched,
        BusyError, DiskError.
        """
        # A newer archive is noticed before the state is touched.
        with contextlib.suppress(BrokenFileError):
            version_of(archive, ARCHIVE)
        store = cls(archive, state, f"{ingest_version}.{FOLDING_VERSION}", timeout)
        with contextlib.ExitStack() as stack:
            stack.callback(store.close)
            store._state.follow(create=True)
            store._archive.follow()
            with contextlib.suppress(StoreError):
                store.move_marks()
                store.refresh()
            stack.pop_all()
        return store

    def refresh(self) -> Changes:
        """Return what others changed since the last call, or since the store was opened.

        Opens files that were replaced, and writes marks that could not be written. Doesn't wait
        for locks: what is locked now is detected later. Takes 50 µs if nothing changed. Raises
        StoreError.
        """
        with (
            contextlib.suppress(BusyError),
            self._archive.waiting(0),
            self._state.waiting(0),
        ):
            self._archive.follow()
            self._state.follow()
            self._save()
            before = self._seen_archive
            if (version := self._archive.version()) != self._seen_archive_version:
                self._remember_archive()
                self._seen_archive_version = version
            *posts, synced = map(operator.ne, before, self._seen_archive)
            self.timed_marks()
            marked, self._others_marked = self._others_marked, False
            return Changes(any(posts), marked, synced)
        return Changes()

    def close(self) -> None:
        """Close the files; a closed store can't be used."""
        for file in (self._archive, self._state, self._xeps):
            file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
