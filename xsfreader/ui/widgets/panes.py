"""List and post beside one another, and which of them a window has room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.containers import Horizontal, Vertical

from xsfreader.ui.looks import LOOKS
from xsfreader.ui.render import PaintedStrip
from xsfreader.ui.widgets.painted import Ground

if TYPE_CHECKING:
    from textual.strip import Strip

TWO_PANES = 90
WIDE = 130
SHORT = 14
LEAST = (40, 10)
"""Columns and rows below which nothing is shown."""


def fit(width: int, height: int, *, reading: bool, zen: bool) -> dict[str, bool]:
    """Tell which classes the reader's screen takes in a window of that size, and which not."""
    narrow = width < TWO_PANES
    return {
        "narrow": narrow,
        "wide": width >= WIDE,
        "short": height < SHORT,
        "tiny": width < LEAST[0] or height < LEAST[1],
        "reading": narrow and reading,
        "listing": narrow and not reading,
        "zen": reading and zen,
    }


class Panes(Horizontal, Ground):
    """List and post beside one another."""


class Sidebar(Vertical, Ground):
    """The views, the list in one of them, and a line between these and the post."""

    LOOKS = LOOKS["sidebar"]

    def paint(self, rows: range) -> list[Strip]:
        """Paint the line in the padding at the right, where there is any."""
        lines = super().paint(rows)
        if not self.styles.padding.right:
            return lines
        edge = Segment("│", self.look() + self.look("edge"))
        blank = Segment(" " * self.size.width, self.look())
        return [PaintedStrip([blank, edge], self.size.width + 1)] * len(rows)
