"""The characters in whose place kitty draws an image.

https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders. textual-image has them
too, but asks the terminal as it is imported, and would take the next key press for the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from xsfreader.ui.images.geometry import Cells

_PLACEHOLDER = "\U0010eeee"
_RANGES = """
305 30d-30e 310 312 33d-33f 346 34a-34c 350-352 357 35b 363-36f 483-487 592-595 597-599 59c-5a1
5a8-5a9 5ab-5ac 5af 5c4 610-617 657-65b 65d-65e 6d6-6dc 6df-6e2 6e4 6e7-6e8 6eb-6ec 730 732-733
735-736 73a 73d 73f-741 743 745 747 749-74a 7eb-7f1 7f3 816-819 81b-823 825-827 829-82d 951
953-954 f82-f83 f86-f87 135d-135f 17dd 193a 1a17 1a75-1a7c 1b6b 1b6d-1b73 1cd0-1cd2 1cda-1cdb
1ce0 1dc0-1dc1 1dc3-1dc9 1dcb-1dcc 1dd1-1de6 1dfe 20d0-20d1 20d4-20d7 20db-20dc 20e1 20e7 20e9
20f0 2cef-2cf1 2de0-2dff a66f a67c-a67d a6f0-a6f1 a8e0-a8f1 aab0 aab2-aab3 aab7-aab8 aabe-aabf
aac1 fe20-fe26 10a0f 10a38 1d185-1d189 1d1aa-1d1ad 1d242-1d244
"""
"""Code points of kitty's table, in hexadecimal."""


def _numerals() -> tuple[str, ...]:
    numerals: list[str] = []
    for stretch in _RANGES.split():
        first, _, last = stretch.partition("-")
        numerals += map(chr, range(int(first, 16), int(last or first, 16) + 1))
    return tuple(numerals)


NUMERALS = _numerals()
"""Combining characters that stand for the numbers from 0; no image has more rows or columns."""


def placeholders(number: int, cells: Cells) -> tuple[Strip, ...]:
    """Return the rows of an image: characters for its cells, its number as their colour."""
    style = Style.parse(f"#{number:06x}")
    strips = []
    for row in NUMERALS[: cells.rows]:
        columns = NUMERALS[: cells.columns]
        text = "".join(f"{_PLACEHOLDER}{row}{column}{NUMERALS[0]}" for column in columns)
        strips.append(Strip([Segment(text, style)], cells.columns))
    return tuple(strips)
