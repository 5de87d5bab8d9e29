"""Compute how many cells an image takes."""

from __future__ import annotations

from typing import NamedTuple

ROWS = 20
"""The most rows of an image in the text."""
CELL = (10, 20)
"""Pixels of a cell if the terminal does not report them: those of a VT340."""
UNKNOWN = (800, 450)
"""The size assumed until an image is loaded: the median of the blog's images."""

_NATURAL = 8
"""Pixels per cell of width at natural size, as in the text of a browser."""


class Cells(NamedTuple):
    """A size in cells."""

    columns: int
    rows: int


def fit(
    size: tuple[int, int], most: Cells, cell: tuple[int, int] = CELL, *, enlarge: float = 1
) -> Cells:
    """Fit an image of ``size`` pixels into ``most``, in proportion.

    ``cell`` is the true shape of a cell. An image grows at most ``enlarge`` times beyond its
    natural size, so that icons stay icons.
    """
    width, height = (max(1, side) for side in size)
    columns = width / _NATURAL
    rows = columns * (height / width) * (cell[0] / cell[1])
    scale = min(enlarge, most.columns / columns, most.rows / rows)
    return Cells(
        min(most.columns, max(1, round(columns * scale))),
        min(most.rows, max(1, round(rows * scale))),
    )


def room(pane_height: int, column: int) -> Cells:
    """Return the most cells that an image in the text may take of a pane."""
    return Cells(max(1, column), max(4, min(ROWS, pane_height * 3 // 5)))
