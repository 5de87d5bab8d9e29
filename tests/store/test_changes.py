"""Changes by other connections are reported, and nothing else."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.conftest import TODAY, Opener, apply_posts, make, restart
from xsfreader.errors import NewerFileError
from xsfreader.model import Changes, Filter, Place
from xsfreader.store import Store

ROOT = Path(__file__).parents[2]
NOTHING = Changes()
OTHER = """
import sys
from pathlib import Path
from tests.store.conftest import apply_posts, make
from xsfreader.model import Place
from xsfreader.store import Store
folder = Path(sys.argv[1])
with Store.open(folder / "archive.db", folder / "state.db", ingest_version=1) as store:
    {code}
"""


@pytest.fixture
def watching(store: Store) -> Store:
    """A store with two posts."""
    apply_posts(store, [make("a.md"), make("b.md")], "1")
    assert store.refresh() == NOTHING
    return store


def other_process(folder: Path, code: str) -> None:
    """Run code with a store of the same files in another process."""
    subprocess.run(
        [sys.executable, "-c", OTHER.format(code=code), str(folder)], check=True, cwd=ROOT
    )


def titles(store: Store) -> list[str]:
    return sorted(post.title for post, _ in store.posts(Filter(), TODAY))


def test_refresh_reports_a_sync_by_another_process_once(watching: Store, folder: Path) -> None:
    other_process(folder, 'apply_posts(store, [make("c.md")], "2")')
    assert watching.refresh() == Changes(archive=True, synced=True)
    assert titles(watching) == ["c"]
    assert watching.refresh() == NOTHING


def test_refresh_reports_a_sync_without_changes_as_synced_only(
    watching: Store, folder: Path
) -> None:
    other_process(folder, "store.record_check()")
    assert watching.refresh() == Changes(synced=True)


@pytest.mark.parametrize("code", ['set_read(["/2025/06/a/"], True)', 'set_starred("/x/", True)'])
def test_refresh_reports_a_mark_of_another_process_once(
    watching: Store, folder: Path, code: str
) -> None:
    other_process(folder, f"store.{code}")
    assert watching.refresh() == Changes(state=True)
    assert watching.refresh() == NOTHING


def test_refresh_ignores_places_and_settings(watching: Store, folder: Path) -> None:
    code = 'store.set_setting("session", "x"); store.set_place("/2025/06/a/", Place(3))'
    other_process(folder, code)
    assert watching.refresh() == NOTHING


def test_refresh_ignores_own_writes_but_reports_those_of_others(
    watching: Store, opened: Opener
) -> None:
    watching.set_read(["/2025/06/a/"], True)
    watching.set_starred("/2025/06/b/", True)
    watching.import_state(watching.export_state())
    apply_posts(watching, [make("d.md")], "3")
    watching.record_check()
    assert watching.refresh() == NOTHING
    other = opened()
    other.set_place("/2025/06/a/", Place(1))
    assert watching.refresh() == NOTHING
    other.set_starred("/2025/06/b/", False)
    watching.set_starred("/2025/06/d/", True)
    assert watching.refresh() == Changes(state=True)


def test_refresh_ignores_a_checkpoint(watching: Store, opened: Opener) -> None:
    other = opened()
    other.set_setting("x", "y")
    other._archive.checkpoint()
    other._state.checkpoint()
    assert watching.refresh() == NOTHING


def replacement(folder: Path, *names: str) -> Path:
    """Make an archive of other posts in another folder."""
    elsewhere = folder.parent / "elsewhere"
    with Store.open(elsewhere / "a.db", elsewhere / "s.db", ingest_version=1) as store:
        apply_posts(store, [make(f"{name}.md") for name in names], " ".join(names))
    return elsewhere / "a.db"


def test_refresh_opens_an_archive_that_was_replaced_as_a_file(
    watching: Store, folder: Path
) -> None:
    # Leave something in the old file's log, which must not be read into the new one.
    watching.record_check()
    assert (folder / "archive.db-wal").stat().st_size
    replacement(folder, "new", "newer").replace(folder / "archive.db")
    assert watching.refresh() == Changes(archive=True, synced=True)
    assert titles(watching) == ["new", "newer"]
    assert watching.refresh() == NOTHING
    watching.set_read(["/2025/06/new/"], True)
    apply_posts(watching, [make("last.md")], "last")
    assert titles(watching) == ["last"]
    watching.close()
    with contextlib.closing(sqlite3.connect(folder / "archive.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT title FROM post").fetchall() == [("last",)]


def test_refresh_opens_a_copy_of_the_same_archive_without_reporting_it(
    watching: Store, folder: Path
) -> None:
    shutil.copy(folder / "archive.db", folder / "copy.db")
    (folder / "copy.db").replace(folder / "archive.db")
    assert watching.refresh() == NOTHING
    other_process(folder, 'apply_posts(store, [make("c.md")], "2")')
    assert watching.refresh() == Changes(archive=True, synced=True)


def test_refresh_raises_once_for_an_archive_of_a_newer_version(
    watching: Store, folder: Path
) -> None:
    new = replacement(folder, "new")
    with contextlib.closing(sqlite3.connect(new, isolation_level=None)) as db:
        db.execute("PRAGMA user_version = 99")
        db.execute("ALTER TABLE post ADD COLUMN newer TEXT")
    new.replace(folder / "archive.db")
    with pytest.raises(NewerFileError):
        watching.refresh()
    assert watching.refresh() == NOTHING
    assert titles(watching) == ["a", "b"]
    replacement(folder, "right").replace(folder / "archive.db")
    assert watching.refresh().archive


def test_refresh_sets_a_damaged_replacement_aside(watching: Store, folder: Path) -> None:
    (folder / "junk").write_bytes(b"no database" * 1000)
    (folder / "junk").replace(folder / "archive.db")
    assert watching.refresh().archive
    assert titles(watching) == []
    assert "set aside" in watching.warnings[0]


def test_refresh_opens_a_state_that_was_replaced_as_a_file(watching: Store, folder: Path) -> None:
    # Leave something in the old file's log, which must not be read into the new one.
    watching.set_starred("/old/", True)
    assert (folder / "state.db-wal").stat().st_size
    other_state(folder).replace(folder / "state.db")
    assert watching.refresh() == Changes(state=True)
    assert watching.marks("/2025/06/a/").starred
    assert not watching.marks("/old/").starred
    watching.close()
    with contextlib.closing(sqlite3.connect(folder / "state.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_marks_made_in_a_replaced_state_before_it_is_noticed_are_kept(
    watching: Store, folder: Path
) -> None:
    other_state(folder).replace(folder / "state.db")
    other_process(folder, 'store.set_starred("/new/", True)')
    assert watching.refresh() == Changes(state=True)
    assert watching.marks("/2025/06/a/").starred
    assert watching.marks("/new/").starred


def other_state(folder: Path) -> Path:
    """Make a state in which a post is starred in another folder."""
    elsewhere = folder.parent / "elsewhere"
    with Store.open(elsewhere / "a.db", elsewhere / "s.db", ingest_version=1) as store:
        store.set_starred("/2025/06/a/", True)
    return elsewhere / "s.db"


def test_refresh_ignores_a_missing_file(watching: Store, folder: Path) -> None:
    (folder / "archive.db").rename(folder / "away.db")
    assert watching.refresh() == NOTHING
    (folder / "away.db").rename(folder / "archive.db")
    assert watching.refresh() == NOTHING


def test_refresh_reads_while_another_connection_writes(watching: Store, folder: Path) -> None:
    other_process(folder, 'store.set_starred("/x/", True)')
    restart()
    with contextlib.closing(sqlite3.connect(folder / "state.db", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        assert watching.refresh() == Changes(state=True)
        db.execute("ROLLBACK")
