"""Read the text of a post between two characters of its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup.document import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xsfreader.markup.layout import Layout
    from xsfreader.markup.lines import Line

Spot = tuple[int, int]
"""A line of a page, and a character of its text."""


def text_between(page: Layout, start: Spot, end: Spot) -> str:
    """Return the text from one spot to before another as it is in the post.

    It has the line breaks of the post, not those of the page, and nothing that layout added.
    Several cells of a table come with all between them, separated by tabs.
    """
    found: dict[int, tuple[int, int]] = {}
    for number in range(start[0], min(end[0] + 1, len(page.lines))):
        line = page.lines[number]
        first = start[1] if number == start[0] else 0
        last = end[1] if number == end[0] else len(line.text)
        for low, high in _offsets(line, first, last):
            before = found.get(line.block, (low, high))
            found[line.block] = min(before[0], low), max(before[1], high)
    text = ""
    blocks = page.document.blocks
    for index, (low, high) in found.items():
        text += "\n" * (blocks[index].gap + 1) + blocks[index].text[low:high]
    is_code = bool(found) and blocks[min(found)].kind is BlockKind.CODE
    return text.strip("\n").rstrip() if is_code else text.strip()


def _offsets(line: Line, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield where characters of a line are in the text of its block, as start and end."""
    at = 0
    for span in line.spans:
        low, high = max(first - at, 0), min(last - at, len(span.text))
        if span.at >= 0 and low < high:
            yield span.at + low, span.at + high
        at += len(span.text)
