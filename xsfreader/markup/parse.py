"""Parse Markdown or the XML of a specification into a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xsfreader.markup.document import Document
    from xsfreader.markup.xep.parse import SpecificationParser


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


def specification_parser(
    xml: bytes, entities: bytes, mentions: Sequence[tuple[str, str]] = ()
) -> SpecificationParser:
    """Return the parser for the bytes of ``xep-NNNN.xml`` with those of ``xep.ent``.

    ``mentions`` are titles and addresses of posts that mention the specification. The parser
    raises UnreadableSpecificationError for what can't be read. markdown-it is imported here.
    """
    from xsfreader.markup.xep.parse import SpecificationParser

    return SpecificationParser(xml, entities, mentions)
