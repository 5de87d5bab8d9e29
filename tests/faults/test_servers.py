"""What a Git host or a web server may send, or not send: one line, and bounded time and memory."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from tests.githost import Fault, GitHost, commit, new_repository
from xsfreader.errors import LENGTH, SourceError, UpstreamError, one_line
from xsfreader.log import log, set_log_file
from xsfreader.model import Known, Snapshot
from xsfreader.source import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REFS = "info/refs?service=git-upload-pack"
RESULT = {"Content-Type": "application/x-git-upload-pack-result"}
GREETING = {"Content-Type": "application/x-git-upload-pack-advertisement"}


def post(title: str, text: str = "Text.") -> bytes:
    return f"---\ntitle: {title}\ndate: 2020-01-01\n---\n{text}\n".encode()


def packet(data: bytes) -> bytes:
    return b"%04x" % (len(data) + 4) + data


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    repository = new_repository(tmp_path / "served" / "blog.git")
    commit(repository, {"content/blog/a.md": post("A")})
    with GitHost(tmp_path / "served") as running:
        yield running


def fetch(host: GitHost) -> Snapshot | None:
    return open_source(host.url("blog.git")).snapshot(Known(), lambda _: None)


# Lines that mislead

SERVICE = packet(b"# service=git-upload-pack\n") + b"0000"
DENIED = packet(b"ERR access denied\n")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(only="info/refs", headers=GREETING, body=DENIED), "(access denied)"),
        (Fault(only="info/refs", headers=GREETING, body=SERVICE + DENIED), "(access denied)"),
        (Fault(only="info/refs", headers=GREETING, body=packet(b"version 2\n") + DENIED),
            "(access denied)"),
        (Fault(only="ls-refs", headers=RESULT, body=DENIED), "(access denied)"),
        (Fault(only="command=fetch", headers=RESULT, body=DENIED), "(access denied)"),
        (Fault(only="info/refs", headers=GREETING,
            body=packet(b"ERR \x1b]0;owned\x07" + b"x" * 60_000)),
            r"(\x1b]0;owned\x07x"),
        (Fault(headers={"Content-Encoding": "gzip"}), "encoded with gzip"),
        (Fault(headers={"Content-Encoding": "br\t" + "x" * 60_000}), "encoded with br"),
        (Fault(body=b"<html>", headers={"Content-Type": "text/html"}), "(text/html)"),
        (Fault(body=b"", headers={"Content-Type": "x/" + "y" * 60_000}), "(x/yyy"),
        (Fault(status=302, headers={"Location": "file:///etc/passwd"}),
            "redirects to “file:///etc/passwd”, which is not a usable address"),
        (Fault(status=301, headers={"Location": "http://[::1"}), "redirects to “http://[::1”"),
        (Fault(status=301, headers={"Location": "http://h/" + "a" * 60_000}), "redirects to “http://h/aaa"),
        (Fault(status=302, headers={"Location": ""}), "redirects in a way"),
        (Fault(only="ls-refs", status=307, headers={"Location": "/"}), "redirects in a way"),
    ],
)  # fmt: skip
def test_line_says_what_the_server_did(host: GitHost, fault: Fault, words: str) -> None:
    host.fault = fault
    with pytest.raises(UpstreamError) as raised:
        fetch(host)
    line = str(raised.value)
    assert words in line
    assert line.isprintable()
    assert len(line) <= LENGTH


def test_redirect_to_a_page_names_both_addresses(host: GitHost) -> None:
    host.fault = Fault(only="/blog.git/", status=302, headers={"Location": host.url("sign-in")})
    with pytest.raises(UpstreamError, match=r"blog\.git, which redirects to http.*/sign-in, "):
        fetch(host)


@pytest.mark.parametrize(
    "url",
    [
        "https://host/" + "a" * 60_000,
        "https://me:secret@" + "a" * 60_000,
        "https://h\x1b[2J/",
        "gopher://me:secret@h/" + "a" * 60_000,
        "/no/such/" + "folder\x1b[2J" * 6_000,
    ],
)
def test_line_about_an_address_is_short_and_clean(url: str) -> None:
    with pytest.raises(SourceError) as raised:
        open_source(url).snapshot(Known(), lambda _: None)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) <= LENGTH
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "control", ["\x1b[2J", "\n2026-01-01 forged", "\x9b2J", "\u202e", "\ud800"]
)
def test_every_message_is_one_line_with_its_end(control: str) -> None:
    line = str(UpstreamError("what" + control * 3000 + "; try again later"))
    assert control not in line
    assert len(line.splitlines()) == 1
    assert line.endswith("; try again later")
    assert str(UpstreamError(one_line(line))) == line


def test_nothing_reaches_the_log_raw(tmp_path: Path) -> None:
    logger = logging.getLogger("xsfreader")
    handlers, logger.handlers = logger.handlers, []
    try:
        set_log_file(tmp_path / "x.log")
        log().warning("the server's ETag: %s", "\x1b[2J\nforged" + "x" * 60_000)
        try:
            int("\x1b]0;owned\x07\r" + "x" * 60_000)
        except ValueError:
            log().exception("a job failed")
    finally:
        for handler in logger.handlers:
            handler.close()
        logger.handlers = handlers
    text = (tmp_path / "x.log").read_text()
    assert text.replace("\n", "").isprintable()
    assert max(map(len, text.splitlines())) < 5_000
    assert not any(line.startswith("forged") for line in text.splitlines())
    assert "Traceback" in text
