"""Commands of our own in child processes, where everything that talks to an upstream runs.

A job is ``xsfreader VERB --progress json``: it writes one event a line to its standard output,
and ends when its standard input closes, so that it never outlives the app. Posts and images
pass through our files, never through the pipe.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from xsfreader.config import SOURCE_VARIABLE
from xsfreader.errors import JobError
from xsfreader.library.base import GUIDE
from xsfreader.library.job_events import Failed, decode

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from xsfreader.library.job_events import Event

LINE_LIMIT = 1 << 22
"""Bytes a line may have; the longest event is the report of a sync that rejected every post."""


class Job:
    """One command in a child process."""

    def __init__(self, arguments: Sequence[str], *, source: str, config: Path | None) -> None:
        """Start nothing yet.

        Args:
            arguments: The verb and its options; nothing secret.
            source: The source as the person gave it.
            config: The configuration file; None for the default one.
        """
        self._command = _command([*arguments, "--progress", "json"], config)
        self._verb = arguments[0]
        self._source = source
        self._process: Process | None = None
        self._unsent: list[str] = []

    async def run(self, receive: Callable[[Event], object]) -> None:
        """Run to the end and pass every event on; the last one is Failed where that is bad.

        Cancelling this kills the child at once.
        """
        process = None
        try:
            process = self._process = await self._start()
            for line in self._unsent:
                self.send(line)
            await self._read(process, receive)
        except JobError as error:
            receive(Failed(error))
        except OSError as error:
            receive(Failed(JobError(f"can't start {self._verb}: {error.strerror or error}")))
        finally:
            self._process = None
            if process is not None:
                await _kill(process)

    def send(self, line: str) -> None:
        """Write a line to the child's standard input, now or once it is started."""
        if self._process is None:
            self._unsent.append(line)
        elif self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(line.encode() + b"\n")

    async def _start(self) -> Process:
        return await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LINE_LIMIT,
            env={**os.environ, SOURCE_VARIABLE: self._source},
            # Ctrl+C and Ctrl+Z in a pager that the app started are not for this process.
            start_new_session=True,
        )

    async def _read(self, process: Process, receive: Callable[[Event], object]) -> None:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        event: Event | None = None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:
                raise JobError("the child process sent a line that is too long") from None
            if not line:
                break
            event = decode(line)
            receive(event)
        code = await process.wait()
        if code and not isinstance(event, Failed):
            raise JobError(f"{self._verb} ended unexpectedly ({_reason(code)})")


def leave_running(arguments: Sequence[str], *, config: Path | None) -> None:
    """Start a command that goes on when the app has ended, and ends by itself.

    It reads nothing and writes nothing but our files and the log. Raises OSError.
    """
    subprocess.Popen(  # noqa: S603 - our own command
        _command(arguments, config),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, SOURCE_VARIABLE: GUIDE},
        start_new_session=True,
    )


def _command(arguments: Sequence[str], config: Path | None) -> list[str]:
    # Without -P, a folder named xsfreader in the working directory would be executed.
    command = [sys.executable, "-P", "-m", "xsfreader", *arguments]
    return command if config is None else [*command, "--config", str(config.absolute())]


async def _kill(process: Process) -> None:
    """Kill a child and wait for its end, which is near, though this is cancelled again."""
    while process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        with suppress(asyncio.CancelledError):
            await process.wait()


def _reason(code: int) -> str:
    if code > 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
