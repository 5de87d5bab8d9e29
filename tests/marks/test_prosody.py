"""Marks of two and three machines on a real server."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from tests.prosody import PASSWORD, Home, Prosody, Proxy, needs_prosody
from tests.terminal import running
from xsfreader.config import Config, dump, load
from xsfreader.marks.burst import CONFIGURATION
from xsfreader.marks.client import Account, connected
from xsfreader.marks.items import NAMESPACE, device_of
from xsfreader.model import Place
from xsfreader.reports import MarksReport
from xsfreader.store import state as state_module

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from pathlib import Path

    from xsfreader.marks.client import Node

pytestmark = needs_prosody


Result = TypeVar("Result")


class Reader:
    """A person with an account and machines."""

    def __init__(self, server: Prosody, folder: Path, name: str) -> None:
        self.server = server
        self.folder = folder
        self.jid = server.register(name)

    def machine(self, name: str, **settings: Any) -> Home:
        return Home(self.folder / f"{self.jid}-{name}", self.jid, self.server, **settings)

    @property
    def account(self) -> Account:
        return Account(
            self.jid, PASSWORD, "127.0.0.1", self.server.port, str(self.server.certificate)
        )

    def ask(self, question: Callable[[Node], Coroutine[Any, Any, Result]]) -> Result:
        """Connect as another client of this account."""

        async def run() -> Result:
            async with connected(self.account) as node:
                return await question(node)

        return asyncio.run(run())


@pytest.fixture
def ann(prosody: Prosody, tmp_path: Path) -> Reader:
    return Reader(prosody, tmp_path, f"ann-{os.urandom(4).hex()}")


@pytest.fixture
def bob(prosody: Prosody, tmp_path: Path) -> Reader:
    return Reader(prosody, tmp_path, f"bob-{os.urandom(4).hex()}")


def test_marks_go_both_ways(ann: Reader) -> None:
    laptop, desktop = ann.machine("laptop"), ann.machine("desktop")
    laptop.star("/2024/a/")
    laptop.move("/2024/a/", Place(7, 3))
    desktop.read("/2024/b/", "/2024/ü/")
    assert laptop.sync() == MarksReport(received=0, sent=1)
    assert desktop.sync() == MarksReport(received=1, sent=2)
    assert laptop.sync() == MarksReport(received=2, sent=0)
    assert laptop.marks == desktop.marks
    assert laptop.marks["/2024/a/"]["block"] == 7
    assert laptop.sync() == desktop.sync() == MarksReport()


def test_a_star_removed_on_one_machine_goes_on_the_others(ann: Reader) -> None:
    machines = [ann.machine(name) for name in ("one", "two", "three")]
    machines[0].star("/a/")
    for machine in machines:
        machine.sync()
    machines[2].star("/a/", starred=False)
    for machine in reversed(machines):
        machine.sync()
    assert [machine.marks["/a/"]["starred"] for machine in machines] == [False] * 3


def test_a_machine_that_was_offline_for_long_brings_and_gets_everything(ann: Reader) -> None:
    here, away = ann.machine("here"), ann.machine("away")
    away.star("/a/")
    away.sync()
    away.read("/offline/1/", "/offline/2/")
    here.sync()
    here.star("/a/", starred=False)
    for number in range(3):
        here.read(f"/2024/{number}/")
        here.sync()
    away.sync()
    here.sync()
    assert here.marks == away.marks
    assert not away.marks["/a/"]["starred"]
    assert set(away.marks) == {"/a/", "/offline/1/", "/offline/2/", *map("/2024/{}/".format, "012")}


def test_a_clock_an_hour_ahead_decides_nothing_that_is_known(
    ann: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, ahead = ann.machine("right"), ann.machine("ahead")
    now = state_module._now()
    with monkeypatch.context() as clock:
        clock.setattr(state_module, "_now", lambda: now + 3_600_000)
        ahead.star("/a/")
        ahead.sync()
    right.sync()
    right.star("/a/", starred=False)
    right.sync()
    ahead.sync()
    assert not ahead.marks["/a/"]["starred"]
    assert ahead.marks == right.marks


def test_a_node_of_another_configuration_is_put_right(ann: Reader) -> None:
    wrong = {"pubsub#access_model": "presence", "pubsub#max_items": "1"}
    ann.ask(lambda node: node.create(wrong))
    machine, other = ann.machine("one"), ann.machine("two")
    machine.read(*(f"/{number}/" for number in range(50)))
    machine.sync()
    other.sync()
    assert len(other.marks) == 50
    found, _ = ann.ask(lambda node: node.read())
    assert found is not None
    assert {name: found[name] for name in CONFIGURATION} == dict(CONFIGURATION)


def test_a_node_that_opens_between_two_stanzas_is_closed_before_more_is_published(
    ann: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = ann.machine("one")
    machine.read("/a/")
    machine.sync()
    from xsfreader.marks import burst

    opened = {"pubsub#access_model": "open"}
    ann.ask(lambda node: node.configure(opened))
    # As if it had been configured right at the time of looking.
    monkeypatch.setattr(burst, "_is_right", lambda _found: True)
    machine.read("/b/")
    machine.sync()
    found, _ = ann.ask(lambda node: node.read())
    assert found is not None
    assert found["pubsub#access_model"] == "whitelist"


def test_a_node_that_was_deleted_is_made_again_with_all_marks(ann: Reader) -> None:
    one, two = ann.machine("one"), ann.machine("two")
    one.read("/a/")
    two.read("/b/")
    one.sync()
    two.sync()
    with two.library() as library:
        library.forget_marks()
    one.sync()
    assert set(two.marks) == {"/a/", "/b/"}
    two.sync()
    one.sync()
    assert one.marks == two.marks


def test_another_account_is_refused_the_marks(ann: Reader, bob: Reader) -> None:
    machine = ann.machine("one")
    machine.read("/a/")
    machine.sync()
    from slixmpp.exceptions import IqError

    async def spy(node: Node) -> str:
        with pytest.raises(IqError) as refused:
            await node._pubsub.get_items(ann.jid, NAMESPACE, timeout=10)
        return str(refused.value.condition)

    assert bob.ask(spy) == "forbidden"


def test_a_contact_is_told_of_neither_presence_nor_marks(ann: Reader, bob: Reader) -> None:
    seen: list[str] = []

    async def watch(node: Node) -> None:
        client = node._pubsub.xmpp
        client.auto_authorize = client.auto_subscribe = True
        client.add_event_handler("presence", lambda each: seen.append(str(each)))
        client.add_event_handler("message", lambda each: seen.append(str(each)))
        client.send_presence()
        async with connected(ann.account) as friend:
            other = friend._pubsub.xmpp
            other.auto_authorize = other.auto_subscribe = True
            other.send_presence()
            client.send_presence(pto=ann.jid, ptype="subscribe")
            await until(lambda: any(f"{ann.jid}/" in each for each in seen))
        await until(lambda: any("unavailable" in each for each in seen))
        # What the server sent twice, as both have just become contacts.
        await asyncio.sleep(0.5)
        seen.clear()

        def burst() -> None:
            machine = ann.machine("one")
            machine.read("/a/")
            assert machine.sync().sent == 1

        await asyncio.to_thread(burst)
        await asyncio.sleep(0.3)
        assert seen == []

    bob.ask(watch)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.fixture
def proxy(prosody: Prosody) -> Iterator[Proxy]:
    with Proxy(prosody.port) as between:
        yield between


def test_the_marks_of_416_posts_take_few_bytes_and_one_more_takes_fewer(
    ann: Reader, proxy: Proxy
) -> None:
    machine = ann.machine("one", port=proxy.port)
    marks: dict[str, dict[str, Any]] = {}
    for number in range(416):
        mark = {"read": 1, "read_at": 1764197273123, "block": 47, "offset": 113,
                "place_at": 1764197274123}  # fmt: skip
        if number % 10 == 0:
            mark |= {"starred": 1, "starred_at": 1764197275123}
        marks[f"/2024/06/the-title-of-a-post-of-usual-length-{number}/"] = mark
    with machine.library() as library:
        library.import_state({"format": "xsfreader-state", "version": 1, "marks": marks})
    machine.sync()
    assert proxy.sent <= 60_000
    machine.star("/2024/06/the-title-of-a-post-of-usual-length-1/")
    proxy.reset()
    machine.sync()
    assert proxy.sent <= 5_000
    _, items = ann.ask(lambda node: node.read())
    assert len(items) == 17
    assert len({device_of(item) for item in items}) == 1


@pytest.mark.soak
def test_5000_marks_work(ann: Reader) -> None:
    one, two = ann.machine("one"), ann.machine("two")
    one.read(*(f"/2024/06/the-title-of-a-post-of-usual-length-{n}/" for n in range(5000)))
    assert one.sync() == MarksReport(sent=5000)
    assert two.sync() == MarksReport(received=5000)
    assert one.marks == two.marks


def test_the_commands_say_what_is_set_up_sync_and_forget(ann: Reader) -> None:
    machine = ann.machine("one")
    before = machine.run("marks")
    assert before.stdout == f"account      {ann.jid}\nlast synced  never\n"
    synced = machine.run("marks", "sync", "--json")
    assert (synced.returncode, synced.stderr) == (0, "")
    assert json.loads(synced.stdout) == {"received": 0, "sent": 0}
    status = json.loads(machine.run("marks", "--json").stdout)
    assert status["jid"] == ann.jid
    assert status["synced"]
    asked = machine.run("marks", "forget")
    assert asked.returncode == 2
    forgotten = machine.run("marks", "forget", "--yes")
    assert (forgotten.returncode, forgotten.stderr) == (0, "")
    assert ann.ask(lambda node: node.read()) == (None, {})
    assert "never" in machine.run("marks").stdout


def test_setup_asks_checks_and_writes_what_works(ann: Reader) -> None:
    folder = ann.folder / "fresh"
    folder.mkdir()
    config = folder / "config.toml"
    config.write_text(dump(Config(width=80)))
    environment = {"HOME": str(folder), "SSL_CERT_FILE": str(ann.server.certificate)}
    words = ["marks", "setup", "--config", str(config), "--source", "guide"]

    def answer(password: str) -> str:
        with running(*words, environment=environment) as terminal:
            terminal.wait("Your XMPP address")
            terminal.press(ann.jid + "\r")
            terminal.wait("Its server")
            terminal.press(f"127.0.0.1:{ann.server.port}\r")
            terminal.wait("prints the password")
            terminal.press("\r")
            terminal.wait("Password:")
            terminal.press(password + "\r")
            terminal.ended()
            return terminal.words

    assert "wrong name or password" in answer("wr0ng")
    assert "\njid" not in config.read_text()
    assert not (folder / "xmpp-password").exists()
    shown = answer(PASSWORD)
    assert "same everywhere" in shown
    assert PASSWORD not in shown + config.read_text()
    assert (folder / "xmpp-password").stat().st_mode & 0o077 == 0
    settings = load(config)
    assert (settings.width, settings.xmpp.jid) == (80, ann.jid)
