"""The list: folds, entries, neighbours, what is unread."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, Any

from xsfreader.model import MONTHS, Entry, Fold, View
from xsfreader.store import entries
from xsfreader.store.base import EPOCH, MARKED, Base, day_start, storable
from xsfreader.store.guard import guarded
from xsfreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENTRY = (
    "SELECT e.permalink, p.title, e.at, e.languages,"
    f" {MARKED.format('e', 'read')}, {MARKED.format('e', 'starred')}"
    " FROM {} e JOIN post p ON p.id = e.post"
)
_MARKED = (
    "SELECT DISTINCT e.story, e.at, e.post FROM state.mark m"
    " JOIN post q ON q.permalink = m.permalink JOIN entry e ON e.story = q.story WHERE m.{}"
)
_UNREAD = f"NOT {MARKED.format('e', 'read')}"
_ORDER = " ORDER BY e.at DESC, e.permalink"


class Listing(Base):
    """The part of the store that the sidebar reads."""

    def _ready(self, languages: Sequence[str], today: dt.date) -> None:
        """See to it that the tables hold the list for these languages on this day."""
        if entries.current(self._db, languages, today):
            entries.drop_aside(self._db)
            return
        timeout = self._db.execute("PRAGMA busy_timeout").fetchone()[0]
        self._db.execute("PRAGMA busy_timeout = 0")
        try:
            with self._writing():
                entries.build(self._db, languages, today)
        except sqlite3.OperationalError:
            entries.build_aside(self._db, languages, today)
        else:
            entries.drop_aside(self._db)
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {timeout}")

    @guarded
    def folds(
        self, view: View, parent: str | None, languages: Sequence[str], today: dt.date
    ) -> list[Fold]:
        """Read the headings of a view, or those below the one whose key is ``parent``.

        Years and months come newest first, authors and categories by name, XEPs by number,
        which is their label.
        """
        self._ready(languages, today)
        if view is View.DATE:
            return self._years() if parent is None else self._months(parent)
        if parent is not None or view not in (View.CATEGORY, View.AUTHOR, View.XEP):
            return []
        read = Counter(
            key
            for (key,) in self._db.execute(
                f"SELECT l.key FROM ({_MARKED.format('read')}) r"
                " JOIN label l ON l.post = r.post WHERE l.kind = ?",
                (view.value,),
            )
        )
        found = [
            Fold(key, key if view is View.XEP else name, 0, total, total - read[key])
            for key, name, total in self._db.execute(
                "SELECT key, name, total FROM fold WHERE view = ?", (view.value,)
            )
        ]
        if view is View.XEP:
            return sorted(found, key=lambda one: int(one.key))
        return sorted(found, key=lambda one: (one.key, one.label))

    def _read_months(self) -> Counter[str]:
        return Counter(
            entries.month_of(at) for _, at, _ in self._db.execute(_MARKED.format("read"))
        )

    def _years(self) -> list[Fold]:
        read: Counter[str] = Counter()
        for month, number in self._read_months().items():
            read[month[:4]] += number
        rows = self._db.execute(
            "SELECT substr(key, 1, 4) AS year, sum(total) FROM fold WHERE view = 'date'"
            " GROUP BY year ORDER BY year DESC"
        )
        return [
            Fold(year, str(int(year)), 0, total, total - read[year], folds=True)
            for year, total in rows
        ]

    def _months(self, year: str) -> list[Fold]:
        read = self._read_months()
        rows = self._db.execute(
            "SELECT key, total FROM fold WHERE view = 'date' AND substr(key, 1, 4) = ?"
            " ORDER BY key DESC",
            (storable(year),),
        )
        return [
            Fold(key, MONTHS[int(key[5:]) - 1], 1, total, total - read[key]) for key, total in rows
        ]

    @guarded
    def entries(
        self,
        view: View,
        key: str | None,
        languages: Sequence[str],
        today: dt.date,
        *,
        words: str = "",
        after: Entry | None = None,
        limit: int = -1,
    ) -> list[Entry]:
        """Read the entries below a heading, newest first.

        STARRED and UNREAD have none, their key is None; None in another view is all of it.
        ``words`` are all in title, authors or categories, as they are or within others.
        ``after`` and ``limit`` take a stretch: so many behind an entry, which may be gone.
        """
        self._ready(languages, today)
        where, values = _filtered(view, key, words)
        if after is not None:
            where.append("e.at <= ? AND (e.at < ? OR e.permalink > ?)")
            values += [after.at, after.at, after.permalink]
        # Marks are looked for of the entries given alone, however many others there are.
        some = f"(SELECT * FROM entry e{_where(where)}{_ORDER} LIMIT ?)"
        rows = self._db.execute(_ENTRY.format(some) + _ORDER, (*values, limit))
        return [_entry(row) for row in rows]

    @guarded
    def unread(
        self, view: View, languages: Sequence[str], today: dt.date, *, words: str = ""
    ) -> list[str]:
        """Read the permalinks of all unread entries that a view holds, filtered as ``entries``."""
        self._ready(languages, today)
        where, values = _filtered(view, None, words)
        where.append(_UNREAD)
        return [
            permalink
            for (permalink,) in self._db.execute(
                f"SELECT e.permalink FROM entry e{_where(where)}{_ORDER}", values
            )
        ]

    @guarded
    def fold_of(
        self,
        view: View,
        permalink: str,
        languages: Sequence[str] = (),
        today: dt.date | None = None,
    ) -> tuple[str, ...]:
        """Tell the keys of the headings that a post's entry stands under, outermost first.

        Where it stands under several it is the first; nothing where the view has none or the
        post is not there.
        """
        if languages and today:
            self._ready(languages, today)
        row = self._db.execute(
            "SELECT e.at, e.post FROM post q JOIN entry e ON e.story = q.story"
            " WHERE q.permalink = ?",
            (storable(permalink),),
        ).fetchone()
        if row is None:
            return ()
        at, post = row
        if view is View.DATE:
            month = entries.month_of(at)
            return month[:4], month
        authors, categories, xeps = self._db.execute(
            "SELECT authors, categories, xeps FROM post WHERE id = ?", (post,)
        ).fetchone()
        lists = {View.AUTHOR: authors, View.CATEGORY: categories, View.XEP: xeps}
        first = lists.get(view, "").partition("\n")[0]
        return (fold(first),) if first else ()

    @guarded
    def neighbours(
        self, permalink: str, languages: Sequence[str], today: dt.date
    ) -> tuple[Entry | None, Entry | None]:
        """Read the entries newer and older than the one a post belongs to."""
        self._ready(languages, today)
        row = self._db.execute(
            "SELECT e.at, e.permalink FROM post q JOIN entry e ON e.story = q.story"
            " WHERE q.permalink = ?",
            (storable(permalink),),
        ).fetchone()
        if row is None:
            return None, None
        at, own = row
        newer = self._one(
            " WHERE e.at >= ? AND (e.at > ? OR e.permalink < ?)"
            " ORDER BY e.at, e.permalink DESC LIMIT 1",
            (at, at, own),
        )
        older = self._one(
            f" WHERE e.at <= ? AND (e.at < ? OR e.permalink > ?){_ORDER} LIMIT 1", (at, at, own)
        )
        return newer, older

    @guarded
    def entry(self, permalink: str, languages: Sequence[str], today: dt.date) -> Entry | None:
        """Read the entry that a post belongs to."""
        self._ready(languages, today)
        return self._one(
            " WHERE e.story = (SELECT story FROM post WHERE permalink = ?)", (storable(permalink),)
        )

    @guarded
    def newest(self, languages: Sequence[str], today: dt.date) -> Entry | None:
        """Read the first entry of the list."""
        self._ready(languages, today)
        return self._one(f"{_ORDER} LIMIT 1", ())

    @guarded
    def newest_unread(self, languages: Sequence[str], today: dt.date) -> Entry | None:
        """Read the first entry of the list that is not read."""
        self._ready(languages, today)
        return self._one(f" WHERE {_UNREAD}{_ORDER} LIMIT 1", ())

    @guarded
    def unread_count(self, languages: Sequence[str], today: dt.date) -> int:
        """Count the entries not read."""
        self._ready(languages, today)
        read = self._db.execute(f"SELECT count(*) FROM ({_MARKED.format('read')})").fetchone()[0]
        row = self._db.execute("SELECT total FROM fold WHERE view = 'all'").fetchone()
        return (row[0] if row else 0) - int(read)

    @guarded
    def entry_count(self, languages: Sequence[str], today: dt.date) -> int:
        """Count the entries."""
        self._ready(languages, today)
        row = self._db.execute("SELECT total FROM fold WHERE view = 'all'").fetchone()
        return row[0] if row else 0

    def _one(self, rest: str, values: Iterable[Any]) -> Entry | None:
        row = self._db.execute(_ENTRY.format("entry") + rest, tuple(values)).fetchone()
        return _entry(row) if row else None


def _filtered(view: View, key: str | None, words: str) -> tuple[list[str], list[Any]]:
    """The conditions for the entries below a heading that hold some words, with their values."""
    where, values = _below(view, key)
    for word in fold(storable(words)).split():
        where.append("instr(e.words, ?)")
        values.append(word)
    return where, values


def _below(view: View, key: str | None) -> tuple[list[str], list[Any]]:
    if view is View.UNREAD:
        return [_UNREAD], []
    if view is View.STARRED:
        starred = (
            "e.story IN (SELECT q.story FROM state.mark m"
            " JOIN post q ON q.permalink = m.permalink WHERE m.starred)"
        )
        return [starred], []
    if view is View.DATE and key is not None:
        return ["e.at >= ? AND e.at < ?"], [*_span(key)]
    if key is not None:
        labelled = "e.post IN (SELECT post FROM label WHERE kind = ? AND key = ?)"
        return [labelled], [view.value, storable(key)]
    if view is View.XEP:
        return ["e.post IN (SELECT post FROM label WHERE kind = 'xep')"], []
    return [], []


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _span(key: str) -> tuple[int, int]:
    """From when to when a year or a month is; nothing for what is neither."""
    year, _, month = key.partition("-")
    try:
        first = dt.date(int(year), int(month or 1), 1)
    except ValueError:
        return 0, 0
    months = first.year * 12 + first.month - 1 + (1 if month else 12)
    if months // 12 > dt.MAXYEAR:
        return day_start(first), day_start(dt.date.max) + 24 * 60 * 60
    return day_start(first), day_start(dt.date(months // 12, months % 12 + 1, 1))


def _entry(row: Sequence[Any]) -> Entry:
    permalink, title, at, languages, read, starred = row
    every = tuple(languages.split())
    day = (EPOCH + dt.timedelta(seconds=at)).date()
    return Entry(permalink, title, day, every[0], every, at, bool(read), bool(starred))
