"""Run the installed command in a pseudo-terminal; read its screen by a terminal emulator."""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pexpect
import pyte

from tests.command import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

MOST_CELLS = 500
PATIENCE = 60.0
"""Seconds to wait at most; a slow, shared machine may need them."""

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "end": "\x1b[F",
    "home": "\x1b[H",
    "pgdn": "\x1b[6~",
    "shift+tab": "\x1b[Z",
    "ctrl+d": "\x04",
    "ctrl+p": "\x10",
    "ctrl+z": "\x1a",
}

UNSHOWN = re.compile(rb"\x1b\[([\d;:]*m|[<=>][\d;]*[mu])")
"""Colours, which take pyte the most time, and what it does not know: kitty's key protocol."""
UNFINISHED = re.compile(rb"\x1b(\[[\d;:<=>?]*)?\Z")


class Terminal:
    """A running command and its screen."""

    def __init__(
        self,
        arguments: Sequence[str],
        size: tuple[int, int],
        environment: Mapping[str, str],
        answers: Mapping[bytes, bytes],
        *,
        nohup: bool = False,
    ) -> None:
        """Start the command; ``size`` is columns and rows.

        ``answers`` maps bytes sent to this terminal to its answers; ``nohup`` has the command
        ignore SIGHUP.
        """
        columns, rows = size
        inherited = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
        self.raw = b""
        self._lines: list[str] | None = None
        self._answers = answers
        self._rest = b""
        """The beginning of a sequence that came last."""
        self._screen = pyte.Screen(*_emulated(columns, rows))
        self._stream = pyte.ByteStream(self._screen)
        self._process: pexpect.spawn[bytes] = pexpect.spawn(
            str(COMMAND),
            list(arguments),
            dimensions=(rows, columns),
            env={**inherited, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment},
            timeout=PATIENCE,
            ignore_sighup=nohup,
        )

    def __enter__(self) -> Self:
        return self

    @property
    def pid(self) -> int:
        """The command's process."""
        assert self._process.pid is not None
        return self._process.pid

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the command."""
        if self._process.isalive():
            self.kill()
        self._process.close()

    def read(self, seconds: float = 0.05) -> bool:
        """Read the command's output; return False once it has ended."""
        try:
            data = self._process.read_nonblocking(1 << 16, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        before = len(self.raw)
        self._lines = None
        self.raw += data
        for question, answer in self._answers.items():
            # A question may have come in two pieces.
            start = max(0, before - len(question) + 1)
            for _ in range(self.raw.count(question, start)):
                self._process.send(answer)
        data = self._rest + data
        cut = UNFINISHED.search(data)
        whole = cut.start() if cut else len(data)
        self._rest = data[whole:]
        # pyte fails at a sequence that the echo of a key came into, while the app is suspended.
        with suppress(TypeError, UnboundLocalError):
            self._stream.feed(UNSHOWN.sub(b"", data[:whole]))
        return True

    @property
    def lines(self) -> list[str]:
        """The rows of the screen, without trailing spaces."""
        if self._lines is None:
            self._lines = [line.rstrip() for line in self._screen.display]
        return self._lines

    @property
    def text(self) -> str:
        """The screen as one string."""
        return "\n".join(self.lines)

    @property
    def cursor_line(self) -> str:
        """The row that the terminal's own cursor is on."""
        return self.lines[self.cursor_row]

    @property
    def cursor_row(self) -> int:
        """The number of the row that the terminal's own cursor is on."""
        row: int = self._screen.cursor.y
        return row

    @property
    def words(self) -> str:
        """The screen as one line with single spaces, as lines may break anywhere."""
        return " ".join(self.text.split())

    @property
    def modes_left(self) -> set[str]:
        """Modes of the terminal that are on and should be off once the command has ended.

        Among them are the alternate screen, the mouse and pasting in brackets.
        """
        last = dict(re.findall(rb"\x1b\[\?(\d+)([hl])", self.raw))
        normal = {b"25": b"h", b"7": b"h"}
        return {mode.decode() for mode, on in last.items() if on != normal.get(mode, b"l")}

    @property
    def entered(self) -> int:
        """How often the app took the whole screen: at its start, and after each other program."""
        return self.raw.count(b"\x1b[?1049h")

    def press(self, *keys: str | bytes) -> None:
        """Type keys, by name or as text."""
        for key in keys:
            self._process.send(KEYS.get(key, key) if isinstance(key, str) else key)

    def wait(self, condition: str | Callable[[str], bool], *, patience: float = PATIENCE) -> str:
        """Wait until the screen contains a text, or its text meets a condition."""

        def met(text: str) -> bool:
            return condition in text if isinstance(condition, str) else condition(text)

        end = time.monotonic() + patience
        while True:
            alive = self.read()
            if met(self.text):
                return self.text
            if not alive or time.monotonic() > end:
                what = "ended" if not alive else f"waited {patience} s"
                raise AssertionError(f"{what} for {condition!r}; the screen:\n{self.text}")

    def changed(self, key: str, shown: Callable[[], object], *, patience: float = 3.0) -> bool:
        """Press a key and wait until ``shown`` changes; return False if it doesn't."""
        before = shown()
        self.press(key)
        end = time.monotonic() + patience
        while self.read() and shown() == before:
            if time.monotonic() > end:
                return False
        return True

    def settle(self, quiet: float = 0.2) -> str:
        """Wait until the command has neither written nor computed anything for a while."""
        end = time.monotonic() + PATIENCE
        last = time.monotonic()
        while time.monotonic() < end and time.monotonic() - last < quiet:
            before = len(self.raw)
            if not self.read():
                break
            if len(self.raw) != before or self._is_busy():
                last = time.monotonic()
        return self.text

    def _is_busy(self) -> bool:
        """Tell whether a thread of the command computes, or waits for a processor or the disk."""
        for file in Path(f"/proc/{self.pid}/task").glob("*/stat"):
            with suppress(OSError):
                if file.read_text().rpartition(")")[2].split()[0] in ("R", "D"):
                    return True
        return False

    def resize(self, columns: int, rows: int) -> None:
        """Resize the terminal."""
        self._lines = None
        columns_here, rows_here = _emulated(columns, rows)
        self._screen.resize(rows_here, columns_here)
        self._process.setwinsize(rows, columns)

    def signal(self, number: signal.Signals) -> None:
        """Send the command a signal."""
        self._process.kill(number)

    def forget(self) -> None:
        """Clear the screen, as if another program had used the terminal."""
        self._lines = None
        self._screen.reset()

    def kill(self) -> None:
        """Kill the command at once, like a crash."""
        self._process.kill(signal.SIGKILL)
        self._process.wait()

    def hang_up(self) -> int:
        """Take the terminal away, and wait for the command to end.

        Return its exit status, or the negative number of the signal that ended it.
        """
        process: Any = self._process
        process = process.ptyproc
        process.fileobj.close()
        end = time.monotonic() + PATIENCE
        while process.isalive():
            assert time.monotonic() < end, "it goes on without a terminal"
            time.sleep(0.02)
        self._process.closed = process.closed = True
        status: int = -process.signalstatus if process.signalstatus else process.exitstatus
        return status

    def ended(self) -> int | None:
        """Wait for the command to end; return its exit status."""
        end = time.monotonic() + PATIENCE
        while self.read(0.2):
            if time.monotonic() > end:
                raise AssertionError(f"it goes on; the screen:\n{self.text}")
        self._process.wait()
        status: int | None = self._process.exitstatus
        return status


def _emulated(columns: int, rows: int) -> tuple[int, int]:
    """Return a size for the emulator, which can't have every one that a terminal may claim."""
    possible = 0 < columns <= MOST_CELLS and 0 < rows <= MOST_CELLS
    return (columns, rows) if possible else (80, 24)


@contextmanager
def running(
    *arguments: str,
    size: tuple[int, int] = (120, 40),
    environment: Mapping[str, str] | None = None,
    answers: Mapping[bytes, bytes] | None = None,
    nohup: bool = False,
) -> Iterator[Terminal]:
    """Run ``xsfreader`` with these arguments in a terminal of that size."""
    with Terminal(arguments, size, environment or {}, answers or {}, nohup=nohup) as terminal:
        yield terminal
