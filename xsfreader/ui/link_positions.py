"""Find the links of a laid out page, by line and cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from xsfreader.markup import Layout


def link_lines(page: Layout) -> dict[int, int]:
    """Find the first line of each link, by its index."""
    lines: dict[int, int] = {}
    for at, line in enumerate(page.lines):
        for span in line.spans:
            if span.link >= 0:
                lines.setdefault(span.link, at)
    return lines


def links_between(page: Layout, first: int, end: int, left: int) -> list[tuple[int, int, int]]:
    """Find the links on those lines: index, line, cell of its first character.

    ``left`` is the number of cells left of the text.
    """
    found: dict[int, tuple[int, int, int]] = {}
    for at in range(first, min(end, len(page.lines))):
        cell = left
        for span in page.lines[at].spans:
            if span.link >= 0:
                found.setdefault(span.link, (span.link, at, cell))
            cell += cell_len(span.text)
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
