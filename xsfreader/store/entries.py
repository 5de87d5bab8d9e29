"""The list in memory: one row for a post and its translations.

Which of the translations stands for a post depends on the reader's languages, and whether it is
there at all on the day, so the rows are computed when they are first asked for: 416 posts take
5 ms. A list never changes, so that threads may share it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.model import View
from xsfreader.store.base import EPOCH, day_end, listed
from xsfreader.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class ListRow(NamedTuple):
    """A post and its translations, shown by the best language of them."""

    story: int
    permalink: str
    title: str
    day: dt.date
    month: str
    """The key of the month that ``day`` is in: ``2025-10``."""
    languages: tuple[str, ...]
    """All there are, that of ``permalink`` first."""
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    xeps: tuple[str, ...]

    def names(self, view: View) -> tuple[str, ...]:
        """Give the names of the headings of a view that it stands under."""
        match view:
            case View.AUTHOR:
                return self.authors
            case View.CATEGORY:
                return self.categories
            case View.XEP:
                return self.xeps
        return ()


class EntryList:
    """All rows, newest first, for a reader of certain languages on a certain day."""

    def __init__(self, rows: Sequence[ListRow], stories: Mapping[str, int]) -> None:
        self.rows = rows
        self._stories = stories
        self._places = {row.story: place for place, row in enumerate(rows)}

    def place_of(self, permalink: str) -> int | None:
        """Find the row that a post or one of its translations stands in."""
        return self._places.get(self._stories.get(permalink, -1))

    def stories_of(self, permalinks: Iterable[str]) -> set[int]:
        """Give the stories that posts belong to; unknown posts belong to none."""
        return {self._stories[each] for each in permalinks if each in self._stories}

    def holding(self, words: str) -> Iterator[ListRow]:
        """Give the rows with all these words in title, authors or categories."""
        wanted = fold(words).split()
        if not wanted:
            yield from self.rows
            return
        for row, text in zip(self.rows, self._texts, strict=True):
            if all(word in text for word in wanted):
                yield row

    @cached_property
    def _texts(self) -> list[str]:
        return [fold("\n".join((row.title, *row.authors, *row.categories))) for row in self.rows]


def read_entries(db: sqlite3.Connection, languages: Sequence[str], today: dt.date) -> EntryList:
    """Compute the list from the posts of an archive."""
    stories: dict[str, int] = {}
    shown: dict[int, dict[str, tuple[int, str, str, str, str, str]]] = defaultdict(dict)
    end = day_end(today)
    for story, language, at, permalink, title, authors, categories, xeps in db.execute(
        "SELECT story, language, at, permalink, title, authors, categories, xeps FROM post"
    ):
        stories[permalink] = story
        if at < end:
            post = (at, permalink, title, authors, categories, xeps)
            # Of two files in one language the older post counts.
            shown[story][language] = min(post, shown[story].get(language, post))
    rows = []
    for story, posts in shown.items():
        order = ranked(languages, posts) if len(posts) > 1 else list(posts)
        at, permalink, title, authors, categories, xeps = posts[order[0]]
        day = (EPOCH + dt.timedelta(seconds=at)).date()
        month = f"{day.year:04}-{day.month:02}"
        labels = (listed(authors), listed(categories), listed(xeps))
        row = ListRow(story, permalink, title, day, month, tuple(order), *labels)
        rows.append((-at, permalink, row))
    return EntryList([row for _, _, row in sorted(rows)], stories)


def ranked(languages: Sequence[str], available: Iterable[str]) -> list[str]:
    """Order languages: the preferred ones as preferred, the others by name."""
    places = {language: place for place, language in enumerate(languages)}
    return sorted(available, key=lambda language: (places.get(language, len(places)), language))
