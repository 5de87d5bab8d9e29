"""Find the links and the code of a laid out page, by line and cell."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from xsfreader.markup import BlockKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xsfreader.markup import Layout


class Spot(NamedTuple):
    """Where on the screen a link or a block begins."""

    target: int
    """Index of the link or the block in the document."""
    line: int
    """Of the page."""
    cell: int
    length: int
    """Cells of it in that line."""


def links(page: Layout, lines: range, left: int) -> Iterator[Spot]:
    """Yield the links on some lines, each again on every line it goes on to.

    ``left`` is the number of cells left of the text.
    """
    for at in lines:
        cell = left
        for link, spans in groupby(page.lines[at].spans, key=lambda span: span.link):
            length = sum(cell_len(span.text) for span in spans)
            if link >= 0:
                yield Spot(link, at, cell, length)
            cell += length


def first_links(page: Layout, lines: range, left: int) -> dict[int, Spot]:
    """Find where each link on some lines begins, by its index, in order."""
    found: dict[int, Spot] = {}
    for spot in links(page, lines, left):
        found.setdefault(spot.target, spot)
    return found


def link_at(page: Layout, line: int, x: int, left: int) -> int:
    """Find the link at a cell of a line; -1 if there is none."""
    on_line = links(page, range(line, line + 1), left)
    return next((spot.target for spot in on_line if 0 <= x - spot.cell < spot.length), -1)


def code(page: Layout, lines: range, left: int) -> Iterator[Spot]:
    """Yield the code blocks on some lines; their cell is that of their indent."""
    seen = -1
    for at in lines:
        line = page.lines[at]
        roles = [span.role for span in line.spans]
        kind = page.document.blocks[line.block].kind
        if kind is BlockKind.CODE and line.block != seen and Role.CODE in roles:
            seen = line.block
            indent = sum(cell_len(span.text) for span in line.spans[: roles.index(Role.CODE)])
            yield Spot(seen, at, left + indent, cell_len(line.text) - indent)
