"""Changes to how Textual reads the keyboard, from the next start of an app on.

What the terminal answers is heard before it is taken for keys. And the thread that reads ends
when it is told to: Textual's looks every tenth of a second, twice, for which whoever leaves the
app or goes to a pager would wait.
"""

from __future__ import annotations

import os
import selectors
import sys
from threading import Event
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.message import Message

    from xsfreader.ui.images.terminal import Listener


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

    def __init__(self, end: EndEvent) -> None:
        super().__init__()
        self._end = end
        self.register(end.woken, selectors.EVENT_READ)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Tell of keys alone, at once where the end has come."""
        found = super().select(0 if self._end.is_set() else timeout)
        return [each for each in found if each[0].fd != self._end.woken]


def attach(listener: Listener) -> None:
    """Read the keyboard so, and let the listener hear what comes from the terminal."""
    if sys.platform == "win32":
        return
    from textual._xterm_parser import XTermParser
    from textual.drivers import linux_driver

    class Parser(XTermParser):
        def feed(self, data: str) -> Iterable[Message]:
            sifted = listener.sift(data)
            return super().feed(sifted) if sifted or not data else ()

    end = EndEvent()
    ours = {
        "XTermParser": Parser,
        "Event": lambda: end,
        "selectors": SimpleNamespace(
            SelectSelector=lambda: EndingSelector(end), EVENT_READ=selectors.EVENT_READ
        ),
    }
    for name, value in ours.items():
        setattr(linux_driver, name, value)
    listener.attached = True
