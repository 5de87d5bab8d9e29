"""A document as text that reads well aloud and in a pipe: nothing is drawn with characters.

Headings and rules have no strokes, quotes are marked as in a mail, images have no box, and each
row of a table is a few lines of header and cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup.ansi import to_plain_text
from xsfreader.markup.document import BlockKind
from xsfreader.markup.layout import layout
from xsfreader.markup.lines import Span, join_text

if TYPE_CHECKING:
    from xsfreader.markup.document import Block, Document, Table

_QUOTE = "> "


def plain_text(document: Document, width: int) -> str:
    """Lay a document out as text, without trailing blanks; it ends with a line break."""
    # Nothing is folded here, so there is no link to unfold it.
    unfold = -1 if document.fold is None else document.fold - 1
    kept = (block for at, block in enumerate(document.blocks) if at != unfold)
    blocks = tuple(map(_without_strokes, kept))
    return to_plain_text(layout(document._replace(blocks=blocks), width))


def _without_strokes(block: Block) -> Block:
    frames = (each._replace(marker=_QUOTE) if each.bar else each for each in block.frames)
    block = block._replace(frames=tuple(frames))
    if block.kind is BlockKind.RULE:
        return block._replace(kind=BlockKind.EMPTY, gap=0)
    if block.kind is BlockKind.HEADING:
        return block._replace(kind=BlockKind.TEXT)
    if block.kind is BlockKind.FIGURE:
        return _text(block, f"Image: {block.text}")
    if block.table is not None:
        return _text(block, _records(block.table))
    return block


def _text(block: Block, text: str) -> Block:
    return block._replace(kind=BlockKind.TEXT, text=text, spans=(Span(text, at=0),))


def _records(table: Table) -> str:
    """Return each row as lines of header and cell, with a blank line between rows."""
    header = [join_text(cell) for cell in table.header]
    if not table.rows:
        return "\n".join(header)
    return "\n\n".join(
        "\n".join(
            f"{name}: {text}" if name else text
            for name, text in zip(header, map(join_text, row), strict=True)
            if text
        )
        for row in table.rows
    )
