"""What the search shows around its results: a header, and the chosen post beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.reactive import reactive

from xsfreader.errors import XsfreaderError
from xsfreader.markup import find_words
from xsfreader.ui.widgets.article import ArticleView
from xsfreader.ui.widgets.bars import Bar

if TYPE_CHECKING:
    from textual.strip import Strip
    from textual.timer import Timer

    from xsfreader.library import Library
    from xsfreader.model import Hit

FILTERS = "author: category: xep: lang: after: before: is:"
REST_SECONDS = 0.1
"""How long the cursor must rest before its post is shown."""


class SearchHeader(Bar):
    """The name of the screen, what was found, and what one can filter by."""

    count: reactive[str] = reactive("")

    def render_line(self, y: int) -> Strip:
        """Paint the line; the filters are dropped if there is no room."""
        quiet = self.style("quiet")
        left = [Segment(" Search ", self.style("strong")), Segment("─ ", quiet)]
        left += [Segment(f"{self.count} ", self.look())] if self.count else []
        right = [Segment(f" {FILTERS} ", quiet), Segment("─", quiet)]
        used = sum(cell_len(part.text) for part in (*left, *right))
        return self.line(left, right if used < self.size.width else [], "─")


class HitPreview(ArticleView, can_focus=False):
    """The post under the cursor of the results, at its first match."""

    def __init__(self, library: Library) -> None:
        super().__init__(library.config.width)
        self._library = library
        self._timer: Timer | None = None

    def show_soon(self, hit: Hit | None, query: str) -> None:
        """Show a post when the cursor has rested on it; nothing without one."""
        if self._timer is not None:
            self._timer.stop()
        if not self.size:
            return
        if hit is None:
            self.wait(None)
        else:
            permalink = hit.post.permalink
            self._timer = self.set_timer(REST_SECONDS, lambda: self._show(permalink, query))

    def _show(self, permalink: str, query: str) -> None:
        try:
            # A very long post would hold up what is typed meanwhile.
            if self._library.is_slow_to_open(permalink):
                self.wait(None)
                return
            document = self._library.document(permalink)
        except XsfreaderError:
            # It was removed; choosing it says so.
            self.wait(None)
            return
        if document is not self.document:
            self.show(document)
        matches = find_words(document, self._library.query_words(query))
        self.highlight(matches, 0)
        if matches:
            self.show_match(matches[0])
