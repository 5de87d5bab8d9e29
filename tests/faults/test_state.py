"""Faults of the reader's state: exports cut short, marks of several machines, a locked state."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.budget import examples
from tests.terminal import COMMAND, PATIENCE, running
from tests.ui import apps
from xsfreader.cli import main
from xsfreader.config import Config, locate
from xsfreader.errors import DiskError
from xsfreader.library import Library
from xsfreader.library.saving import QUIT_SECONDS
from xsfreader.model import Marks, Place, View
from xsfreader.paths import write_whole
from xsfreader.store import Store
from xsfreader.store.merging_marks import LATEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xsfreader.store.unsaved import Batch

OLD = "what was exported before\n"
MANY = 1500


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store.open(folder / "archive.db", folder / "state.db", ingest_version=1) as opened:
        yield opened


needs_limits = pytest.mark.skipif(os.name != "posix", reason="needs limits of POSIX")


# Exports


def mark_many() -> None:
    """Mark so many posts that an export has over 64 KiB."""
    with Library(Config(), locate(), "guide") as library:
        library.set_all_read([f"/2020/01/{number}/" for number in range(MANY)], read=True)


def export(file: Path, *, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Export in another process, which may not let a file grow beyond ``limit`` bytes."""
    return subprocess.run(
        [COMMAND, "--source", "guide", "state", "export", str(file)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=None if limit is None else full_after(limit),
    )


def full_after(size: int) -> Callable[[], None]:
    """Return a function for a child that lets no file grow beyond some bytes."""

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@needs_limits
def test_an_export_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    mark_many()
    file = tmp_path / "marks.json"
    file.write_text(OLD)
    done = export(file, limit=64 << 10)
    assert done.returncode == 1
    assert done.stderr == f"xsfreader: {file}: File too large\n"
    assert file.read_text() == OLD
    assert [one.name for one in tmp_path.iterdir()] == [file.name]
    assert export(file).returncode == 0
    assert len(json.loads(file.read_text())["marks"]) == MANY


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_a_failure_at_any_step_leaves_the_file_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "marks.json"
    file.write_text(OLD)
    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, "new")
    monkeypatch.undo()
    assert file.read_text() == OLD
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


@pytest.mark.skipif(os.name != "posix", reason="needs permissions of POSIX")
def test_permissions_and_links_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "marks.json", tmp_path / "link"
    write_whole(file, "one")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    link.symlink_to(file.name)
    write_whole(link, "two")
    assert link.is_symlink()
    assert file.read_text() == "two"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        ("/dev/stdout", 0, ""),
        ("/dev/null", 0, ""),
        ("/dev/full", 1, "/dev/full: No space left on device"),
        ("/nosuch/folder/x", 1, "/nosuch/folder/x: No such file or directory"),
        (".", 1, ".: Is a directory"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's devices")
def test_odd_targets(capfd: pytest.CaptureFixture[str], target: str, code: int, words: str) -> None:
    assert main(["--source", "guide", "state", "export", target]) == code
    printed = capfd.readouterr()
    assert printed.err == (f"xsfreader: {words}\n" if words else "")
    if target == "/dev/stdout":
        assert json.loads(printed.out)["format"] == "xsfreader-state"


# Marks of several machines

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
        self.store._db.execute("DELETE FROM state.mark")
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


# A state that can't be written


@contextmanager
def locked(statement: str = "BEGIN EXCLUSIVE") -> Iterator[sqlite3.Connection]:
    """Hold a lock on the state, as another process may."""
    with closing(sqlite3.connect(locate().state, isolation_level=None, timeout=5)) as db:
        db.execute(statement)
        db.execute("UPDATE setting SET value = value")
        yield db


@pytest.fixture
def short_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Report a lock after 0.2 s instead of 5."""
    function = Store.open.__func__  # type: ignore[attr-defined]
    monkeypatch.setitem(function.__kwdefaults__, "timeout", 0.2)


@pytest.fixture
def guide(short_timeout: None) -> Iterator[Library]:
    with Library(Config(), locate(), "guide") as library:
        library.refresh_local()
        yield library


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def on_disk(permalink: str) -> Marks:
    with Library(Config(), locate(), "guide") as other:
        return other.marks(permalink)


@pytest.mark.parametrize("statement", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE", "BEGIN"])
def test_marks_are_shown_while_the_state_is_locked(guide: Library, statement: str) -> None:
    said: list[str] = []
    first, second, *_ = guide.unread(View.DATE)
    total = guide.unread_count()
    guide.save_in_background(said.append)
    with locked(statement) as other:
        start = time.monotonic()
        guide.set_read(first, read=True)
        guide.set_starred(second, starred=True)
        guide.set_place(second, Place(3))
        guide.keep_session("somewhere")
        assert guide.is_read(first)
        assert guide.marks(second) == Marks(starred=True, place=Place(3))
        assert guide.session() == "somewhere"
        assert guide.unread_count() == total - 1
        assert sum(group.unread for group in guide.groups(View.DATE)) == total - 1
        assert [entry.permalink for entry in guide.entries(View.STARRED, None)] == [second]
        guide.set_read(first, read=False)
        assert first in guide.unread(View.DATE)
        assert not guide.refresh().state, "these are our own marks"
        assert time.monotonic() - start < 2
        wait_until(lambda: said)
        other.execute("COMMIT")
        wait_until(lambda: not any(guide._saver.unsaved.all()))  # type: ignore[union-attr]
    assert not guide.refresh().state
    assert said == [f"{locate().state}: another process holds it"]
    assert on_disk(second) == Marks(starred=True, place=Place(3))
    assert not on_disk(first).read
    guide.close()
    assert guide.lost == ""


def test_the_later_mark_counts_although_it_is_written_first(guide: Library) -> None:
    first = guide.unread(View.DATE)[0]
    guide.save_in_background(lambda _: None)
    with locked() as other:
        guide.set_starred(first, starred=True)
        later = time.time_ns() // 1_000_000 + 1000
        other.execute(
            "INSERT INTO mark (permalink, starred, starred_at) VALUES (?, 0, ?)", (first, later)
        )
        other.execute("COMMIT")
    wait_until(lambda: not any(guide._saver.unsaved.all()))  # type: ignore[union-attr]
    assert not guide.is_starred(first)
    assert guide.refresh().state, "another process took the star away"


@pytest.mark.parametrize("times", [1, 2, 5])
def test_what_fails_is_reported_once_and_tried_again(
    guide: Library, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    left = [DiskError("state.db: the disk is full; make room")] * times
    save = Store.save
    said: list[str] = []

    def fail(store: Store, batch: Batch) -> None:
        if left:
            raise left.pop()
        save(store, batch)

    monkeypatch.setattr(Store, "save", fail)
    monkeypatch.setattr("xsfreader.library.saving.RETRY_SECONDS", 0.02)
    guide.save_in_background(said.append)
    first = guide.unread(View.DATE)[0]
    guide.set_read(first, read=True)
    wait_until(lambda: on_disk(first).read)
    assert said == ["state.db: the disk is full"]


def test_what_is_lost_at_the_end_is_said(guide: Library) -> None:
    first = guide.unread(View.DATE)[0]
    for marks, words in (((), "where you left off was"), ((first,), "the marks of 1 post were")):
        library = guide.clone()
        library.save_in_background(lambda _: None)
        with locked():
            library.keep_session("somewhere")
            library.set_all_read(marks, read=True)
            start = time.monotonic()
            library.close()
            assert time.monotonic() - start < 5 * QUIT_SECONDS
        assert library.lost.startswith(f"{words} not saved: "), library.lost


async def test_keys_do_not_wait_for_a_locked_state(
    short_timeout: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with apps.running() as pilot:
        screen, said = apps.reader(pilot), []
        say = screen.status.say

        def record(text: str, **options: Any) -> None:
            said.append(text)
            say(text, **options)

        monkeypatch.setattr(screen.status, "say", record)
        with locked():
            start = time.monotonic()
            await pilot.press("enter", "s", "j", "j", "h", "j", "m", "s", "3", "1")
            await apps.settle(pilot)
            assert time.monotonic() - start < 4, "each of these would wait for 0.2 s, or 5"
            problem = f"Marks not saved yet: {locate().state}: another process holds it"
            for _ in range(200):
                await apps.settle(pilot)
                if problem in said:
                    break
            assert said.count(problem) == 1
            assert len(screen.library.entries(View.STARRED, None)) == 2


def test_quitting_does_not_wait_for_a_locked_state() -> None:
    with Library(Config(), locate(), "guide") as library:
        library.refresh_local()
    with locked(), running("--source", "guide", "--fresh") as terminal:
        terminal.wait("Welcome")
        terminal.press("s")
        terminal.wait("Starred")
        start = time.monotonic()
        terminal.press("q")
        while terminal.read(0.1):
            assert time.monotonic() - start < PATIENCE
        assert time.monotonic() - start < 4
        assert b"xsfreader: the marks of 1 post were not saved: " in terminal.raw
