"""The driver of the terminal: takes the terminal's answers out of what is typed.

It uses one private part of Textual, ``textual._xterm_parser``: whoever reads the keyboard needs
what turns bytes into keys, and without that the answers to our questions would be taken for key
presses, ``c`` and digits in a prompt. Without it, no terminal is asked, and images are drawn in
half cells where Sixel could be had.
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
"""How long the thread waits for keys before it looks whether Escape came alone, or the end."""


def driver_class(listener: Listener) -> type[Driver] | None:
    """Return a driver that lets the listener hear the terminal; None where Textual's is used."""
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
