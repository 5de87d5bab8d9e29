"""Find the links and the code of a laid out page, by line and cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from xsfreader.markup import BlockKind, Role

if TYPE_CHECKING:
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


def link_lines(page: Layout) -> dict[int, int]:
    """Find the first line of each link, by its index."""
    lines: dict[int, int] = {}
    for at, line in enumerate(page.lines):
        for span in line.spans:
            if span.link >= 0:
                lines.setdefault(span.link, at)
    return lines


def links_between(page: Layout, first: int, end: int, left: int) -> list[Spot]:
    """Find the links on those lines; ``left`` is the number of cells left of the text."""
    found: dict[int, Spot] = {}
    for at in range(first, min(end, len(page.lines))):
        cell = left
        spans = page.lines[at].spans
        for span in spans:
            if span.link >= 0 and span.link not in found:
                length = sum(cell_len(each.text) for each in spans if each.link == span.link)
                found[span.link] = Spot(span.link, at, cell, length)
            cell += cell_len(span.text)
    return list(found.values())


def code_between(page: Layout, first: int, end: int, left: int) -> list[Spot]:
    """Find the code blocks on those lines; their cell is that of their indent."""
    found: dict[int, Spot] = {}
    for at in range(first, min(end, len(page.lines))):
        line = page.lines[at]
        if page.document.blocks[line.block].kind is BlockKind.CODE and line.block not in found:
            roles = [span.role for span in line.spans]
            if Role.CODE in roles:
                prefix = line.spans[: roles.index(Role.CODE)]
                cell = left + sum(cell_len(span.text) for span in prefix)
                length = cell_len(line.text) + left - cell
                found[line.block] = Spot(line.block, at, cell, length)
    return list(found.values())


def link_at(page: Layout, line: int, x: int, left: int) -> int:
    """Find the link at a cell of a line; -1 if there is none."""
    if not 0 <= line < len(page.lines):
        return -1
    cell = left
    for span in page.lines[line].spans:
        if cell <= x < (cell := cell + cell_len(span.text)):
            return span.link
    return -1
