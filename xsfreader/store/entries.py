"""The list as a reader sees it: one entry for a post and its translations.

Which of the translations tells an entry depends on the reader's languages, and whether it
is there at all on the day. Both change seldom, so the entries and the sizes of their folds are
made once, kept in tables, and made again when either changes. Reading the list then costs what
is on the screen.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from xsfreader.model import DEFAULT_LANGUAGE
from xsfreader.store.base import EPOCH, day_end
from xsfreader.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

_TABLES = """
CREATE TEMP TABLE IF NOT EXISTS entry (
    story INTEGER PRIMARY KEY, post INTEGER NOT NULL, at INTEGER NOT NULL,
    permalink TEXT NOT NULL, languages TEXT NOT NULL, words TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS temp.entry_order ON entry (at DESC, permalink);
CREATE INDEX IF NOT EXISTS temp.entry_post ON entry (post);
CREATE TEMP TABLE IF NOT EXISTS fold (
    view TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, total INTEGER NOT NULL,
    PRIMARY KEY (view, key)
) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS made (basis TEXT NOT NULL);
"""
_FOLDED = ("category", "author", "xep")
_ALWAYS = 1 << 60


def preference(db: sqlite3.Connection) -> tuple[str, ...]:
    """The languages the list was made for last."""
    row = db.execute("SELECT value FROM main.meta WHERE key = 'languages'").fetchone()
    return tuple(row[0].split()) if row else (DEFAULT_LANGUAGE,)


def ranked(languages: Sequence[str], available: Iterable[str]) -> list[str]:
    """Order languages: the preferred ones as preferred, the others by name."""
    places = {language: place for place, language in enumerate(languages)}
    return sorted(available, key=lambda language: (places.get(language, len(places)), language))


def current(db: sqlite3.Connection, languages: Sequence[str], today: dt.date) -> bool:
    """Whether the kept list is the one for these languages and this day."""
    rows = db.execute(
        "SELECT key, value FROM main.meta WHERE key IN ('languages', 'shown_from', 'shown_to')"
    )
    kept = dict(rows.fetchall())
    return kept.get("languages") == " ".join(languages) and (
        int(kept["shown_from"]) < day_end(today) <= int(kept["shown_to"])
    )


def build(
    db: sqlite3.Connection, languages: Sequence[str], today: dt.date, schema: str = "main"
) -> None:
    """Make the entries and folds for these languages on this day, in the caller's transaction.

    ``schema`` is ``temp`` where the archive can't be written to now.
    """
    end = day_end(today)
    entries = _entries(db, languages, end)
    db.execute(f"DELETE FROM {schema}.entry")
    db.execute(f"DELETE FROM {schema}.fold")
    db.executemany(
        f"INSERT INTO {schema}.entry (story, post, at, permalink, languages, words)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        entries,
    )
    db.executemany(
        f"INSERT INTO {schema}.fold (view, key, name, total) VALUES (?, ?, ?, ?)",
        [*_months(entries), *_labelled(db, schema), ("all", "", "", len(entries))],
    )
    if schema == "main":
        first, last = _bounds(db, end)
        db.executemany(
            "REPLACE INTO main.meta (key, value) VALUES (?, ?)",
            [
                ("languages", " ".join(languages)),
                ("shown_from", str(first)),
                ("shown_to", str(last)),
            ],
        )


def _entries(
    db: sqlite3.Connection, languages: Sequence[str], end: int
) -> list[tuple[int, int, int, str, str, str]]:
    """One row a story that is there by then.

    Story, best post, its time, permalink, all languages, what the filter looks at.
    """
    stories: dict[int, dict[str, tuple[int, int, str, str]]] = defaultdict(dict)
    for story, language, id_, at, permalink, *words_of in db.execute(
        "SELECT story, language, id, at, permalink, title, authors, categories FROM post"
        " WHERE at < ? ORDER BY at, permalink",
        (end,),
    ):
        stories[story].setdefault(language, (id_, at, permalink, "\n".join(words_of)))
    rows = []
    for story, posts in stories.items():
        order = ranked(languages, posts) if len(posts) > 1 else list(posts)
        id_, at, permalink, words = posts[order[0]]
        rows.append((story, id_, at, permalink, " ".join(order), fold(words)))
    return rows


def _bounds(db: sqlite3.Connection, end: int) -> tuple[int, int]:
    """Between which moments the same posts are shown as before this one."""
    first = db.execute("SELECT max(at) FROM post WHERE at < ?", (end,)).fetchone()[0]
    last = db.execute("SELECT min(at) FROM post WHERE at >= ?", (end,)).fetchone()[0]
    return -_ALWAYS if first is None else first, _ALWAYS if last is None else last


def month_of(at: int) -> str:
    """The key of the month that a moment is in: ``2025-10``."""
    moment = EPOCH + dt.timedelta(seconds=at)
    return f"{moment.year:04}-{moment.month:02}"


def _months(
    entries: Iterable[tuple[int, int, int, str, str, str]],
) -> list[tuple[str, str, str, int]]:
    found = Counter(month_of(entry[2]) for entry in entries)
    return [("date", month, "", total) for month, total in found.items()]


def _labelled(db: sqlite3.Connection, schema: str) -> list[tuple[str, str, str, int]]:
    """Folds of what posts are labelled with, each under its most frequent spelling."""
    spellings: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for kind, key, name, total in db.execute(
        "SELECT l.kind, l.key, l.name, count(*) FROM label l"
        f" JOIN {schema}.entry e ON e.post = l.post WHERE l.kind IN (?, ?, ?)"
        " GROUP BY l.kind, l.key, l.name",
        _FOLDED,
    ):
        spellings[kind, key].append((-total, name))
    return [
        (kind, key, min(names)[1], -sum(total for total, _ in names))
        for (kind, key), names in spellings.items()
    ]


def build_aside(db: sqlite3.Connection, languages: Sequence[str], today: dt.date) -> None:
    """Make the list in this connection alone, which then reads it instead of the kept one."""
    basis = f"{' '.join(languages)} {today} {_snapshot(db)}"
    for statement in _TABLES.split(";"):
        db.execute(statement)
    if db.execute("SELECT 1 FROM temp.made WHERE basis = ?", (basis,)).fetchone():
        return
    db.execute("BEGIN")
    try:
        build(db, languages, today, "temp")
        db.execute("DELETE FROM temp.made")
        db.execute("INSERT INTO temp.made (basis) VALUES (?)", (basis,))
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def drop_aside(db: sqlite3.Connection) -> None:
    """Read the kept list again."""
    if db.execute("SELECT 1 FROM temp.sqlite_master WHERE name = 'entry'").fetchone():
        for table in ("entry", "fold", "made"):
            db.execute(f"DROP TABLE temp.{table}")


def _snapshot(db: sqlite3.Connection) -> str:
    row = db.execute("SELECT value FROM main.meta WHERE key = 'snapshot'").fetchone()
    return row[0] if row else ""
