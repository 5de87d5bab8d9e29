"""What a Git host or a web server may send, or not send: one line, and bounded time and memory."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zlib
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from tests import pictures
from tests.faults.servers import GitServer, Pack, answering, packet, raw_server, run
from tests.githost import Fault, GitHost, commit, new_repository
from tests.ui.apps import reader, until
from xsfreader import limits
from xsfreader.config import Config, load, locate
from xsfreader.errors import (
    LENGTH,
    JobError,
    SourceError,
    UnreachableError,
    UpstreamError,
    one_line,
)
from xsfreader.library import Library
from xsfreader.log import log, set_log_file
from xsfreader.model import Known, Snapshot
from xsfreader.source import open_source, xeplist
from xsfreader.source.web import session
from xsfreader.ui.app import ReaderApp

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs signals and resource")
RESULT = {"Content-Type": "application/x-git-upload-pack-result"}
GREETING = {"Content-Type": "application/x-git-upload-pack-advertisement"}


def post(title: str, text: str = "Text.") -> bytes:
    return f"---\ntitle: {title}\ndate: 2020-01-01\n---\n{text}\n".encode()


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
        (Fault(only="command=fetch", headers=RESULT, body=DENIED), "(access denied)"),
        (Fault(only="info/refs", headers=GREETING,
            body=packet(b"ERR \x1b]0;owned\x07" + b"x" * 60_000)),
            r"(\x1b]0;owned\x07x"),
        (Fault(headers={"Content-Encoding": "gzip"}), "encoded with gzip"),
        (Fault(headers={"Content-Encoding": "br\t" + "x" * 60_000}), "encoded with br"),
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


# Servers that take their time

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SLOW = {
    "one byte a second": answering(HEAD + b"Content-Length: 999999\r\n\r\n", b"0", 0.6),
    "headers that drip": answering(HEAD, b"X-A: b\r\n", 0.2),
    "one header that drips": answering(HEAD + b"X-A: ", b"b", 0.2),
    "endless 100 Continue": answering(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "dripping 100 Continue": answering(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.1),
    "a status line that drips": answering(b"HTTP/1.1 200 ", b"O", 0.2),
    "chunks that drip": answering(CHUNKED, b"1\r\n0\r\n", 0.6),
    "endless chunk extensions": answering(CHUNKED + b"1;", b"a=b;", 0.2),
    "silence": answering(b""),
    "silence after the headers": answering(HEAD + b"Content-Length: 9\r\n\r\n"),
    "progress for ever": answering(CHUNKED, b"a\r\n000a\x02done\n\r\n", 0.05),
}


@pytest.mark.parametrize("kind", SLOW)
def test_sync_ends_with_its_time(kind: str) -> None:
    began = time.monotonic()
    with raw_server(SLOW[kind]) as url, limits.limited(0.3), pytest.raises(SourceError) as raised:
        open_source(url).snapshot(Known(), lambda _: None)
    assert time.monotonic() - began < 20
    assert re.search("too slow|headers", str(raised.value))


def test_encrypted_server_that_is_silent_ends_with_the_configured_time(tmp_path: Path) -> None:
    with raw_server(lambda _client, stopping: stopping.wait()) as url:
        done = run(tmp_path, url.replace("http", "https"), config="sync_timeout = 1")
    assert (done.code, done.out) == (1, "")
    assert "too slow" in done.line


@pytest.mark.parametrize("kind", ["one byte a second", "chunks that drip"])
def test_rate_has_a_lowest_bound(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(session, "RATE_SECONDS", 0.5)
    with raw_server(SLOW[kind]) as url, pytest.raises(UnreachableError, match=r"bytes in \d s"):
        open_source(url).snapshot(Known(), lambda _: None)


def test_images_end_with_their_time(host: GitHost) -> None:
    image = pictures.png((8, 4))
    files = {"content/blog/a.md": post("A", "![x](/images/a.png)"), "static/images/a.png": image}
    commit(host.folder / "blog.git", files)
    began = time.monotonic()
    with Library(Config(sync_timeout=1), locate(), host.url("blog.git")) as library:
        library.sync(lambda _: None)
        host.fault = Fault(delay=100)
        with pytest.raises(UnreachableError, match="too slow"):
            library.images.fetch("/images/a.png")
        assert time.monotonic() - began < 20
        host.fault = None
        library.images.fetch("/images/a.png")


def test_endless_computing_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CPU_SECONDS", 0.2)
    monkeypatch.setattr(limits, "CPU_SHARE", 0.0)
    with pytest.raises(JobError, match="raise sync_timeout"), limits.limited(60):
        re.match(r"(a+)+$", "a" * 64 + "b")


def test_longer_time_allows_more_computing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CPU_SECONDS", 0.01)
    began = time.process_time()
    with limits.limited(100):
        while time.process_time() - began < 0.2:
            pass


def test_time_is_over_though_a_library_swallows_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REPEAT_SECONDS", 0.1)

    def sleep_twice() -> None:
        with suppress(UnreachableError):
            time.sleep(20)
        time.sleep(20)

    with pytest.raises(UnreachableError, match="too slow"), limits.limited(0.1):
        sleep_twice()


# The list of XEPs comes from another server


def test_posts_do_not_wait_for_the_list_of_xeps(host: GitHost, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    with raw_server(SLOW["headers that drip"]) as url:
        file.write_text(f'xep_list = "{url}"\n')
        arguments = ["sync", "--config", str(file), "--source", host.url("blog.git")]
        with subprocess.Popen(
            [sys.executable, "-m", "xsfreader", *arguments], stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline().startswith(b"1 post, 1 new")
            assert child.poll() is None
            child.kill()


def test_failing_list_of_xeps_is_no_failure(host: GitHost, tmp_path: Path) -> None:
    done = run(tmp_path, host.url("blog.git"), config=f'xep_list = "{host.url("none")}"')
    assert done.code == 0
    assert done.out.startswith("1 post, 1 new")
    assert done.line.startswith("xsfreader: the list of XEPs was not updated: ")


async def test_app_shows_posts_before_the_list_of_xeps_and_says_its_failure_once(
    host: GitHost, tmp_path: Path
) -> None:
    answer, file = threading.Event(), tmp_path / "config.toml"

    def behave(client: socket.socket, stopping: threading.Event) -> None:
        client.recv(1 << 16)
        while not (answer.is_set() or stopping.is_set()):
            answer.wait(0.1)
        client.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")

    with raw_server(behave) as url:
        file.write_text(f'xep_list = "{url}"\nimages = "off"\nsync_interval = 0\n')
        with Library(load(file), locate(file), host.url("blog.git")) as library:
            app = ReaderApp(library)
            async with app.run_test(size=(120, 30)) as pilot:
                screen = reader(pilot)
                await until(pilot, lambda: "1 post" in screen.header.posts)
                await until(pilot, lambda: "1 new" in screen.status.text)
                assert not screen.header.alert
                screen.status.say("")
                answer.set()
                await until(pilot, lambda: "list of XEPs was not updated" in screen.status.text)
                assert not screen.header.alert
            app.close_libraries()


@pytest.mark.parametrize("etag", ['"\x9b2J"', '"' + "x" * 60_000 + '"', '"ü"'])
def test_list_of_xeps_with_an_odd_validator_is_fetched_again(host: GitHost, etag: str) -> None:
    body = b"<xeps><xep accepted='true'><number>1</number><title>X</title></xep></xeps>"
    host.fault = Fault(body=body, headers={"Content-Type": "text/xml", "ETag": etag})
    found = xeplist.fetch(host.url("list.xml"), None, None)
    assert found is not None
    assert xeplist.fetch(host.url("list.xml"), found.etag, found.modified) is not None


# Servers that send too much

POST = b"---\ntitle: %d\ndate: 2020-01-01\n---\n"


def folder_of(pack: Pack, blobs: Iterable[str]) -> str:
    entries = (b"100644 %d.md\0" % n + bytes.fromhex(blob) for n, blob in enumerate(blobs))
    return pack.add_blog(pack.add_bytes(2, b"".join(entries)))


def tree_of_many_entries() -> GitServer:
    pack = Pack()
    entry, count = b"100644 a\0" + bytes(20), 8_800_000
    tree = pack.add(2, (entry * 10_000 for _ in range(count // 10_000)), len(entry) * count)
    return GitServer(pack.parts, pack.add_blog(tree))


def tree_of_medium_size() -> GitServer:
    """As many entries as fit into what one object may have."""
    pack = Pack()
    entry, count = b"100644 a\0" + bytes(20), 2_000_000
    tree = pack.add(2, (entry * 10_000 for _ in range(count // 10_000)), len(entry) * count)
    return GitServer(pack.parts, pack.add_blog(tree))


def one_large_object() -> GitServer:
    pack = Pack()
    commit = folder_of(pack, [pack.add_bytes(3, POST % 1)])
    pack.add(3, (bytes(1 << 20) for _ in range(250)), 250 << 20)
    return GitServer(pack.parts, commit)


def many_large_objects() -> GitServer:
    """Just below the bound of one object, and above that of all."""
    pack = Pack()
    commit = folder_of(pack, [pack.add_bytes(3, POST % 1)])
    for n in range(18):
        pack.add(3, (bytes([n]) * (1 << 20) for _ in range(60)), 60 << 20)
    return GitServer(pack.parts, commit)


def posts_of_a_megabyte() -> GitServer:
    pack = Pack()
    words = b" ".join(b"word%d" % n for n in range(120_000))[: (1 << 20) - 60]
    return GitServer(
        pack.parts, folder_of(pack, [pack.add_bytes(3, POST % n + words) for n in range(200)])
    )


def deltas_in_reverse_order() -> GitServer:
    """A chain of 20,000 deltas, each before its base."""
    pack = Pack()
    size, names, deltas = 4000, [], []
    data = bytearray(b"x" * size)
    for n in range(20_000):
        base = hashlib.sha1(b"blob %d\0" % size + data, usedforsecurity=False)
        data[:8] = b"%08d" % n
        number = bytes([size & 0x7F | 0x80, size >> 7])
        body = number * 2 + b"\x08" + data[:8] + b"\xb1\x08" + (size - 8).to_bytes(2, "little")
        deltas.append(Pack.head(7, len(body)) + base.digest() + zlib.compress(body))
        names.append(hashlib.sha1(b"blob %d\0" % size + data, usedforsecurity=False).hexdigest())
    for delta in reversed(deltas):
        pack.add_raw(delta)
    pack.add_bytes(3, b"x" * size)
    return GitServer(pack.parts, folder_of(pack, [pack.add_bytes(3, POST % 1)]))


def star_of_deltas_on_a_large_base() -> GitServer:
    """20,000 deltas of some bytes, each of which needs a megabyte to be read."""
    pack = Pack()
    commit = folder_of(pack, [pack.add_bytes(3, POST % 1)])
    base = bytes(1 << 20)
    name = bytes.fromhex(pack.add_bytes(3, base))
    for n in range(20_000):
        body = b"\x80\x80\x40\x04\x04" + b"%04d" % (n % 10_000)
        pack.add_raw(Pack.head(7, len(body)) + name + zlib.compress(body))
    return GitServer(pack.parts, commit)


def many_small_objects() -> GitServer:
    pack = Pack()
    commit = folder_of(pack, [pack.add_bytes(3, POST % 1)])
    for n in range(199_000):
        pack.add_bytes(3, b"%d" % n)
    return GitServer(pack.parts, commit)


def many_files() -> GitServer:
    pack = Pack()
    names = [b"%07d" % n + b"a" * 40 for n in range(100_000)]
    blob = bytes.fromhex(pack.add_bytes(3, POST % 1))
    entries = b"".join(b"100644 %s.md\0" % name + blob for name in names)
    return GitServer(pack.parts, pack.add_blog(pack.add_bytes(2, entries)))


def times(part: bytes, megabytes: int) -> Callable[[], Iterator[bytes]]:
    block = part * ((1 << 20) // len(part))
    return lambda: (block for _ in range(megabytes))


LARGE = {
    "a tree of 8.8 million entries": tree_of_many_entries,
    "20,000 deltas on a large base": star_of_deltas_on_a_large_base,
    "a greeting of tiny packets": lambda: GitServer(greeting=times(packet(b"a"), 66)),
    "refs of other names": lambda: GitServer(refs=times(packet(b"0" * 40 + b" r\n"), 66)),
}
LARGER = {
    "a greeting of capabilities": lambda: GitServer(greeting=times(packet(b"a=1"), 66)),
    "a tree of 2 million entries": tree_of_medium_size,
    "an object of 250 MiB": one_large_object,
    "objects of 60 MiB": many_large_objects,
    "20,000 deltas in reverse order": deltas_in_reverse_order,
    "199,000 objects": many_small_objects,
    "100,000 files": many_files,
    "200 posts of 1 MiB": posts_of_a_megabyte,
    "tiny packets around a pack": lambda: GitServer(
        answer=lambda: chain([packet(b"packfile\n")], times(packet(b"\x01x"), 63)())
    ),
    "progress for ever": lambda: GitServer(
        answer=lambda: chain([packet(b"packfile\n")], times(packet(b"\x02x"), 66)())
    ),
}


@pytest.mark.parametrize(
    "make",
    [
        *LARGE.values(),
        *(pytest.param(make, marks=pytest.mark.soak) for make in LARGER.values()),
    ],
    ids=[*LARGE, *LARGER],
)
def test_whatever_a_server_sends_is_bounded_and_one_line(
    tmp_path: Path, make: Callable[[], GitServer]
) -> None:
    with raw_server(make().behave) as url:
        done = run(tmp_path, url, timeout=500)
    assert len(done.err.splitlines()) <= 1
    assert done.err or done.code == 0
    assert done.peak <= 256
    assert done.cpu <= 62


# A first sync that fails or is interrupted

DELAYS = [
    *(0.05, 0.2, 0.4),
    *(pytest.param(number / 40, marks=pytest.mark.soak) for number in range(1, 41)),
]


@pytest.mark.parametrize("delay", DELAYS)
def test_interrupted_first_sync_is_silent_or_one_line(
    host: GitHost, tmp_path: Path, delay: float
) -> None:
    host.fault = Fault(delay=0.2)
    command = [sys.executable, "-P", "-m", "xsfreader", "sync", "--source", host.url("blog.git")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    # Before our code, Python itself is starting.
    assert b"xsfreader" not in said or not re.search(rb"Traceback|Exception", said), said
    assert process.returncode in (0, 1, -signal.SIGINT, 130), said


@pytest.mark.parametrize("count", [2, pytest.param(15, marks=pytest.mark.soak)])
def test_repository_of_something_else_is_one_line(tmp_path: Path, count: int) -> None:
    commit(new_repository(tmp_path / "served" / "x.git"), {"README.md": b"# x\n"})
    with GitHost(tmp_path / "served") as running:
        for _ in range(count):
            done = run(tmp_path, running.url("x.git"))
            assert done.code == 1
            assert done.err.count("\n") == 1
            assert "content/blog" in done.err
