"""How many cells a picture takes. Pure, and loads nothing."""

from __future__ import annotations

from typing import NamedTuple

ROWS = 20
"""A picture in the text is no higher."""
CELL = (10, 20)
"""Pixels of a cell where the terminal does not tell; those of a VT340."""
UNKNOWN = (800, 450)
"""The size a picture is taken to have before it came: the median of the blog's."""

_NATURAL = 8
"""Pixels of a picture that are a cell wide at its natural size, as in a browser's text."""


class Cells(NamedTuple):
    """A size in cells."""

    columns: int
    rows: int


def fit(
    size: tuple[int, int], most: Cells, cell: tuple[int, int] = CELL, *, enlarge: float = 1
) -> Cells:
    """Fit a picture of ``size`` pixels into ``most``, in proportion.

    ``cell`` is the true shape of a cell. A picture grows at most ``enlarge`` times beyond its
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
    """Tell the most that a picture in the text may take of a pane."""
    return Cells(max(1, column), max(4, min(ROWS, pane_height * 3 // 5)))
