"""Parse posts' Markdown into blocks and lay them out as lines, for both front ends.

document = build_article(post, body)
lines = layout(document, 80).lines
"""

from xsfreader.markup.ansi import to_ansi, to_plain_text
from xsfreader.markup.article import build_article, format_date, parse, reading_minutes
from xsfreader.markup.document import (
    BlockKind,
    Document,
    Heading,
    Image,
    Link,
    LinkKind,
)
from xsfreader.markup.find import Match, find, find_terms
from xsfreader.markup.layout import CONTINUED, Layout, layout
from xsfreader.markup.lines import Line, Mark, Role, Span
from xsfreader.markup.plain import plain_text
from xsfreader.markup.select import text_between

__all__ = [
    "CONTINUED",
    "BlockKind",
    "Document",
    "Heading",
    "Image",
    "Layout",
    "Line",
    "Link",
    "LinkKind",
    "Mark",
    "Match",
    "Role",
    "Span",
    "build_article",
    "find",
    "find_terms",
    "format_date",
    "layout",
    "parse",
    "plain_text",
    "reading_minutes",
    "text_between",
    "to_ansi",
    "to_plain_text",
]
