"""The driver of the terminal: what it sends becomes keys, and its end ends the app.

It uses one private part of Textual, ``textual._xterm_parser``, which turns bytes into keys. Without
a reader of our own, the terminal's answers would be taken for key presses, ``c`` and digits in a
prompt; then no terminal could be asked, and images would be half cells where it draws Sixel. A
terminal that is gone would be read for ever, and odd bytes would end the app.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import sys
import time
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, Any

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from threading import Event

    from textual.app import App
    from textual.driver import Driver
    from textual.message import Message

    from xsfreader.ui.images.terminal import Listener

POLL_SECONDS = 0.05
"""Seconds between checks whether Escape came alone, and whether the app ends."""
UNKNOWN_SIZE = Size(80, 24)
"""Columns and rows to assume where the terminal says that it has none."""
LARGEST_SIZE = Size(800, 600)
"""More than the largest screens have; what a terminal claims beyond that is not painted."""

SIDE_BUTTON = 128
"""The bit for buttons 8 to 11 in what a terminal sends."""
BEGIN_PASTE, END_PASTE = "\x1b[200~", "\x1b[201~"
PASTE_SECONDS = 2.0
"""Seconds of silence after which a paste is over without its end."""
MOST_PASTED = 1 << 20
"""Characters of a paste; the others are dropped."""


def terminal_size() -> Size:
    """Return columns and rows of the terminal."""
    return usable_size(Size(*shutil.get_terminal_size(UNKNOWN_SIZE)))


def usable_size(size: Size) -> Size:
    """Return a size to paint, whatever the terminal says."""
    pairs = zip(size, UNKNOWN_SIZE, LARGEST_SIZE, strict=True)
    return Size(*(min(cells, most) if cells > 0 else unknown for cells, unknown, most in pairs))


class _Parser(XTermParser):
    def parse_mouse_code(self, code: str) -> Message | None:
        """Drop the buttons at the side of a mouse, which Textual takes for those on top of it."""
        button = int(code.removeprefix("\x1b[<").partition(";")[0])
        return None if button & SIDE_BUTTON else super().parse_mouse_code(code)


class KeyParser:
    """Turns text from the terminal into keys and other events, whatever it is.

    Pastes are gathered here: in Textual's parser one that never ends swallows all keys, and what
    follows an Escape in one is typed as keys.
    """

    def __init__(self) -> None:
        self._parser = _Parser()
        self._seen = ""
        """The last keys, which may be the beginning of a paste."""
        self._pasted: str | None = None
        """What was pasted so far; None outside a paste."""
        self._since = 0.0
        """When it came last."""

    def feed(self, text: str) -> Iterator[Message]:
        """Yield what a text means; what Textual can't read is dropped."""
        while text:
            if self._pasted is None:
                seen = self._seen + text
                keys, begun, rest = seen.partition(BEGIN_PASTE)
                # To the parser it is an empty paste.
                keys = (keys + begun)[len(self._seen) :] + (END_PASTE if begun else "")
                self._seen = "" if begun else seen[1 - len(BEGIN_PASTE) :]
                self._pasted, text = ("" if begun else None), rest
                yield from self._read(self._parser.feed, keys)
            else:
                self._since = time.monotonic()
                pasted, ended, text = (self._pasted + text).partition(END_PASTE)
                # The end may come in two pieces.
                end = pasted[max(MOST_PASTED, len(pasted) + 1 - len(END_PASTE)) :]
                self._pasted = pasted[:MOST_PASTED] + end
                if ended:
                    yield from self._end_paste()

    def tick(self) -> Iterator[Message]:
        """Yield what has become clear by waiting."""
        if self._pasted is not None and time.monotonic() > self._since + PASTE_SECONDS:
            yield from self._end_paste()
        yield from self._read(self._parser.tick)

    def _end_paste(self) -> Iterator[Message]:
        pasted, self._pasted = self._pasted or "", None
        yield events.Paste(pasted.replace("\0", ""))

    def _read(self, read: Callable[..., Iterable[Message]], *text: str) -> Iterator[Message]:
        try:
            for message in read(*text):
                if isinstance(message, events.Key) and not _is_text(message.character or ""):
                    continue
                if not isinstance(message, events.Paste):
                    yield message
        except Exception:  # noqa: BLE001 - of any kind, by the number that a terminal sends
            self._begin_again()

    def _begin_again(self) -> None:
        # A generator that raised has ended.
        broken, self._parser = self._parser, _Parser()
        self._parser.mouse_pixels = broken.mouse_pixels
        self._parser.terminal_size = broken.terminal_size
        self._parser.terminal_pixel_size = broken.terminal_pixel_size


def _is_text(characters: str) -> bool:
    """Check that there is no half of a surrogate pair, which nothing could store or print."""
    return not any("\ud800" <= character <= "\udfff" for character in characters)


def read_terminal(fileno: int, listener: Listener, ended: Event) -> Iterator[Message]:
    """Yield what the terminal sends until ``ended`` is set.

    Raises EOFError or OSError when there is no terminal any more.
    """
    parser = KeyParser()
    decode = getincrementaldecoder("utf-8")(errors="replace").decode
    # The default one of macOS, kqueue, refuses a terminal that was opened as /dev/tty.
    with selectors.SelectSelector() as selector:
        selector.register(fileno, selectors.EVENT_READ)
        while not ended.is_set():
            if selector.select(POLL_SECONDS):
                data = os.read(fileno, 4096)
                if not data:
                    raise EOFError
                yield from parser.feed(listener.sift(decode(data)))
            yield from parser.tick()


def _let_go(driver: Driver, fileno: int) -> bool:
    """Let go of the terminal, to take it again, and ask for a repaint.

    False if that was done meanwhile, or if there is no terminal any more. In the background the
    process stops first, as Textual does: the signal that continues it takes the terminal.
    """
    try:
        is_background = os.tcgetpgrp(fileno) != os.getpgrp()
    except OSError:
        return False
    if is_background:
        os.kill(os.getpid(), signal.SIGSTOP)
        return False
    driver.suspend_application_mode()
    driver.send_message(driver.SignalResume())
    return True


def _drop_streams() -> None:
    """Lead all streams nowhere.

    Textual's writer would end at the first error, and block whoever writes then.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)


class _OneAtATime:
    """Does something, and again afterwards if a signal's handler asks for it meanwhile."""

    def __init__(self, do: Callable[[], object]) -> None:
        self._do = do
        self._asked = 0

    def __call__(self) -> None:
        self._asked += 1
        if self._asked > 1:
            return
        done = 0
        try:
            while done < self._asked:
                done = self._asked
                self._do()
        finally:
            self._asked = 0


def driver_class(listener: Listener, lost: Callable[[], object]) -> type[Driver] | None:
    """Return a driver whose input passes the listener; None to use Textual's.

    ``lost`` is called in the driver's thread when there is no terminal any more.
    """
    if sys.platform == "win32" or constants.DRIVER is not None:
        return None
    import termios

    from textual.drivers.linux_driver import LinuxDriver

    class TerminalDriver(LinuxDriver):
        def __init__(self, app: App[Any], **options: Any) -> None:  # noqa: ANN401 - Textual's own
            super().__init__(app, **options)
            listener.attach(self.write)
            self._is_reading = False
            self._take_terminal = _OneAtATime(self._take)

        def start_application_mode(self) -> None:
            """Take the terminal; once more if SIGCONT asks for it meanwhile."""
            self._take_terminal()

        def _take(self) -> None:
            """Take the terminal, which may have gone while another program had it.

            It is taken twice if SIGCONT follows SIGSTOP, of which nobody is told. Two threads would
            read it then, and Textual ends one.
            """
            try:
                termios.tcgetattr(self.fileno)
            except termios.error:
                self._lose()
            if self._is_reading and not _let_go(self, self.fileno):
                return
            self._is_reading = True
            super().start_application_mode()  # type: ignore[no-untyped-call]

        def stop_application_mode(self) -> None:
            """Give the terminal back, with the mouse counted in cells, which Textual forgets."""
            self.write("\x1b[?1016l")
            super().stop_application_mode()

        def run_input_thread(self) -> None:
            """Read keys until Textual ends the thread, or until the terminal is gone."""
            try:
                for message in read_terminal(self.fileno, listener, self.exit_event):
                    self.process_message(message)
            except (EOFError, OSError):
                self._lose()
            finally:
                self._is_reading = False

        def _lose(self) -> None:
            _drop_streams()
            lost()

    return TerminalDriver
