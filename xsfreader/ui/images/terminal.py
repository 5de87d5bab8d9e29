"""Find out what the terminal can draw, without taking a key press for its answer.

The terminal is not asked before an image is needed. Terminals that draw kitty's placeholders are
known by their name; others are asked for their attributes, of which Sixel is one, and every
terminal answers. The answer is taken out of the input before Textual's parser would read it as
keys, however late it comes. textual-image asks by reading the keyboard itself, as it is imported.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from xsfreader.ui.images.geometry import CELL, Cells
from xsfreader.ui.images.placeholders import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PATIENCE = 0.7
"""Seconds to wait for an answer: an image may wait, keys do not."""
POLL_SECONDS = 0.02
"""How often to check for the answer, which another thread reads."""
QUESTION = "\x1b[16t\x1b[c"
"""How large is a cell, and what can you do? The second is always answered, and last."""

SIDE = 1000
"""Pixels of the longer side of a Sixel image."""

_ANSWER = r"\x1b\[(?:\?(?P<attributes>[\d;]*)c|6;(?P<height>\d+);(?P<width>\d+)t)"
_BEGUN = r"\x1b\[(?:\?[\d;]*|6(?:;[\d;]*)?)?\Z"
_SIXEL = "4"
_MULTIPLEXERS = ("screen", "tmux")
_KITTY = frozenset({"xterm-kitty", "xterm-ghostty"})


class Protocol(StrEnum):
    """How images are drawn."""

    KITTY = "kitty"
    SIXEL = "sixel"
    HALF = "half"
    """Half cells in two colours: any terminal."""


def protocol_by_environment(environment: Mapping[str, str]) -> Protocol | None:
    """Return the protocol by the environment; None if only the terminal knows.

    Half cells are right whenever a multiplexer is between us and the terminal. xterm forgets
    all but the last 16 Sixel images, and rows are images of their own here.
    """
    name = environment.get("TERM", "")
    between = any(environment.get(sign) for sign in ("TMUX", "STY", "NO_COLOR", "XTERM_VERSION"))
    if between or name.startswith(_MULTIPLEXERS) or name in ("", "dumb", "linux"):
        return Protocol.HALF
    return Protocol.KITTY if name in _KITTY else None


class Listener:
    """Takes the terminal's answers out of the input."""

    def __init__(self) -> None:
        self._write: Callable[[str], object] | None = None
        self.answered = False
        self.sixel = False
        self.cell: tuple[int, int] | None = None
        self._asked = False
        self._held = ""

    def attach(self, write: Callable[[str], object]) -> None:
        """Take what writes to the terminal; from now on all input must pass ``sift``."""
        self._write = write

    @property
    def is_attached(self) -> bool:
        """Whether the terminal can be asked."""
        return self._write is not None

    def send(self, data: str) -> None:
        """Send data to the terminal besides what the screen paints."""
        if self._write is not None and data:
            self._write(data)

    def ask(self) -> None:
        """Ask the terminal, once."""
        if self.is_attached and not self._asked:
            self._asked = True
            self.send(QUESTION)

    def sift(self, data: str) -> str:
        """Return the input without the answers."""
        if not self._asked or not data:
            return data
        data, self._held = self._held + data, ""
        for found in re.finditer(_ANSWER, data):
            self._take(found)
        data = re.sub(_ANSWER, "", data)
        if not self.answered and (begun := re.search(_BEGUN, data)):
            data, self._held = data[: begun.start()], begun[0]
        return data

    def _take(self, found: re.Match[str]) -> None:
        if found["height"] is not None:
            height, width = int(found["height"]), int(found["width"])
            if 2 <= width <= 200 and 2 <= height <= 400:
                self.cell = (width, height)
        else:
            self.sixel = _SIXEL in found["attributes"].split(";")
            self.answered = True


def window_cell_size() -> tuple[int, int] | None:
    """Return the pixels of a cell, as far as the system knows."""
    try:
        import fcntl
        import struct
        import termios

        stream: Any = sys.__stdout__
        packed = fcntl.ioctl(stream.fileno(), termios.TIOCGWINSZ, b"\0" * 8)
        rows, columns, width, height = struct.unpack("HHHH", packed)
    except (ImportError, AttributeError, OSError, ValueError):
        return None
    if not rows or not columns or width < 2 * columns or height < 2 * rows:
        return None
    return width // columns, height // rows


class Display:
    """How images are drawn in this terminal."""

    def __init__(
        self, environment: Mapping[str, str], listener: Listener, *, colours: bool, headless: bool
    ) -> None:
        self._listener = listener
        self._settled = None if not headless else Protocol.HALF
        if self._settled is None:
            self._settled = protocol_by_environment(environment) if colours else Protocol.HALF

    def ask(self) -> None:
        """Ask the terminal if nothing else tells; ``protocol`` waits for the answer."""
        if self._settled is None:
            self._listener.ask()

    def send(self, data: str) -> None:
        """Send data to the terminal besides what the screen paints."""
        self._listener.send(data)

    async def protocol(self) -> Protocol:
        """Return the best protocol; wait for the terminal's answer if it is needed."""
        listener, end = self._listener, time.monotonic() + PATIENCE
        if not listener.is_attached:
            # TEXTUAL_DRIVER names another driver, which sends nothing for us.
            self._settled = Protocol.HALF
        # A thread that waits would delay the end of the app.
        while self._settled is None:
            if listener.sixel:
                self._settled = Protocol.SIXEL
            elif listener.answered or time.monotonic() > end:
                self._settled = Protocol.HALF
            else:
                await asyncio.sleep(POLL_SECONDS)
        return self._settled

    def largest(self, cells: Cells) -> Cells:
        """Limit a size to what can be drawn in time: encoding Sixel takes a second a megapixel."""
        if self._settled is Protocol.HALF:
            return cells
        if self._settled is Protocol.KITTY:
            return Cells(min(cells.columns, len(NUMERALS)), min(cells.rows, len(NUMERALS)))
        width, height = self.cell
        return Cells(min(cells.columns, SIDE // width), min(cells.rows, SIDE // height))

    @property
    def cell(self) -> tuple[int, int]:
        """Pixels of a cell, as far as known now."""
        return self._listener.cell or window_cell_size() or CELL
