"""A real Git host on loopback: ``git http-backend`` behind a threaded HTTP server.

It records requests and can be made to misbehave. Tests and benchmarks use it:

    with GitHost(folder_of_bare_repositories) as host:
        host.url("blog.git")      # an address for the program
        host.seen                 # the requests so far, and the bytes of their answers
        host.fault = Fault(...)   # misbehave from now on, until it is set to None
"""

from __future__ import annotations

import os
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Seen:
    """One request and how it was answered."""

    method: str
    target: str
    """As it was asked for: path and query, or a whole URL where this host is used as a proxy."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    sent: int
    """Bytes of the answer, including its headers."""
    connection: tuple[str, int]
    """Address of the client's end, another for each connection."""


@dataclass(frozen=True, slots=True)
class Fault:
    """How to misbehave; every field does one thing, and they combine."""

    only: str = ""
    """Only for requests with this in the target or the body: ``command=fetch``, ``info/refs``."""
    delay: float = 0.0
    """Seconds to wait before the answer; ended by stopping the host."""
    status: int | None = None
    """Answer with this status instead of calling Git."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers to add or replace."""
    body: bytes | None = None
    """Send this instead of the answer of Git."""
    change: Callable[[bytes], bytes] | None = None
    """Changes the answer of Git."""
    cut: int | None = None
    """Close the connection after that many bytes of the body."""
    stall: int | None = None
    """Go silent after that many bytes of the body, until the host is stopped."""
    chunked: bool = False
    """Send the body in chunks, as GitHub does."""
    deaf: bool = False
    """Hide the requested version of the protocol from Git."""


class GitHost:
    """Serves every bare repository below a folder, over HTTP or, given a certificate, HTTPS."""

    def __init__(self, folder: Path, *, certificate: Path | None = None) -> None:
        self.folder = folder
        self.seen: list[Seen] = []
        self.fault: Fault | None = None
        self.stopping = threading.Event()
        self._secure = certificate is not None
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    @property
    def sent(self) -> int:
        """Bytes that clients received, heads included, since the last reset."""
        return sum(request.sent for request in self.seen)

    def url(self, repository: str) -> str:
        """The address of a repository below the folder."""
        scheme = "https" if self._secure else "http"
        return f"{scheme}://127.0.0.1:{self.port}/{repository}"

    def reset(self) -> None:
        """Forget what was seen, requests that are not answered yet included."""
        self.seen = []

    def stop(self) -> None:
        """Stop answering, and let go of those who wait; the port refuses from then on."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that go away are what tests are about."""


class _Handler(BaseHTTPRequestHandler):
    host: GitHost
    protocol_version = "HTTP/1.1"
    # One write an answer: Nagle's algorithm would add 40 ms to each.
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        self._seen = self.host.seen
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.host.fault or Fault()
        if fault.only not in self.path and fault.only.encode() not in body:
            fault = Fault()
        if fault.delay:
            self.host.stopping.wait(fault.delay)
        if fault.status is not None or fault.body is not None:
            status, headers, answer = fault.status or 200, {"Content-Type": "text/html"}, b""
        else:
            status, headers, answer = self._ask_git(body, deaf=fault.deaf)
        if fault.body is not None:
            answer = fault.body
        if fault.change:
            answer = fault.change(answer)
        self._answer(status, {**headers, **fault.headers}, answer, body, fault)

    def _answer(
        self, status: int, headers: Mapping[str, str], answer: bytes, body: bytes, fault: Fault
    ) -> None:
        phrase = HTTPStatus(status).phrase
        fields = {**headers, "Content-Length": str(len(answer))}
        if fault.chunked:
            fields = {**headers, "Transfer-Encoding": "chunked"}
            pieces = (answer[at : at + 1000] for at in range(0, len(answer), 1000))
            answer = b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in (*pieces, b""))
        head = f"HTTP/1.1 {status} {phrase}\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in fields.items()
        )
        parts = [x for x in (fault.cut, fault.stall) if x is not None]
        wire = head.encode() + b"\r\n" + answer[: min(parts, default=len(answer))]
        self._seen.append(
            Seen(
                self.command,
                self.path,
                {name.lower(): value for name, value in self.headers.items()},
                body,
                len(wire),
                self.client_address,
            )
        )
        self.wfile.write(wire)
        self.wfile.flush()
        if fault.stall is not None:
            self.host.stopping.wait()
        if parts:
            self.close_connection = True

    def _ask_git(self, body: bytes, *, deaf: bool) -> tuple[int, dict[str, str], bytes]:
        target = urlsplit(self.path)
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_PROJECT_ROOT": str(self.host.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": target.path,
            "QUERY_STRING": target.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        if not deaf:
            environment["GIT_PROTOCOL"] = self.headers.get("Git-Protocol", "")
        done = subprocess.run(
            ["git", "http-backend"], input=body, capture_output=True, check=False, env=environment
        )
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        headers = {}
        for line in head.decode("latin-1").splitlines():
            name, _, value = line.partition(": ")
            headers[name] = value
        return int(headers.pop("Status", "200").split()[0]), headers, answer


def _handler_of(host: GitHost) -> type[_Handler]:
    return type("Handler", (_Handler,), {"host": host})


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Run Git in a folder without any configuration, and return its output."""
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.org",
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=True,
        env=environment,
    )
    return done.stdout.decode().strip()


def new_repository(path: Path, *, filters: bool = True) -> Path:
    """Make an empty bare repository whose branch is ``master``, and return its path."""
    path.mkdir(parents=True)
    git(path, "init", "-q", "--bare", "-b", "master")
    git(path, "config", "uploadpack.allowFilter", str(filters).lower())
    return path


def commit(
    repository: Path, files: Mapping[str, bytes], *, branch: str = "master", mode: str = "100644"
) -> str:
    """Replace the content of a branch by ``files``, in a commit without parent; return its id."""
    lines = [f"commit refs/heads/{branch}\ncommitter A <a@example.org> {int(time.time())} +0000\n"]
    lines.append("data 1\nx\ndeleteall\n")
    stream = "".join(lines).encode()
    for path, data in files.items():
        quoted = "".join(f"\\{byte:03o}" for byte in path.encode("utf-8", "surrogateescape"))
        stream += f'M {mode} inline "{quoted}"\ndata {len(data)}\n'.encode() + data + b"\n"
    git(repository, "fast-import", "--quiet", "--force", stdin=stream)
    return git(repository, "rev-parse", f"refs/heads/{branch}")


CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


def corpus_repository(path: Path, name: str = "xmpp.org") -> Path:
    """Clone the corpus; skip the test without it.

    ``xmpp.org`` has the real blog in three commits, ``xeps`` 40 specifications in one.
    """
    bundle = CORPUS / f"{name}.bundle"
    if not bundle.exists():
        pytest.skip(f"{bundle} is missing: the corpus lies beside the repository")
    path.parent.mkdir(parents=True, exist_ok=True)
    git(path.parent, "clone", "-q", "--bare", str(bundle), path.name)
    git(path, "config", "uploadpack.allowFilter", "true")
    return path


def corpus_commits(repository: Path) -> list[str]:
    """Return the three commits of the corpus, oldest first."""
    return git(repository, "rev-list", "--reverse", "master").split()
