"""Lists of posts: the app's groups and entries, the command line's rows, search."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xsfreader.library.reader_state import ReaderState
from xsfreader.library.reading import Reading
from xsfreader.library.xeps import Xeps
from xsfreader.model import View, specification_number
from xsfreader.store.query import FILTERS, parse_query, without_filters
from xsfreader.text import closest, did_you_mean, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xsfreader.model import Entry, Filter, Group, Hit, Marks, Post, SectionHit
    from xsfreader.reports import UnreadableFile
    from xsfreader.store.query import Query
    from xsfreader.text import Term


class Listed(NamedTuple):
    """A post with its marks and translations."""

    post: Post
    marks: Marks
    translations: dict[str, str]
    """Language to permalink of the other translations."""
    label: str
    """As of ``Post.label``, today."""


class Lists(Reading, Xeps, ReaderState):
    """The part of the library that lists and finds posts."""

    def count(self) -> int:
        """Return the number of entries."""
        return self._store.count(self.languages, self.today)

    def clock_problem(self) -> str:
        """Say that every post is dated in the future, as where the clock is behind; else empty."""
        if self.count() or not (future := self._store.scheduled_count(self.today)):
            return ""
        posts = "1 post is" if future == 1 else f"{future} posts are"
        return f"{posts} dated in the future. Check the clock: it says {self.today}."

    def unread_count(self) -> int:
        """Return the number of unread entries."""
        return self._store.unread_count(self.languages, self.today)

    def problems(self) -> tuple[UnreadableFile, ...]:
        """Return every unreadable file of the source, by path."""
        return self._store.unreadable()

    def groups(self, view: View, parent: str | None = None, *, words: str = "") -> list[Group]:
        """Return the groups of a view, or those within a group; XEPs as of ``xep_groups``."""
        if view is View.XEP:
            return self.xep_groups(parent, words)
        return self._store.groups(view, parent, self.languages, self.today)

    def entries(self, view: View, key: str | None, *, words: str = "") -> list[Entry]:
        """Return the entries of a group, or all of a view, newest first.

        ``words`` must all be found in title, authors or categories, also within words.
        """
        return self._store.entries(view, key, self.languages, self.today, words=words)

    def unread(self, view: View, words: str = "") -> tuple[str, ...]:
        """Return the permalinks of all unread entries of a view, filtered as the list is.

        The words are those of ``groups`` in the list by XEP, else those of ``entries``.
        """
        if view is View.XEP and words:
            keys = [group.key for group in self.groups(view, words=words)]
            entries = [entry for key in keys for entry in self.entries(view, key)]
        else:
            entries = self.entries(view, None, words=words)
        return tuple(dict.fromkeys(entry.permalink for entry in entries if not entry.read))

    def group_keys(self, view: View, permalink: str) -> tuple[str, ...]:
        """Return the keys of the groups that contain an item, outermost first."""
        number = specification_number(permalink)
        if number is not None:
            return self.xep_keys(number) if view is View.XEP else ()
        return self._store.group_keys(view, permalink, self.languages, self.today)

    def newest_unread(self) -> Entry | None:
        """Return the entry to open first: the newest unread one, else the newest."""
        unread = self._store.newest(self.languages, self.today, unread=True)
        return unread or self._store.newest(self.languages, self.today)

    def entry_permalink(self, permalink: str) -> str:
        """Return the translation of a post that is in the list."""
        entry = self._store.entry(permalink, self.languages, self.today)
        return entry.permalink if entry else permalink

    def posts(self, wanted: Filter, *, once: bool = False) -> list[Listed]:
        """List posts, newest first, translations as separate posts. Raises NoArchiveError.

        With ``once`` a post is listed in one language, as in the app, unless a language is wanted.
        A post read or starred in one language counts as read or starred in all.
        """
        self.require_posts()
        found = self._store.posts(wanted, self.today)
        if once and wanted.language is None:
            shown = {entry.permalink for entry in self.entries(View.DATE, None)}
            found = [each for each in found if each[0].permalink in shown]
        return [self._listed(post, marks) for post, marks in found]

    def _listed(self, post: Post, marks: Marks) -> Listed:
        others = self._other_languages(post.permalink)
        each = [marks, *map(self.marks, others.values())]
        read, starred = any(one.read for one in each), any(one.starred for one in each)
        marks = marks._replace(read=read, starred=starred)
        return Listed(post, marks, others, post.label(self.today))

    def listed(self, permalink: str) -> Listed:
        """Read a post with its marks and translations."""
        return self._listed(self.post(permalink), self.marks(permalink))

    def search(self, query: str, limit: int, *, once: bool = True) -> list[Hit]:
        """Search titles, texts, authors and categories, best matches first.

        ``once`` leaves out a post that is found in a better language, too. Raises QueryError for
        an invalid filter, NoArchiveError.
        """
        self.require_posts()
        return self._store.search(query, limit, self.languages, self.today, once=once)

    def search_ids(self, text: str, limit: int) -> list[int]:
        """Search while the query is being typed; incomplete filters are ignored.

        The ids, best matches first, are for ``read_hits``: a screen needs few of them at once.
        """
        query = parse_query(text)
        if query.specifications:
            return self.specifications.file.search_ids(query, limit)
        return self._store.search_ids(query, limit, self.languages, self.today, once=True)

    def read_hits(self, ids: Sequence[int], text: str) -> Sequence[Hit | SectionHit]:
        """Return matches that ``search_ids`` found, with snippets."""
        query = parse_query(text)
        if query.specifications:
            return self.specifications.file.read_hits(ids, query)
        return self._store.read_hits(ids, query)

    def is_in_xeps(self, text: str) -> bool:
        """Return whether a query searches specifications instead of posts."""
        return parse_query(text).specifications

    def search_sections(self, text: str, limit: int) -> list[SectionHit]:
        """Search the specifications that are held, best matches first.

        Raises QueryError for an invalid filter.
        """
        query, file = parse_query(text, strict=True), self.specifications.file
        return file.read_hits(file.search_ids(query, limit), query)

    def query_problem(self, text: str, *, found: bool) -> str:
        """Return in a few words what is wrong with a query's filters; empty if nothing is.

        An unknown filter is taken for words with a colon, unless nothing was ``found``.
        """
        query = parse_query(text)
        if query.problems:
            return query.problems[0]
        if query.specifications and not found:
            held = len(self.specifications.held())
            if not held:
                return (
                    "No specification is held yet: open one, or `xsfreader sync --xeps` fetches all"
                )
            if not query.terms:
                return f"Type what to find in the text of the {held} specifications held here"
        if query.unknown and not found:
            meant = did_you_mean(query.unknown[0], FILTERS.split())
            return f"No matches; unknown filter {query.unknown[0]} {meant}"
        if not found:
            only_filters = not (query.terms or query.empty)
            alone = "No posts match these filters" if only_filters else ""
            return self._name_problem(query) or alone
        return ""

    def _name_problem(self, query: Query) -> str:
        """Say which name in a query's filters no post has, and which one was meant."""
        for view, terms in ((View.AUTHOR, query.authors), (View.CATEGORY, query.categories)):
            for term in terms:
                if problem := self.name_problem(view, " ".join(term.words)):
                    return f"No matches; {problem}"
        return ""

    def name_problem(self, view: View, name: str) -> str:
        """Say that no post has an author or category of that name, and which one was meant.

        Empty if one has.
        """
        known = [group.label for group in self.groups(view)]
        if any(fold(name) in fold(each) for each in known):
            return ""
        meant = closest(name, known)
        return f"no {view} matches “{name}”" + (f"; did you mean {meant}?" if meant else "")

    def query_words(self, query: str) -> str:
        """Return the words and phrases of a query as they were typed, without filters."""
        return without_filters(query)

    def query_terms(self, query: str) -> tuple[Term, ...]:
        """Return the words and phrases of a query, without filters, to highlight in a post."""
        return parse_query(query).terms
