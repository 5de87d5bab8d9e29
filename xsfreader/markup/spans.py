"""Builders for a block's spans and for the links and images of a post."""

from __future__ import annotations

from itertools import groupby, takewhile
from operator import attrgetter
from typing import TYPE_CHECKING

from xsfreader.markup.document import Image, Link, LinkKind
from xsfreader.markup.limits import Work
from xsfreader.markup.lines import Mark, Role, Span, join_text
from xsfreader.markup.links import make_link, resolve, site_path
from xsfreader.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xsfreader.markup.shortcodes import Shortcode


class References:
    """Links and images of a post, collected while its blocks are built."""

    def __init__(
        self,
        base: str,
        shortcodes: Sequence[Shortcode] = (),
        work: Work | None = None,
    ) -> None:
        self.base = base
        """The post's address, which relative links start from."""
        self.shortcodes = shortcodes
        self.work = work or Work()
        """Counts the inline markup of the whole post, captions included."""
        self.links: list[Link] = []
        self.images: list[Image] = []

    def add_link(self, text: str, href: str, *, implicit: bool = False) -> int:
        """Add a link and return its index."""
        self.links.append(make_link(clean(text), href, self.base, implicit=implicit))
        return len(self.links) - 1

    def add_image(self, src: str, alt: str, caption: str, link: int, block: int) -> None:
        """Add an image."""
        url = resolve(src, self.base)
        self.images.append(Image(src, url, site_path(url), clean(alt), clean(caption), link, block))

    def link_marks(self, link: int) -> Mark:
        """Return the marks of a link's text."""
        doubtful = self.links[link].kind is LinkKind.DOUBTFUL
        return Mark.LINK | Mark.DOUBTFUL if doubtful else Mark.LINK


class SpanBuilder:
    """Builds the spans of one block. All text of a post is cleaned here."""

    def __init__(self, references: References, at: int = 0) -> None:
        self.references = references
        self.at = at
        """Offset in the block's text where the next span starts."""
        self._spans: list[Span] = []

    def add(
        self, text: str, role: Role = Role.BODY, marks: Mark = Mark.NONE, link: int = -1
    ) -> None:
        """Append text."""
        text = clean(text)
        if text:
            self._spans.append(Span(text, role, marks, link, self.at))
            self.at += len(text)

    def start_line(self, role: Role) -> None:
        """Append a line break, except at the start of the block."""
        if self.at:
            self.add("\n", role)

    def strip(self) -> None:
        """Remove trailing blanks."""
        while self._spans:
            last = self._spans.pop()
            text = last.text.rstrip(" \n")
            self.at -= len(last.text) - len(text)
            if text:
                self._spans.append(last._replace(text=text))
                return

    def spans(self) -> tuple[Span, ...]:
        """Return the spans built so far, one for all text of the same look in a row."""
        spans: list[Span] = []
        for _, group in groupby(self._spans, key=attrgetter("role", "marks", "link")):
            first, *more = group
            spans.append(first._replace(text=join_text((first, *more))))
        return tuple(spans)

    def text_from(self, start: int) -> str:
        """Return the text from an offset on, where a span starts."""
        spans = list(takewhile(lambda span: span.at >= start, reversed(self._spans)))
        return join_text(reversed(spans))
