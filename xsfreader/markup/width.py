"""Measure text in cells.

Terminals and libraries disagree about a few characters. The width here is never less than
Textual's or wcwidth's, so a line that fits here fits on the screen.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN = re.compile(
    "[\n\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u038a\u0390-\u03a1"
    "\u03a3-\u0482\u048a-\u052f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u2190-\u2199"
    "\u2500-\u259f\u2610-\u2612]*"
)
_ABSORBED = re.compile(
    "\u200d.|(?<=.)[\U0001f3fb-\U0001f3ff]|(?<=[\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff]",
    re.DOTALL,
)
"""Shown within the character before: joined ones, tones of skin, the second half of a flag."""

_NEW_MARKS = re.compile(
    "[\u05c8\u05c9\u0b53\u0b54\u1ade-\u1af0\U00010ec0-\U00010eff\U00011df0"
    "\U0001d127\U0001d128\U0001d250-\U0001d281]"
)
"""Combining marks of the newest Unicode; older tables count a cell for each."""


def is_plain(text: str) -> bool:
    """Check that every character takes one cell and none combines with another."""
    return _PLAIN.fullmatch(text) is not None


def cell_width(text: str) -> int:
    """Return the cells that a text takes on one line."""
    if is_plain(text):
        return len(text)
    return sum(width for _, _, width in clusters(text))


def load_widths() -> None:
    """Load what measuring other than plain text needs; it takes up to 50 ms."""
    import wcwidth  # noqa: F401


def clusters(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and cells of each grapheme cluster; none may be split."""
    if is_plain(text):
        yield from ((at, at + 1, 1) for at in range(len(text)))
        return
    import wcwidth

    start = 0
    for cluster in wcwidth.iter_graphemes(text):
        end = start + len(cluster)
        yield start, end, _cluster_width(cluster)
        start = end


@lru_cache(maxsize=1000)
def _cluster_width(cluster: str) -> int:
    import wcwidth

    chars = _ABSORBED.sub("", cluster)
    cells = max(wcwidth.wcswidth(cluster), sum(max(wcwidth.wcwidth(char), 0) for char in chars))
    return cells + len(_NEW_MARKS.findall(cluster))
