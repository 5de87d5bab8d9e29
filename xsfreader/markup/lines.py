"""Lines made of spans with roles and marks, the result of layout.

Roles never name colours: each front end maps role and marks to a style of its own.
"""

from collections.abc import Iterable
from enum import IntFlag, StrEnum
from typing import NamedTuple

from xsfreader.model import Place


class Role(StrEnum):
    """Meaning of a span's text, which decides its style."""

    BODY = "body"
    TITLE = "title"
    META = "meta"
    """Date, authors, categories and the like below the title."""
    HEADING1 = "heading1"
    HEADING2 = "heading2"
    HEADING3 = "heading3"
    HEADING4 = "heading4"
    CODE = "code"
    """A line of a code block."""
    QUOTE = "quote"
    CAPTION = "caption"
    MARKER = "marker"
    """Bullets, numbers, check boxes."""
    RULE = "rule"
    """Rules, table borders, frames, the bar of a quote."""
    TABLE_HEADER = "table-header"
    NOTE = "note"
    """Text of ours, not the author's: placeholders, notes about images."""
    KEYWORD = "keyword"
    NAME = "name"
    STRING = "string"
    NUMBER = "number"
    COMMENT = "comment"
    """The last five: highlighted code."""


class Mark(IntFlag):
    """Attributes on top of a role, in any combination."""

    NONE = 0
    STRONG = 1
    EMPHASIS = 2
    STRIKE = 4
    INLINE_CODE = 8
    LINK = 16
    DOUBTFUL = 32
    """A link whose target can't be right."""


class Span(NamedTuple):
    """Text with one role and one set of marks. It contains no control characters."""

    text: str
    role: Role = Role.BODY
    marks: Mark = Mark.NONE
    link: int = -1
    """Index into the document's links, -1 for none."""
    at: int = -1
    """Offset of its first character in the block's text; -1 if layout added it (bullets, bars,
    borders, padding)."""


def join_text(spans: Iterable[Span]) -> str:
    """Return the text of some spans."""
    return "".join(span.text for span in spans)


class Line(NamedTuple):
    """One row of the screen."""

    spans: tuple[Span, ...]
    block: int
    """Index of the line's block; blank lines belong to the block above."""
    offset: int
    """Characters of the block's text above this line; each blank line counts one more, so
    that it is a place of its own."""
    image: int = -1
    """Index of the image that this row is reserved for, else -1."""
    image_row: int = 0
    """Row within that image, from 0; of its caption, how many rows are above."""

    @property
    def place(self) -> Place:
        """Place in the post where the line starts; each row of an image is one of its own."""
        return Place(self.block, self.offset + self.image_row)

    @property
    def text(self) -> str:
        """Text of the line."""
        return join_text(self.spans)
