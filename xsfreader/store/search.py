"""Searching the archive: queries to SQL, ranking, snippets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from xsfreader.model import Hit
from xsfreader.store.base import (
    LABEL,
    MARKED,
    POST,
    Base,
    conditions,
    day_end,
    day_start,
    post_from_row,
)
from xsfreader.store.files import IN_LIST
from xsfreader.store.query import Query, parse_query
from xsfreader.store.snippet import snippet

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from xsfreader.text import Term


BANDS = 4
"""Ranks are rounded to this many bands, so that among similar ones the newest come first."""

_RANKED = "bm25(found, 10.0, 1.0, 3.0, 3.0)"


class Search(Base):
    """The part of the store that searches."""

    def search(
        self,
        query: Query | str,
        limit: int,
        languages: Sequence[str],
        today: dt.date,
        *,
        once: bool = False,
    ) -> list[Hit]:
        """Find posts in the order of ``search_ids``, each with a snippet.

        A query given as text is parsed strictly: raises QueryError for an invalid filter.
        """
        if isinstance(query, str):
            query = parse_query(query, strict=True)
        return self.read_hits(self.search_ids(query, limit, languages, today, once=once), query)

    def search_ids(
        self,
        query: Query,
        limit: int,
        languages: Sequence[str],
        today: dt.date,
        *,
        once: bool = False,
    ) -> list[int]:
        """Find posts, best first; returns ids for ``read_hits``, which takes most of the time.

        Posts with all words in their title come first, newest first; then the others by how
        well they match, newest first among similar ones. A translation comes last if the same
        post also matches in a language that the reader prefers; with ``once`` it is left out.
        """
        if query.empty or query.specifications:
            return []
        places = {language: place for place, language in enumerate(languages)}
        chosen = _sorted(self._matches(query, today), places, once=once)
        return chosen if limit < 0 else chosen[:limit]

    def _matches(self, query: Query, today: dt.date) -> Iterable[tuple[Any, ...]]:
        """Return rows of id, rank, title tier, time, permalink, language and story."""
        where, values = _conditions(query, self._shown(today))
        if query.drafts:
            where += f" AND {LABEL} <> ''"
            values += [day_end(today)] * 2
        columns = "p.at, p.permalink, p.language, p.story"
        expression = match(query)
        if not expression:
            return self._rows(f"SELECT p.id, 0.0, 0, {columns} FROM post p WHERE {where}", *values)
        searches = [(_RANKED, 1, expression)]
        if query.terms:
            searches.append(("0.0", 0, match(query, "title")))
        found = {}
        for rank, tier, wanted in searches:
            rows = self._rows(
                f"SELECT p.id, {rank}, {tier}, {columns}"
                " FROM found CROSS JOIN post p ON p.id = found.rowid"
                f" WHERE found MATCH ? AND {where}",
                wanted,
                *values,
            )
            found.update({row[0]: row for row in rows})
        return found.values()

    def read_hits(self, ids: Sequence[int], query: Query) -> list[Hit]:
        """Return the matches in the order of the ids; posts removed meanwhile are skipped."""
        rows = {}
        for *post, id_, text in self._rows(
            f"SELECT {POST}, p.id, c.text FROM post p JOIN story s ON s.id = p.story"
            f" JOIN content c ON c.post = p.id WHERE p.id {IN_LIST}",
            json.dumps(ids),
        ):
            rows[id_] = Hit(post_from_row(post), *snippet(text, query.terms))
        return [rows[id_] for id_ in ids if id_ in rows]


def match(query: Query, column: str = "") -> str:
    """Return the query in FTS5's syntax: quoted words, which are letters and digits only."""
    where = f"{column} : " if column else ""
    parts = [where + phrase(term) for term in query.terms]
    parts += [f"authors : {phrase(term)}" for term in query.authors]
    parts += [f"categories : {phrase(term)}" for term in query.categories]
    return " AND ".join(parts)


def phrase(term: Term) -> str:
    """Return a term in FTS5's syntax."""
    return f'"{" ".join(term.words)}"' + (" *" if term.prefix else "")


def _conditions(query: Query, shown: tuple[str, list[int]]) -> tuple[str, list[Any]]:
    clauses, values = conditions(
        shown=shown,
        after=query.after,
        before=day_start(query.before) if query.before else None,
        labels=[("xep", str(xep)) for xep in query.xeps],
        languages=query.languages,
        unread=query.unread,
    )
    for term in query.without:
        clauses.append("p.id NOT IN (SELECT rowid FROM found WHERE found MATCH ?)")
        values.append(phrase(term))
    if query.starred:
        clauses.append(MARKED.format("starred"))
    if query.changed:
        clauses.append(
            "EXISTS (SELECT 1 FROM edited e JOIN state.mark m ON m.permalink = e.permalink"
            " WHERE e.permalink = p.permalink AND m.read AND e.at > m.read_at)"
        )
    return " AND ".join(clauses), values


def _sorted(rows: Iterable[tuple[Any, ...]], places: dict[str, int], *, once: bool) -> list[int]:
    """Order ids: by title, by rank in bands, newest first; other languages last or left out."""
    rows = list(rows)
    best = min((row[1] for row in rows), default=0.0) or -1.0
    preferred: dict[int, tuple[int, str]] = {}
    for _, _, _, _, _, language, story in rows:
        place = (places.get(language, len(places)), language)
        if story not in preferred or place < preferred[story]:
            preferred[story] = place

    def key(row: tuple[Any, ...]) -> tuple[Any, ...]:
        id_, rank, tier, at, permalink, language, story = row
        again = preferred[story][1] != language
        return again, tier, -round(BANDS * rank / best), -at, permalink, id_

    keys = sorted(map(key, rows))
    return [found[-1] for found in keys if not (once and found[0])]
