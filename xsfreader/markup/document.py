"""A parsed post: blocks in reading order, links, headings, images and anchors.

The blocks are a flat list. Nesting (items of lists, quotes) is kept in each block's frames, so
layout is one loop, and a block's index is an address that holds at any width.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from xsfreader.markup.lines import Span
from xsfreader.model import Place


class BlockKind(StrEnum):
    """How layout draws a block."""

    TEXT = "text"
    TITLE = "title"
    META = "meta"
    HEADING = "heading"
    CODE = "code"
    TABLE = "table"
    FIGURE = "figure"
    RULE = "rule"
    EMPTY = "empty"
    """Draws nothing; keeps the indices of the other blocks."""


class LinkKind(StrEnum):
    """Kind of a link's target."""

    SITE = "site"
    """A path on the site, a post or another page; the library decides which."""
    FRAGMENT = "fragment"
    """A place in the same post."""
    XEP = "xep"
    IMAGE = "image"
    WEB = "web"
    XMPP = "xmpp"
    MAIL = "mailto"
    OTHER = "other"
    """Any other scheme."""
    DOUBTFUL = "doubtful"
    """A target its author can't have meant; ``url`` is how a browser resolves it."""


class Link(NamedTuple):
    """A link of a post."""

    text: str
    href: str
    """As written, with control characters percent-encoded."""
    url: str
    """Absolute, as a browser resolves it on the post's page."""
    kind: LinkKind
    fragment: str = ""
    """Decoded, without ``#``."""
    xep: int | None = None
    """Number of the XEP if ``kind`` is XEP, else None."""
    implicit: bool = False
    """Added by us: for an unlinked mention of a XEP or an image's address."""


class Heading(NamedTuple):
    """An entry of the table of contents."""

    level: int
    text: str
    id: str
    """The site's id for it, as used in fragments."""
    block: int


class Image(NamedTuple):
    """An image of a post."""

    src: str
    """As written."""
    url: str
    """Absolute."""
    site_path: str | None
    """Decoded path on the site (``/images/x.png``), None for an image on another host.

    For a picture beside the post it becomes the path of the file in the source.
    """
    alt: str
    caption: str
    """Caption or title, without markup."""
    link: int
    """Index of the link around the image, -1 for none."""
    block: int


class Frame(NamedTuple):
    """A list item, quote or the like around a block, as shown left of the text."""

    marker: str
    """Bullet, number or bar, padded to the indent."""
    bar: bool = False
    """Whether the marker is repeated on every line, as a quote's bar is."""


class Table(NamedTuple):
    """The cells of a table, as spans; their ``at`` are offsets in the block's text."""

    header: tuple[tuple[Span, ...], ...]
    rows: tuple[tuple[tuple[Span, ...], ...], ...]
    align: tuple[str, ...]
    """``left``, ``right`` or ``center`` of each column."""


class Block(NamedTuple):
    """A paragraph, heading, code block and the like."""

    kind: BlockKind
    text: str
    """All its characters; ``\\n`` for a forced line break, ``\\t`` between cells of a table."""
    spans: tuple[Span, ...] = ()
    """The same characters with roles and marks."""
    frames: tuple[Frame, ...] = ()
    """Outermost first."""
    opened: int = 0
    """Number of frames that contain an earlier block already; the others start here."""
    gap: int = 1
    """Blank lines above."""
    level: int = 0
    """Of a heading, 1 to 6."""
    image: int = -1
    """Of a figure: index into the document's images."""
    table: Table | None = None
    """Only for tables."""


class Document(NamedTuple):
    """A parsed post."""

    blocks: tuple[Block, ...]
    links: tuple[Link, ...] = ()
    headings: tuple[Heading, ...] = ()
    images: tuple[Image, ...] = ()
    anchors: Mapping[str, Place] = MappingProxyType({})
    """Places by id, for fragments: headings, footnotes and references to them."""
    fold: int | None = None
    """Index of the first block that is folded away until one goes there: a revision history."""
