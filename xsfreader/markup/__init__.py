"""Post text: Markdown to blocks to lines at a width, the same for both front ends.

document = parse(body, base=post.url)
lines = layout(article(post, document), 80).lines
"""

from xsfreader.markup.article import article, long_date, minutes
from xsfreader.markup.document import (
    Block,
    BlockKind,
    Document,
    Heading,
    Image,
    Link,
    LinkKind,
)
from xsfreader.markup.find import Match, cells_of, find, find_words, lines_of
from xsfreader.markup.layout import CONTINUED, Layout, layout
from xsfreader.markup.lines import Line, Mark, Role, Span
from xsfreader.markup.parse import parse
from xsfreader.markup.terminal import ansi, plain

__all__ = [
    "CONTINUED",
    "Block",
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
    "ansi",
    "article",
    "cells_of",
    "find",
    "find_words",
    "layout",
    "lines_of",
    "long_date",
    "minutes",
    "parse",
    "plain",
]
