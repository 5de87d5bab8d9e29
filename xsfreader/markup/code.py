"""Highlight code by role. Pygments is imported when there is code to highlight."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xsfreader.markup.lines import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pygments.token import _TokenType

_STANZA = re.compile(r"\s*<[A-Za-z!?/][^<>]*>")
_MAX_LENGTH = 100_000
"""Characters; longer code isn't highlighted."""


def highlight(text: str, language: str) -> Iterator[tuple[Role, str]]:
    """Split code into parts of one role each; joined, they are the text again.

    Code without a language that looks like a stanza is highlighted as XML.
    """
    name = next(iter(language.split()), "").strip("{}.").lower()
    if not name and _STANZA.match(text):
        name = "xml"
    if not name or len(text) > _MAX_LENGTH:
        yield Role.CODE, text
        return
    yield from _highlight_as(text, name)


def _highlight_as(text: str, name: str) -> Iterator[tuple[Role, str]]:
    from pygments.lexers import get_lexer_by_name
    from pygments.token import Comment, Keyword, Name, Number, String
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(name)
    except ClassNotFound:
        yield Role.CODE, text
        return
    roles: dict[_TokenType, Role] = {
        Comment: Role.COMMENT,
        Keyword: Role.KEYWORD,
        Name.Tag: Role.KEYWORD,
        Name.Function: Role.NAME,
        Name.Class: Role.NAME,
        Name.Attribute: Role.NAME,
        Name.Builtin: Role.NAME,
        String: Role.STRING,
        Number: Role.NUMBER,
    }
    for start, token, value in lexer.get_tokens_unprocessed(text + "\n"):
        role = next((roles[kind] for kind in reversed(token.split()) if kind in roles), Role.CODE)
        yield role, value[: len(text) - start]
