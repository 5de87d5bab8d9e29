"""Colours for code, by role. Pygments is loaded only when there is code to colour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xsfreader.markup.lines import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pygments.token import _TokenType

_STANZA = re.compile(r"\s*<[A-Za-z!?/][^<>]*>")
_LONGEST = 100_000
"""Characters beyond which code stays plain."""


def highlight(text: str, language: str) -> Iterator[tuple[Role, str]]:
    """The code in stretches of one role; together they are the text again.

    Code without a language that looks like a stanza is taken for XML.
    """
    name = next(iter(language.split()), "").strip("{}.").lower()
    if not name and _STANZA.match(text):
        name = "xml"
    if not name or name in {"text", "plain", "plaintext"} or len(text) > _LONGEST:
        yield Role.CODE, text
        return
    yield from _coloured(text, name)


def _coloured(text: str, name: str) -> Iterator[tuple[Role, str]]:
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
