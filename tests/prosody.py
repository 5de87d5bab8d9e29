"""A real XMPP server for tests: Prosody on this machine, with accounts, for one test or several."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

import pytest

from tests import command
from xsfreader.config import Config, Xmpp
from xsfreader.library import Library
from xsfreader.paths import Paths

if TYPE_CHECKING:
    from pathlib import Path

    from xsfreader.model import Place
    from xsfreader.reports import MarksReport

BINARY = shutil.which("prosody", path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/sbin")
CONTROL = shutil.which("prosodyctl", path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/sbin")
needs_prosody = pytest.mark.skipif(
    not (BINARY and CONTROL and shutil.which("openssl") and find_spec("slixmpp")),
    reason="needs the extra xmpp, Prosody and openssl: apt-get install prosody",
)
"""Marks the tests that use this module."""
ENDS_WITH_US = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
"""What to put before a command that is to end even if the tests are killed."""
PASSWORD = "correct horse"  # noqa: S105 - of accounts that live for a test
CONFIGURATION = """
run_as_root = true
daemonize = false
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
certificates = "{folder}"
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = "{folder}/log" }} }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
s2s_ports = {{ }}
c2s_require_encryption = true
authentication = "internal_hashed"
default_iteration_count = 1000
modules_enabled = {{ "saslauth", "tls", "disco", "roster", "presence", "limits" }}
modules_disabled = {{ "s2s", "posix" }}
limits = {{ c2s = {{ rate = "10kb/s" }} }}
ssl = {{ key = "{folder}/key.pem", certificate = "{folder}/certificate.pem" }}
VirtualHost "localhost"
    modules_enabled = {{ "pep" }}
VirtualHost "plain.localhost"
"""
PATIENCE = 20.0


class Prosody:
    """A server of its own: a port, a certificate, the accounts it is asked for."""

    def __init__(self, folder: Path) -> None:
        """Start it in an empty folder."""
        self.folder = folder
        self.certificate = folder / "certificate.pem"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._settings = folder / "prosody.cfg.lua"
        self._settings.write_text(CONFIGURATION.format(folder=folder, port=self.port))
        names = "subjectAltName=DNS:localhost,DNS:plain.localhost"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", names,
             "-keyout", folder / "key.pem", "-out", self.certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start the server and wait until it listens."""
        assert BINARY is not None
        self._process = subprocess.Popen(
            [*ENDS_WITH_US, BINARY, "--config", self._settings, "-F"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self._process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < end, "Prosody doesn't start"
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Stop the server; what it keeps stays."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def register(self, name: str, host: str = "localhost") -> str:
        """Create an account; return its address."""
        assert CONTROL is not None
        subprocess.run(
            [CONTROL, "--root", "--config", self._settings, "register", name, host, PASSWORD],
            check=True, capture_output=True,
        )  # fmt: skip
        return f"{name}@{host}"

    @property
    def log(self) -> str:
        """What it logged."""
        return (self.folder / "log").read_text()


class Proxy:
    """Stands between a client and a server; counts the bytes, and can cut or fall silent."""

    def __init__(self, port: int) -> None:
        """Listen; ``port`` is the server's."""
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.sent = self.received = 0
        """Bytes by the client, and to it."""
        self.cut_after: int | None = None
        """Bytes, of both directions, after which the connection ends."""
        self.silent_after: int | None = None
        """Bytes after which nothing is passed on any more."""
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self, *, cut_after: int | None = None, silent_after: int | None = None) -> None:
        """Count from zero."""
        self.sent = self.received = 0
        self.cut_after, self.silent_after = cut_after, silent_after

    @property
    def passed(self) -> int:
        """Bytes of both directions."""
        return self.sent + self.received

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                for pair in ((client, server, "sent"), (server, client, "received")):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, count: str) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                limit = self.cut_after
                if limit is not None and self.passed + len(data) >= limit:
                    target.sendall(data[: max(limit - self.passed, 0)])
                    break
                setattr(self, count, getattr(self, count) + len(data))
                if self.silent_after is None or self.passed < self.silent_after:
                    target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


class Home:
    """A machine of a reader: an empty home, and an account."""

    def __init__(self, folder: Path, jid: str, server: Prosody, **settings: Any) -> None:
        """Create it, with the account's password in a file."""
        folder.mkdir()
        secret = folder / "password"
        secret.write_text(settings.pop("password", PASSWORD) + "\n")
        secret.chmod(0o600)
        account: dict[str, Any] = {"host": "127.0.0.1", "port": server.port}
        account |= {"password_file": str(secret), "ca": str(server.certificate)} | settings
        self.paths = Paths(folder / "config.toml", folder / "data", folder / "log")
        self.config = Config(images="off", xmpp=Xmpp(jid, **account))

    def library(self) -> Library:
        """Open it."""
        return Library(self.config, self.paths, "guide")

    def sync(self) -> MarksReport:
        """Do a burst."""
        with self.library() as library:
            return library.sync_marks()

    def read(self, *permalinks: str) -> None:
        """Mark posts as read."""
        with self.library() as library:
            library.set_all_read(permalinks, read=True)

    def star(self, permalink: str, *, starred: bool = True) -> None:
        """Star a post, or not."""
        with self.library() as library:
            library.set_starred(permalink, starred=starred)

    def move(self, permalink: str, place: Place) -> None:
        """Save a place."""
        with self.library() as library:
            library.set_place(permalink, place)

    @property
    def marks(self) -> dict[str, dict[str, int]]:
        """All marks with their times."""
        with self.library() as library:
            found: dict[str, dict[str, int]] = library.export_state()["marks"]
            return found

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command with this account in the configuration, and a home of its own."""
        account = self.config.xmpp._asdict().items()
        lines = [f"{name} = {json.dumps(value)}" for name, value in account if value]
        self.paths.config.write_text("[xmpp]\n" + "\n".join(lines) + "\n")
        return command.run(*arguments, "--config", str(self.paths.config), "--source", "guide")
