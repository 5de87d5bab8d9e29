"""Applying a snapshot: which rows stay, move, change, are added and removed."""

from __future__ import annotations

import itertools
import re
import time
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.model import translation_key
from xsfreader.store.base import compress, path_key, post_values, split_lines
from xsfreader.text import fold, index_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from xsfreader.model import FullPost, Post
    from xsfreader.store.staging import Incoming

_LEVELS = re.compile(r"((?:/[a-z-]+)?/\d+/\d\d/)([^/]+/.+)/")
"""A permalink with a slash in its slug: the part up to the month, and the slug."""


class Row(NamedTuple):
    """The columns of an existing post that planning needs."""

    id: int
    path: str
    blob: str
    permalink: str


class Plan(NamedTuple):
    """What applying a snapshot does, decided before anything is written."""

    permalinks: Mapping[str, str]
    """Path to permalink of every post in the new snapshot."""
    dropped: tuple[Row, ...]
    """Rows to delete, whether or not new content replaces them."""
    inserted: tuple[tuple[int, str], ...]
    """Ids and paths of new posts: a changed post keeps its id, no other id is used again."""
    renamed: tuple[Row, ...]
    """Rows of which only the permalink changes."""
    moves: tuple[tuple[str, str], ...]
    """Old and new permalinks, for copying marks."""
    new: int
    changed: int
    removed: int


def plan(
    rows: Sequence[Row],
    files: Mapping[str, str],
    given: Mapping[str, Incoming],
    aside: Iterable[str],
    *,
    rebuild: bool,
) -> Plan:
    """Decide what to write. With ``rebuild``, rows made by other rules are replaced."""
    old = {row.path: row for row in rows}
    unchanged = set() if rebuild else files.keys() - given.keys() - set(aside)
    stays = [row for row in rows if row.path in unchanged]
    wanted = {row.path: row.permalink.partition("#")[0] for row in stays}
    wanted |= {path: post.permalink for path, post in given.items()}
    permalinks = distinct(wanted)
    free = {row.permalink: row for row in rows if row.path not in wanted}
    free_blobs = {row.blob: row for row in free.values()}

    before: dict[str, Row] = {}
    taken: set[int] = set()
    for path, post in given.items():
        row = old.get(path) or free.get(permalinks[path]) or free_blobs.get(post.blob)
        if row is not None and row.id not in taken:
            before[path] = row
            taken.add(row.id)
    kept = {row.id for row in stays}
    after = {row: permalinks[row.path] for row in stays}
    after |= {row: permalinks[path] for path, row in before.items()}
    moves = [(row.permalink, new) for row, new in after.items() if row.permalink != new]
    moves += _moves_to_aliases(rows, permalinks, given)
    new_ids = itertools.count(1 + max((row.id for row in rows), default=0))
    return Plan(
        permalinks=permalinks,
        dropped=tuple(row for row in rows if row.id not in kept),
        inserted=tuple(
            (before[path].id if path in before else next(new_ids), path) for path in given
        ),
        renamed=tuple(row for row in stays if row.permalink != permalinks[row.path]),
        moves=tuple(dict.fromkeys(moves)),
        new=len(given) - len(before),
        changed=sum(row.blob != given[path].blob for path, row in before.items()),
        removed=sum(row.id not in kept | taken for row in rows),
    )


def distinct(wanted: Mapping[str, str]) -> dict[str, str]:
    """Give every path a unique permalink.

    On the site, files with the same permalink overwrite each other. Here the first path in
    order keeps it, and the others append their file's name as a fragment: the URL still opens
    the same page, and no post is lost.
    """
    taken: dict[str, str] = {}
    for path in sorted(wanted):
        permalink = wanted[path]
        if permalink in taken:
            name = path.rpartition("/")[2].removesuffix(".md")
            permalink = f"{wanted[path]}#{name}"
            if permalink in taken:
                permalink = f"{wanted[path]}#{path}"
        taken[permalink] = path
    return {path: permalink for permalink, path in taken.items()}


def _moves_to_aliases(
    rows: Iterable[Row], permalinks: Mapping[str, str], given: Mapping[str, Incoming]
) -> Iterator[tuple[str, str]]:
    """Pair permalinks that are gone with those of posts that list them as aliases."""
    present = set(permalinks.values())
    gone = {path_key(row.permalink): row.permalink for row in rows if row.permalink not in present}
    for path, post in given.items():
        for alias in post.aliases:
            if old := gone.get(path_key(alias)):
                yield old, permalinks[path]


def labels(post: Post, permalink: str) -> list[tuple[str, str]]:
    """Return what a post is found by: kind and normalized key."""
    last = permalink.partition("#")[0].rstrip("/").rpartition("/")[2]
    return [
        *(("author", fold(author)) for author in post.authors),
        *(("category", fold(category)) for category in post.categories),
        *(("xep", str(xep)) for xep in post.xeps),
        *(("alias", path_key(alias)) for alias in (*post.aliases, *former_paths(permalink))),
        ("path", path_key(permalink)),
        ("slug", path_key(last)),
    ]


def former_paths(permalink: str) -> Iterator[str]:
    """Return the permalink that INGEST_VERSION 1 gave a post, if it was different.

    It replaced a slash in the title by a hyphen instead of adding a level to the path.
    """
    found = _LEVELS.fullmatch(permalink.partition("#")[0])
    if found is not None:
        yield found[1] + re.sub("[-/]+", "-", found[2]) + "/"


def write(db: sqlite3.Connection, plan: Plan, read: Callable[[str], FullPost]) -> None:
    """Write all that is planned, within the caller's transaction; ``read`` gives a path's post."""
    known = {id_ for id_, _ in plan.inserted}
    before = {}
    for row in plan.dropped:
        text = _drop(db, row.id)
        if row.id in known:
            before[row.id] = (row.blob, text)
    # Permalinks are unique, and two posts may swap theirs.
    for row in plan.renamed:
        db.execute("UPDATE post SET permalink = '~' || id WHERE id = ?", (row.id,))
    for row in plan.renamed:
        permalink = plan.permalinks[row.path]
        db.execute("UPDATE post SET permalink = ? WHERE id = ?", (permalink, row.id))
        db.execute(
            "UPDATE label SET key = ? WHERE kind = 'path' AND post = ?",
            (path_key(permalink), row.id),
        )
    for id_, path in plan.inserted:
        full = read(path)
        _insert(db, id_, plan.permalinks[path], full)
        blob, text = before.get(id_, (full.post.blob, full.text))
        # With the same blob it is our own rules that have changed.
        if blob != full.post.blob and text != full.text:
            now = time.time_ns() // 1_000_000
            db.execute("REPLACE INTO edited VALUES (?, ?)", (plan.permalinks[path], now))
    _join_translations(db)
    db.execute("DELETE FROM story WHERE id NOT IN (SELECT story FROM post)")


def _join_translations(db: sqlite3.Connection) -> None:
    """Let translations share a story that the site takes for posts of their own.

    Their permalinks differ in the language alone, but their files' names in more.
    """
    posts = db.execute(
        "SELECT p.id, permalink, path, language, key FROM post p JOIN story s ON s.id = story"
    ).fetchall()
    keys = {link: translation_key(path, language) for _, link, path, language, _ in posts}
    for id_, permalink, _, language, key in posts:
        wanted = keys.get(permalink.removeprefix(f"/{language}"), keys[permalink])
        if wanted != key:
            db.execute("INSERT OR IGNORE INTO story (key) VALUES (?)", (wanted,))
            db.execute(
                "UPDATE post SET story = (SELECT id FROM story WHERE key = ?) WHERE id = ?",
                (wanted, id_),
            )


def _drop(db: sqlite3.Connection, id_: int) -> str:
    """Delete a post, and return its visible text."""
    title, authors, categories, text = db.execute(
        "SELECT title, authors, categories, text FROM post JOIN content ON post = id WHERE id = ?",
        (id_,),
    ).fetchone()
    db.execute(
        "INSERT INTO found (found, rowid, title, text, authors, categories)"
        " VALUES ('delete', ?, ?, ?, ?, ?)",
        (id_, *_indexed(title, text, split_lines(authors), split_lines(categories))),
    )
    db.execute("DELETE FROM label WHERE post = ?", (id_,))
    db.execute("DELETE FROM content WHERE post = ?", (id_,))
    db.execute("DELETE FROM post WHERE id = ?", (id_,))
    return str(text)


def _insert(db: sqlite3.Connection, id_: int, permalink: str, full: FullPost) -> None:
    post = full.post
    db.execute("INSERT OR IGNORE INTO story (key) VALUES (?)", (post.translation_key,))
    db.execute(
        "INSERT INTO post (id, permalink, path, blob, language, story, title, at, authors,"
        " categories, aliases, summary, words, xeps, draft, publish, expires)"
        " VALUES (?, ?, ?, ?, ?, (SELECT id FROM story WHERE key = ?),"
        " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (id_, *post_values(post._replace(permalink=permalink))),
    )
    db.execute(
        "INSERT INTO content (post, body, text) VALUES (?, ?, ?)",
        (id_, compress(full.body), full.text),
    )
    db.execute(
        "INSERT INTO found (rowid, title, text, authors, categories) VALUES (?, ?, ?, ?, ?)",
        (id_, *_indexed(post.title, full.text, post.authors, post.categories)),
    )
    db.executemany(
        "INSERT OR IGNORE INTO label (post, name, kind, key) VALUES (?, '', ?, ?)",
        [(id_, *label) for label in labels(post, permalink)],
    )


def _indexed(
    title: str, text: str, authors: Iterable[str], categories: Iterable[str]
) -> tuple[str, str, str, str]:
    """Return the columns of the index; deleting a row from it needs the same values again."""
    return (
        index_text(title),
        index_text(text),
        index_text("; ".join(authors)),
        index_text("; ".join(categories)),
    )
