"""The list in memory: one row for a post and its translations.

Which translation represents a post depends on the reader's languages, and whether the post is
shown yet on the date, so the rows are computed when first needed: 416 posts take 5 ms. A list is
never changed, so threads may share it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from xsfreader.model import MONTHS, View
from xsfreader.store.base import EPOCH, LABELLED, label_from_row, split_lines
from xsfreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class ListRow(NamedTuple):
    """A post and its translations, represented by the one in the best language."""

    story: int
    permalink: str
    title: str
    day: dt.date
    month: str
    """The month of ``day``: ``2025-10``."""
    languages: tuple[str, ...]
    """All it exists in, that of ``permalink`` first."""
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    xeps: tuple[str, ...]
    label: str
    """As of ``Post.label``."""

    @property
    def filterable(self) -> str:
        """What a filter looks at."""
        return fold("\n".join((self.title, *self.authors, *self.categories)))

    def paths(self, view: View) -> list[tuple[tuple[str, str], ...]]:
        """Return the groups of a view that contain it as key and name, each with its parent."""
        if view is View.DATE:
            year = (self.month[:4], str(self.day.year))
            return [(year, (self.month, MONTHS[self.day.month - 1]))]
        names = {View.AUTHOR: self.authors, View.CATEGORY: self.categories, View.XEP: self.xeps}
        return [((fold(name), name),) for name in names.get(view, ())]

    def keys(self, view: View) -> set[str]:
        """Return the keys of all groups of a view that contain it."""
        return {key for path in self.paths(view) for key, _ in path}


class EntryList:
    """All rows for certain languages and a date, newest first."""

    def __init__(
        self, rows: Sequence[ListRow], stories: Mapping[str, int], labels: Mapping[str, str]
    ) -> None:
        self.rows = rows
        self.stories = stories
        """By permalink, also of posts that are not shown."""
        self.labels = labels
        """As of ``Post.label``, by permalink."""
        self._places = {row.story: place for place, row in enumerate(rows)}

    def place_of(self, permalink: str) -> int | None:
        """Find the row of a post or one of its translations."""
        return self._places.get(self.stories.get(permalink, -1))

    def matching(self, words: str) -> Sequence[ListRow]:
        """Return the rows with all these words in title, authors or categories."""
        rows = self.rows
        for word in fold(words).split():
            rows = [row for row in rows if word in row.filterable]
        return rows


POSTS = (
    "SELECT story, language, p.at, permalink, title, authors, categories, xeps,"
    f" {LABELLED} FROM post p"
)


def compute_entries(
    posts: Iterable[tuple[Any, ...]], languages: Sequence[str], today: dt.date, *, previews: bool
) -> EntryList:
    """Compute the list from the rows of ``POSTS``, with those the site doesn't show or without."""
    stories: dict[str, int] = {}
    shown: dict[int, dict[str, tuple[Any, ...]]] = defaultdict(dict)
    labels: dict[str, str] = {}
    for row in posts:
        story, language, post = row[0], row[1], (*row[2:-4], label_from_row(today, *row[-4:]))
        stories[post[1]], labels[post[1]] = story, post[-1]
        if previews or not post[-1]:
            # Of two files in one language the older post counts.
            shown[story][language] = min(post, shown[story].get(language, post))
    rows = []
    for story, translations in shown.items():
        order = ranked(languages, translations)
        at, permalink, title, authors, categories, xeps, label = translations[order[0]]
        day = (EPOCH + dt.timedelta(seconds=at)).date()
        month = f"{day.year:04}-{day.month:02}"
        names = (split_lines(authors), split_lines(categories), split_lines(xeps))
        row = ListRow(story, permalink, title, day, month, tuple(order), *names, label)
        rows.append((-at, permalink, row))
    return EntryList([row for _, _, row in sorted(rows)], stories, labels)


def ranked(languages: Sequence[str], available: Iterable[str]) -> list[str]:
    """Order languages: the preferred ones as preferred, the others by name."""
    places = {language: place for place, language in enumerate(languages)}
    return sorted(available, key=lambda language: (places.get(language, len(places)), language))
