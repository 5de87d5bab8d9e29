"""Marks: saved, merged, shared by processes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.budget import examples
from xsfreader.errors import StoreError
from xsfreader.model import Marks, Place
from xsfreader.store import Store
from xsfreader.store.merging_marks import TimedMarks

if TYPE_CHECKING:
    from tests.store.conftest import Opener


def test_each_mark_is_set_separately(store: Store) -> None:
    assert store.marks("/a/") == Marks()
    store.set_place("/a/", Place(2, 7))
    assert store.marks("/a/") == Marks(place=Place(2, 7))
    store.set_read(["/a/", "/b/"], True)
    store.set_starred("/a/", True)
    assert store.marks("/a/") == Marks(True, True, Place(2, 7))
    assert store.marks("/b/") == Marks(read=True)
    store.set_read(["/a/"], False)
    store.set_starred("/a/", False)
    store.set_place("/a/", Place(0))
    assert store.marks("/a/") == Marks(place=Place(0, 0))


def test_invalid_unicode_in_a_name_is_accepted(store: Store) -> None:
    store.set_read(["/\udcff/"], True)
    store.set_starred("/\udcff/", True)
    assert store.marks("/\udcff/").read


def test_settings(store: Store, opened: Opener) -> None:
    assert store.setting("view") is None
    store.set_setting("view", "date")
    store.set_setting("view", "xep")
    assert opened().setting("view") == "xep"


def test_the_last_of_quick_changes_wins(store: Store, opened: Opener) -> None:
    for read in (True, False, True, False):
        store.set_read(["/a/"], read)
    other = Store.open(
        store._archive.path.with_name("b.db"), store._state.path.with_name("t.db"), ingest_version=1
    )
    with other:
        other.set_read(["/a/"], True)
        exported = store.export_state()
        exported["marks"]["/a/"]["read_at"] = other.export_state()["marks"]["/a/"]["read_at"] - 1
        other.import_state(exported)
        assert other.marks("/a/").read


def marked(store: Store) -> None:
    store.set_read(["/a/", "/ü/"], True)
    store.set_starred("/b/", True)
    store.set_starred("/b/", False)
    store.set_place("/c/", Place(3, 4))


def test_importing_an_export_changes_nothing(store: Store) -> None:
    marked(store)
    exported = json.loads(json.dumps(store.export_state()))
    assert store.import_state(exported) == 0
    assert store.export_state() == exported


def test_an_export_restores_an_empty_state(store: Store, tmp_path: Path) -> None:
    marked(store)
    with Store.open(tmp_path / "a.db", tmp_path / "s.db", ingest_version=1) as other:
        assert other.import_state(store.export_state()) == 4
        assert other.export_state() == store.export_state()
        assert other.marks("/c/").place == Place(3, 4)
        assert other.import_state(store.export_state()) == 0


MARK = st.fixed_dictionaries(
    {},
    optional={
        "read": st.booleans(),
        "read_at": st.integers(0, 5),
        "starred": st.booleans(),
        "starred_at": st.integers(0, 5),
        "block": st.integers(0, 9),
        "offset": st.integers(0, 9),
        "place_at": st.integers(0, 5),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(20))
@given(st.lists(st.dictionaries(st.sampled_from(["/a/", "/b/"]), MARK), min_size=1, max_size=4))
def test_the_newer_of_two_marks_wins(
    tmp_path_factory: pytest.TempPathFactory, exports: list[dict[str, dict[str, Any]]]
) -> None:
    folder = tmp_path_factory.mktemp("s")
    with Store.open(folder / "a.db", folder / "s.db", ingest_version=1) as store:
        newest: dict[tuple[str, str], tuple[int, bool]] = {}
        unset = (0, False)
        for marks in exports:
            store.import_state({"format": "xsfreader-state", "version": 1, "marks": marks})
            for permalink, mark in marks.items():
                for what in ("read", "starred"):
                    if at := mark.get(f"{what}_at", 0):
                        mine = (at, mark.get(what, False))
                        newest[permalink, what] = max(mine, newest.get((permalink, what), unset))
        for permalink in ("/a/", "/b/"):
            marks_now = store.marks(permalink)
            assert marks_now.read == newest.get((permalink, "read"), unset)[1]
            assert marks_now.starred == newest.get((permalink, "starred"), unset)[1]


def test_a_clock_ahead_does_not_win_for_ever(store: Store) -> None:
    ahead = {"/a/": {"read": True, "read_at": 1 << 50}}
    store.import_state({"format": "xsfreader-state", "version": 1, "marks": ahead})
    store.set_read(["/a/"], False)
    assert not store.marks("/a/").read
    assert store.export_state()["marks"]["/a/"]["read_at"] == (1 << 50) + 1
    store.import_state({"format": "xsfreader-state", "version": 1, "marks": ahead})
    assert not store.marks("/a/").read


@pytest.mark.parametrize(
    "data",
    [
        None, [], {}, {"format": "other"}, {"format": "xsfreader-state", "version": 2},
        {"format": "xsfreader-state", "version": 1},
        {"format": "xsfreader-state", "version": 1, "marks": []},
        {"format": "xsfreader-state", "version": 1, "marks": {"/a/": 1}},
        {"format": "xsfreader-state", "version": 1, "marks": {"/a/": {"read_at": "x"}}},
        {"format": "xsfreader-state", "version": 1, "marks": {"/a/": {"block": -1, "place_at": 1}}},
        {"format": "xsfreader-state", "version": 1, "marks": {"/a/": {"read_at": 1 << 70}}},
    ],
)  # fmt: skip
def test_invalid_exports_are_refused_and_change_nothing(store: Store, data: object) -> None:
    store.set_read(["/z/"], True)
    before = store.export_state()
    with pytest.raises(StoreError):
        store.import_state(data)
    assert store.export_state() == before


MARKING = """
import sys
from pathlib import Path
from xsfreader.store import Store
from xsfreader.store.merging_marks import TimedMarks
folder, name = Path(sys.argv[1]), sys.argv[2]
with Store.open(folder / "archive.db", folder / "state.db", ingest_version=1) as store:
    for number in range(60):
        store.set_read([f"/{name}/{number}/", "/shared/"], True)
        store.set_starred(f"/{name}/{number}/", True)
"""


def test_two_processes_at_once_lose_nothing(store: Store, folder: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", MARKING, str(folder), name], cwd=Path(__file__).parents[2]
        )
        for name in ("one", "two", "three")
    ]
    for process in running:
        assert process.wait(60) == 0
    marks = store.export_state()["marks"]
    assert len(marks) == 3 * 60 + 1
    assert all(mark.get("starred") or name == "/shared/" for name, mark in marks.items())


def test_times_of_a_wrong_clock_are_lowered(store: Store) -> None:
    marks = [TimedMarks("/a/", 1, 5000, 1, 10, 3, 4, 6000), TimedMarks("/b/", read=1, read_at=20)]
    store.merge_timed_marks(marks)
    store.lower_times(100, 50)
    assert store.timed_marks() == {
        "/a/": TimedMarks("/a/", 1, 50, 1, 10, 3, 4, 50),
        "/b/": marks[1],
    }
