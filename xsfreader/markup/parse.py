"""Markdown to a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xsfreader.markup.document import Document


def load() -> None:
    """Load all that parsing and layout may need, so that no post has to wait for it."""
    import wcwidth  # noqa: F401

    from xsfreader.markup import build  # noqa: F401


def parse(body: str, *, base: str) -> Document:
    """Read a post's Markdown; ``base`` is the post's address, which its links are relative to.

    Any text can be read. markdown-it is loaded with the first call.
    """
    from xsfreader.markup.build import Builder
    from xsfreader.markup.goldmark import parser
    from xsfreader.markup.shortcodes import extract

    markdown, codes = extract(body)
    return Builder(base, codes).build(parser().parse(markdown, {}))
