"""The list: groups, entries, neighbours, what is unread."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from xsfreader.model import Entry, Group, View
from xsfreader.store.entries import POSTS, EntryList, compute_entries
from xsfreader.store.state import State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from xsfreader.store.entries import ListRow


class Listing(State):
    """The part of the store that the sidebar reads."""

    _list: tuple[object, EntryList] | None = None
    """The list computed last, after the key for which it is valid."""

    def _read_list(self, languages: Sequence[str], today: dt.date) -> EntryList:
        meta = self._rows("SELECT value FROM meta ORDER BY key")
        wanted = (tuple(languages), today, meta)
        if self._list is None or self._list[0] != wanted:
            posts = self._rows(POSTS)
            self._list = wanted, compute_entries(posts, languages, today, previews=self.previews)
        return self._list[1]

    def groups(
        self, view: View, parent: str | None, languages: Sequence[str], today: dt.date
    ) -> list[Group]:
        """Return the groups of a view, or those within the group ``parent``.

        Years and months come newest first, authors and categories by name, XEPs by number,
        which is their label. Of several spellings the most frequent is shown.
        """
        entries = self._read_list(languages, today)
        read = self._marked_stories("read", entries.stories)
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        unread: Counter[str] = Counter()
        depth = int(parent is not None)
        for row in entries.rows:
            names: dict[str, str] = {}
            for path in row.paths(view):
                if len(path) > depth and parent in (None, path[0][0]):
                    names.setdefault(*path[depth])
            for key, name in names.items():
                spellings[key][name] += 1
                unread[key] += row.story not in read
        has_groups = view is View.DATE and parent is None
        found = [
            Group(key, _most_frequent(names), depth, names.total(), unread[key], has_groups)
            for key, names in spellings.items()
        ]
        if view is View.DATE:
            return sorted(found, key=lambda one: one.key, reverse=True)
        if view is View.XEP:
            return sorted(found, key=lambda one: int(one.key))
        return sorted(found, key=lambda one: (one.key, one.label))

    def entries(
        self,
        view: View,
        key: str | None,
        languages: Sequence[str],
        today: dt.date,
        *,
        words: str = "",
    ) -> list[Entry]:
        """Return the entries of a group, newest first.

        A key of None means all entries of the view; STARRED and UNREAD have no groups.
        ``words`` must all be found in title, authors or categories, also within words.
        """
        entries = self._read_list(languages, today)
        rows = [
            row
            for row in entries.matching(words)
            if (key in row.keys(view) if key is not None else view is not View.XEP or row.xeps)
        ]
        found = list(self._entries_of(rows, entries))
        if view is View.UNREAD:
            return [entry for entry in found if not entry.read]
        if view is View.STARRED:
            return [entry for entry in found if entry.starred]
        return found

    def _entries_of(self, rows: Sequence[ListRow], entries: EntryList) -> Iterator[Entry]:
        read = self._marked_stories("read", entries.stories)
        starred = self._marked_stories("starred", entries.stories)
        changed = {entries.stories.get(permalink) for permalink in self.changed_posts()}
        for row in rows:
            yield Entry(
                permalink=row.permalink,
                title=row.title,
                day=row.day,
                language=row.languages[0],
                languages=row.languages,
                read=row.story in read,
                starred=row.story in starred,
                label=row.label,
                changed=row.story in changed,
            )

    def group_keys(
        self, view: View, permalink: str, languages: Sequence[str], today: dt.date
    ) -> tuple[str, ...]:
        """Return the keys of the groups that contain a post's entry, outermost first.

        Of several groups it is the first; empty if the view has none or the post is unknown.
        """
        entries = self._read_list(languages, today)
        place = entries.place_of(permalink)
        if place is None:
            return ()
        paths = entries.rows[place].paths(view)
        return tuple(key for key, _ in paths[0]) if paths else ()

    def neighbours(
        self, permalink: str, languages: Sequence[str], today: dt.date
    ) -> tuple[Entry | None, Entry | None]:
        """Return the next newer and the next older entry."""
        entries = self._read_list(languages, today)
        place = entries.place_of(permalink)
        if place is None:
            return None, None
        newer = self._entries_of(entries.rows[max(place - 1, 0) : place], entries)
        older = self._entries_of(entries.rows[place + 1 : place + 2], entries)
        return next(newer, None), next(older, None)

    def entry(self, permalink: str, languages: Sequence[str], today: dt.date) -> Entry | None:
        """Return the entry that contains a post."""
        entries = self._read_list(languages, today)
        place = entries.place_of(permalink)
        if place is None:
            return None
        return next(self._entries_of([entries.rows[place]], entries))

    def newest(
        self, languages: Sequence[str], today: dt.date, *, unread: bool = False
    ) -> Entry | None:
        """Return the newest entry, or the newest unread one."""
        view = View.UNREAD if unread else View.DATE
        return next(iter(self.entries(view, None, languages, today)), None)

    def count(self, languages: Sequence[str], today: dt.date) -> int:
        """Count the entries."""
        return len(self._read_list(languages, today).rows)

    def scheduled_count(self, today: dt.date) -> int:
        """Count the stories with a post that is not shown yet."""
        entries = self._read_list((), today)
        scheduled = (key for key, label in entries.labels.items() if label == "scheduled")
        return len({entries.stories[permalink] for permalink in scheduled})

    def unread_count(self, languages: Sequence[str], today: dt.date) -> int:
        """Count the unread entries."""
        entries = self._read_list(languages, today)
        read = self._marked_stories("read", entries.stories)
        return sum(row.story not in read for row in entries.rows)


def _most_frequent(names: Counter[str]) -> str:
    return min(names, key=lambda name: (-names[name], name))
