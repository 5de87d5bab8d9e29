"""What layout makes: lines of spans, each with a role, never with a colour.

Front ends turn a role and its marks into a style of their own.
"""

from enum import IntFlag, StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What a stretch of text is; the base of its look."""

    BODY = "body"
    TITLE = "title"
    META = "meta"
    """Date, authors, categories and the like below the title; quiet."""
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
    """Drawn lines: rules, table borders, frames, the bar of a quote."""
    TABLE_HEADER = "table-header"
    NOTE = "note"
    """What we say, not the author: placeholders, the heading of the footnotes."""
    KEYWORD = "keyword"
    NAME = "name"
    STRING = "string"
    NUMBER = "number"
    COMMENT = "comment"
    """The last five: highlighted code."""


class Mark(IntFlag):
    """What is laid over a role; any of them together."""

    NONE = 0
    STRONG = 1
    EMPHASIS = 2
    STRIKE = 4
    INLINE_CODE = 8
    LINK = 16
    DOUBTFUL = 32
    """A link whose target can't be right; it stays visible."""


class Span(NamedTuple):
    """A stretch of text of one look. Its text holds no control characters."""

    text: str
    role: Role = Role.BODY
    marks: Mark = Mark.NONE
    link: int = -1
    """Index into the document's links, -1 for none."""
    at: int = -1
    """Where its first character stands in the block's text; -1 for what layout adds itself
    (bullets, bars, borders, padding), which is no part of the text."""


class Line(NamedTuple):
    """One row of the screen."""

    spans: tuple[Span, ...]
    block: int
    """Index of the block the line belongs to; blank lines belong to the block above."""
    offset: int
    """How many characters of the block's text stand above this line; for blank lines one more
    each, so that every one of them is a place of its own."""
    image: int = -1
    """Index into the document's images where the row is room kept for a picture, else -1."""
    image_row: int = 0
    """Which row of that picture's room, from 0."""

    @property
    def text(self) -> str:
        """The characters of the row."""
        return "".join(span.text for span in self.spans)
