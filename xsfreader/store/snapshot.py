"""Applying a snapshot: which rows stay, move, change, are added and removed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.store.base import compress, path_key, split_lines, timestamp
from xsfreader.text import fold, index_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xsfreader.model import FullPost, Post

_LEVELS = re.compile(r"((?:/[a-z-]+)?/\d+/\d\d/)([^/]+/.+)/")
"""A permalink with a slash in its slug: the part up to the month, and the slug."""
PER_DAY = 1 << 16
"""Ids reserved for a day. Ids follow the date, so that the index can be read newest first."""


class Row(NamedTuple):
    """The columns of an existing post that planning needs."""

    id: int
    path: str
    blob: str
    permalink: str
    at: int


class Plan(NamedTuple):
    """What applying a snapshot does, decided before anything is written."""

    permalinks: Mapping[str, str]
    """Path to permalink of every post in the new snapshot."""
    dropped: tuple[Row, ...]
    """Rows to delete, whether or not new content replaces them."""
    inserted: tuple[FullPost, ...]
    renamed: tuple[tuple[Row, str], ...]
    """Rows of which only the permalink changes, with the new one."""
    moves: tuple[tuple[str, str], ...]
    """Old and new permalinks, for copying marks."""
    new: int
    changed: int
    removed: int


def plan(
    rows: Sequence[Row],
    files: Mapping[str, str],
    posts: Sequence[FullPost],
    aside: frozenset[str],
    *,
    rebuild: bool,
) -> Plan:
    """Decide what to write. With ``rebuild``, rows made by other rules are replaced."""
    given = {full.post.path: full for full in posts if full.post.path in files}
    old = {row.path: row for row in rows}
    stays = {} if rebuild else _unchanged(rows, files, given, aside)
    wanted = {row.path: row.permalink.partition("#")[0] for row in stays.values()}
    wanted |= {path: full.post.permalink for path, full in given.items()}
    permalinks = distinct(wanted)
    free = {row.permalink: row for row in rows if row.path not in wanted}
    free_blobs = {row.blob: row for row in free.values()}

    before: dict[str, Row] = {}
    taken: set[int] = set()
    for path, full in given.items():
        row = old.get(path) or free.get(permalinks[path]) or free_blobs.get(full.post.blob)
        if row is not None and row.id not in taken:
            before[path] = row
            taken.add(row.id)
    kept = {row.id for row in stays.values()}
    return Plan(
        permalinks=permalinks,
        dropped=tuple(row for row in rows if row.id not in kept),
        inserted=tuple(given.values()),
        renamed=tuple(
            (row, permalinks[path])
            for path, row in stays.items()
            if row.permalink != permalinks[path]
        ),
        moves=_moves(rows, permalinks, before, given),
        new=sum(path not in before for path in given),
        changed=sum(row.blob != given[path].post.blob for path, row in before.items()),
        removed=sum(row.id not in kept | taken for row in rows),
    )


def _unchanged(
    rows: Iterable[Row],
    files: Mapping[str, str],
    given: Mapping[str, FullPost],
    aside: frozenset[str],
) -> dict[str, Row]:
    return {
        row.path: row
        for row in rows
        if row.path in files and row.path not in given and row.path not in aside
    }


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


def _moves(
    rows: Sequence[Row],
    permalinks: Mapping[str, str],
    before: Mapping[str, Row],
    given: Mapping[str, FullPost],
) -> tuple[tuple[str, str], ...]:
    """Pair old and new permalinks: of the same file, or of a post that lists the old as alias."""
    moves: dict[tuple[str, str], None] = {}
    for row in rows:
        new = permalinks.get(row.path)
        if new is not None and new != row.permalink:
            moves[row.permalink, new] = None
    for path, row in before.items():
        if row.permalink != permalinks[path]:
            moves[row.permalink, permalinks[path]] = None
    present = set(permalinks.values())
    left = {path_key(row.permalink): row.permalink for row in rows if row.permalink not in present}
    for path, full in given.items():
        for alias in full.post.aliases:
            if old := left.get(path_key(alias)):
                moves[old, permalinks[path]] = None
    return tuple(moves)


def labels(
    permalink: str,
    authors: Iterable[str],
    categories: Iterable[str],
    xeps: Iterable[object],
    aliases: Iterable[str],
) -> list[tuple[str, str, str]]:
    """Return what a post is found by: kind, normalized key, original spelling."""
    found = [("author", fold(author), author) for author in authors]
    found += [("category", fold(category), category) for category in categories]
    found += [("xep", str(xep), "") for xep in xeps]
    found += [("alias", path_key(alias), "") for alias in (*aliases, *former_paths(permalink))]
    found.append(("path", path_key(permalink), ""))
    last = permalink.partition("#")[0].rstrip("/").rpartition("/")[2]
    found.append(("slug", path_key(last), ""))
    return found


def former_paths(permalink: str) -> Iterator[str]:
    """Return the permalink that INGEST_VERSION 1 gave a post, if it was different.

    It replaced a slash in the title by a hyphen instead of adding a level to the path.
    """
    found = _LEVELS.fullmatch(permalink.partition("#")[0])
    if found is not None:
        yield found[1] + re.sub("[-/]+", "-", found[2]) + "/"


class Writer:
    """Executes a plan within the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._next: dict[int, int] = {}
        self._stories: dict[str, int] = {}

    def execute(self, plan: Plan) -> None:
        """Write all changes."""
        self._drop(plan.dropped)
        self._rename(plan.renamed)
        self._insert(plan)
        if plan.dropped:
            self._db.execute("DELETE FROM story WHERE id NOT IN (SELECT story FROM post)")

    def _drop(self, rows: Sequence[Row]) -> None:
        for row in rows:
            title, authors, categories, text = self._db.execute(
                "SELECT title, authors, categories, text FROM post JOIN content ON post = id"
                " WHERE id = ?",
                (row.id,),
            ).fetchone()
            self._db.execute(
                "INSERT INTO found (found, rowid, title, text, authors, categories)"
                " VALUES ('delete', ?, ?, ?, ?, ?)",
                (row.id, *_indexed(title, text, split_lines(authors), split_lines(categories))),
            )
        ids = [(row.id,) for row in rows]
        self._db.executemany("DELETE FROM label WHERE post = ?", ids)
        self._db.executemany("DELETE FROM content WHERE post = ?", ids)
        self._db.executemany("DELETE FROM post WHERE id = ?", ids)

    def _rename(self, renamed: Sequence[tuple[Row, str]]) -> None:
        # Permalinks are unique, and two posts may swap theirs.
        self._db.executemany(
            "UPDATE post SET permalink = '~' || id WHERE id = ?", [(row.id,) for row, _ in renamed]
        )
        for row, permalink in renamed:
            self._db.execute("UPDATE post SET permalink = ? WHERE id = ?", (permalink, row.id))
            self._db.execute(
                "UPDATE label SET key = ? WHERE kind = 'path' AND post = ?",
                (path_key(permalink), row.id),
            )

    def _insert(self, plan: Plan) -> None:
        inserted = sorted(plan.inserted, key=lambda full: full.post.path)
        rows, found, named = [], [], []
        for full in inserted:
            post = full.post
            permalink = plan.permalinks[post.path]
            id_ = self._new_id(post)
            rows.append(
                (
                    id_, permalink, post.path, post.blob, post.language,
                    self._story(post.translation_key), post.title, timestamp(post.date),
                    "\n".join(post.authors), "\n".join(post.categories), "\n".join(post.aliases),
                    post.summary, post.words, "\n".join(map(str, post.xeps)),
                )
            )  # fmt: skip
            found.append((id_, *_indexed(post.title, full.text, post.authors, post.categories)))
            named += [
                (kind, key, id_, name)
                for kind, key, name in labels(
                    permalink, post.authors, post.categories, post.xeps, post.aliases
                )
            ]
        self._db.executemany(
            "INSERT INTO post (id, permalink, path, blob, language, story, title, at, authors,"
            " categories, aliases, summary, words, xeps)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        self._db.executemany(
            "INSERT INTO found (rowid, title, text, authors, categories) VALUES (?, ?, ?, ?, ?)",
            sorted(found),
        )
        self._db.executemany(
            "INSERT INTO content (post, body, text) VALUES (?, ?, ?)",
            [
                (row[0], compress(full.body), full.text)
                for row, full in zip(rows, inserted, strict=True)
            ],
        )
        named.sort()
        self._db.executemany(
            "INSERT OR IGNORE INTO label (kind, key, post, name) VALUES (?, ?, ?, ?)", named
        )

    def _new_id(self, post: Post) -> int:
        first = post.date.toordinal() * PER_DAY
        if first not in self._next:
            highest = self._db.execute(
                "SELECT max(id) FROM post WHERE id BETWEEN ? AND ?", (first, first + PER_DAY - 1)
            ).fetchone()[0]
            self._next[first] = first if highest is None else highest + 1
        self._next[first] += 1
        return self._next[first] - 1

    def _story(self, key: str) -> int:
        if key not in self._stories:
            made = self._db.execute("INSERT OR IGNORE INTO story (key) VALUES (?)", (key,))
            id_ = made.lastrowid if made.rowcount > 0 else None
            if id_ is None:
                select = "SELECT id FROM story WHERE key = ?"
                id_ = self._db.execute(select, (key,)).fetchone()[0]
            self._stories[key] = id_
        return self._stories[key]


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
