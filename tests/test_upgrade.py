"""Upgrades: the files of each format of the archive open with this version."""

from __future__ import annotations

import re
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fixtures.upgrade.make import MARKS, SOURCE
from xsfreader.config import load
from xsfreader.errors import NewerFileError
from xsfreader.library import Library
from xsfreader.model import Filter, Marks, Place, View
from xsfreader.paths import Paths
from xsfreader.source.directory import DirectorySource
from xsfreader.store.database import Database
from xsfreader.store.schema import ARCHIVE, PICTURES, SPECIFICATIONS, STATE, XEPS, Schema
from xsfreader.ui.app import ReaderApp
from xsfreader.ui.keymap import effective
from xsfreader.ui.reader import ReaderScreen

if TYPE_CHECKING:
    from collections.abc import Iterator

UPGRADE = Path(__file__).parent / "fixtures" / "upgrade"
POSTS = UPGRADE / "posts"
LAST = "/2011/06/quarterly-membership-application-period-q3-2011/"
"""The post that was open when the app was closed."""
BY_KEYS = {
    "/2024/02/a-picture-and-a-table/": Marks(starred=True, place=Place(0, 0)),
    "/2020/03/a-post-with-an-older-address/": Marks(place=Place(0, 0)),
    LAST: Marks(read=True, place=Place(1, 0)),
}
"""Marks that were made in the app."""
IMPORTED = {
    permalink: Marks(
        bool(mark.get("read")),
        bool(mark.get("starred")),
        Place(mark["block"], mark.get("offset", 0)) if "block" in mark else None,
    )
    for permalink, mark in MARKS.items()
}
EXPECTED = IMPORTED | BY_KEYS


@pytest.fixture(params=range(1, ARCHIVE.version + 1), ids="archive-{}".format)
def version(request: pytest.FixtureRequest) -> int:
    """Each format that the archive has had; the other files have had one."""
    assert {each.version for each in (STATE, PICTURES, XEPS, SPECIFICATIONS)} == {1}
    return int(request.param)


@pytest.fixture
def paths(version: int, tmp_path: Path) -> Paths:
    """A copy of the files of an earlier version."""
    with tarfile.open(UPGRADE / f"archive-{version}.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    return Paths(tmp_path / "config.toml", tmp_path / "data" / "xsfreader", tmp_path / "log")


@pytest.fixture
def library(paths: Paths) -> Iterator[Library]:
    with Library(load(paths.config), paths) as library:
        yield library


def sync(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sync from the same posts."""
    monkeypatch.setattr(library, "source", lambda: DirectorySource(POSTS))
    library.sync(lambda _progress: None)


@pytest.fixture
def synced(library: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """The library after a sync from the same posts."""
    sync(library, monkeypatch)
    return library


@pytest.fixture(params=["as it was", "synced"])
def either(
    library: Library, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Library:
    """The library before and after a sync."""
    if request.param == "synced":
        sync(library, monkeypatch)
    return library


def bodies() -> set[str]:
    """The Markdown of each file that is a post."""
    files = [file for file in POSTS.rglob("*.md") if "broken" not in file.name]
    return {file.read_text(encoding="utf-8").split("---\n", 2)[2].strip() for file in files}


@pytest.mark.parametrize(
    ("schema", "table"),
    [
        (ARCHIVE, "post"),
        (STATE, "mark"),
        (PICTURES, "picture"),
        (XEPS, "xep"),
        (SPECIFICATIONS, "held"),
    ],
)
def test_a_newer_file_is_refused_and_left_alone(schema: Schema, table: str, tmp_path: Path) -> None:
    file = tmp_path / "file.db"
    with closing(sqlite3.connect(file)) as db:
        for step in schema.steps:
            db.executescript(step)
        db.executescript(
            f"PRAGMA user_version = {schema.version + 1}; ALTER TABLE {table} ADD COLUMN newer;"
            f"PRAGMA application_id = {schema.application}"
        )
    before = file.read_bytes()
    database = Database(file, schema, timeout=1)
    for attempt in (lambda: database.rows("SELECT 1"), lambda: database.writing().__enter__()):
        with pytest.raises(NewerFileError, match=r"newer version.*update"):
            attempt()
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_the_configuration_has_the_same_meaning(paths: Paths, version: int) -> None:
    config = load(paths.config)
    assert config.source == SOURCE
    assert (config.theme, config.width, config.images) == ("nord", 70, "all")
    assert config.languages == ("de", "en")
    assert config.openers["https"] == ("firefox", "--new-tab", "{}")
    keys = {action.id: action.keys for action in effective(config)}
    assert keys["star"] == ("S",)
    assert keys["sync"] == ()
    assert keys["quit"] == ("Q", "ctrl+q")
    if version >= 6:
        assert (config.list_width, config.sync_timeout) == (36, 100)
        assert (config.xmpp.jid, config.xmpp.password_command) == (
            "reader@example.org",
            ("pass", "xmpp"),
        )


def test_every_post_is_there_with_its_text(either: Library) -> None:
    posts = [listed.post for listed in either.posts(Filter())]
    assert len(posts) == 9
    assert {either.item(post.permalink).text.strip() for post in posts} == bodies()
    assert len(either.entries(View.DATE, None)) == 8
    for post in posts:
        assert either.document(post.permalink).blocks
    assert [hit.post.language for hit in either.search("rundbrief", 5)] == ["de"]


def test_every_mark_and_place_is_there(either: Library) -> None:
    for permalink, marks in EXPECTED.items():
        if "another-blog" in permalink:
            assert either.marks(permalink) == marks, "a mark of another source"
        else:
            assert either.marks(either.resolve(permalink)) == marks, permalink
    starred = {entry.title for entry in either.entries(View.STARRED, None)}
    assert starred == {
        "XMPP Summit 8 / FOSDEM 2010",
        "Q2/2011 Membership Application Period Ending Soon",
        "A picture and a table",
        "Der Muster-Rundbrief",
    }


def test_an_export_holds_every_mark_with_its_time(either: Library) -> None:
    marks = either.export_state()["marks"]
    assert set(EXPECTED) <= set(marks)
    assert marks["/2015/01/of-another-blog/"]["starred_at"] == 1_700_000_008_000
    taken_away = marks["/2020/03/a-post-with-an-older-address/"]
    assert (taken_away["starred"], taken_away["starred_at"]) == (False, 1_700_000_007_000)


def test_an_export_of_the_version_before_marks_the_new_permalinks(
    library: Library, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = library.export_state()
    elsewhere = Paths(paths.config, tmp_path / "elsewhere", paths.log)
    with Library(load(paths.config), elsewhere) as other:
        sync(other, monkeypatch)
        assert other.import_state(exported) == len(exported["marks"])
        for permalink, marks in BY_KEYS.items():
            assert other.marks(other.resolve(permalink)) == marks
        assert other.is_starred("/2009/12/xmpp-summit-8-/-fosdem-2010/")


def test_old_permalinks_still_find_the_post(synced: Library) -> None:
    assert synced.resolve(LAST) == "/2011/06/quarterly-membership-application-period-q3/2011/"
    assert synced.item_at(f"https://xmpp.org{LAST}") == synced.resolve(LAST)


def test_the_image_the_xeps_and_what_was_unreadable_are_there(library: Library) -> None:
    image = (POSTS / "static" / "images" / "square.png").read_bytes()
    assert library.images.cached("/images/square.png") == image
    assert library.xep_line(198) == "XEP-0198 Stream Management, Stable"
    assert [number for number, posts in library.listed_xeps() if posts] == [198, 313, 384]
    assert [re.sub(".*/", "", one.path) for one in library._store.unreadable()] == [
        "2025-11-11-broken.md"
    ]
    assert library.synced is not None
    assert library.warnings == ()


def test_the_theme_chosen_in_the_app_is_kept(paths: Paths) -> None:
    with Library(load(paths.config)._replace(theme=""), paths) as library:
        assert library.theme() == "rose-pine"


def test_a_specification_and_a_changed_post_are_there(library: Library, version: int) -> None:
    if version >= 5:
        titles = [heading.text for heading in library.document("xep/198").headings]
        assert "1. Enabling" in titles, titles
    assert library.is_changed("/2025/10/the-sample-newsletter/") == (version >= 6)


async def test_the_app_opens_where_it_was_left(either: Library) -> None:
    app = ReaderApp(either, offline=True, fresh=False)
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause(0.1)
            screen = pilot.app.screen
            assert isinstance(screen, ReaderScreen)
            assert screen.item_id == either.resolve(LAST)
            assert screen.reading
            assert screen.posts.view is View.CATEGORY
            assert screen.posts.tree_of_posts.opened == {"membership"}
            assert pilot.app.theme == "nord"
    finally:
        app.close_libraries()
