"""Files that are missing, of a newer version, damaged, locked or read-only."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.store.conftest import EN, TODAY, Opener, apply_posts, make, restart
from tests.unprivileged import needs_permissions, unprivileged
from xsfreader.errors import BrokenFileError, BusyError, DiskError, NewerFileError
from xsfreader.model import Changes, Filter, Known, Place, View
from xsfreader.store import Store, files, repair
from xsfreader.store.check import check as sound
from xsfreader.store.merging_marks import TimedMarks
from xsfreader.store.query import parse_query
from xsfreader.store.schema import ARCHIVE, STATE, Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


BOTH = pytest.mark.parametrize("name", ["archive.db", "state.db"])


def filled(opened: Opener) -> Store:
    store = opened()
    apply_posts(store, [make("a.md"), make("b.md")])
    store.set_starred("/2025/06/a/", True)
    return store


def test_an_archive_without_posts_is_no_file(opened: Opener, folder: Path) -> None:
    store, other = opened(), opened()
    with store.sync_lock():
        assert store.known() == Known()
    store.set_starred("/2025/06/a/", True)
    assert not [one.name for one in folder.iterdir() if "archive" in one.name]
    apply_posts(store, [make("a.md")])
    assert (folder / "archive.db").exists()
    assert other.refresh().archive
    assert [each.snapshot_id for each in (store, other, opened())] == ["1"] * 3
    assert not store.refresh().archive


def test_the_folder_is_private(store: Store, folder: Path) -> None:
    assert store.warnings == ()
    if os.name == "posix":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_reopening_keeps_everything(opened: Opener) -> None:
    filled(opened).close()
    again = opened()
    assert again.count(EN, TODAY) == 2
    assert again.marks("/2025/06/a/").starred
    assert again.warnings == ()


@BOTH
def test_a_newer_file_is_left_untouched(opened: Opener, folder: Path, name: str) -> None:
    filled(opened).close()
    file = folder / name
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA user_version = 99")
        table = "mark" if "state" in name else "post"
        db.execute(f"ALTER TABLE {table} ADD COLUMN newer TEXT")
    db.close()
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    with pytest.raises(NewerFileError, match="newer version"):
        opened()
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(b"no database at all, but long enough to be one" * 9),
        lambda file: file.write_bytes(b"xy"),
        lambda file: file.write_bytes(b"SQLite format 3\0" + b"\xff" * 84),
        lambda file: foreign(file),  # noqa: PLW0108 - defined below
        lambda file: unnumbered(file),  # noqa: PLW0108 - defined below
    ],
    ids=["text", "two bytes", "a spoiled header", "another program's", "somebody's"],
)
def test_a_damaged_archive_is_set_aside_and_created_again(
    opened: Opener, folder: Path, spoil: Callable[[Path], None]
) -> None:
    filled(opened).close()
    file = folder / "archive.db"
    spoil(file)
    broken = file.read_bytes()
    store = opened()
    assert store.snapshot_id is None
    assert store.marks("/2025/06/a/").starred
    aside = next(one for one in folder.iterdir() if ".broken-" in one.name)
    assert aside.read_bytes() == broken
    assert len(store.warnings) == 1
    assert aside.name in store.warnings[0]
    assert apply_posts(store, [make("a.md")]).total == 1


def foreign(file: Path) -> None:
    file.unlink()
    db = sqlite3.connect(file)
    db.execute("CREATE TABLE other (x)")
    db.execute("PRAGMA application_id = 7")
    db.close()


def unnumbered(file: Path) -> None:
    file.unlink()
    db = sqlite3.connect(file)
    db.execute("CREATE TABLE other (x)")
    db.close()


@pytest.mark.parametrize("content", [b"", b"no database" * 20, None])
def test_a_damaged_state_is_restored_from_the_last_backup(
    opened: Opener, folder: Path, content: bytes | None
) -> None:
    filled(opened).close()
    restart()
    opened().close()
    file = folder / "state.db"
    assert (folder / "state.db.bak").exists()
    file.unlink() if content is None else file.write_bytes(content)
    store = opened()
    assert store.marks("/2025/06/a/").starred
    assert "restored from the backup of" in store.warnings[0]
    if content:
        assert any("state.db.broken-" in one.name for one in folder.iterdir())
    store.close()
    restart()
    assert opened().warnings == ()


def test_damage_inside_the_state_is_found_at_start(opened: Opener, folder: Path) -> None:
    store = filled(opened)
    store.set_read([f"/{number}/" for number in range(500)], True)
    store.close()
    restart()
    opened().close()
    file = folder / "state.db"
    data = bytearray(file.read_bytes())
    data[4096 : len(data) - 4096] = b"\xa5" * (len(data) - 8192)
    file.write_bytes(data)
    restart()
    store = opened()
    assert store.marks("/2025/06/a/").starred
    assert store.marks("/499/").read
    assert "set aside" in store.warnings[0]


def test_readable_rows_of_a_damaged_state_win_over_its_backup(opened: Opener, folder: Path) -> None:
    filled(opened).close()
    restart()
    opened().close()
    store = opened()
    store.set_starred("/2025/06/a/", False)
    store.set_read([f"/{number:04}/" for number in range(2000)], True)
    store.close()
    file = folder / "state.db"
    data = bytearray(file.read_bytes())
    middle = len(data) // 8192 * 4096
    data[middle : middle + 4096] = b"\xa5" * 4096
    file.write_bytes(data)
    restart()
    store = opened()
    assert "marks recovered from it" in store.warnings[0]
    assert not store.marks("/2025/06/a/").starred
    assert store.marks("/0000/").read
    assert store.marks("/1999/").read


def test_a_temporary_error_does_not_set_the_state_aside(
    opened: Opener, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(opened).close()
    restart()
    check, errors = sound, [BrokenFileError("passing")]

    def check_badly(*arguments: Any, **options: Any) -> int:
        if errors:
            raise errors.pop()
        return check(*arguments, **options)

    monkeypatch.setattr(repair, "check", check_badly)
    store = opened()
    assert not errors
    assert store.warnings == ()
    assert store.marks("/2025/06/a/").starred
    assert not [one.name for one in folder.iterdir() if ".broken-" in one.name]


def test_marks_that_only_the_backup_has_stay_in_the_next_one(opened: Opener, folder: Path) -> None:
    store = filled(opened)
    store.set_read(["/x/", "/y/"], True)
    store.close()
    restart()
    opened().close()
    db = sqlite3.connect(folder / "state.db", isolation_level=None)
    db.execute("DELETE FROM mark WHERE permalink IN ('/x/', '/y/')")
    db.close()
    old = time.time() - 2 * 60 * 60
    os.utime(folder / "state.db.bak", (old, old))
    restart()
    opened().close()
    with closing(sqlite3.connect(folder / "state.db.bak")) as db:
        assert db.execute("SELECT count(*) FROM mark").fetchone() == (3,)


def test_without_a_sound_backup_the_state_starts_empty(opened: Opener, folder: Path) -> None:
    filled(opened).close()
    for name in ("state.db", "state.db.bak"):
        (folder / name).write_bytes(b"spoiled" * 50)
    store = opened()
    assert not store.marks("/2025/06/a/").starred
    assert "no marks left" in store.warnings[0]
    assert store.count(EN, TODAY) == 2


def test_the_state_is_backed_up_again_after_an_hour(opened: Opener, folder: Path) -> None:
    filled(opened).close()
    restart()
    opened().close()
    copy = folder / "state.db.bak"
    first = copy.read_bytes()
    store = opened()
    store.set_starred("/2025/06/b/", True)
    store.close()
    restart()
    opened().close()
    assert copy.read_bytes() == first
    old = time.time() - 2 * 60 * 60
    os.utime(copy, (old, old))
    restart()
    opened().close()
    assert copy.read_bytes() != first
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT count(*) FROM mark").fetchone() == (2,)


def test_damage_inside_the_archive_is_repaired_at_the_next_start(
    opened: Opener, folder: Path
) -> None:
    filled(opened).close()
    file = folder / "archive.db"
    file.write_bytes(file.read_bytes().replace(b"blob of a.md", b"blob of \xff\xff\xff\xff"))
    store = opened()
    with pytest.raises(BrokenFileError, match="restart"):
        store.posts(Filter(), TODAY)
    store.close()
    again = opened()
    assert again.snapshot_id is None
    assert again.marks("/2025/06/a/").starred
    assert len(again.warnings) == 1
    again.close()
    restart()
    assert opened().warnings == ()


def test_a_migration_is_atomic(tmp_path: Path) -> None:
    file = tmp_path / "x.db"

    def migrate(schema: Schema) -> None:
        with closing(files.connect(file, 0.1)) as db:
            files.migrate(db, file, schema, 0.1)

    one = Schema("thing", 7, ("CREATE TABLE a (x);",))
    migrate(one)
    with pytest.raises(sqlite3.Error):
        migrate(Schema("thing", 7, (*one.steps, "CREATE TABLE b (x); CREATE TABLE a (x);")))
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("a",)]
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
    good = Schema("thing", 7, (*one.steps, "CREATE TABLE b (x);"))
    migrate(good)
    migrate(good)
    with pytest.raises(NewerFileError):
        migrate(one)


def test_the_state_is_backed_up_before_a_migration(
    opened: Opener, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    from xsfreader.store import base as module

    filled(opened).close()
    restart()
    opened().close()
    (folder / "state.db.bak").write_bytes(b"old")
    newer = STATE._replace(steps=(*STATE.steps, "CREATE TABLE more (x);"))
    monkeypatch.setattr(module, "STATE", newer)
    assert opened().marks("/2025/06/a/").starred
    copy = sqlite3.connect(folder / "state.db.bak")
    assert copy.execute("PRAGMA user_version").fetchone() == (len(STATE.steps),)
    copy.close()


@needs_permissions
def test_a_folder_that_cannot_be_written_to(opened: Opener, folder: Path) -> None:
    filled(opened).close()
    folder.chmod(0o500)
    try:
        with unprivileged(), pytest.raises(DiskError):
            opened().set_starred("/x/", True)
    finally:
        folder.chmod(0o700)


def test_a_folder_that_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskError, match="can't be created"):
        Store.open(tmp_path / "file" / "a.db", tmp_path / "file" / "s.db", ingest_version=1)


def test_a_full_disk_raises_and_changes_nothing(opened: Opener) -> None:
    store = filled(opened)
    pages = store._archive.rows("PRAGMA page_count")[0][0]
    store._archive.rows(f"PRAGMA max_page_count = {pages}")
    big = "".join(chr(200 + number % 5000) for number in range(100_000))
    with pytest.raises(DiskError, match="full"):
        apply_posts(store, [make("c.md", body=big, text=big)], "2")
    assert store.snapshot_id == "1"
    assert store.count(EN, TODAY) == 2


CALLS: dict[str, Callable[[Store], object]] = {
    "snapshot_id": lambda s: s.snapshot_id,
    "known": lambda s: s.known(),
    "find_blob": lambda s: s.find_blob("x"),
    "apply_snapshot": lambda s: apply_posts(s, [make("c.md")], "2"),
    "record_check": lambda s: s.record_check(),
    "synced": lambda s: s.synced(),
    "unreadable": lambda s: s.unreadable(),
    "move_marks": lambda s: s.move_marks(),
    "move_marks_from_aliases": lambda s: s.move_marks_from_aliases(),
    "image_blob": lambda s: s.image_blob("/x"),
    "images": lambda s: s.images(),
    "count": lambda s: s.count(EN, TODAY),
    "permalink_at": lambda s: s.permalink_at("a.md"),
    "permalink_of": lambda s: s.permalink_of("a", "en"),
    "post": lambda s: s.post("/2025/06/a/"),
    "full": lambda s: s.full("/2025/06/a/"),
    "translations": lambda s: s.translations("/2025/06/a/"),
    "posts": lambda s: s.posts(Filter(), TODAY),
    "resolve": lambda s: s.resolve("a"),
    "suggest": lambda s: s.suggest("a"),
    "groups": lambda s: s.groups(View.DATE, None, EN, TODAY),
    "entries": lambda s: s.entries(View.UNREAD, None, EN, TODAY),
    "entry": lambda s: s.entry("/2025/06/a/", EN, TODAY),
    "group_keys": lambda s: s.group_keys(View.DATE, "/2025/06/a/", EN, TODAY),
    "neighbours": lambda s: s.neighbours("/2025/06/a/", EN, TODAY),
    "newest": lambda s: s.newest(EN, TODAY),
    "unread_count": lambda s: s.unread_count(EN, TODAY),
    "scheduled_count": lambda s: s.scheduled_count(TODAY),
    "search": lambda s: s.search("words", 9, EN, TODAY),
    "search_ids": lambda s: s.search_ids(parse_query("words"), 9, EN, TODAY),
    "read_hits": lambda s: s.read_hits([1], parse_query("words")),
    "marks": lambda s: s.marks("/2025/06/a/"),
    "changed_posts": lambda s: s.changed_posts(),
    "set_read": lambda s: s.set_read(["/2025/06/a/"], True),
    "set_starred": lambda s: s.set_starred("/2025/06/a/", True),
    "set_place": lambda s: s.set_place("/2025/06/a/", Place(1)),
    "setting": lambda s: s.setting("x"),
    "set_setting": lambda s: s.set_setting("x", "y"),
    "timed_marks": lambda s: s.timed_marks(),
    "lower_times": lambda s: s.lower_times(2, 1),
    "merge_timed_marks": lambda s: s.merge_timed_marks([TimedMarks("/a/", 1, 5)]),
    "export_state": lambda s: s.export_state(),
    "import_state": lambda s: s.import_state(s_export()),
    "set_xeps": lambda s: s.set_xeps([]),
    "xeps": lambda s: s.xeps(),
    "xep": lambda s: s.xep(1),
    "xeps_validators": lambda s: s.xeps_validators(),
}
HARMLESS = {
    "previews",
    "save_without_waiting",
    "save_rest",
    "refresh",
    "xep_titles",
    "close",
    "open",
    "marks_lock",
    "sync_lock",
    "warnings",
}


def s_export() -> dict[str, object]:
    return {"format": "xsfreader-state", "version": 1, "marks": {"/x/": {}}}


@pytest.fixture
def locked(opened: Opener, folder: Path) -> Iterator[Store]:
    """A store whose files are locked by other connections."""
    filled(opened).close()
    store = opened()
    store.set_xeps([])
    store.close()
    names = ("archive.db", "state.db", "xeps.db")
    holders = [sqlite3.connect(folder / name, isolation_level=None) for name in names]
    # Without a write-ahead log, which lets others read whoever writes.
    for holder in holders:
        holder.execute("PRAGMA journal_mode = DELETE")
    for holder in holders:
        holder.execute("BEGIN EXCLUSIVE")
    with Store(folder / "archive.db", folder / "state.db", "1.1", 0.0) as store:
        yield store
    for holder in holders:
        holder.close()


@pytest.mark.parametrize("name", CALLS)
def test_every_call_raises_busy_error_for_a_locked_file(locked: Store, name: str) -> None:
    with pytest.raises(BusyError, match="another process"):
        CALLS[name](locked)


def test_refresh_does_not_wait_for_locks(locked: Store) -> None:
    assert locked.refresh() == Changes()


def test_every_public_call_is_tested_with_locked_files() -> None:
    public = {name for name in dir(Store) if not name.startswith("_")}
    assert public - HARMLESS == set(CALLS)


def test_opening_raises_busy_error_for_a_locked_file(opened: Opener, folder: Path) -> None:
    filled(opened).close()
    holder = sqlite3.connect(folder / "state.db", isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("REPLACE INTO setting VALUES ('a', 'b', 1)")
    with pytest.raises(BusyError):
        opened()
    holder.close()


OPENING = """
import sys
from pathlib import Path
from tests.store.conftest import EN, TODAY, apply_posts, make
from xsfreader.store import Store
folder = Path(sys.argv[1])
with Store.open(folder / "archive.db", folder / "state.db", ingest_version=1) as store:
    store.set_read([f"/{sys.argv[2]}/"], True)
    store.newest(EN, TODAY)
    assert store.warnings == ()
"""


def test_many_processes_create_the_files_at_once(folder: Path, opened: Opener) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", OPENING, str(folder), str(number)],
            cwd=Path(__file__).parents[2],
        )
        for number in range(6)
    ]
    assert [process.wait(60) for process in running] == [0] * 6
    assert len(opened().export_state()["marks"]) == 6


KILLED = """
import sys, os
from pathlib import Path
from tests.store.conftest import apply_posts, make
from xsfreader.store import Store
folder = Path(sys.argv[1])
store = Store.open(folder / "archive.db", folder / "state.db", ingest_version=1)
with store.sync_lock():
    store._archive._db.set_trace_callback(lambda statement: None)
    step = int(sys.argv[2])
    count = 0
    def trace(statement):
        global count
        count += 1
        if count == step:
            os.kill(os.getpid(), 9)
    store._archive._db.set_trace_callback(trace)
    apply_posts(store, [make("a.md", title="New", blob="2"), make("c.md", text="new words")], "2")
    print("landed")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs POSIX signals")
@pytest.mark.parametrize("step", [1, 4, 9, 15, 22, 30, 38, 45, 60])
def test_a_kill_while_applying_a_snapshot_leaves_the_old_or_the_new_one(
    opened: Opener, folder: Path, step: int
) -> None:
    filled(opened).close()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(step)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode in (-9, 0), done.stderr
    store = opened()
    assert store.warnings == ()
    titles = sorted(post.title for post, _ in store.posts(Filter(), TODAY))
    if store.snapshot_id == "1":
        assert titles == ["a", "b"]
        assert len(store.search("new", -1, EN, TODAY)) == 0
    else:
        assert titles == ["New", "c"]
        assert len(store.search("new", -1, EN, TODAY)) == 2
        assert store.marks("/2025/06/new/").starred
    assert store.marks("/2025/06/a/").starred
    with store.sync_lock():
        pass


def test_files_have_the_versions_of_this_program(opened: Opener, folder: Path) -> None:
    filled(opened).close()
    for name, schema in (("archive.db", ARCHIVE), ("state.db", STATE)):
        db = sqlite3.connect(folder / name)
        assert db.execute("PRAGMA user_version").fetchone() == (schema.version,)
        assert db.execute("PRAGMA application_id").fetchone() == (schema.application,)
        db.close()


def test_times_are_utc(store: Store) -> None:
    apply_posts(store, [make("a.md", day="1969-12-31")])
    post = store.post("/1969/12/a/")
    assert post is not None
    assert post.date == dt.datetime(1969, 12, 31, tzinfo=dt.UTC)
