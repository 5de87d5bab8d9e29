"""Damaged files: what SQLite calls corruption, what it doesn't, and a post that can't be read.

``LISTED`` has ways to spoil a file, each a function of its path; add one there. Whatever was
spoilt: no traceback, at most one failure, which names the file, and nothing of the copy is lost.
"""

from __future__ import annotations

import functools
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.store.conftest import EN, TODAY, apply_posts, make
from xsfreader.errors import StoreError
from xsfreader.model import Filter, View, Xep
from xsfreader.source.directory import DirectorySource
from xsfreader.store import Store, notices, repair
from xsfreader.sync import sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

MARKED = tuple(f"/2025/06/{name}/" for name in "abcdefgh")
PAGE = {"archive.db": 8192, "state.db": 4096}
BOTH = pytest.mark.parametrize("name", PAGE)


class Used(NamedTuple):
    """What a store had."""

    posts: int
    marks: frozenset[str]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an archive, and a state with its copy."""
    folder = tmp_path_factory.mktemp("sound")
    with open_store(folder) as store:
        posts = [make(f"{name}.md", text="Some words " * 50, xeps=(198,)) for name in "abcdefgh"]
        apply_posts(store, [*posts, make("a.de.md")], images={"/images/x.png": "blob"})
        store.set_read(MARKED, True)
        store.set_setting("theme", "nord")
    open_store(folder).close()
    assert (folder / "state.db.bak").exists()
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(repair, "_PAUSE", 0)
    shutil.copytree(sound, tmp_path / "data")
    return tmp_path / "data"


def open_store(folder: Path) -> Store:
    notices._lines.clear()
    return Store.open(folder / "archive.db", folder / "state.db", ingest_version=1, timeout=0.2)


def use(folder: Path, *, sync: bool = False) -> Used:
    """Open the files and do with them what the program does; only StoreError is expected."""
    errors: list[str] = []
    with open_store(folder) as store:

        def attempt(do: Callable[[], object]) -> None:
            try:
                do()
            except StoreError as error:
                # A damaged text stays so until a sync fetches it, which the last test does.
                if "a post's text is damaged" not in str(error):
                    errors.append(str(error))

        found: list[str] = []
        marks: set[str] = set()
        attempt(lambda: found.extend(post.permalink for post, _ in store.posts(Filter(), TODAY)))
        attempt(lambda: marks.update(store.export_state()["marks"]))
        for do in (
            *(lambda one=one: store.full(one) for one in found),
            *(lambda view=view: store.groups(view, None, EN, TODAY) for view in View),
            lambda: store.entries(View.DATE, None, EN, TODAY),
            lambda: store.search("words", 10, EN, TODAY),
            lambda: store.suggest("xyz"),
            store.known,
            store.images,
            store.unreadable,
            store.synced,
            store.refresh,
            lambda: store.setting("theme"),
            lambda: store.set_starred("/2025/06/a/", True),
            *((lambda: apply_posts(store, [make("a.md"), make("z.md")], "2"),) if sync else ()),
        ):
            attempt(do)
        return Used(len(found), frozenset(marks), tuple(errors), store.warnings)


def assert_survives(folder: Path, name: str) -> Used:
    """Use the files until they are sound; return what the first use had."""
    first = use(folder)
    assert all(f"{name}: " in error for error in first.errors)
    second = use(folder)
    assert second.errors == ()
    # Damage may show only when something is written.
    if use(folder, sync=True).errors:
        assert use(folder, sync=True).errors == ()
    else:
        assert use(folder).warnings == ()
    last = use(folder)
    assert last.errors == last.warnings == ()
    assert last.marks >= set(MARKED)
    return first


def flip(file: Path, place: int, bits: int = 0xFF) -> None:
    data = bytearray(file.read_bytes())
    data[place] ^= bits
    file.write_bytes(data)


def execute(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def replace(file: Path, old: bytes, new: bytes) -> None:
    data = file.read_bytes()
    assert old in data
    file.write_bytes(data.replace(old, new))


def schema(sql: str) -> Callable[[Path], object]:
    """Change the text of the schema, which SQLite believes."""
    return lambda file: execute(file, "PRAGMA writable_schema = ON", sql)


LISTED: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a byte of the schema": (
        "state.db",
        lambda f: replace(f, b"permalink TEXT", b"perma\xffink TEXT"),
    ),
    "a byte of the archive's schema": (
        "archive.db",
        lambda f: replace(f, b"CREATE TABLE meta", b"CREATE T\xffBLE meta"),
    ),
    "text that is not UTF-8 in a mark": (
        "state.db",
        lambda f: replace(f, b"/2025/06/c/", b"/2025/06/\xff/"),
    ),
    "text that is not UTF-8 in a setting": (
        "state.db",
        lambda f: execute(f, "UPDATE setting SET value = CAST(x'ff00ff' AS TEXT)"),
    ),
    "text that is not UTF-8 in a title": (
        "archive.db",
        lambda f: execute(f, "UPDATE post SET title = CAST(x'ff41' AS TEXT) WHERE id = 2"),
    ),
    "text that is not UTF-8 in a post": (
        "archive.db",
        lambda f: execute(f, "UPDATE content SET text = CAST(x'ff41' AS TEXT) WHERE post = 2"),
    ),
    "a missing table": ("state.db", lambda f: execute(f, "DROP TABLE mark")),
    "another missing table": ("state.db", lambda f: execute(f, "DROP TABLE setting")),
    "a missing table of posts": ("archive.db", lambda f: execute(f, "DROP TABLE content")),
    "a missing search index": ("archive.db", lambda f: execute(f, "DROP TABLE found")),
    "damage in the search index that no check finds": (
        "archive.db",
        lambda f: execute(f, "UPDATE found_docsize SET sz = x'80'"),
    ),
    "a search index without its table": (
        "archive.db",
        schema("DELETE FROM sqlite_master WHERE name = 'found_data'"),
    ),
    "another column of the search index": (
        "archive.db",
        schema("UPDATE sqlite_master SET sql = replace(sql, 'pgno', 'pgnx')"),
    ),
    "a missing column": (
        "archive.db",
        lambda f: execute(f, "ALTER TABLE post DROP COLUMN summary"),
    ),
    "a missing column of marks": (
        "state.db",
        lambda f: execute(f, "ALTER TABLE mark DROP COLUMN offset"),
    ),
    "a BLOB for a permalink": (
        "archive.db",
        lambda f: execute(f, "UPDATE post SET permalink = x'2f61' WHERE id = 1"),
    ),
    "a BLOB for a marked permalink": (
        "state.db",
        lambda f: execute(f, "UPDATE mark SET permalink = x'2f61' WHERE permalink LIKE '%a/'"),
    ),
    "words for a time": ("archive.db", lambda f: execute(f, "UPDATE post SET at = 'soon'")),
    "a date after all dates": ("archive.db", lambda f: execute(f, "UPDATE post SET at = 1 << 60")),
    "words for the time of a sync": (
        "archive.db",
        lambda f: execute(f, "UPDATE meta SET value = 'soon' WHERE key = 'synced'"),
    ),
    "words for a XEP": ("archive.db", lambda f: execute(f, "UPDATE post SET xeps = 'some'")),
    "no story of a post": ("archive.db", lambda f: execute(f, "DELETE FROM story WHERE id = 1")),
    "no text of a post": ("archive.db", lambda f: execute(f, "DELETE FROM content WHERE post = 1")),
    "words for a compressed text": (
        "archive.db",
        lambda f: execute(f, "UPDATE content SET body = 'words' WHERE post = 1"),
    ),
    "no sizes in the search index": (
        "archive.db",
        lambda f: execute(f, "UPDATE found_data SET block = x'00' WHERE id = 1"),
    ),
    "another encoding": ("state.db", lambda f: flip(f, 59, 2)),
    "nothing": ("state.db", lambda f: f.write_bytes(b"")),
    "one byte": ("archive.db", lambda f: f.write_bytes(b"S")),
    "half of it": ("archive.db", lambda f: f.write_bytes(f.read_bytes()[: PAGE["archive.db"] * 9])),
    "half of the state": ("state.db", lambda f: f.write_bytes(f.read_bytes()[:9000])),
    "zeros": ("state.db", lambda f: f.write_bytes(bytes(20480))),
}
LISTED |= {
    f"{new!r} in the statement of the index": (
        "archive.db",
        functools.partial(replace, old=old, new=new),
    )
    for old, new in (
        (b"USING fts5 (", b"USING fts4 ("),
        (b"tokenize='ascii'", b"tokenize='asciX'"),
        (b"prefix='2'", b"prefix='X'"),
        (
            b"'found_idx'(segid, term, pgno, PRIMARY KEY",
            b"'found_idx'(segid, term, pgno, PRIMARX KEY",
        ),
    )
}
LISTED |= {
    f"byte {place} of the header of {name}": (name, functools.partial(flip, place=place))
    for name in PAGE
    for place in (16, 18, 19, 20, 28, 36, 44, 45, 46, 47, 52, 55, 56, 60, 61, 62, 63, 68, 100, 105)
}


@pytest.mark.parametrize("spoil", LISTED)
def test_listed_damage(folder: Path, spoil: str) -> None:
    name, do = LISTED[spoil]
    do(folder / name)
    assert_survives(folder, name)


def flipped(folder: Path, name: str, places: Iterable[int], bits: Iterable[int]) -> None:
    """Flip bits of a byte at each place, in turn; nothing of the copy may be lost."""
    good = folder.parent / "good"
    folder.rename(good)
    for place in places:
        for one in bits:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(good, folder)
            flip(folder / name, place, one)
            try:
                assert_survives(folder, name)
            except Exception as error:
                raise AssertionError(f"byte {place} of {name} ^ {one}") from error


@BOTH
def test_any_byte(folder: Path, name: str) -> None:
    size = (folder / name).stat().st_size
    flipped(folder, name, (*range(24, 100, 19), *range(109, size, size // 9)), [0xFF])


@pytest.mark.soak
@BOTH
def test_every_byte_of_the_header_and_the_schema(folder: Path, name: str) -> None:
    flipped(folder, name, range(PAGE[name]), [0xFF])


@pytest.mark.soak
@BOTH
def test_many_bits(folder: Path, name: str) -> None:
    size = (folder / name).stat().st_size
    flipped(folder, name, range(0, size, size // 700), [1, 0x80])


def test_a_copy_that_is_damaged_too_leaves_what_can_be_read(folder: Path) -> None:
    for name in ("state.db", "state.db.bak"):
        replace(folder / name, b"/2025/06/c/", b"/2025/06/\xff/")
    use(folder)
    assert use(folder).marks >= set(MARKED) - {"/2025/06/c/"}


def test_the_damaged_one_of_two_files_is_named_and_repaired(folder: Path) -> None:
    with open_store(folder) as store:
        execute(folder / "archive.db", "DROP TABLE found")
        with pytest.raises(StoreError, match=r"archive\.db: damaged"):
            store.search("words is:unread", 10, EN, TODAY)
    warnings = use(folder).warnings
    assert len(warnings) == 1
    assert "archive.db" in warnings[0]
    assert not [one for one in folder.iterdir() if one.name.startswith("state.db.broken")]


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE xep",
        "UPDATE xep SET title = x'00'",
        "UPDATE xep SET title = CAST(x'ff' AS TEXT)",
        "UPDATE xep SET revised = 'soon'",
    ],
)
def test_a_damaged_list_of_xeps(folder: Path, sql: str) -> None:
    xep = Xep(198, "Stream Management", "", "", "Stable", "1", None, (), "sm")
    with open_store(folder) as store:
        store.set_xeps([xep])
    execute(folder / "xeps.db", sql)
    for _ in range(2):
        with open_store(folder) as store:
            try:
                store.xep(198)
            except StoreError as error:
                assert "xeps.db: damaged" in str(error)  # noqa: PT017 - it may work, too
    with open_store(folder) as store:
        assert store.xeps() == []
        store.set_xeps([xep])
        assert store.xep(198) == xep


@pytest.mark.parametrize(
    "body",
    ["x''", "x'00'", "substr(body, 1, 8)", "CAST(replace(hex(body), 'A', 'B') AS BLOB)"],
)
def test_a_sync_fetches_a_damaged_text_again(tmp_path: Path, body: str) -> None:
    posts, data = tmp_path / "posts", tmp_path / "data"
    posts.mkdir()
    for name in ("a", "b", "c"):
        text = f"---\ntitle: {name}\ndate: 2025-06-01\n---\n{name} " + "words " * 50
        (posts / f"{name}.md").write_text(text)
    # The same text twice: a known blob is not sent again.
    (posts / "d.md").write_bytes((posts / "c.md").read_bytes())
    source = DirectorySource(posts)
    with open_store(data) as store:
        sync(store, source, lambda _: None)
        damaged = ", ".join(f"'{store.permalink_at(path)}'" for path in ("b.md", "c.md"))
    execute(
        data / "archive.db",
        f"UPDATE content SET body = {body} WHERE post IN"  # noqa: S608 - ours
        f" (SELECT id FROM post WHERE permalink IN ({damaged}))",
    )
    with open_store(data) as store:
        with pytest.raises(StoreError, match="sync again"):
            store.full("/2025/06/b/")
        sync(store, source, lambda _: None)
        found = [post.permalink for post, _ in store.posts(Filter(), TODAY)]
        assert len(found) == 4
        assert all("words" in store.full(permalink).body for permalink in found)
        assert source.snapshot(store.known(), lambda _: None) is None
