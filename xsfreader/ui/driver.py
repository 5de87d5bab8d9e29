"""The driver of the terminal: takes the terminal's answers out of what is typed.

It uses one private part of Textual, ``textual._xterm_parser``, which turns bytes into keys. Without
a reader of our own, the terminal's answers would be taken for key presses, ``c`` and digits in a
prompt; then no terminal could be asked, and images would be half cells where it draws Sixel.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from textual import constants

if TYPE_CHECKING:
    from textual.app import App
    from textual.driver import Driver

    from xsfreader.ui.images.terminal import Listener

POLL_SECONDS = 0.05
"""Seconds between checks whether Escape came alone, and whether the app ends."""


def driver_class(listener: Listener) -> type[Driver] | None:
    """Return a driver whose input passes the listener; None to use Textual's."""
    if sys.platform == "win32" or constants.DRIVER is not None:
        return None
    import selectors
    from codecs import getincrementaldecoder

    from textual._xterm_parser import XTermParser
    from textual.drivers.linux_driver import LinuxDriver

    class TerminalDriver(LinuxDriver):
        def __init__(self, app: App[Any], **options: Any) -> None:  # noqa: ANN401 - Textual's own
            super().__init__(app, **options)
            listener.attach(self.write)

        def run_input_thread(self) -> None:
            """Read keys until Textual ends the thread."""
            parser = XTermParser()
            decode = getincrementaldecoder("utf-8")(errors="replace").decode
            with selectors.DefaultSelector() as selector:
                selector.register(self.fileno, selectors.EVENT_READ)
                while not self.exit_event.is_set():
                    if selector.select(POLL_SECONDS):
                        typed = listener.sift(decode(os.read(self.fileno, 4096)))
                        # To the parser, nothing is the end.
                        for message in parser.feed(typed) if typed else ():
                            self.process_message(message)
                    for message in parser.tick():
                        self.process_message(message)

    return TerminalDriver
