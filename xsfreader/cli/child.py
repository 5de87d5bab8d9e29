"""Run a command as a child process of the app: the child's side of ``library/jobs.py``."""

from __future__ import annotations

import os
import queue
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from xsfreader.cli.output import FAILURE, fail_output
from xsfreader.errors import JobError, XsfreaderError
from xsfreader.library.job_events import Failed, encode
from xsfreader.limits import limited_memory
from xsfreader.log import log

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.library.job_events import Event


def run_as_job(command: Callable[[], int]) -> int:
    """Run a command; whatever goes wrong is an event."""
    try:
        with limited_memory():
            return command()
    except XsfreaderError as error:
        write(Failed(error))
    except Exception as error:  # noqa: BLE001 - the app learns of it by the event
        log().exception("a job failed")
        write(Failed(JobError(f"unexpected error ({type(error).__name__}); see the log")))
    return FAILURE


def write(event: Event) -> None:
    """Write an event to standard output; end the process where nobody reads it."""
    try:
        sys.stdout.write(encode(event) + "\n")
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            fail_output(error)
        os._exit(FAILURE)


def read_requests() -> queue.SimpleQueue[str]:
    """Return a queue of the lines on standard input; end the process where that is closed.

    The app's end closes it, however the app ends. The archive is as safe then as from a kill.
    """
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests,), name="requests", daemon=True).start()
    return requests


def _read(requests: queue.SimpleQueue[str]) -> None:
    rest = b""
    # sys.stdin would be locked by this thread while the interpreter shuts down.
    with suppress(OSError):
        while data := os.read(0, 1 << 16):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                requests.put(line.decode("utf-8", "replace"))
    os._exit(FAILURE)
