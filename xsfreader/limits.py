"""Time and memory that a task with strangers' data may take.

Where there are timers of Unix, they end what blocks or computes too long, a library's code
included: a signal raises the error in the main thread. Elsewhere, and in other threads,
`check` is called between two reads from the network.
"""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from xsfreader.errors import JobError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CPU_SECONDS = 60.0
"""Time of the processor that a sync may use; the first one of the real blog uses 1 s, one with a
hundred times the posts 30 to 60."""
CPU_SHARE = 0.2
"""Or that share of its whole time, where a person gave it more than 5 minutes."""
MEMORY_LIMIT = 256 << 20
"""Bytes of memory that a sync may use on Linux. The first one of the real blog uses 47 MB, one
with a hundred times the posts 114 MB."""
CODE_BYTES = 48 << 20
"""How much of that is the program and its libraries, which the limit of the system ignores."""
REPEAT_SECONDS = 1.0
"""A signal comes again after that time: a library may have swallowed the first error."""

_end: ContextVar[float] = ContextVar("end", default=math.inf)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Limit what is done inside to ``seconds``, and what it computes to `CPU_SECONDS` or more.

    Infinite ``seconds`` mean no limit, which is for what is on this machine.

    Raises UnreachableError and JobError where it takes longer.
    """
    cpu_seconds = max(CPU_SECONDS, CPU_SHARE * seconds)
    token = _end.set(min(_end.get(), time.monotonic() + seconds))
    try:
        if seconds < math.inf and _has_timers():
            with (
                _timer(signal.ITIMER_REAL, signal.SIGALRM, seconds, _too_slow),
                _timer(signal.ITIMER_PROF, signal.SIGPROF, cpu_seconds, _too_costly),
            ):
                yield
        else:
            yield
    finally:
        _end.reset(token)


def _has_timers() -> bool:
    in_main_thread = threading.current_thread() is threading.main_thread()
    return in_main_thread and hasattr(signal, "setitimer")


@contextmanager
def limited_memory() -> Iterator[None]:
    """Limit the memory that is used inside, on Linux. Raises JobError where it is not enough."""
    try:
        if sys.platform.startswith("linux"):
            with _data_limited():
                yield
        else:
            yield
    except MemoryError:
        raise JobError(
            f"more than {MEMORY_LIMIT >> 20} MB of memory needed: gave up; nothing was changed"
        ) from None


@contextmanager
def _data_limited() -> Iterator[None]:
    import resource

    # Writable private memory alone: the program's code, files mapped for reading and what
    # threads merely reserve don't count, as they would for RLIMIT_AS.
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    bounds = [each for each in (soft, hard) if each != resource.RLIM_INFINITY]
    resource.setrlimit(
        resource.RLIMIT_DATA, (min([used + MEMORY_LIMIT - CODE_BYTES, *bounds]), hard)
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def check() -> None:
    """Raise UnreachableError if the time is over."""
    if time.monotonic() > _end.get():
        _too_slow()


@contextmanager
def _timer(
    timer: int, number: int, seconds: float, expire: Callable[..., NoReturn]
) -> Iterator[None]:
    before = signal.signal(number, expire)
    signal.setitimer(timer, seconds, REPEAT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before or signal.SIG_DFL)


def _too_slow(*_signal: object) -> NoReturn:
    raise UnreachableError("the server is too slow: gave up; try again, or raise sync_timeout")


def _too_costly(*_signal: object) -> NoReturn:
    raise JobError(
        "too much to compute: gave up; nothing was changed; if the source is so large, "
        "raise sync_timeout"
    )
