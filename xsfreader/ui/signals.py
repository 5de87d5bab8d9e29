"""Signals: those that end the app, and what they do while another program has the terminal."""

from __future__ import annotations

import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    Handler = Callable[[int, FrameType | None], object]

SIGNALLED = 128
"""Added to a signal's number, the exit code of a program that it ended."""
HANGUP = 1
"""SIGHUP, which Windows lacks: the terminal is gone."""
_KEYS = ("SIGINT", "SIGQUIT")
"""What the keys ctrl+c and ctrl+backslash send to every program at the terminal."""
_ENDS = ("SIGTERM", "SIGHUP")


@contextmanager
def ended_by_signals(end: Callable[[int], object]) -> Iterator[None]:
    """Call ``end`` with the number of a signal that asks the app to end."""
    with _handled(lambda number, _frame: end(number), *_KEYS, *_ENDS):
        yield


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt at a signal, besides what it does otherwise.

    For the time while the main thread waits for something else than the app's messages.
    """
    ends = {number: signal.getsignal(number) for number in _numbers(*_ENDS)}

    def interrupt(number: int, frame: FrameType | None) -> None:
        end = ends.get(number)
        if callable(end):
            end(number, frame)
        raise KeyboardInterrupt

    with _handled(interrupt, *_KEYS, *_ENDS):
        yield


@contextmanager
def keys_for_child() -> Iterator[None]:
    """Leave ctrl+c and ctrl+backslash to the child process, as system(3) does.

    A handler, unlike SIG_IGN, is not inherited: the child has the default.
    """
    with _handled(lambda _number, _frame: None, *_KEYS):
        yield


@contextmanager
def _handled(handler: Handler, *names: str) -> Iterator[None]:
    """Handle signals for a while; one that is ignored stays so, as nohup wants it."""
    before = {number: signal.getsignal(number) for number in _numbers(*names)}
    before = {n: held for n, held in before.items() if held not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, held in before.items():
            signal.signal(number, held)


def signal_name(number: int) -> str:
    """Return the name of a signal, else its number in words."""
    with suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"


def _numbers(*names: str) -> list[int]:
    """Return the numbers of those signals that the system has."""
    return [getattr(signal, name) for name in names if hasattr(signal, name)]
