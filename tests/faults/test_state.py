"""Faults of the reader's state: exports cut short, a locked state, a full disk."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import command
from tests.terminal import running
from tests.ui import apps
from xsfreader.cli import main
from xsfreader.config import Config, locate
from xsfreader.errors import DiskError
from xsfreader.library import Library
from xsfreader.library.reader_state import QUIT_SECONDS
from xsfreader.model import Marks, Place, View
from xsfreader.paths import write_whole
from xsfreader.store import Store
from xsfreader.store.merging_marks import merge_marks

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterable, Iterator

    from xsfreader.store.merging_marks import TimedMarks


OLD = "what was exported before\n"
MANY = 1500


needs_limits = pytest.mark.skipif(os.name != "posix", reason="needs limits of POSIX")


# Exports


def mark_many() -> None:
    """Mark so many posts that an export has over 64 KiB."""
    with Library(Config(), locate(), "guide") as library:
        library.set_all_read([f"/2020/01/{number}/" for number in range(MANY)], read=True)


def export(file: Path, *, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Export in another process, which may not let a file grow beyond ``limit`` bytes."""
    return command.run(
        "--source", "guide", "state", "export", str(file),
        preexec_fn=None if limit is None else full_after(limit),
    )  # fmt: skip


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


def on_disk(permalink: str) -> Marks:
    with Library(Config(), locate(), "guide") as other:
        return other.marks(permalink)


@pytest.mark.parametrize("statement", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE", "BEGIN"])
def test_marks_are_shown_while_the_state_is_locked(guide: Library, statement: str) -> None:
    said: list[str] = []
    first, second, *_ = guide.unread(View.DATE)
    total = guide.unread_count()
    guide.save_without_waiting(said.append)
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
        found = {hit.post.permalink for hit in guide.search("is:unread", -1)}
        assert first not in found
        assert second in found
        assert sum(group.unread for group in guide.groups(View.DATE)) == total - 1
        assert [entry.permalink for entry in guide.entries(View.STARRED, None)] == [second]
        guide.set_read(first, read=False)
        assert first in guide.unread(View.DATE)
        assert not guide.refresh().state, "these are our own marks"
        assert time.monotonic() - start < 5
        assert not on_disk(second).starred
        other.execute("COMMIT")
    assert not guide.refresh().state
    assert said == [f"{locate().state}: another process holds it"]
    assert on_disk(second) == Marks(starred=True, place=Place(3))
    assert not on_disk(first).read
    guide.close()
    assert guide.lost == ""


def test_the_later_mark_counts_although_it_is_written_first(guide: Library) -> None:
    first = guide.unread(View.DATE)[0]
    guide.save_without_waiting(lambda _: None)
    with locked() as other:
        guide.set_starred(first, starred=True)
        later = time.time_ns() // 1_000_000 + 1000
        other.execute(
            "INSERT INTO mark (permalink, starred, starred_at) VALUES (?, 0, ?)", (first, later)
        )
        other.execute("COMMIT")
    assert guide.refresh().state, "another process took the star away"
    assert not guide.is_starred(first)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_what_fails_is_reported_once_and_tried_again(
    guide: Library, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    left = [DiskError("state.db: the disk is full; make room")] * times
    merge = merge_marks
    said: list[str] = []

    def fail(db: sqlite3.Connection, marks: Iterable[TimedMarks]) -> int:
        if left:
            raise left.pop()
        return merge(db, marks)

    monkeypatch.setattr("xsfreader.store.state.merge_marks", fail)
    guide.save_without_waiting(said.append)
    first = guide.unread(View.DATE)[0]
    guide.set_read(first, read=True)
    for _ in range(times):
        assert not on_disk(first).read
        assert guide.is_read(first)
        guide.refresh()
    assert on_disk(first).read
    assert said == ["state.db: the disk is full"]


def test_what_is_lost_at_the_end_is_said(guide: Library) -> None:
    first = guide.unread(View.DATE)[0]
    for marks, words in (((), "where you left off was"), ((first,), "the marks of 1 post were")):
        library = guide.clone()
        library.save_without_waiting(lambda _: None)
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
            assert time.monotonic() - start < 15, "each of these would wait for 5 s"
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
        terminal.wait("Marks not saved yet")
        terminal.press("q")
        terminal.ended()
        assert b"xsfreader: the marks of 1 post were not saved: " in terminal.raw
