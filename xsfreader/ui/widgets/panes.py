"""List and post beside one another, and which of them a window has room for."""

from __future__ import annotations

from textual.containers import Horizontal, Vertical

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


class Panes(Horizontal):
    """List and post beside one another."""

    BLANK = True


class Sidebar(Vertical):
    """The views and the list in one of them."""
