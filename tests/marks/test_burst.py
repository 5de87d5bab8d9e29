"""Histories of three machines on a simulated server that does what real ones were seen doing."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from defusedxml.ElementTree import fromstring, tostring

from xsfreader.errors import UnreachableError, UpstreamError, XsfreaderError
from xsfreader.marks import burst as module
from xsfreader.marks.burst import CONFIGURATION, PreconditionError, burst
from xsfreader.marks.items import device_of, item_of, new_device, to_xml
from xsfreader.store.merging_marks import TimedMarks, merge_into

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator, Iterable, Mapping
    from xml.etree.ElementTree import Element

DEFAULTS = {
    "pubsub#access_model": "presence",
    "pubsub#persist_items": "1",
    "pubsub#max_items": "1",
    "pubsub#send_last_published_item": "on_sub",
}


class Step:
    """Waiting for an answer: others may do something meanwhile."""

    def __await__(self) -> Generator[None]:
        yield


class FakeServer:
    """One account's node."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self.node: dict[str, str] | None = None
        self.stored: dict[str, str] = {}
        self.chance = chance
        self.failing = 0.0
        """How probable it is that a stanza, or its answer, gets lost."""
        self.calls: list[str] = []

    async def _exchange(self, name: str, *arguments: Any) -> Any:
        self.calls.append(name)
        await Step()
        if self.chance is not None and self.chance.random() < self.failing / 2:
            raise UnreachableError("lost before it arrived")
        answer = getattr(self, f"_do_{name}")(*arguments)
        await Step()
        if self.chance is not None and self.chance.random() < self.failing / 2:
            raise UnreachableError("done, but the answer was lost")
        return answer

    async def read(self) -> tuple[Mapping[str, str] | None, Mapping[str, Element]]:
        node = await self._exchange("configuration")
        return node, await self._exchange("items") if node is not None else {}

    async def create(self, configuration: Mapping[str, str]) -> None:
        await self._exchange("create", configuration)

    async def configure(self, configuration: Mapping[str, str]) -> None:
        await self._exchange("configure", configuration)

    async def publish(self, item: str, content: Element) -> None:
        await self._exchange("publish", item, content)

    async def retract(self, item: str) -> None:
        await self._exchange("retract", item)

    def _do_configuration(self) -> dict[str, str] | None:
        return None if self.node is None else dict(self.node)

    def _do_create(self, configuration: Mapping[str, str]) -> None:
        if self.node is None:
            self.node = DEFAULTS | dict(configuration)

    def _do_configure(self, configuration: Mapping[str, str]) -> None:
        if self.node is None:
            raise UpstreamError("no such node")
        self.node |= configuration

    def _do_items(self) -> dict[str, Element]:
        return {item: fromstring(text) for item, text in self.stored.items()}

    def _do_publish(self, item: str, content: Element) -> None:
        if self.node is None:
            self.node = DEFAULTS | {"pubsub#access_model": "whitelist"}
        if self.node["pubsub#access_model"] != "whitelist":
            raise PreconditionError
        self.stored.pop(item, None)
        self.stored[item] = tostring(content, encoding="unicode")
        most = self.node["pubsub#max_items"]
        while len(self.stored) > (256 if most == "max" else int(most)):
            del self.stored[next(iter(self.stored))]

    def _do_retract(self, item: str) -> None:
        self.stored.pop(item, None)


class Machine:
    """A reader's machine: its marks, its clock, and its burst where one is running."""

    def __init__(self, server: FakeServer, skew: int = 0) -> None:
        self.device = new_device()
        self.server = server
        self.skew = skew
        self.now = 0
        """By the clock, at a burst."""
        self.marks: dict[str, TimedMarks] = {}
        self.running: Coroutine[Any, Any, object] | None = None

    def timed_marks(self) -> dict[str, TimedMarks]:
        return dict(self.marks)

    def lower_times(self, latest: int, to: int) -> None:
        lowered = dict.fromkeys(("read_at", "starred_at", "place_at"), to)
        for key, each in self.marks.items():
            late: dict[str, Any] = {
                name: at for name, at in lowered.items() if getattr(each, name) > latest
            }
            self.marks[key] = each._replace(**late)

    def merge_timed_marks(self, marks: Iterable[TimedMarks]) -> int:
        before = dict(self.marks)
        merge_into(self.marks, marks)
        return sum(self.marks[key] != before.get(key) for key in self.marks)

    def mark(self, permalink: str, what: str, now: int, **values: Any) -> None:
        """Set a mark as ``store.State`` does: later than the one it replaces."""
        known = self.marks.get(permalink, TimedMarks(permalink))
        values[f"{what}_at"] = max(now + self.skew, getattr(known, f"{what}_at") + 1)
        merge_into(self.marks, [TimedMarks(permalink)._replace(**values)])

    def step(self) -> None:
        """Go on with the burst, or begin one."""
        if self.running is None:
            self.running = burst(self.server, self, self.device, self.now)
        try:
            self.running.send(None)
        except (StopIteration, XsfreaderError):
            self.running = None

    def leave(self) -> None:
        """End the burst at whatever step it is."""
        if self.running is not None:
            self.running.close()
            self.running = None

    def burst(self) -> None:
        """Do a whole burst."""
        self.leave()
        self.step()
        while self.running is not None:
            self.step()


def history(seed: int) -> None:
    """Let three machines live together for a while, then look whether they agree."""
    chance = random.Random(seed)
    server = FakeServer(chance)
    server.failing = chance.choice([0.0, 0.05, 0.3])
    if chance.random() < 0.3:
        server.node = dict(DEFAULTS)
    machines = [Machine(server, skew=chance.choice([-3_600_000, 0, 7, 3_600_000])) for _ in "abc"]
    if chance.random() < 0.1:
        # A home that was copied with its state.
        machines[1].device = machines[0].device
    posts = [f"/20{number}/post/" for number in range(chance.choice([3, 40]))]
    truth: dict[str, TimedMarks] = {}
    for now in range(1, chance.randrange(50, 300)):
        machine = chance.choice(machines)
        what = chance.random()
        if what < 0.25:
            post, kind = chance.choice(posts), chance.choice(["read", "starred"])
            machine.mark(post, kind, now, **{kind: chance.randrange(2)})
        elif what < 0.35:
            place = {"block": chance.randrange(9), "offset": chance.randrange(9)}
            machine.mark(chance.choice(posts), "place", now, **place)
        elif what < 0.37:
            machine.leave()
        elif what < 0.38:
            # An administrator's doing, or another client's.
            server.node = chance.choice([None, dict(DEFAULTS)])
            server.stored.clear()
        else:
            machine.step()
        merge_into(truth, machine.marks.values())
    server.failing = 0.0
    for machine in machines * 2:
        machine.burst()
    assert [machine.marks for machine in machines] == [truth] * 3
    assert server.node is not None
    assert {name: server.node[name] for name in CONFIGURATION} == dict(CONFIGURATION)
    # And nothing more to say.
    server.calls.clear()
    machines[0].burst()
    assert server.calls == ["configuration", "items"]


@pytest.mark.parametrize("seed", range(10))
def test_three_machines_agree_in_the_end(seed: int) -> None:
    for each in range(seed * 10, seed * 10 + 10):
        history(each)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_three_machines_agree_after_many_more_histories(seed: int) -> None:
    for each in range(1000 + seed * 100, 1000 + seed * 100 + 100):
        history(each)


def test_two_machines_that_publish_at_once_lose_nothing_on_the_server() -> None:
    server = FakeServer()
    one, two = Machine(server), Machine(server)
    one.burst()
    for number in range(40):
        one.mark(f"/{number}/", "read", 5, read=1)
        two.mark(f"/{number}/", "starred", 6, starred=1)
    one.step()
    two.step()
    while one.running or two.running:
        for machine in (one, two):
            if machine.running:
                machine.step()
    third = Machine(server)
    third.burst()
    assert all(each.read and each.starred for each in third.marks.values())
    assert len(third.marks) == 40


def test_a_few_new_marks_cost_one_small_item_and_many_are_moved_to_the_others() -> None:
    server = FakeServer()
    machine = Machine(server)
    for number in range(400):
        machine.mark(f"/{number}/", "read", 5, read=1)
    machine.burst()
    assert len(server.stored) == 16
    for number in range(17):
        server.calls.clear()
        machine.mark(f"/{number}/", "starred", 6, starred=1)
        machine.burst()
        if number < 16:
            assert server.calls == ["configuration", "items", "publish"]
            assert len(server.stored[f"{machine.device}.new"]) < 16 * 40 + 100
    assert f"{machine.device}.new" not in server.stored
    fresh = Machine(server)
    fresh.burst()
    assert fresh.marks == machine.marks


def test_above_the_limit_the_stalest_machine_is_taken_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_ITEMS", 40)
    server = FakeServer()
    machines = [Machine(server) for _ in range(4)]
    for age, machine in enumerate(machines):
        for number in range(60):
            machine.mark(f"/{age}/{number}/", "read", 1000 + age, read=1)
        machine.burst()
    machines[3].burst()
    assert len(server.stored) <= 40
    assert machines[0].device not in {device_of(item) for item in server.stored}
    fresh = Machine(server)
    fresh.burst()
    assert len(fresh.marks) == 240
    for machine in machines * 2:
        machine.burst()
    assert len(server.stored) <= 48
    assert all(machine.marks == fresh.marks for machine in machines)


def test_items_of_others_are_ignored_unless_they_are_ours_and_well_formed() -> None:
    server = FakeServer()
    mine = Machine(server)
    mine.mark("/a/", "read", 5, read=1)
    mine.burst()
    other = new_device()
    server.stored[item_of(other, "/b/")] = "<p r='1 5'/>"
    server.stored["current"] = tostring(
        to_xml([TimedMarks("/c/", read=1, read_at=5)]), encoding="unicode"
    )
    before = dict(server.stored)
    second = Machine(server)
    second.burst()
    assert set(second.marks) == {"/a/"}
    assert server.stored == before


def test_a_post_that_xml_cannot_name_stays_at_home_and_holds_nothing_up() -> None:
    server = FakeServer()
    machine, other = Machine(server), Machine(server)
    machine.mark("/a\x00b/", "read", 5, read=1)
    machine.mark("/c/", "read", 5, read=1)
    machine.burst()
    other.burst()
    assert set(other.marks) == {"/c/"}


def test_a_clock_of_the_far_future_decides_nothing_for_long() -> None:
    server = FakeServer()
    mended, other = Machine(server), Machine(server)
    far = 1000 * module.FUTURE_MILLISECONDS
    mended.mark("/a/", "starred", far, starred=1)
    mended.mark("/b/", "read", 5, read=1)
    mended.now = other.now = 1000
    mended.burst()
    assert mended.marks["/a/"].starred_at == 1000
    # As published by a program that takes any time.
    other.mark("/a/", "starred", 1001, starred=0)
    forged = TimedMarks("/a/", starred=1, starred_at=far)
    server.stored[item_of(new_device(), "/a/")] = tostring(to_xml([forged]), encoding="unicode")
    other.now = 1002
    other.burst()
    mended.burst()
    assert mended.marks == other.marks
    assert not mended.marks["/a/"].starred
    assert mended.marks["/b/"].read_at == 5
