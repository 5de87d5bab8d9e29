"""The marks on their way: to the reader's own XMPP account, and from there."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from xsfreader.errors import UnreachableError, XsfreaderError
from xsfreader.library.base import Base
from xsfreader.log import log

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from xsfreader.reports import MarksReport

Result = TypeVar("Result")
BURST_SECONDS = 300.0
"""How long a burst may take: a server takes a first one of 5,000 marks at a few kB a second."""
LEAVING_SECONDS = 11
"""How long one may take that goes on when the app has ended; with its own end less than 15."""
_DEVICE, _SYNCED = "marks-device", "marks-synced"


class MarksStatus(NamedTuple):
    """What is set up for marks to travel, and when they last did."""

    jid: str
    """Empty where nothing is set up."""
    synced: dt.datetime | None


class Travelling(Base):
    """The part of the library that brings marks to other machines."""

    def marks_status(self) -> MarksStatus:
        """Return what is set up."""
        jid = self.config.xmpp.jid
        account, _, text = (self._store.setting(_SYNCED) or "").partition(" ")
        try:
            synced = dt.datetime.fromisoformat(text) if account == jid else None
        except ValueError:
            synced = None
        return MarksStatus(jid, synced)

    def sync_marks(self, seconds: float = BURST_SECONDS) -> MarksReport:
        """Bring the state and the account to the same marks.

        Raises ConfigError, SourceError, StoreError; SyncRunningError where another process is
        doing it.
        """
        from xsfreader.marks.account import account
        from xsfreader.marks.burst import burst
        from xsfreader.marks.client import connected
        from xsfreader.marks.items import new_device

        async def exchange() -> MarksReport:
            async with connected(account(self.config)) as node:
                return await burst(node, self._store, device, time.time_ns() // 1_000_000)

        with self._store.marks_lock():
            device = self._store.setting(_DEVICE) or new_device()
            if self._store.setting(_DEVICE) is None:
                self._store.set_setting(_DEVICE, device)
            try:
                report = _run(exchange(), seconds)
            except XsfreaderError as error:
                log().warning("marks: %s", error)
                raise
            now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            self._store.set_setting(_SYNCED, f"{self.config.xmpp.jid} {now}")
        if report.received:
            self._store.move_marks_from_aliases()
        log().info("marks: %s", report.summary())
        return report

    def send_marks_on_leaving(self) -> None:
        """Start a process that brings the last marks to the account, and wait for nothing.

        It is the only one that may outlive the app, and ends within 15 seconds.
        """
        from xsfreader.library.jobs import leave_running

        with suppress(OSError):
            # What was not sent is found lacking the next time.
            leave_running(["marks", "sync", f"--within={LEAVING_SECONDS}"], config=self.config.file)

    def forget_marks(self) -> None:
        """Remove the marks from the account; those of this machine stay here."""
        from xsfreader.marks.account import account
        from xsfreader.marks.client import connected

        async def delete() -> None:
            async with connected(account(self.config)) as node:
                await node.delete()

        with self._store.marks_lock():
            _run(delete(), BURST_SECONDS)
            self._store.set_setting(_SYNCED, "")


def _run(work: Coroutine[None, None, Result], seconds: float) -> Result:
    import asyncio

    async def limited() -> Result:
        async with asyncio.timeout(seconds):
            return await work

    try:
        return asyncio.run(limited())
    except TimeoutError:
        raise UnreachableError(
            f"the marks took more than {seconds:.0f} s; the next time goes on with the rest"
        ) from None
