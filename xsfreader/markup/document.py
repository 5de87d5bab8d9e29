"""What a post is once parsed: blocks in reading order, and what can be reached from them.

The blocks are a flat list. What they are nested in (items of lists, quotes) they carry as
frames, so that layout is one loop and a block's index is an address that survives any width.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from xsfreader.markup.lines import Span
from xsfreader.model import Place


class BlockKind(StrEnum):
    """What layout has to do with a block."""

    TEXT = "text"
    TITLE = "title"
    META = "meta"
    HEADING = "heading"
    CODE = "code"
    TABLE = "table"
    FIGURE = "figure"
    RULE = "rule"
    EMPTY = "empty"
    """Nothing to draw; it keeps the numbers of the others."""


class LinkKind(StrEnum):
    """Where a link leads."""

    SITE = "site"
    """A path of the site, a post or a page; which one the library knows."""
    FRAGMENT = "fragment"
    """A place in this very post."""
    XEP = "xep"
    IMAGE = "image"
    WEB = "web"
    XMPP = "xmpp"
    MAIL = "mailto"
    OTHER = "other"
    """Any other scheme."""
    DOUBTFUL = "doubtful"
    """It can't be what its author meant; ``url`` is what a browser would make of it."""


class Link(NamedTuple):
    """One link of a post."""

    text: str
    href: str
    """As written, but for control characters, which are percent-encoded."""
    url: str
    """Absolute, as a browser on the post's page would resolve it."""
    kind: LinkKind
    fragment: str = ""
    """Decoded, without ``#``."""
    xep: int | None = None
    """Number of the XEP where ``kind`` is XEP, else None."""
    implicit: bool = False
    """Made by us: an unlinked mention of a XEP, or the address of an image."""


class Heading(NamedTuple):
    """One entry of the table of contents."""

    level: int
    text: str
    id: str
    """The site's id of it, what a fragment names."""
    block: int


class Image(NamedTuple):
    """One picture of a post."""

    src: str
    """As written."""
    url: str
    """Absolute."""
    site_path: str | None
    """Decoded path on the site (``/images/x.png``), None where it lies on another host."""
    alt: str
    caption: str
    """Caption or title, without markup."""
    link: int
    """Index of the link the picture stands in, -1 for none."""
    block: int


class Frame(NamedTuple):
    """Something that a block is nested in, as it shows left of the text."""

    marker: str
    """Bullet, number or bar, padded to the indent."""
    bar: bool = False
    """A quote's bar stands before every line; any other marker before the first one alone."""


class Table(NamedTuple):
    """The cells of a table; each is its spans, whose ``at`` count in the block's text."""

    header: tuple[tuple[Span, ...], ...]
    rows: tuple[tuple[tuple[Span, ...], ...], ...]
    align: tuple[str, ...]
    """``left``, ``right`` or ``center`` of each column."""


class Block(NamedTuple):
    """A paragraph, a heading, a code block and the like."""

    kind: BlockKind
    text: str
    """All its characters; ``\\n`` where a line must end, ``\\t`` between the cells of a table."""
    spans: tuple[Span, ...] = ()
    """The same characters with their looks."""
    frames: tuple[Frame, ...] = ()
    """Outermost first."""
    opened: int = 0
    """How many of the frames stood around an earlier block already; the others begin here."""
    gap: int = 1
    """Blank lines above."""
    level: int = 0
    """Of a heading, 1 to 6."""
    image: int = -1
    """Of a figure: index into the document's images."""
    table: Table | None = None
    """None but for tables."""


class Document(NamedTuple):
    """A parsed post."""

    blocks: tuple[Block, ...]
    links: tuple[Link, ...] = ()
    headings: tuple[Heading, ...] = ()
    images: tuple[Image, ...] = ()
    anchors: Mapping[str, Place] = MappingProxyType({})
    """Every id a fragment may name: headings, footnotes and references to them."""

    def place_of_fragment(self, fragment: str) -> Place | None:
        """Where the fragment leads, None where nothing has that id."""
        return self.anchors.get(fragment)
