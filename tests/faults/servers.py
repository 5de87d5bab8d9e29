"""Hostile servers on loopback, and a run of the program against one, measured."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Behave = Callable[[socket.socket, threading.Event], object]
"""Serves a connection until the event is set."""


class Outcome(NamedTuple):
    """How a run of the program ended."""

    code: int
    out: str
    err: str
    seconds: float
    cpu: float
    """Seconds of the processor."""
    peak: float
    """MB that were in memory at once, at most."""

    @property
    def line(self) -> str:
        """The one line on standard error."""
        [line] = self.err.splitlines()
        return line


# A process's peak begins with that of the one that forked it: this one is small.
MEASURE = """
import json, os, resource, subprocess, sys, time
began = time.monotonic()
code = subprocess.call(sys.argv[2:], stdin=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    json.dump([code, time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss], file)
"""


def run(
    folder: Path, source: str, *arguments: str, config: str = "", timeout: float = 100
) -> Outcome:
    """Run ``xsfreader ARGUMENTS`` with a source and a configuration, ``sync`` by default."""
    file, result = folder / "config.toml", folder / "result.json"
    file.write_text(f'xep_list = ""\n{config}\n' if "xep_list" not in config else config)
    command = [sys.executable, "-m", "xsfreader", *(arguments or ("sync",)), "--config", str(file)]
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", MEASURE, str(result), *command],
        capture_output=True,
        timeout=timeout,
        check=True,
        env={**os.environ, "XSFREADER_SOURCE": source},
    )
    code, seconds, cpu, peak = json.loads(result.read_text())
    return Outcome(code, done.stdout.decode(), done.stderr.decode(), seconds, cpu, peak / 1024)


@contextmanager
def raw_server(behave: Behave) -> Iterator[str]:
    """Serve each connection by a function that may do anything; yield the address."""
    stopping = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(client: socket.socket) -> None:
        with client, suppress(OSError):
            behave(client, stopping)

    def accept() -> None:
        with suppress(OSError):
            while not stopping.is_set():
                client, _ = listening.accept()
                threading.Thread(target=serve, args=(client,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/blog.git"
    finally:
        stopping.set()
        # Closing alone does not end a thread that waits in accept.
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)


def answering(head: bytes, forever: bytes = b"", pause: float = 0.0) -> Behave:
    """Answer each request with ``head``, then with ``forever`` again and again."""

    def behave(client: socket.socket, stopping: threading.Event) -> None:
        while client.recv(1 << 16):
            client.sendall(head)
            while forever and not stopping.is_set():
                client.sendall(forever)
                if pause:
                    stopping.wait(pause)
            if not forever:
                stopping.wait()

    return behave
