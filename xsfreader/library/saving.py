"""Writing marks and settings in a thread: the state may be locked, or its disk full."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from xsfreader.errors import DiskError, StoreError
from xsfreader.store.unsaved import Unsaved

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.store import Store

RETRY_SECONDS = 1.0
QUIT_SECONDS = 1.0
"""How long quitting waits for the last marks to be written."""


class Saver:
    """Writes what is added to ``unsaved``; what fails is tried again until the end."""

    def __init__(self, open_store: Callable[[], Store], report: Callable[[str], None]) -> None:
        """Start the thread.

        Args:
            open_store: Opens the state for the thread; called when there is something to write.
            report: Called in the thread with what went wrong, once until writing succeeds again.
        """
        self.unsaved = Unsaved()
        self._open_store = open_store
        self._report = report
        self._problem = ""
        # A thread that waits for a lock must not keep the process.
        self._thread = threading.Thread(target=self._run, name="saving", daemon=True)
        self._thread.start()

    def stop(self) -> str:
        """Write the rest and end the thread; return what was lost and why, empty if nothing."""
        self.unsaved.close()
        self._thread.join(QUIT_SECONDS)
        lost = self.unsaved.all()
        if not any(lost):
            return ""
        count = len(lost.marks)
        what = f"the marks of {count} post{'' if count == 1 else 's'} were" if count else ""
        why = self._problem or "another process holds the state"
        return f"{what or 'where you left off was'} not saved: {why}"

    # In the thread

    def _run(self) -> None:
        store = None
        while True:
            self.unsaved.wait(RETRY_SECONDS if self._problem else None)
            closed = self.unsaved.closed
            batch = self.unsaved.all()
            try:
                if any(batch):
                    store = store or self._open_store()
                    store.save(batch)
                    self.unsaved.remove(batch)
                    self._problem = ""
            except StoreError as error:
                if not self._problem:
                    # Without the remedy: this is tried again anyway.
                    self._problem = str(error).partition(";")[0]
                    self._report(self._problem)
                if store is not None and isinstance(error, DiskError):
                    # Opened for reading alone; there may be room when it is opened again.
                    store.close()
                    store = None
            if closed:
                break
        if store is not None:
            store.close()
