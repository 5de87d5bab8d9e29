"""HTTP sessions: proxies, certificates, redirects."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.githost import Fault, GitHost, commit, new_repository
from xsfreader.errors import SourceError, UnreachableError, UpstreamError
from xsfreader.model import Known, Snapshot
from xsfreader.source import open_source
from xsfreader.source.web import environment
from xsfreader.source.web.address import parse_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


REFS = "blog.git/info/refs?service=git-upload-pack"


def fetch(url: str) -> Snapshot | None:
    return open_source(url).snapshot(Known(), lambda _: None)


@pytest.fixture(autouse=True)
def _posts(blog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(blog, {"content/blog/a.md": b"a"})
    for name in (*environment.CA_FILES, "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for loopback that signs itself, with its key."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=loopback", "-keyout", "key", "-out", "cert"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    both = folder / "both.pem"
    both.write_bytes((folder / "key").read_bytes() + (folder / "cert").read_bytes())
    return both


@pytest.fixture
def secure(blog: Path, certificate: Path) -> Iterator[GitHost]:
    with GitHost(blog.parent, certificate=certificate) as running:
        yield running


class Tunnel:
    """An HTTP proxy that knows CONNECT and nothing else."""

    def __init__(self, port: int) -> None:
        self.heads: list[bytes] = []
        self._target = port
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        client, _ = self._socket.accept()
        with client, socket.create_connection(("127.0.0.1", self._target)) as server:
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(1)
            self.heads.append(head)
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
            back.start()
            self._pump(client, server)
            back.join(10)

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self) -> None:
        self._thread.join(10)
        self._socket.close()


def test_http_proxy_gets_the_whole_url(host: GitHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://me:secret@127.0.0.1:{host.port}")
    assert fetch("http://blog.invalid/blog.git") is not None
    assert all(seen.target.startswith("http://blog.invalid/blog.git/") for seen in host.seen)
    assert {seen.headers["host"] for seen in host.seen} == {"blog.invalid"}
    assert {seen.headers["proxy-authorization"] for seen in host.seen} == {"Basic bWU6c2VjcmV0"}


@pytest.mark.parametrize("name", ["HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_other_spellings_of_the_proxy_variable_work(
    host: GitHost, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, f"127.0.0.1:{host.port}")
    assert fetch("http://blog.invalid/blog.git") is not None


@pytest.mark.parametrize("exempt", ["*", "127.0.0.1", "other.org, 127.0.0.1", "127.0.0.0/8"])
@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_exempt_hosts_are_reached_directly(
    host: GitHost, monkeypatch: pytest.MonkeyPatch, name: str, exempt: str
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv(name, exempt)
    assert fetch(host.url("blog.git")) is not None


@pytest.mark.parametrize(
    ("url", "no_proxy", "bypassed"),
    [
        ("https://example.org/x", "", False),
        ("https://example.org/x", "example.org", True),
        ("https://example.org/x", ".EXAMPLE.org", True),
        ("https://www.example.org/x", "example.org", True),
        ("https://badexample.org/x", "example.org", False),
        ("https://example.org/x", "example.org:443", True),
        ("https://example.org/x", "example.org:8443", False),
        ("https://example.org/x", "a, ,*", True),
        ("https://example.org/x", ",", False),
        ("http://10.1.2.3/x", "10.0.0.0/8", True),
        ("http://10.1.2.3/x", "10.0.0.1/8", True),
        ("http://11.1.2.3/x", "10.0.0.0/8", False),
        ("http://[fd00::1]/x", "fd00::/8", True),
        ("http://[::1]/x", "::1", True),
        ("http://[::1]:80/x", "127.0.0.0/8", False),
        ("https://example.org/x", "10.0.0.0/99", False),
    ],
)
def test_entries_of_no_proxy(url: str, no_proxy: str, bypassed: bool) -> None:
    assert environment.bypasses_proxy(parse_address(url), no_proxy) is bypassed


def test_each_scheme_has_its_own_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, secure = parse_address("http://example.org"), parse_address("https://example.org")
    monkeypatch.setenv("HTTPS_PROXY", "s:2")
    assert environment.find_proxy(plain) is None
    assert str(environment.find_proxy(secure)) == "http://s:2"
    monkeypatch.setenv("http_proxy", "p:1")
    monkeypatch.setenv("ALL_PROXY", "a:3")
    assert str(environment.find_proxy(plain)) == "http://p:1"
    assert str(environment.find_proxy(secure)) == "http://s:2"
    monkeypatch.setenv("https_proxy", "lower:4")
    assert str(environment.find_proxy(secure)) == "http://lower:4"


def test_https_goes_through_a_tunnel(
    secure: GitHost, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tunnel = Tunnel(secure.port)
    monkeypatch.setenv("https_proxy", f"http://me:secret@127.0.0.1:{tunnel.port}")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert fetch(secure.url("blog.git")) is not None
    tunnel.close()
    (head,) = tunnel.heads
    assert head.startswith(b"CONNECT 127.0.0.1:%d " % secure.port)
    assert b"Proxy-Authorization: Basic bWU6c2VjcmV0" in head
    assert not any("proxy-authorization" in seen.headers for seen in secure.seen)


def test_unreachable_proxy_is_reported_without_its_password(
    host: GitHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.stop()
    monkeypatch.setenv("http_proxy", f"http://me:secret@127.0.0.1:{host.port}")
    with pytest.raises(UnreachableError, match=r"through the proxy http://127.0.0.1") as raised:
        fetch("http://blog.invalid/blog.git")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("proxy", ["socks5://me:secret@h:1", "https://me:secret@h", "h:port"])
def test_unusable_proxy_is_rejected(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(SourceError, match="prox") as raised:
        fetch("http://blog.invalid/blog.git")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("name", environment.CA_FILES)
def test_certificate_is_trusted_if_a_variable_names_it(
    secure: GitHost, certificate: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with pytest.raises(UnreachableError, match=r"not trusted .*SSL_CERT_FILE"):
        fetch(secure.url("blog.git"))
    monkeypatch.setenv(name, str(certificate))
    assert fetch(secure.url("blog.git")) is not None


def test_folder_of_certificates_is_trusted(
    secure: GitHost, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "certificates"
    folder.mkdir()
    (folder / "a.pem").write_bytes((certificate.parent / "cert").read_bytes())
    subprocess.run(["openssl", "rehash", str(folder)], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    assert fetch(secure.url("blog.git")) is not None
    monkeypatch.delenv("SSL_CERT_DIR")
    monkeypatch.setenv("CURL_CA_BUNDLE", str(folder))
    assert fetch(secure.url("blog.git")) is not None


def test_on_macos_those_of_the_system_are_trusted_where_python_has_none(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        ssl, "create_default_context", partial(ssl.SSLContext, ssl.PROTOCOL_TLS_CLIENT)
    )
    monkeypatch.setattr(environment, "MAC_CERTIFICATES", str(certificate))
    trusted = []
    for platform in ("linux", "darwin"):
        monkeypatch.setattr(sys, "platform", platform)
        trusted.append(environment.trusted_certificates().cert_store_stats()["x509_ca"])
    assert trusted == [0, 1]


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_file_without_certificates_is_reported(
    secure: GitHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("GIT_SSL_CAINFO", str(file))
    with pytest.raises(SourceError, match=r"GIT_SSL_CAINFO names .*ca\.pem"):
        fetch(secure.url("blog.git"))


def test_https_to_a_plain_http_server_is_reported(host: GitHost) -> None:
    with pytest.raises(UnreachableError, match="no encrypted connection"):
        fetch(host.url("blog.git").replace("http:", "https:"))


def test_server_of_another_protocol_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            client, _ = listening.accept()
            with client:
                client.sendall(b"220 mail ready\r\n")
                client.recv(1 << 16)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        with pytest.raises(UpstreamError, match="doesn't speak HTTP"):
            fetch(f"http://127.0.0.1:{listening.getsockname()[1]}/x")
        thread.join(10)


def test_redirect_applies_to_all_requests(host: GitHost, blog: Path) -> None:
    with GitHost(blog.parent) as old:
        old.fault = Fault(
            status=301,
            headers={"Location": host.url(REFS)},
        )
        assert fetch(old.url("old.git")) is not None
        assert {seen.method for seen in old.seen} == {"GET"}
    assert [seen.method for seen in host.seen] == ["GET", "POST", "POST", "POST"]


@pytest.mark.parametrize("location", ["/{refs}", "//127.0.0.1:{port}/{refs}", "../../{refs}"])
def test_redirect_may_be_relative(host: GitHost, location: str) -> None:
    place = location.format(port=host.port, refs=REFS)
    host.fault = Fault(only="/old.git/", status=301, headers={"Location": place})
    assert fetch(host.url("old.git")) is not None


def test_circular_redirects_are_rejected(host: GitHost) -> None:
    host.fault = Fault(status=302, headers={"Location": f"/{REFS}"})
    with pytest.raises(UpstreamError, match="redirects in circles"):
        fetch(host.url("blog.git"))
    assert len(host.seen) == 6


def test_credentials_are_not_sent_to_the_target_of_a_redirect(host: GitHost, blog: Path) -> None:
    with GitHost(blog.parent) as old:
        old.fault = Fault(status=307, headers={"Location": host.url(REFS)})
        assert fetch(old.url("blog.git").replace("//", "//me:secret@")) is not None
        assert old.seen[0].headers["authorization"] == "Basic bWU6c2VjcmV0"
    assert not any("authorization" in seen.headers for seen in host.seen)


def test_redirect_from_https_to_http_is_rejected(
    secure: GitHost, certificate: Path, host: GitHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    secure.fault = Fault(status=302, headers={"Location": host.url("blog.git/info/refs")})
    with pytest.raises(SourceError, match="not encrypted"):
        fetch(secure.url("blog.git"))
    assert not host.seen


def test_credentials_of_git_are_not_used(
    host: GitHost, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = home / "trapped"
    (home / ".gitconfig").write_text(f'[credential]\n\thelper = "!touch {trap}"\n')
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("GIT_ASKPASS", f"touch {trap}")
    host.fault = Fault(status=401, headers={"WWW-Authenticate": "Basic realm=x"})
    with pytest.raises(UpstreamError, match="password"):
        fetch(host.url("blog.git"))
    assert not trap.exists()
    assert not any("authorization" in seen.headers for seen in host.seen)


@pytest.mark.parametrize("headers", [{}, {"Connection": "close"}])
def test_closed_connection_is_reopened(host: GitHost, headers: dict[str, str]) -> None:
    host.fault = Fault(headers=headers, cut=1 << 30)
    assert fetch(host.url("blog.git")) is not None


def test_connection_is_kept_by_a_server_that_sends_chunks(host: GitHost, blog: Path) -> None:
    commit(blog, {f"content/blog/{i}.md": b"%d" % i for i in range(100)})
    host.fault = Fault(chunked=True)
    snapshot = fetch(host.url("blog.git"))
    assert snapshot is not None
    assert len(snapshot.blobs) == 100
    assert len({seen.connection for seen in host.seen}) == 1


def test_repositories_on_one_host_are_distinct(host: GitHost) -> None:
    new_repository(host.folder / "other.git")
    commit(host.folder / "other.git", {"content/blog/b.md": b"b"})
    first, second = fetch(host.url("blog.git")), fetch(host.url("other.git"))
    assert first is not None
    assert second is not None
    assert set(first.files) != set(second.files)


def test_no_other_host_is_contacted(host: GitHost, secure: GitHost) -> None:
    """A server may name places to fetch packs from, which would be anywhere."""
    uri = secure.url("blog.git/x.pack").encode()
    line = b"%s sha1 %s\n" % (uri, b"0" * 40)
    answer = b"0012packfile-uris\n%04x%s000dpackfile\n0000" % (len(line) + 4, line)
    host.fault = Fault(only="want", change=lambda _: answer)
    with pytest.raises(UpstreamError, match=r"refers to another host, .*: refused"):
        fetch(host.url("blog.git"))
    assert not secure.seen
