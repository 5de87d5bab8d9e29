"""List and post beside one another, and which of them fit a window."""

from __future__ import annotations

from textual.containers import Horizontal, Vertical

TWO_PANES = 90
WIDE = 130
SHORT = 14
LEAST = (40, 10)
"""The smallest size of the terminal in columns and rows."""

LIST_WIDTH = 20
POST_WIDTH = 40
"""The smallest widths of list and post beside one another."""


def list_width(chosen: int, width: int) -> int:
    """Return the width of the list in a window of some width."""
    return max(LIST_WIDTH, min(chosen, width - POST_WIDTH))


def fit(width: int, height: int, *, reading: bool, zen: bool) -> dict[str, bool]:
    """Return which CSS classes the reader's screen has at this size, and which not."""
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


class PostPane(Vertical):
    """The post, and above it what happened to it."""

    BLANK = True


class Sidebar(Vertical):
    """The views and the list in one of them."""
