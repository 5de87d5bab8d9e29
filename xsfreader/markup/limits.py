"""Bounds on the work and the room that the text of one post may take.

They are many times what the longest real post needs (27 KB, 200 blocks, 200 links, 2,000 tokens),
and count work instead of time, so a post always looks the same.
"""

from __future__ import annotations

MAX_LINES = 20_000
"""Lines of Markdown; the rest isn't parsed."""

MAX_PARAGRAPH = 10_000
"""Characters; inline markup of a longer paragraph isn't parsed."""

MAX_COLUMNS = 100
"""A table with more is shown as text."""

MAX_ANCHOR = 1_000
"""Characters of a heading that its id is made of."""

MAX_SHORTCODES = 2_000
MAX_MENTIONS = 2_000
"""XEPs that are linked where a text only names them, or listed below a post."""

_BLOCK_STEPS = 6_000
"""Attempts to parse a block or one more line of it."""

_BLOCK_TOKENS = 30_000
_INLINE_STEPS = 20_000
"""Attempts to parse inline markup at a position."""


class ExhaustedError(Exception):
    """A post takes more work than any written by hand."""


class Work:
    """Counts the work that one post takes."""

    def __init__(self) -> None:
        self.blocks = _BLOCK_STEPS
        self.inline = _INLINE_STEPS
        self.shortened = False
        """Whether the end of the post was not parsed."""

    def take_block(self, tokens: int) -> bool:
        """Count a block; return False, from then on, if that was too much."""
        self.blocks -= 1
        within = self.blocks >= 0 and tokens <= _BLOCK_TOKENS
        self.shortened |= not within
        return within

    def take_inline(self, steps: int = 1) -> None:
        """Count inline markup. Raises ExhaustedError if that was too much."""
        self.inline -= steps
        if self.inline < 0:
            raise ExhaustedError

    def cut_lines(self, markdown: str) -> str:
        """Return as many lines as are parsed."""
        lines = markdown.split("\n", MAX_LINES)
        self.shortened |= len(lines) > MAX_LINES
        return "\n".join(lines[:MAX_LINES])
