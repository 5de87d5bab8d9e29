"""Parse Markdown into a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xsfreader.markup.document import Document


def parse(body: str, *, base: str) -> Document:
    """Parse a post's Markdown; ``base`` is the post's address, for relative links.

    Any text can be parsed. markdown-it is imported at the first call.
    """
    from xsfreader.markup.build import DocumentBuilder
    from xsfreader.markup.goldmark import parser
    from xsfreader.markup.shortcodes import extract_shortcodes

    markdown, shortcodes = extract_shortcodes(body)
    env: dict[str, Any] = {}
    tokens = parser().parse(markdown, env)
    return DocumentBuilder(base, shortcodes).build(tokens, env["footnotes"]["list"])
