"""What the search shows around its results: a header, and the chosen post beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment

from xsfreader.errors import XsfreaderError
from xsfreader.markup import find_terms
from xsfreader.model import split_target
from xsfreader.ui.widgets.article import ArticleView
from xsfreader.ui.widgets.bars import Bar
from xsfreader.ui.widgets.growing import START

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.strip import Strip
    from textual.timer import Timer

    from xsfreader.library import Library
    from xsfreader.model import Hit, SectionHit
    from xsfreader.text import Term

FILTERS = "author: category: xep: lang: after: before: is:"
REST_SECONDS = 0.1
"""How long the cursor must rest before its post is shown."""


class SearchHeader(Bar):
    """The name of the screen, and what one can filter by."""

    def render_line(self, y: int) -> Strip:
        """Paint the line; the filters are dropped if there is no room."""
        quiet = self.style("quiet")
        left = [Segment(" Search ", self.style("strong"))]
        right = [Segment(f" {FILTERS} ", quiet), Segment("─", quiet)]
        used = sum(cell_len(part.text) for part in (*left, *right))
        return self.line(left, right if used < self.size.width else [], "─")


class HitPreview(ArticleView, can_focus=False):
    """The post or section under the cursor of the results, at its first match."""

    def __init__(self, library: Library) -> None:
        super().__init__(library.config.width)
        self._library = library
        self._timer: Timer | None = None

    def show_soon(self, hit: Hit | SectionHit | None, query: str) -> None:
        """Show a post when the cursor has rested on it; nothing without one."""
        if self._timer is not None:
            self._timer.stop()
        if not self.size:
            return
        if hit is None:
            self.wait(None)
        else:
            target = hit.target
            self._timer = self.set_timer(REST_SECONDS, lambda: self._show(target, query))

    def _show(self, target: str, query: str) -> None:
        item_id, section = split_target(target)
        try:
            # A very long post would hold up what is typed meanwhile.
            if self._library.is_slow_to_open(item_id):
                self.wait(None)
                return
            parser = self._library.parser(item_id)
            document = parser.document if parser else self._library.document(item_id)
        except XsfreaderError:
            # It was removed; choosing it says so.
            self.wait(None)
            return
        if document is not self.document:
            self.show(document, None, parser)
        terms = self._library.query_terms(query)
        self.when_whole(lambda: self._show_hits(item_id, section, terms))

    def _show_hits(self, item_id: str, section: str, terms: Sequence[Term]) -> None:
        document = self.document
        if document is None:
            return
        if section:
            self._library.cache_whole(item_id, document)
        start = document.anchors.get(section, START)
        matches = find_terms(document, terms)
        places = [(match.block, match.start) for match in matches]
        current = next((at for at, place in enumerate(places) if place >= start), 0)
        self.highlight(matches, current)
        if section:
            self.jump(start)
        if matches:
            self.show_match(matches[current])
