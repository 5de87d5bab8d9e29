"""Detecting changes that other connections made on disk, cheaply enough for once a second.

SQLite's ``data_version`` alone is not enough: a connection to a file that was replaced never sees
the new one, and a checkpoint or a sync without changes increases the number. So the file's
identity is compared first, then the number, and if that changed the contents: the snapshot of the
archive, the times of the marks.
"""

from __future__ import annotations

import contextlib
import operator

from xsfreader.errors import BusyError
from xsfreader.model import Changes
from xsfreader.store.base import Base


class ChangeWatch(Base):
    """The part of the store that detects changes by others."""

    def refresh(self) -> Changes:
        """Return what others changed since the last call, or since the store was opened.

        Opens a file that was replaced. Doesn't wait for locks: what is locked now is detected
        later. Takes 30 µs if nothing changed. Raises StoreError.
        """
        self._db.execute("PRAGMA busy_timeout = 0")
        try:
            with contextlib.suppress(BusyError), self._translating("main"):
                self._reopen_replaced(0)
                if self._data_versions() != self._seen_versions:
                    before = self._seen_contents
                    self._remember_contents()
                    return Changes(*map(operator.ne, before, self._seen_contents))
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {round(self._timeout * 1000)}")
        return Changes()

    def _remember_contents(self) -> None:
        """Remember what the files contain now."""
        self._seen_versions = self._data_versions()
        self._seen_contents = self._contents()
