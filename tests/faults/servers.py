"""Hostile servers on loopback, and a run of the program against one, measured."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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


def packet(data: bytes) -> bytes:
    """Return a packet of Git's protocol."""
    return b"%04x" % (len(data) + 4) + data


GREETING = [
    *(b"version 2\n", b"agent=git/2\n", b"ls-refs\n", b"fetch=shallow filter\n"),
    b"object-format=sha1\n",
]


class GitServer(NamedTuple):
    """A Git server whose answers are made up, each an iterable of bytes made anew."""

    pack: Callable[[], Iterable[bytes]] = list
    """The answer to every fetch, without the packets around it."""
    commit: str = "0" * 39 + "1"
    """What HEAD is."""
    greeting: Callable[[], Iterable[bytes]] = lambda: [*map(packet, GREETING), b"0000"]
    refs: Callable[[], Iterable[bytes]] = list
    """Packets after that of HEAD."""
    answer: Callable[[], Iterable[bytes]] | None = None
    """The answer to every fetch, with its packets."""

    def behave(self, client: socket.socket, _stopping: threading.Event) -> None:
        """Answer one request."""
        with client.makefile("rb") as asked:
            method = asked.readline()
            headers = dict(
                line.lower().strip().split(b": ", 1)
                for line in iter(asked.readline, b"\r\n")
                if b": " in line
            )
            body = asked.read(int(headers.get(b"content-length", 0)))
        kind = b"result" if method.startswith(b"POST") else b"advertisement"
        client.sendall(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
            b"Content-Type: application/x-git-upload-pack-%s\r\n\r\n" % kind
        )
        for part in self._answer(method, body):
            client.sendall(part)

    def _answer(self, method: bytes, body: bytes) -> Iterator[bytes]:
        if method.startswith(b"GET"):
            yield from self.greeting()
        elif b"command=ls-refs" in body:
            yield packet(f"{self.commit} HEAD\n".encode())
            yield from self.refs()
            yield b"0000"
        elif self.answer is not None:
            yield from self.answer()
        else:
            yield packet(b"packfile\n")
            for part in self.pack():
                for at in range(0, len(part), 60_000):
                    yield packet(b"\x01" + part[at : at + 60_000])
            yield b"0000"


class Pack:
    """A pack that is made object by object, so that a large one takes no memory here."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def add(self, kind: int, parts: Iterable[bytes], size: int) -> str:
        """Add an object of a kind as Git numbers them; return its id."""
        name = {1: "commit", 2: "tree", 3: "blob"}[kind]
        digest = hashlib.sha1(f"{name} {size}\0".encode(), usedforsecurity=False)
        deflate = zlib.compressobj(1)
        out = [self.head(kind, size)]
        for part in parts:
            digest.update(part)
            out.append(deflate.compress(part))
        self._objects.append(b"".join((*out, deflate.flush())))
        return digest.hexdigest()

    def add_bytes(self, kind: int, data: bytes) -> str:
        """Add an object; return its id."""
        return self.add(kind, [data], len(data))

    def add_raw(self, data: bytes) -> None:
        """Add the bytes of an object as they are in a pack."""
        self._objects.append(data)

    def add_blog(self, tree: str) -> str:
        """Add a commit whose ``content/blog`` is a tree; return its id."""
        for name in (b"blog", b"content"):
            tree = self.add_bytes(2, b"40000 %s\0" % name + bytes.fromhex(tree))
        return self.add_bytes(
            1, f"tree {tree}\nauthor A <a> 0 +0000\ncommitter A <a> 0 +0000\n\nx\n".encode()
        )

    def parts(self) -> Iterator[bytes]:
        """Yield the bytes of the pack."""
        head = b"PACK" + (2).to_bytes(4) + len(self._objects).to_bytes(4)
        digest = hashlib.sha1(head, usedforsecurity=False)
        yield head
        for each in self._objects:
            digest.update(each)
            yield each
        yield digest.digest()

    @staticmethod
    def head(kind: int, size: int) -> bytes:
        """Return what is before the data of an object."""
        out = [kind << 4 | size & 15]
        size >>= 4
        while size:
            out[-1] |= 0x80
            out.append(size & 0x7F)
            size >>= 7
        return bytes(out)
