"""Parse Markdown into a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xsfreader.markup.document import Document


def parse(body: str, *, base: str) -> Document:
    """Parse a post's Markdown; ``base`` is the post's address, for relative links.

    Any text can be parsed, in bounded time; a document may be ``shortened``.
    markdown-it is imported at the first call.
    """
    from xsfreader.markup.build import DocumentBuilder
    from xsfreader.markup.goldmark import parser
    from xsfreader.markup.limits import Work
    from xsfreader.markup.shortcodes import extract_shortcodes

    work = Work()
    markdown, shortcodes = extract_shortcodes(work.cut_lines(body))
    env: dict[str, Any] = {"work": work}
    tokens = parser().parse(markdown, env)
    document = DocumentBuilder(base, shortcodes, work).build(tokens, env["footnotes"]["list"])
    return document._replace(shortened=work.shortened)
