"""Highlight code by role. Pygments is imported when there is code to highlight."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from xsfreader.markup.lines import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pygments.lexer import Lexer
    from pygments.token import _TokenType

_STANZA = re.compile(r"\s*<[A-Za-z!?/][^<>]*>")

LANGUAGES = frozenset(
    ("bash", "c", "cpp", "css", "diff", "docker", "elixir", "erlang", "go", "haskell", "html",
     "http", "ini", "java", "javascript", "json", "kotlin", "lua", "make", "nginx", "perl", "php",
     "python", "rust", "sql", "swift", "toml", "typescript", "xml", "yaml")
)  # fmt: skip
"""Pygments' names of the languages that are highlighted: those in which XMPP is written.

Some of its other lexers never end, or take minutes for a few lines made for that.
"""

_MAX_LENGTH = 10_000
"""Characters of a block; the longest real one has 1,500. A regular expression can't be stopped."""
_MAX_LINE = 1_000
"""Characters; expressions that go wrong do so within a line."""


@dataclass(slots=True)
class Budget:
    """What highlighting may take in one post; code past it is plain."""

    characters: int = 100_000
    seconds: float = 0.2
    """Of the processor's time in this thread."""

    def spent(self) -> bool:
        """Return whether no more code may be highlighted."""
        return min(self.characters, self.seconds) < 0


Part = tuple[Role, str]


def highlight(text: str, language: str, budget: Budget) -> list[Part]:
    """Split code into parts of one role each; joined, they are the text again.

    Code without a language that looks like a stanza is highlighted as XML.
    """
    name = next(iter(language.split()), "").strip("{}.").lower()
    if not name and _STANZA.match(text[:_MAX_LINE]):
        name = "xml"
    budget.characters -= len(text)
    short = len(text) <= _MAX_LENGTH and max(map(len, text.split("\n"))) <= _MAX_LINE
    if name and short and not budget.spent():
        parts = list(_parts(text, name, budget))
        if not budget.spent() and "".join(part for _, part in parts) == text:
            return parts
    return [(Role.CODE, text)]


def _parts(text: str, name: str, budget: Budget) -> Iterator[Part]:
    """Yield the parts until the budget is spent."""
    lexer = _lexer(name)
    if lexer is None:
        return
    began = time.thread_time()
    for start, token, value in lexer.get_tokens_unprocessed(text + "\n"):
        yield _role(token), value[: len(text) - start]
        now = time.thread_time()
        budget.seconds -= now - began
        began = now
        if budget.spent():
            return


@lru_cache(maxsize=len(LANGUAGES))
def _lexer(name: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(name)
    except ClassNotFound:
        return None
    return None if LANGUAGES.isdisjoint(lexer.aliases) else lexer


@cache
def _role(token: _TokenType) -> Role:
    from pygments.token import Comment, Keyword, Name, Number, String

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
    return next((roles[kind] for kind in reversed(token.split()) if kind in roles), Role.CODE)
