"""Slow work that can be given up at once.

A name lookup or a silent server can't be interrupted, only left behind: the work runs in a
daemon thread, and the caller waits for it as long as the person does.
"""

from __future__ import annotations

import time
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from xsfreader.errors import StoppedError, UnreachableError
from xsfreader.model import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

POLL_SECONDS = 0.1
"""How often the caller is asked whether to stop."""
DEADLINE_SECONDS = 1800.0
"""How long all of it may take: a server that trickles would hold the sync lock for ever."""


class _Result(NamedTuple, Generic[T]):
    value: T


class _Failure(NamedTuple):
    error: BaseException


def patiently(
    work: Callable[[Callable[[Progress], None]], T],
    *,
    progress: Callable[[Progress], None],
    stopped: Callable[[], bool],
    abandon: Callable[[], None],
) -> T:
    """Run ``work`` in a thread of its own and give back what it returns or raises.

    Args:
        work: Gets a function to tell progress with, which raises StoppedError in the thread once
            nobody waits for it any more.
        progress: Called in the caller's thread.
        stopped: Polled several times a second; once true, the work is left behind.
        abandon: Called when the work is left behind, to make it fail soon.

    Raises:
        StoppedError: ``stopped`` said so.
        UnreachableError: It took longer than any transfer should.
    """
    box: SimpleQueue[Progress | _Result[T] | _Failure] = SimpleQueue()
    abandoned = Event()

    def tell(item: Progress) -> None:
        if abandoned.is_set():
            raise StoppedError("stopped; nothing was changed")
        box.put(item)

    def body() -> None:
        try:
            box.put(_Result(work(tell)))
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            box.put(_Failure(error))

    Thread(target=body, name="xsfreader-transfer", daemon=True).start()
    deadline = time.monotonic() + DEADLINE_SECONDS
    finished = False
    try:
        while True:
            if stopped():
                raise StoppedError("stopped; nothing was changed")
            if time.monotonic() > deadline:
                raise UnreachableError("the server is too slow: gave up, try again later")
            try:
                item = box.get(timeout=POLL_SECONDS)
            except Empty:
                continue
            if isinstance(item, Progress):
                progress(item)
                continue
            finished = True
            if isinstance(item, _Failure):
                raise item.error
            return item.value
    finally:
        if not finished:
            abandoned.set()
            abandon()
