"""Extract visible text from a page's HTML and from our lines, to compare them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from xsfreader.markup import BlockKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xsfreader.markup import Document, Layout

_BLOCKS = frozenset(
    (
        *("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "br", "div", "tr", "pre"),
        *("blockquote", "figure", "hr", "dd", "dt", "ul", "ol", "table"),
    )
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


class Page(HTMLParser):
    """The words, heading ids and link targets of a page's HTML.

    Additions of the site's theme are left out: anchors of headings, the newsletter's button,
    arrows back from footnotes. A link without text counts as its target, as we show it: apart
    from the words around it.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.figures: set[str] = set()
        self._silent = False
        self._was_empty = False
        self._link: tuple[int, str] | None = None
        self._in_figure = False
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """The visible text."""
        return "".join(self.parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag in _HEADINGS and "id" in given:
            self.ids.append(given["id"])
        if tag == "figure":
            self._in_figure = True
        if tag == "img":
            self.parts.append(" ")
            if self._in_figure:
                self.figures.add(given.get("src", ""))
        if tag == "a":
            kind = given.get("class", "")
            self._silent = kind in ("heading-anchor", "footnote-backref") or "btn" in kind
            if kind not in ("heading-anchor", "footnote-backref"):
                self.hrefs.append(given.get("href", ""))
            self._link = None if self._silent else (len(self.parts), given.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._silent = False
            if self._link and not "".join(self.parts[self._link[0] :]):
                before = "".join(self.parts[-1:])
                self.parts.append(" " * (not before[-1:].isspace()) + self._link[1])
                self._was_empty = True
            self._link = None
        if tag == "figure":
            self._in_figure = False
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(" " * (self._was_empty and data[:1].isalnum()) + data)
            self._was_empty = False


_SHOWN_BY_NONE = re.compile("[\u200b\ufe0f]")
"""Left out of what we show: a space without width, the sign that asks for a coloured emoji."""


def words(text: str) -> list[str]:
    """Split into words, keeping typography."""
    return unicodedata.normalize("NFKC", _SHOWN_BY_NONE.sub("", text)).split()


def folded(text: str) -> list[str]:
    """Split into words, ignoring typography."""
    text = unicodedata.normalize("NFKC", _SHOWN_BY_NONE.sub("", text))
    text = re.sub("[‘’‚‛']", "'", text)
    text = re.sub('[“”„"]', '"', text)
    return re.sub("[‐‑–—-]+", "-", text.replace("…", "...")).split()


def shown(layout: Layout, figures: set[str] | None = None) -> str:
    """Return the post's own text as the lines show it, block by block.

    It is joined from the spans drawn, by their offsets; ``figures`` are the sources of images
    whose caption is shown on the site too.
    """
    document = layout.document
    drawn: dict[int, dict[int, str]] = defaultdict(dict)
    for line in layout.lines:
        for span in line.spans:
            if span.at >= 0:
                drawn[line.block][span.at] = span.text
    return "\n".join(
        "".join(_block_text(document, index, drawn[index], figures))
        for index in range(len(document.blocks))
    )


def _block_text(
    document: Document, index: int, drawn: dict[int, str], figures: set[str] | None
) -> Iterator[str]:
    block = document.blocks[index]
    quiet = quiet_ranges(document, index, figures)
    done = 0
    for at in sorted(drawn):
        between = block.text[done:at]
        assert not between.strip(), f"not drawn: {between!r}"
        yield between
        text = drawn[at]
        assert block.text.startswith(text, at)
        yield " " if any(start <= at < end for start, end in quiet) else text
        done = at + len(text)
    rest = block.text[done:]
    if block.kind is BlockKind.FIGURE:
        # A narrow column leaves out the address.
        rest = rest.rpartition("\n")[0]
    assert not rest.strip(), f"not drawn: {rest!r}"


def quiet_ranges(document: Document, index: int, figures: set[str] | None) -> list[tuple[int, int]]:
    """Return the ranges of a block's text that are ours, not the author's."""
    block = document.blocks[index]
    untitled = (
        block.kind is BlockKind.FIGURE
        and figures is not None
        and document.images[block.image].src not in figures
    )
    return [
        (span.at, span.at + len(span.text))
        for span in block.spans
        if untitled or (span.role is Role.NOTE and not span.text.startswith(("Subscribe", "XSF")))
    ]


def in_order(wanted: list[str], found: list[str]) -> str | None:
    """Return the first word of ``wanted`` missing from ``found`` in that order."""
    rest = iter(found)
    return next((word for word in wanted if word not in rest), None)
