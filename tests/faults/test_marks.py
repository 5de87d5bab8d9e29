"""What may go wrong while marks travel: each is one line, the state is whole, the next one mends.

The table of servers and accounts is to be extended; see also ``tests/marks``.
"""

from __future__ import annotations

import logging
import os
import socket
import ssl
import sys
import threading
from argparse import Namespace
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.faults.xmpp_server import ScriptedServer
from tests.prosody import Home, Prosody, Proxy, needs_prosody
from tests.unprivileged import needs_permissions
from xsfreader.cli import marks as command
from xsfreader.errors import (
    ConfigError,
    SyncRunningError,
    UnreachableError,
    UpstreamError,
    XsfreaderError,
)
from xsfreader.library import travelling
from xsfreader.marks import account, client
from xsfreader.marks.account import password_in
from xsfreader.marks.items import NAMESPACE, item_of, new_device
from xsfreader.reports import MarksReport
from xsfreader.store import state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xsfreader.library import Library

pytestmark = needs_prosody


@pytest.fixture
def jid(prosody: Prosody) -> str:
    return prosody.register(f"ann-{os.urandom(4).hex()}")


@pytest.mark.parametrize(
    ("settings", "kind", "words"),
    [
        ({"password": "wr0ng"}, UpstreamError, "wrong name or password"),
        ({"ca": ""}, UnreachableError, "certificate of 127.0.0.1 is not trusted"),
        ({"ca": "/no/such/file"}, ConfigError, "/no/such/file: no certificates to trust"),
        ({"port": 1}, UnreachableError, "can't be reached"),
        ({"host": "nowhere.invalid"}, UnreachableError, "can't be reached"),
        ({"password_file": "", "password_command": ("false",)}, ConfigError, "false failed"),
        ({"password_file": "", "password_command": ("true",)}, ConfigError, "no password in the"),
        ({"password_file": "", "password_command": ("/no/such",)}, ConfigError, "can't be run"),
        ({"password_file": "/no/such"}, ConfigError, "the password can't be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_account_that_is_not_right_is_one_line_and_costs_no_mark(
    prosody: Prosody,
    jid: str,
    tmp_path: Path,
    settings: dict[str, Any],
    kind: type[XsfreaderError],
    words: str,
) -> None:
    machine = Home(tmp_path / "one", jid, prosody, **settings)
    machine.read("/a/")
    before = machine.marks
    with pytest.raises(kind) as failed:
        machine.sync()
    assert words in str(failed.value)
    assert "wr0ng" not in str(failed.value)
    assert machine.marks == before
    assert "wr0ng" not in prosody.log
    good = Home(tmp_path / "two", jid, prosody)
    machine.config = machine.config._replace(xmpp=good.config.xmpp)
    assert machine.sync() == MarksReport(sent=1)


def test_a_server_without_pep_is_named(prosody: Prosody, tmp_path: Path) -> None:
    jid = prosody.register(f"ann-{os.urandom(4).hex()}", "plain.localhost")
    machine = Home(tmp_path / "one", jid, prosody)
    with pytest.raises(UpstreamError, match="PEP"):
        machine.sync()


@contextmanager
def listener(answer: bytes = b"") -> Iterator[tuple[int, bytearray]]:
    """Listen, say one thing to whoever comes, and keep what comes."""
    got = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(answer)
                while data := connection.recv(4096):
                    got.extend(data)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], got


def test_a_server_that_says_nothing_is_given_up(
    prosody: Prosody, jid: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "CONNECT_SECONDS", 0.5)
    with listener() as (port, _):
        machine = Home(tmp_path / "one", jid, prosody, port=port)
        with pytest.raises(UnreachableError, match="doesn't answer"):
            machine.sync()


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"<html><p>", b"\0" * 100, b"<a></a>", b"\xff\xfe<"],
)
def test_a_server_of_another_kind_is_given_up(
    prosody: Prosody,
    jid: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    answer: bytes,
) -> None:
    monkeypatch.setattr(client, "CONNECT_SECONDS", 1.0)
    with listener(answer) as (port, _):
        machine = Home(tmp_path / "one", jid, prosody, port=port)
        with pytest.raises(UnreachableError):
            machine.sync()
    assert capfd.readouterr() == ("", "")


def test_a_server_that_floods_takes_neither_memory_nor_time(
    prosody: Prosody, jid: str, tmp_path: Path
) -> None:
    def flood() -> None:
        with server, suppress(OSError):
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"<stream:stream xmlns:stream='x'><p>")
                while True:
                    connection.sendall(b"a" * (1 << 20))

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=flood, daemon=True).start()
        machine = Home(tmp_path / "one", jid, prosody, port=server.getsockname()[1])
        done = machine.run("marks", "sync", "--within=5")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) <= 1, done.stderr


def test_without_the_extra_a_line_says_what_to_install(
    prosody: Prosody, jid: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "slixmpp", None)
    with pytest.raises(ConfigError, match=r"xsfreader\[xmpp\]"):
        Home(tmp_path / "one", jid, prosody).sync()


def test_a_server_without_encryption_gets_no_password(
    prosody: Prosody, jid: str, tmp_path: Path
) -> None:
    features = (
        b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' id='1'"
        b" xmlns:stream='http://etherx.jabber.org/streams' from='localhost'><stream:features>"
        b"<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>"
        b"<mechanism>SCRAM-SHA-1</mechanism></mechanisms></stream:features>"
    )
    with listener(features) as (port, got):
        machine = Home(tmp_path / "one", jid, prosody, port=port)
        with pytest.raises(UpstreamError, match="offers no encryption"):
            machine.sync()
        assert b"<auth" not in got


@pytest.mark.parametrize("refusal", [b"", b"<not-authorized/>"])
def test_a_server_that_takes_plain_passwords_gets_none(
    prosody: Prosody, jid: str, tmp_path: Path, refusal: bytes
) -> None:
    head = (
        b"<stream:stream xmlns='jabber:client' version='1.0' id='1'"
        b" xmlns:stream='http://etherx.jabber.org/streams' from='localhost'><stream:features>"
    )
    sasl = b"xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
    mechanisms = b"<mechanism>PLAIN</mechanism>"
    if refusal:
        mechanisms += b"<mechanism>SCRAM-SHA-1</mechanism>"
    got = bytearray()

    def serve() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(prosody.certificate, prosody.folder / "key.pem")
        with suppress(OSError):
            connection, _ = server.accept()
            connection.recv(4096)
            connection.sendall(
                head + b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"
            )
            connection.recv(4096)
            connection.sendall(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
            with context.wrap_socket(connection, server_side=True) as safe:
                safe.recv(4096)
                safe.sendall(
                    head + b"<mechanisms " + sasl + b">" + mechanisms + b"</mechanisms>"
                    b"</stream:features>"
                )
                while data := safe.recv(4096):
                    got.extend(data)
                    if b"<auth" in data:
                        safe.sendall(b"<failure " + sasl + b">" + refusal + b"</failure>")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        machine = Home(tmp_path / "one", jid, prosody, port=server.getsockname()[1])
        words = "wrong name or password" if refusal else "offers no SCRAM"
        with pytest.raises(UpstreamError, match=words):
            machine.sync()
        thread.join(10)
    assert b"</stream:stream>" in got
    assert (b"SCRAM-SHA-1" in got) == bool(refusal)
    assert b"PLAIN" not in got


def test_a_server_that_falls_silent_in_the_middle_is_given_up(
    prosody: Prosody, jid: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.5)
    with Proxy(prosody.port) as proxy:
        machine = Home(tmp_path / "one", jid, prosody, port=proxy.port)
        machine.read("/a/")
        machine.sync()
        whole = proxy.passed
        machine.read("/b/")
        proxy.reset(silent_after=whole - 1500)
        with pytest.raises(UnreachableError):
            machine.sync()
        proxy.reset()
        machine.sync()


def test_a_burst_that_takes_too_long_ends(prosody: Prosody, jid: str, tmp_path: Path) -> None:
    with Proxy(prosody.port) as proxy:
        proxy.reset(silent_after=5000)
        machine = Home(tmp_path / "one", jid, prosody, port=proxy.port)
        with (
            machine.library() as library,
            pytest.raises(UnreachableError, match="goes on with the rest"),
        ):
            library.sync_marks(1.0)


def test_the_command_ends_by_itself_whatever_the_server_does(
    prosody: Prosody, jid: str, tmp_path: Path
) -> None:
    with listener() as (port, _):
        machine = Home(tmp_path / "one", jid, prosody, port=port)
        done = machine.run("marks", "sync", "--within=1")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "goes on with the rest" in done.stderr


def cut(prosody: Prosody, jid: str, folder: Path, cuts: int) -> None:
    """Cut the connection at many places, then look whether two machines agree."""
    with Proxy(prosody.port) as proxy:
        one = Home(folder / "one", jid, prosody, port=proxy.port)
        two = Home(folder / "two", jid, prosody)
        one.read(*(f"/{number}/" for number in range(8)))
        with Proxy(prosody.port) as counting:
            other = Home(folder / "three", prosody.register(f"{jid[:8]}-2"), prosody)
            other.config = other.config._replace(
                xmpp=other.config.xmpp._replace(port=counting.port)
            )
            other.read(*(f"/{number}/" for number in range(8)))
            other.sync()
            whole = counting.passed
        failed = 0
        for number in range(cuts):
            proxy.reset(cut_after=1 + whole * number // cuts)
            if number % 3 == 0:
                one.star(f"/{number % 8}/", starred=number % 2 == 0)
            before = one.marks
            try:
                one.sync()
            except (UnreachableError, UpstreamError):
                failed += 1
            assert one.marks == before
        # What was published by then is read again, and less is sent.
        assert failed > cuts / 2
        proxy.reset()
        one.sync()
        two.sync()
        assert two.marks == one.marks
        assert len(two.marks) == 8


def test_the_connection_may_be_cut_at_any_step(prosody: Prosody, jid: str, tmp_path: Path) -> None:
    cut(prosody, jid, tmp_path, 10)


@pytest.mark.soak
def test_the_connection_may_be_cut_at_a_hundred_steps(
    prosody: Prosody, jid: str, tmp_path: Path
) -> None:
    cut(prosody, jid, tmp_path, 100)


def test_a_second_burst_of_the_same_machine_does_not_interfere(
    prosody: Prosody, jid: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "EXCHANGE_SECONDS", 0.2)
    machine = Home(tmp_path / "one", jid, prosody)
    with (
        machine.library() as library,
        machine.library() as other,
        library._store.marks_lock(),
        pytest.raises(SyncRunningError),
    ):
        other.sync_marks()


def test_nothing_of_the_library_is_printed_or_propagated(
    prosody: Prosody, jid: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[assignment]
    logging.getLogger().addHandler(handler)
    try:
        machine = Home(tmp_path / "one", jid, prosody, password="wr0ng")  # noqa: S106
        with pytest.raises(UpstreamError):
            machine.sync()
    finally:
        logging.getLogger().removeHandler(handler)
    assert [each for each in records if each.name.startswith(("slixmpp", "asyncio"))] == []
    assert capfd.readouterr() == ("", "")


@needs_permissions
@pytest.mark.parametrize(("mode", "fine"), [(0o600, True), (0o400, True), (0o640, False)])
def test_a_password_that_others_can_read_is_refused(
    tmp_path: Path, mode: int, *, fine: bool
) -> None:
    file = tmp_path / "password"
    file.write_text("secret\nsecond line\n")
    file.chmod(mode)
    if fine:
        assert password_in(file) == "secret"
    else:
        with pytest.raises(ConfigError, match="chmod 600"):
            password_in(file)


def test_a_command_for_the_password_that_hangs_is_given_up(
    prosody: Prosody, jid: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "COMMAND_SECONDS", 0.2)
    settings = {"password_file": "", "password_command": ("sleep", "30")}
    machine = Home(tmp_path / "one", jid, prosody, **settings)
    with pytest.raises(ConfigError, match="no password within"):
        machine.sync()


EMPTY = "<iq type='result' id='{id}'/>"
ERROR = "<iq type='error' id='{id}'>{inside}</iq>"
STANZAS = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"
FORM = """<iq type='result' id='{{id}}'><pubsub xmlns='http://jabber.org/protocol/pubsub#owner'>
<configure><x xmlns='jabber:x:data' type='form'>{}</x></configure></pubsub></iq>"""
ITEMS = """<iq type='result' id='{{id}}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>
<items node='x'>{}</items></pubsub></iq>"""
ITEM = f"<item id='{item_of(new_device(), '/b/')}'>{{}}</item>"
LONG = "long" * 500_000
BROKEN = "<stream:error><{} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
ANSWERS = {
    "nothing in any answer": (EMPTY, EMPTY),
    "a form without fields": (FORM.format(""), ITEMS.format("")),
    "fields without names and values": (FORM.format("<field/><field var='a'/>"), EMPTY),
    "another kind of answer": (ITEMS.format(""), FORM.format("")),
    "an error without a condition": (ERROR.format(id="{id}", inside=""), EMPTY),
    "an error of another kind": (
        ERROR.format(id="{id}", inside=f"<error type='auth'><gone {STANZAS}/></error>"), EMPTY
    ),
    "items without ids and contents": (EMPTY, ITEMS.format("<item/><item id=''/><item id='x'/>")),
    "an item of text alone": (EMPTY, ITEMS.format(ITEM.format("1 2 3"))),
    "an item of another schema": (EMPTY, ITEMS.format(ITEM.format("<entry xmlns='urn:x'/>"))),
    "a huge item": (EMPTY, ITEMS.format(ITEM.format(f"<marks xmlns='{NAMESPACE}' p='{LONG}'/>"))),
    "a huge permalink": (
        EMPTY, ITEMS.format(ITEM.format(f"<marks xmlns='{NAMESPACE}'><p id='{LONG}'/></marks>"))
    ),
    "a deep item": (EMPTY, ITEMS.format(ITEM.format("<a>" * 5000 + "</a>" * 5000))),
    "a declaration of entities": (EMPTY, "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><iq>&a;</iq>"),
    "broken XML": (EMPTY, "<iq></message>"),
    "the end of the stream": (EMPTY, "</stream:stream>"),
    "an error of the stream": (EMPTY, BROKEN.format("policy-violation") + "</stream:stream>"),
    "another host": (EMPTY, BROKEN.format("see-other-host") + "</stream:stream>"),
    "an answer to another question": (EMPTY, EMPTY.replace("{id}", "other")),
    "an answer by another": (EMPTY, EMPTY.replace("<iq", "<iq from='eve@example.org'")),
    "requests of others": (
        "<presence type='subscribe' from='eve@example.org'/><message from='eve@example.org'>"
        "<body>Hi</body></message>" + EMPTY, EMPTY
    ),
}  # fmt: skip
"""What a server may answer when it is asked for the configuration, and for the items."""


@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS)
def test_whatever_a_server_answers_costs_no_mark_and_is_one_line(
    prosody: Prosody, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str], answers: tuple[str, str],
) -> None:  # fmt: skip
    monkeypatch.setattr(client, "ANSWER_SECONDS", 1.0)

    def answer(stanza: str, request: str) -> str:
        chosen = (
            answers["<items" in request] if "type='get'" in request.replace('"', "'") else EMPTY
        )
        return chosen.replace("{id}", stanza)

    with ScriptedServer(prosody, answer) as server:
        machine = Home(tmp_path / "one", "ann@localhost", prosody, port=server.port)
        machine.read("/a/")
        before = machine.marks
        with suppress(XsfreaderError):
            assert machine.sync() == MarksReport(sent=1)
    assert machine.marks == before
    assert capfd.readouterr() == ("", "")
    sent = "".join(server.requests)
    assert "<iq" in sent
    assert "<presence" not in sent
    assert "eve" not in sent


def test_leaving_ends_within_fifteen_seconds_though_nothing_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A look-up of a name, which nothing cancels.
    over = threading.Event()
    ended: list[int] = []

    def end(code: int) -> None:
        ended.append(code)
        over.set()

    class Stuck:
        def sync_marks(self, _seconds: float) -> MarksReport:
            assert over.wait(10)
            return MarksReport()

    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(command, "GRACE_SECONDS", 0.1)
    args = Namespace(progress=None, json=False, within=0.1)
    command._sync(args, cast("Library", Stuck()))
    assert ended == [1]
    monkeypatch.undo()
    assert travelling.LEAVING_SECONDS + command.GRACE_SECONDS < 15
