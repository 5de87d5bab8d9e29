"""Find text in the post, or filter the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup import find, find_terms
from xsfreader.model import Place, View
from xsfreader.ui.places import relocate_place
from xsfreader.ui.reader.base import Part, count_posts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xsfreader.markup import Document, Match
    from xsfreader.ui.reader.base import ReaderBase
    from xsfreader.ui.reader.marks import Marks
    from xsfreader.ui.reader.preview import Preview
    from xsfreader.ui.reader.prompts import Prompts


class Find(Part):
    """Keeps the matches in the post shown."""

    def __init__(
        self, screen: ReaderBase, prompts: Prompts, marks: Marks, preview: Preview
    ) -> None:
        super().__init__(screen)
        self._prompts = prompts
        self._marks = marks
        self._preview = preview
        self.needle = ""
        self.matches: Sequence[Match] = ()
        self.current = -1
        """Index of the current match."""
        self._search: Callable[[Document], Sequence[Match]] = lambda _document: ()
        self._searched: Document | None = None
        """The document that the matches are in."""
        self._origin: Place | None = None
        """Where the reader was before."""

    def ask(self) -> None:
        """Ask what to find in the post or, if the list has the keys, what to filter it by."""
        screen = self.screen
        if screen.reading:
            self._origin = screen.article.place
            self._prompts.ask(f"Find in this {screen.noun}", self.find_text, self._end_find)
        else:
            screen.tabs.typing = True
            by_xep = screen.posts.view is View.XEP
            self._prompts.ask(
                f"Filter: {'XEP number or title' if by_xep else 'title, author or category'}",
                self._filter,
                self._end_filter,
                text=screen.posts.filtered,
            )

    def _end_find(self, text: str | None) -> None:
        if text is None:
            self.clear(back=True)
            self.screen.status.say("")
        else:
            self._marks.mark_moved_in()

    def _filter(self, text: str) -> None:
        self.screen.filter_list(text)
        self._count_filtered()

    def _count_filtered(self) -> None:
        """Say how many posts the filter leaves; in the list by XEP the groups are counted."""
        posts = self.screen.posts
        found = len(posts.tree_of_posts.rows) if posts.filtered and posts.tree_of_posts.flat else 0
        self.screen.status.say(f"{count_posts(found)} found" if found else "")

    def _end_filter(self, text: str | None) -> None:
        """Show the post under the cursor, or all posts again."""
        self.screen.tabs.typing = False
        if text is None:
            self.screen.clear_filter()
        else:
            self._preview.follow()
        if text is None or not self.screen.status.text:
            self._count_filtered()

    @property
    def summary(self) -> str:
        """The needle and the number of the current match; empty if there is none."""
        return f"{self.needle}: {self.current + 1}/{len(self.matches)}" if self.matches else ""

    def find_text(self, needle: str) -> None:
        """Highlight all matches, and go to the first one after the origin."""
        article = self.screen.article
        self._find_all(needle, lambda document: find(document, needle) if needle else ())
        self.current = self._first_after(self._origin) if self.matches else -1
        if self.matches:
            self._show()
        else:
            article.highlight()
            if self._origin is not None:
                article.jump(self._origin)
            self.screen.status.say(f"No matches for “{needle}”" if needle else "")

    def find_hits(self, query: str, place: Place | None = None) -> None:
        """Highlight what was searched for, and go to the first behind a place."""
        library = self.screen.library
        terms = library.query_terms(query)
        self._find_all(library.query_words(query), lambda document: find_terms(document, terms))
        self.current = self._first_after(place) if self.matches else -1
        if self.matches:
            self._show()
        self.screen.offer_keys()

    def _find_all(self, needle: str, search: Callable[[Document], Sequence[Match]]) -> None:
        self.needle, self._search, self._searched = needle, search, None
        self.matches = ()
        self._update()

    def _update(self) -> None:
        """Search the document in view, unless that is done: it may have changed on disk."""
        document = self.screen.article.document
        if document is not None and document is not self._searched:
            self._searched, self.matches = document, self._search(document)

    def refresh(self) -> None:
        """Find in what was parsed since as well, or in a newer version."""
        current = self.matches[self.current] if self.matches else None
        before, now = self._searched, self.screen.article.document
        self._update()
        if current is not None and before is not None and now is not None:
            place = relocate_place(before, now, Place(current.block, current.start))
            self.current = self._first_after(place) if self.matches else -1
            self.screen.article.highlight(self.matches, self.current)
            self.screen.status.say(self.summary)

    def _first_after(self, place: Place | None) -> int:
        if place is not None:
            for index, match in enumerate(self.matches):
                if (match.block, match.start) >= (place.block, place.offset):
                    return index
        return 0

    def step(self, direction: int) -> None:
        """Go to the next or previous match, and wrap at the end."""
        self._update()
        if not self.matches:
            none = f"No matches for “{self.needle}”" if self.needle else ""
            key = self.screen.key_of("find")
            self.screen.status.say(
                none or "No search yet" + (f"; press {key} to find" if key else "")
            )
            return
        index = self.current + direction
        wrapped = not 0 <= index < len(self.matches)
        self.current = index % len(self.matches)
        start = "top" if direction > 0 else "end"
        self._show(f" (wrapped to {start})" if wrapped else "")

    def _show(self, note: str = "") -> None:
        article = self.screen.article
        article.highlight(self.matches, self.current)
        article.show_match(self.matches[self.current])
        self.screen.status.say(self.summary + note)

    def clear(self, *, back: bool = False) -> None:
        """Remove the matches; ``back`` returns to the origin."""
        self._find_all("", lambda _document: ())
        self.current = -1
        self.screen.article.highlight()
        if back and self._origin is not None:
            self.screen.article.jump(self._origin)
        self._origin = None
