"""Fit a post's title into a row of the list."""

from __future__ import annotations

import re

from rich.cells import cell_len

from xsfreader.model import MONTHS
from xsfreader.text import fold
from xsfreader.ui.render import fit_ends

EXPECTED = frozenset({
    "xmpp", "the", "a", "an", "der", "die", "das", "le", "la", "les", "il", "lo", "el", "los", "o",
    "os",
})  # fmt: skip
"""Articles, and what all the posts are about: a title that begins so says more after it."""
_MONTH = re.compile(rf"\b({'|'.join(MONTHS)})\b")
LEAST_WORDS = 2
"""Words that are left of a title."""


def fit_title(title: str, width: int, said: str = "") -> str:
    """Fit a title into that many cells, and keep what tells it from others.

    If it is too long, the first words go as long as they are expected or the heading above has
    ``said`` them. Months are then shortened if that is enough, else it is cut in the middle.
    """
    expected = EXPECTED | {_plain(word) for word in said.split()}
    words = title.split()
    while cell_len(title) > width and len(words) > LEAST_WORDS:
        # "at FOSDEM" is no title.
        if _plain(words[0]) not in expected or words[1][0].islower():
            break
        del words[0]
        title = " ".join(words)
    if cell_len(title) > width:
        shortened = _MONTH.sub(lambda month: month[0][:3], title)
        title = shortened if cell_len(shortened) <= width else title
    return fit_ends(title, width)


def _plain(word: str) -> str:
    return re.sub(r"\W", "", fold(word))
