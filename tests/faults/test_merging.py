"""Marks of several machines with clocks that differ: all agree, and nothing later is undone."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.budget import examples
from xsfreader.model import Marks, Place
from xsfreader.store import Store
from xsfreader.store.merging_marks import LATEST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOUR = 60 * 60 * 1000
LONG_AGO = 1_700_000_000_000
FAR = 4_102_444_800_000
"""The year 2100, for a clock that is wrong."""
POSTS = ("/a/", "/b/")
FIELDS = ("read", "starred", "place")
Field = tuple[str, str]
"""A permalink and one of ``FIELDS``."""


class Machine:
    """A state with a clock of its own, and which marks it knows of."""

    def __init__(self, folder: Path, skew: int) -> None:
        self.store = Store.open(folder / "a.db", folder / "s.db", ingest_version=1)
        self.skew = skew
        self.known: set[int] = set()

    def reset(self) -> None:
        with self.store._state.writing() as db:
            db.execute("DELETE FROM mark")
        self.store._known_version = None
        self.known = set()

    def value(self, field: Field) -> object:
        marks = self.store.marks(field[0])
        return getattr(marks, field[1])


class History:
    """Marks of all machines, each with those it was made after."""

    def __init__(self, machines: list[Machine], monkeypatch: pytest.MonkeyPatch) -> None:
        self.machines = machines
        self.now = LONG_AGO
        self.events: list[tuple[Field, object, frozenset[int]]] = []
        self.exports: list[tuple[Any, set[int]]] = []
        self._monkeypatch = monkeypatch

    def mark(self, machine: Machine, field: Field, value: int) -> None:
        self._monkeypatch.setattr("xsfreader.store.state._now", lambda: self.now + machine.skew)
        permalink, what = field
        shown: object = Place(value) if what == "place" else bool(value % 2)
        if what == "place":
            machine.store.set_place(permalink, Place(value))
        elif what == "read":
            machine.store.set_read([permalink], bool(value % 2))
        else:
            machine.store.set_starred(permalink, bool(value % 2))
        assert machine.value(field) == shown, "a person's own mark counts at once"
        self.events.append((field, shown, frozenset(machine.known)))
        machine.known.add(len(self.events) - 1)

    def export(self, machine: Machine) -> None:
        text = json.dumps(machine.store.export_state())
        self.exports.append((json.loads(text), set(machine.known)))

    def import_one(self, machine: Machine, number: int) -> None:
        if self.exports:
            data, known = self.exports[number % len(self.exports)]
            machine.store.import_state(data)
            machine.known |= known
            assert machine.store.import_state(data) == 0, "a second import changes nothing"

    def allowed(self, machine: Machine, field: Field) -> list[object]:
        """Values of the marks that no other known one was made after."""
        known = [n for n in machine.known if self.events[n][0] == field]
        older = frozenset[int]().union(*(self.events[n][2] for n in known))
        return [self.events[n][1] for n in known if n not in older]

    def check(self) -> None:
        for machine in self.machines:
            for field in itertools.product(POSTS, FIELDS):
                allowed = self.allowed(machine, field)
                assert machine.value(field) in (allowed or [False, None])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store.open(folder / "archive.db", folder / "state.db", ingest_version=1) as opened:
        yield opened


MACHINE = st.integers(0, 2)
STEP = st.one_of(
    st.tuples(
        st.just("mark"), MACHINE,
        st.tuples(st.sampled_from(POSTS), st.sampled_from(FIELDS)), st.integers(0, 3),
    ),
    st.tuples(st.just("export"), MACHINE),
    st.tuples(st.just("import"), MACHINE, st.integers(0, 30)),
    st.tuples(st.just("wait"), st.sampled_from([1, 1000, HOUR // 2, 3 * HOUR])),
)  # fmt: skip


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Machine]]:
    made = [Machine(tmp_path_factory.mktemp("machine"), 0) for _ in range(3)]
    yield made
    for machine in made:
        machine.store.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(50))
@given(
    steps=st.lists(STEP, max_size=40),
    skews=st.sampled_from([(-HOUR, 0, HOUR), (0, 0, 0), (0, HOUR, FAR - LONG_AGO)]),
)
@example(
    steps=[("mark", 2, ("/a/", "read"), 1), ("export", 2), ("import", 0, 0),
           ("mark", 0, ("/a/", "read"), 0), ("import", 0, 0), ("wait", 3 * HOUR), ("import", 0, 0)],
    skews=(-HOUR, 0, HOUR),
)  # fmt: skip
@example(
    steps=[("mark", 0, ("/a/", "place"), 1), ("mark", 1, ("/a/", "place"), 2),
           ("mark", 0, ("/b/", "read"), 0), ("mark", 1, ("/b/", "read"), 1)],
    skews=(0, 0, 0),
)  # fmt: skip
def test_machines_agree_and_undo_nothing(
    machines: list[Machine],
    monkeypatch: pytest.MonkeyPatch,
    steps: list[tuple[Any, ...]],
    skews: tuple[int, ...],
) -> None:
    history = History(machines, monkeypatch)
    for machine, skew in zip(machines, skews, strict=True):
        machine.reset()
        machine.skew = skew
    for step, *rest in steps:
        if step == "wait":
            history.now += rest[0]
        elif step == "mark":
            history.mark(machines[rest[0]], *rest[1:])
        elif step == "export":
            history.export(machines[rest[0]])
        else:
            history.import_one(machines[rest[0]], rest[1])
        history.check()
    for machine in machines:
        history.export(machine)
    for machine in machines:
        for number in range(len(history.exports)):
            history.import_one(machine, number)
    history.check()
    first, *others = [machine.store.export_state() for machine in machines]
    assert others == [first, first]


TIME = st.sampled_from([0, 1, 2, LONG_AGO, FAR, LATEST])
EXPORT = st.dictionaries(
    st.sampled_from(POSTS),
    st.fixed_dictionaries(
        {},
        optional={
            "read": st.booleans(), "read_at": TIME, "starred": st.booleans(), "starred_at": TIME,
            "block": st.integers(0, 2), "offset": st.integers(0, 2), "place_at": TIME,
        },
    ),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(50))
@given(exports=st.lists(EXPORT, min_size=3, max_size=3))
def test_the_order_of_imports_does_not_matter(
    machines: list[Machine], exports: list[dict[str, Any]]
) -> None:
    store = machines[0].store

    def merged(*marks: dict[str, Any]) -> dict[str, Any]:
        machines[0].reset()
        for each in marks:
            store.import_state({"format": "xsfreader-state", "version": 1, "marks": each})
        found: dict[str, Any] = store.export_state()["marks"]
        return found

    a, b, c = exports
    assert merged(a, a) == merged(a)
    assert merged(a, b) == merged(b, a)
    assert merged(merged(a, b), c) == merged(a, merged(b, c))


@pytest.mark.parametrize("at", [LONG_AGO, FAR, 1 << 52, LATEST - 1])
@pytest.mark.parametrize("what", FIELDS)
def test_a_mark_of_any_time_can_be_changed(store: Store, at: int, what: str) -> None:
    mark = {"read": True, "starred": True, "block": 7, "offset": 7, f"{what}_at": at}
    data = {"format": "xsfreader-state", "version": 1, "marks": {"/a/": mark}}
    assert store.import_state(data) == 1
    store.set_read(["/a/"], False)
    store.set_starred("/a/", False)
    store.set_place("/a/", Place(1))
    assert store.import_state(data) == 0
    assert store.marks("/a/") == Marks(place=Place(1))
    exported = store.export_state()
    assert store.import_state(exported) == 0
    assert exported["marks"]["/a/"][f"{what}_at"] > at


def test_a_change_of_value_alone_is_noticed(store: Store, folder: Path) -> None:
    def data(value: int) -> dict[str, Any]:
        mark = {"/a/": {"starred": value, "starred_at": LONG_AGO}}
        return {"format": "xsfreader-state", "version": 1, "marks": mark}

    store.import_state(data(0))
    store.refresh()
    with Store.open(folder / "archive.db", folder / "state.db", ingest_version=1) as other:
        assert other.import_state(data(1)) == 1
    assert store.refresh().state
