"""Specifications kept for reading and searching offline: one file per source, by blob id.

The XML is kept as it came, so that reading it better needs no new fetch.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import BrokenFileError
from xsfreader.model import Known, SectionHit
from xsfreader.store.base import compress, decompress
from xsfreader.store.database import Database
from xsfreader.store.files import IN_LIST
from xsfreader.store.schema import SPECIFICATIONS
from xsfreader.store.search import phrase
from xsfreader.store.snippet import snippet
from xsfreader.text import index_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from xsfreader.model import Section
    from xsfreader.store.query import Query

TIMEOUT = 5.0
"""Seconds to wait for another process before BusyError."""
_SECTIONS = 10_000
"""What the number of a specification is multiplied by for the ids of its sections."""
_MOST_HITS = 3
"""Sections of one specification among the results."""


class HeldFile(NamedTuple):
    """A file to be kept."""

    path: str
    blob: str
    data: bytes
    sections: Sequence[Section] = ()
    """What is indexed; the first of a specification is its beginning."""


class SpecificationFile(Database):
    """The specifications of one source, for one thread at a time. All methods raise StoreError."""

    def __init__(self, file: Path) -> None:
        """Remember the path."""
        super().__init__(file, SPECIFICATIONS, TIMEOUT)

    def versions(self, paths: Sequence[str]) -> dict[str, str]:
        """Return the ids of those of some files that are kept, by path."""
        return dict(
            self.rows(f"SELECT path, blob FROM held WHERE path {IN_LIST}", json.dumps(paths))
        )

    def listed(self) -> Known:
        """Return the last snapshot of the source with the ids of all its files."""
        snapshot = self.rows("SELECT value FROM meta WHERE key = 'snapshot'")
        files = dict(self.rows("SELECT path, blob FROM listed"))
        return Known(snapshot[0][0] if snapshot else None, files)

    def set_listed(self, known: Known) -> None:
        """Replace the snapshot and its list of files."""
        with self.writing() as db:
            db.execute("REPLACE INTO meta (key, value) VALUES ('snapshot', ?)", (known.snapshot,))
            db.execute("DELETE FROM listed")
            db.executemany("INSERT INTO listed (path, blob) VALUES (?, ?)", known.files.items())

    def held(self) -> dict[str, str]:
        """Return the ids of the files that are kept, by path."""
        return dict(self.rows("SELECT path, blob FROM held"))

    def get(self, path: str) -> bytes | None:
        """Read a file; None if it isn't kept."""
        rows = self.rows("SELECT bytes FROM held WHERE path = ?", path)
        try:
            return zlib.decompress(rows[0][0]) if rows else None
        except zlib.error as error:
            raise BrokenFileError(
                f"{self.path}: {path} is damaged; delete this file and sync again"
            ) from error

    def put(self, files: Iterable[HeldFile]) -> None:
        """Keep and index files instead of the older ones, in one transaction."""
        with self.writing() as db:
            for path, blob, data, sections in files:
                row = path, blob, zlib.compress(data, 1)
                db.execute("REPLACE INTO held (path, blob, bytes) VALUES (?, ?, ?)", row)
                if number := re.search(r"\d+", path):
                    _index(db, int(number[0]) * _SECTIONS, sections[:_SECTIONS])

    def index_version(self) -> str:
        """Return the version of the rules by which the index was made; empty without one."""
        rows = self.rows("SELECT value FROM meta WHERE key = 'index'")
        return rows[0][0] if rows else ""

    def set_index_version(self, version: str) -> None:
        """Set that version; without one the index is emptied, to be made by other rules."""
        with self.writing() as db:
            if not version:
                db.execute("INSERT INTO found (found) VALUES ('delete-all')")
                db.execute("DELETE FROM section")
            db.execute("REPLACE INTO meta (key, value) VALUES ('index', ?)", (version,))

    def title(self, number: int) -> str:
        """Return the title of a specification, as of ``SectionHit``; empty without one."""
        rows = self.rows("SELECT title FROM section WHERE id = ?", number * _SECTIONS)
        return rows[0][0] if rows else ""

    def search_ids(self, query: Query, limit: int) -> list[int]:
        """Find sections with all words; returns ids for ``read_hits``, best matches first.

        The specifications that match best come first, each with its best sections.
        """
        if not query.terms:
            return []
        expression = f"({' AND '.join(map(phrase, query.terms))})"
        expression += "".join(f" NOT {phrase(term)}" for term in query.without)
        rows = self.rows(
            "SELECT rowid, bm25(found, 5, 1) FROM found WHERE found MATCH ?", expression
        )
        sections: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        for id_, rank in rows:
            sections[id_ // _SECTIONS].append((rank, id_))
        ranks = {
            number: sum(rank for rank, _ in found)
            for number, found in sections.items()
            if not query.xeps or number in query.xeps
        }
        best = [
            id_
            for number in sorted(ranks, key=lambda one: (ranks[one], one))
            for _, id_ in sorted(sections[number])[:_MOST_HITS]
        ]
        return best if limit < 0 else best[:limit]

    def read_hits(self, ids: Sequence[int], query: Query) -> list[SectionHit]:
        """Return the sections in the order of the ids; what was removed meanwhile is skipped."""
        wanted = {*ids, *(id_ // _SECTIONS * _SECTIONS for id_ in ids)}
        select = f"SELECT id, anchor, title, text FROM section WHERE id {IN_LIST}"
        rows = {row[0]: row[1:] for row in self.rows(select, json.dumps(list(wanted)))}
        hits = []
        for id_ in ids:
            if id_ in rows:
                anchor, section, text = rows[id_]
                title = rows[id_ // _SECTIONS * _SECTIONS][1]
                around = snippet(decompress(text), query.terms)
                hits.append(SectionHit(id_ // _SECTIONS, title, anchor, section, *around))
        return hits


def _index(db: sqlite3.Connection, first: int, sections: Sequence[Section]) -> None:
    """Replace the sections of a specification, whose ids begin with ``first``."""
    numbered = list(enumerate(sections, first))
    rows = db.execute(
        "SELECT id, title, text FROM section WHERE id BETWEEN ? AND ?",
        (first, first + _SECTIONS - 1),
    ).fetchall()
    # Deleting from the index needs the same values again.
    _change_index(db, "'delete'", [(id_, title, decompress(text)) for id_, title, text in rows])
    db.executemany("DELETE FROM section WHERE id = ?", [row[:1] for row in rows])
    db.executemany(
        "INSERT INTO section (id, anchor, title, text) VALUES (?, ?, ?, ?)",
        [(id_, each.anchor, each.title, compress(each.text)) for id_, each in numbered],
    )
    _change_index(db, "NULL", [(id_, each.title, each.text) for id_, each in numbered])


def _change_index(db: sqlite3.Connection, command: str, rows: list[tuple[int, str, str]]) -> None:
    """Insert or delete rows of the index: id, title and text."""
    db.executemany(
        f"INSERT INTO found (found, rowid, title, text) VALUES ({command}, ?, ?, ?)",
        [(id_, _indexed(title), _indexed(text)) for id_, title, text in rows],
    )


def _indexed(text: str) -> str:
    """Return a text for the index, where ``<`` is a word if the name of an element follows."""
    return re.sub("<(?![a-z])", " ", index_text(text)).replace("<", "< ")
