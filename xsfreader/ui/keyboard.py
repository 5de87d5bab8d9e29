"""Changes to how Textual reads the keyboard, from the next start of an app on.

What the terminal answers is heard before it is taken for keys. And the thread that reads ends
when it is told to, and takes Escape for what it is when no more follows: Textual's looks for
either every tenth of a second, for which whoever leaves a panel or the app would wait.
"""

from __future__ import annotations

import os
import selectors
import sys
from threading import Event
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.message import Message

    from xsfreader.ui.images.terminal import Listener


ESCAPE_SECONDS = 0.025
"""How long what follows Escape makes one key with it.

A terminal sends the bytes of a key at once; only on the way from afar they may come apart, and
Textual's tenth of a second is right.
"""


class EndEvent(Event):
    """Tells the thread to end; a pipe wakes it."""

    def __init__(self) -> None:
        super().__init__()
        self.woken, self._wake = os.pipe()

    def set(self) -> None:
        """Let the thread end now."""
        super().set()
        os.write(self._wake, b".")

    def clear(self) -> None:
        """Let the next one run."""
        if self.is_set():
            os.read(self.woken, 1)
        super().clear()

    def close(self) -> None:
        """Give the pipe back."""
        os.close(self.woken)
        os.close(self._wake)


class EndingSelector(selectors.SelectSelector):
    """Waits for keys and for the end."""

    def __init__(self, end: EndEvent, pause: float) -> None:
        """``pause`` are the seconds after a key in which nothing more makes it whole."""
        super().__init__()
        self._end = end
        self._pause = pause
        self._came = False
        """Whether keys came last, of which Escape may wait to be more."""
        self.register(end.woken, selectors.EVENT_READ)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Tell of keys alone, at once where the end has come, and when a pause is over."""
        if self._end.is_set():
            timeout = 0
        elif self._came and timeout is not None:
            timeout = min(timeout, self._pause)
        found = [each for each in super().select(timeout) if each[0].fd != self._end.woken]
        self._came = bool(found)
        return found


def attach(listener: Listener) -> Callable[[], None]:
    """Read the keyboard so, and let the listener hear what comes from the terminal.

    What it gives is to be called once no app runs any more.
    """
    if sys.platform == "win32":
        return lambda: None
    from textual import constants
    from textual._xterm_parser import XTermParser
    from textual.drivers import linux_driver

    class Parser(XTermParser):
        def feed(self, data: str) -> Iterable[Message]:
            sifted = listener.sift(data)
            return super().feed(sifted) if sifted or not data else ()

    end = EndEvent()
    if not any(name in os.environ for name in ("ESCDELAY", "SSH_CONNECTION", "SSH_TTY")):
        setattr(constants, "ESCAPE_DELAY", ESCAPE_SECONDS)  # noqa: B010 - Final, to mypy
    pause = constants.ESCAPE_DELAY + 0.001
    ours = {
        "XTermParser": Parser,
        "Event": lambda: end,
        "selectors": SimpleNamespace(
            SelectSelector=lambda: EndingSelector(end, pause), EVENT_READ=selectors.EVENT_READ
        ),
    }
    for name, value in ours.items():
        setattr(linux_driver, name, value)
    listener.attached = True
    return end.close
