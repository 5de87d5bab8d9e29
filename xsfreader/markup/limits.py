"""Bounds on the work and the room that the text of one post may take.

They are many times what the longest real post needs (27 KB, 200 blocks, 200 links, 2,000 tokens),
and count work instead of time, so a post always looks the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup.document import BlockKind
from xsfreader.markup.width import is_plain
from xsfreader.markup.wrap import slice_spans

if TYPE_CHECKING:
    from xsfreader.markup.document import Block, Document

MAX_LINES = 20_000
"""Lines of Markdown; the rest isn't parsed."""

_MAX_PARAGRAPH = 10_000
"""Characters; inline markup of a longer paragraph isn't parsed."""

MAX_COLUMNS = 100
"""A table with more is shown as text."""

MAX_ANCHOR = 1_000
"""Characters of a heading that its id is made of."""

MAX_SHORTCODES = 2_000
MAX_MENTIONS = 2_000
"""XEPs that are linked where a text only names them, or listed below a post."""

_BLOCK_STEPS = 6_000
"""Attempts to parse a block or one more line of it."""

_BLOCK_TOKENS = 30_000
_INLINE_STEPS = 20_000
"""Attempts to parse inline markup at a position."""

_ROOM = 250_000
"""Characters shown, see ``_cost``."""

_LINE_COST = 40
_WIDE_COST = 6
"""How many plain characters take as long to lay out as one line, and as one other character."""


class ExhaustedError(Exception):
    """A post takes more work than any written by hand."""


class Work:
    """Counts the work that one post takes."""

    def __init__(self) -> None:
        self.blocks = _BLOCK_STEPS
        self.inline = _INLINE_STEPS
        self.shortened = False
        """Whether the end of the post was not parsed."""

    def take_block(self, tokens: int) -> bool:
        """Count a block; return False, from then on, if that was too much."""
        self.blocks -= 1
        within = self.blocks >= 0 and tokens <= _BLOCK_TOKENS
        self.shortened |= not within
        return within

    def take_paragraph(self, length: int) -> None:
        """Begin a paragraph. Raises ExhaustedError if it is too long to have been written."""
        if length > _MAX_PARAGRAPH:
            raise ExhaustedError

    def take_inline(self, steps: int = 1) -> None:
        """Count inline markup. Raises ExhaustedError if that was too much."""
        self.inline -= steps
        if self.inline < 0:
            raise ExhaustedError

    def cut_lines(self, markdown: str) -> str:
        """Return as many lines as are parsed."""
        end = -1
        for _ in range(MAX_LINES):
            end = markdown.find("\n", end + 1)
            if end < 0:
                return markdown
        self.shortened = True
        return markdown[:end]


def shorten(document: Document) -> Document:
    """Return the document without what is too long to be laid out between two frames."""
    room = _ROOM
    for index, block in enumerate(document.blocks):
        cost = _cost(block)
        if cost > room:
            kept = (*document.blocks[:index], _cut(block, len(block.text) * room // cost))
            return document._replace(
                blocks=kept,
                headings=tuple(each for each in document.headings if each.block < len(kept)),
                images=tuple(each for each in document.images if each.block < len(kept)),
                anchors={
                    name: place
                    for name, place in document.anchors.items()
                    if place.block < len(kept)
                },
                shortened=True,
            )
        room -= cost
    return document


def _cost(block: Block) -> int:
    text = block.text
    each = 1 if is_plain(text.replace("\t", " ")) else _WIDE_COST
    lines = text.count("\n") + text.count("\t") + 1
    return (len(text) * each + lines * _LINE_COST) * (1 + len(block.frames) // 8)


def _cut(block: Block, length: int) -> Block:
    """Return the beginning of a block; of a table, all rows that begin there."""
    if block.table is not None:
        count = block.text.count("\n", 0, length)
        rows = block.table.rows[:count]
        cells = [cell for row in (block.table.header, *rows) for cell in row]
        return block._replace(
            text="\n".join(block.text.split("\n", count + 1)[: count + 1]),
            spans=tuple(span for cell in cells for span in cell),
            table=block.table._replace(rows=rows),
        )
    if block.kind in (BlockKind.FIGURE, BlockKind.EMPTY, BlockKind.RULE):
        return block
    ((_, spans),) = slice_spans(block.spans, [(0, length)])
    return block._replace(text=block.text[:length], spans=spans)
