"""Searching the archive: queries to SQL, ranking, snippets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from xsfreader.model import Hit
from xsfreader.store.base import (
    POST,
    day_start,
    is_in_language,
    post_from_row,
)
from xsfreader.store.files import IN_LIST
from xsfreader.store.listing import Listing
from xsfreader.store.query import Query, parse_query
from xsfreader.store.snippet import snippet

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from xsfreader.store.entries import EntryList
    from xsfreader.text import Term


BANDS = 4
"""Ranks are rounded to this many bands, so that among similar ones the newest come first."""

_RANKED = "coalesce(bm25(found, 10.0, 1.0, 3.0, 3.0), 0.0)"
"""Without sizes in a damaged index there is no rank."""


class Search(Listing):
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
        is_wanted = self._condition(query, self._read_list(languages, today))
        chosen = _sorted(filter(is_wanted, self._matches(query)), places, once=once)
        return chosen if limit < 0 else chosen[:limit]

    def _matches(self, query: Query) -> Iterable[tuple[Any, ...]]:
        """Return rows of id, rank, title tier, time, permalink, language and story."""
        where, values = _conditions(query)
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

    def _condition(self, query: Query, entries: EntryList) -> Callable[[tuple[Any, ...]], bool]:
        """Return what a row of ``_matches`` must meet besides."""
        read = self._marked_stories("read", entries.stories) if query.unread else set()
        starred = self._marked_stories("starred", entries.stories) if query.starred else set()
        changed = self.changed_posts() if query.changed else set()

        def is_wanted(row: tuple[Any, ...]) -> bool:
            at, permalink, language, story = row[3:]
            label = entries.labels.get(permalink)
            return (
                (self.previews or not label)
                and (label != "" or not query.drafts)
                and (query.after is None or at >= day_start(query.after))
                and (query.before is None or at < day_start(query.before))
                and any(is_in_language(language, each) for each in query.languages or [language])
                and story not in read
                and (story in starred or not query.starred)
                and (permalink in changed or not query.changed)
            )

        return is_wanted

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


def _conditions(query: Query) -> tuple[str, list[Any]]:
    """Return what a query excludes and its XEPs as SQL on ``post p``, with its values."""
    clauses, values = ["1"], list[Any]()
    for xep in query.xeps:
        clauses.append("p.id IN (SELECT post FROM label WHERE kind = 'xep' AND key = ?)")
        values.append(str(xep))
    for term in query.without:
        clauses.append("p.id NOT IN (SELECT rowid FROM found WHERE found MATCH ?)")
        values.append(phrase(term))
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
