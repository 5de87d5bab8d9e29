"""The spans of a block as they grow, and what they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup.document import Image, Link, LinkKind
from xsfreader.markup.lines import Mark, Role, Span
from xsfreader.markup.links import make_link, resolve, site_path
from xsfreader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINK_MARKS = Mark.LINK | Mark.DOUBTFUL


class Collected:
    """What a post's blocks refer to, gathered while they are built."""

    __slots__ = ("base", "images", "links")

    def __init__(self, base: str, links: Iterable[Link] = ()) -> None:
        self.base = base
        """The post's address, which its links are relative to."""
        self.links = list(links)
        self.images: list[Image] = []

    def add_link(self, text: str, href: str, *, implicit: bool = False) -> int:
        """Keep a link and return its index."""
        self.links.append(make_link(text, href, self.base, implicit=implicit))
        return len(self.links) - 1

    def add_image(self, src: str, alt: str, caption: str, link: int, block: int) -> int:
        """Keep a picture and return its index."""
        url = resolve(src, self.base)
        self.images.append(Image(src, url, site_path(url), alt, caption, link, block))
        return len(self.images) - 1

    def marks_of(self, link: int) -> Mark:
        """How the link is marked."""
        doubtful = self.links[link].kind is LinkKind.DOUBTFUL
        return _LINK_MARKS if doubtful else Mark.LINK


class Run:
    """The spans of one block as they grow. All text of a post is made safe here."""

    __slots__ = ("_look", "_parts", "_spans", "at")

    def __init__(self, at: int = 0) -> None:
        self.at = at
        """How many characters there are, counted from the start of the block."""
        self._spans: list[Span] = []
        self._parts: list[str] = []
        self._look: tuple[Role, Mark, int] = (Role.BODY, Mark.NONE, -1)

    def add(
        self, text: str, role: Role = Role.BODY, marks: Mark = Mark.NONE, link: int = -1
    ) -> None:
        """Append text of one look."""
        text = clean(text)
        if not text:
            return
        look = (role, marks, link)
        if look != self._look:
            self._flush()
            self._look = look
        self._parts.append(text)
        self.at += len(text)

    def strip(self) -> None:
        """Drop blanks at the end."""
        self._flush()
        while self._spans:
            last = self._spans.pop()
            text = last.text.rstrip(" \n")
            self.at -= len(last.text) - len(text)
            if text:
                same = len(text) == len(last.text)
                self._spans.append(last if same else last._replace(text=text))
                return

    def spans(self) -> tuple[Span, ...]:
        """What there is."""
        self._flush()
        return tuple(self._spans)

    def text_from(self, start: int) -> str:
        """The characters from that offset on."""
        self._flush()
        parts: list[str] = []
        for span in reversed(self._spans):
            if span.at < start:
                break
            parts.append(span.text)
        return "".join(reversed(parts))

    def _flush(self) -> None:
        if self._parts:
            text = "".join(self._parts)
            role, marks, link = self._look
            self._spans.append(Span(text, role, marks, link, self.at - len(text)))
            self._parts.clear()
