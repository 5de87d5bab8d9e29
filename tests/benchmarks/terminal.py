"""A pseudo-terminal that times raw bytes, without an emulator."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PATIENCE = 60.0
BURST = 0.004
"""Seconds without output that end a repaint."""


class Timed:
    """A running command; ``data`` is its output since the last key."""

    def __init__(
        self,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        size: tuple[int, int] = (120, 40),
    ) -> None:
        self.data = b""
        self.began = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            with contextlib.suppress(OSError):
                self._set_size(0, size)
                os.execvpe(str(command[0]), [str(word) for word in command], dict(environment))  # noqa: S606
            os._exit(127)
        self.resize(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self._reap()
        os.close(self._fd)

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    @staticmethod
    def _set_size(fd: int, size: tuple[int, int]) -> None:
        columns, rows = size
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, size: tuple[int, int]) -> None:
        """Resize the terminal."""
        self.data = b""
        self.began = time.perf_counter()
        self._set_size(self._fd, size)

    def press(self, keys: str) -> float:
        """Type text; return the time."""
        self.data = b""
        self.began = time.perf_counter()
        os.write(self._fd, keys.encode())
        return self.began

    def read(self, seconds: float) -> bool:
        """Read output for some seconds; return False if there was none."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:
            data = b""
        if not data:
            raise EOFError(f"the command ended: {self.data[-2000:].decode(errors='replace')}")
        self.data += data
        return True

    def until(self, needle: str | int) -> float:
        """Wait for words, or for a number of bytes, and the end of that repaint.

        Gives the milliseconds from the last key (or start) to the last byte of it.
        """
        end = time.monotonic() + PATIENCE
        wanted = needle.encode() if isinstance(needle, str) else b""
        while (wanted not in self.data) if wanted else len(self.data) < int(needle):
            if time.monotonic() > end:
                shown = self.data[-3000:].decode(errors="replace")
                raise TimeoutError(f"waited for {needle!r}, there is {shown!r}")
            self.read(0.5)
        last = time.perf_counter()
        while self.read(BURST):
            last = time.perf_counter()
        return (last - self.began) * 1000

    def settle(self, quiet: float = 0.15) -> float:
        """Wait until output stops; return the milliseconds to the last byte."""
        last = time.perf_counter()
        while self.read(quiet):
            last = time.perf_counter()
        return (last - self.began) * 1000

    def quit(self, keys: str) -> None:
        """Quit by keys and wait for the end."""
        self.press(keys)
        with contextlib.suppress(EOFError):
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                self.read(0.5)
        self._reap()

    @property
    def resident(self) -> float:
        """Return the command's memory in megabytes; NaN if the system doesn't report it."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        except OSError:
            return float("nan")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024 / 1e6


def python() -> str:
    """Return the interpreter that runs everything."""
    return sys.executable
