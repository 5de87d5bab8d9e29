"""Give headings the ids that Hugo gives them, so that links to sections lead where they should.

Hugo derives an id from the text of the heading's last line; of emphasis, a link or an image it
takes only what comes first in it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from xsfreader.markup.limits import MAX_ANCHOR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_ATTRIBUTE = r"(?:[.#]|[A-Za-z_:][\w:.-]*+=(?=[\w\"\[]))(?:\"[^\"]*\"|[\w:.\[\]-]*+)"
_ATTRIBUTES = re.compile(
    rf"(?:[ \t]#+)?[ \t]*(?<!\\)\{{([ \t]*(?:{_ATTRIBUTE}[ \t,]*)*)\}}[ \t]*\Z"
)


def heading_ids(md: MarkdownIt) -> None:
    """Plug in: set ``meta["id"]`` of each heading's opening token."""
    md.core.ruler.after("block", "explicit_ids", _take_explicit_ids)
    md.core.ruler.after("text_join", "heading_ids", _set_heading_ids)


def anchor(text: str) -> str:
    """Return Goldmark's id for a heading, in GitHub's style."""
    return "".join(
        "-" if char in "- " else char.lower()[0]
        for char in text[:MAX_ANCHOR].strip()
        if char in "- _" or char.isalpha() or char.isdecimal()
    )


def _headings(state: StateCore) -> Iterator[tuple[Token, Token]]:
    """Yield the opening token of each heading, and that of its text."""
    return (pair for pair in pairwise(state.tokens) if pair[0].type == "heading_open")


def _take_explicit_ids(state: StateCore) -> None:
    """Remove ``{#id}`` from headings before their text is parsed."""
    lines: list[str] = []
    for token, inline in _headings(state):
        tail = inline.content[-500:]
        found = _ATTRIBUTES.search(tail) if tail.endswith("}") else None
        if not found:
            continue
        lines = lines or state.src.split("\n")
        if token.map and lines[token.map[0]].rstrip().endswith("#"):
            continue  # with a closing sequence of #, the braces are text
        inline.content = inline.content[: len(inline.content) - len(found.group())]
        for attribute in re.findall(_ATTRIBUTE, found[1]):
            if attribute.startswith(("#", "id=")):
                token.meta["id"] = attribute.removeprefix("#").removeprefix("id=").strip('"')


def _set_heading_ids(state: StateCore) -> None:
    taken: dict[str, int] = {}
    for token, inline in _headings(state):
        if "id" not in token.meta:
            text = _last_line(inline.children or ())
            token.meta["id"] = _unique(anchor(text) or "heading", taken) if text else ""
        taken.setdefault(token.meta["id"], 0)


def _last_line(tokens: Sequence[Token]) -> str:
    """Return the text that Hugo makes a heading's id of."""
    parts: list[str] = []
    depth, is_taken = 0, False
    for token in tokens:
        if token.nesting < 0:
            depth -= 1
        elif token.nesting > 0:
            depth += 1
            is_taken = (is_taken and depth > 1) or token.markup == "autolink"
        elif token.type in {"softbreak", "hardbreak"}:
            parts.clear()
        elif depth == 0 or not is_taken:
            parts.append(_first_text(token))
            is_taken = True
    return "".join(parts)


def _first_text(token: Token) -> str:
    """Return an emoji's name, the first text of an image, nothing of HTML, else the text."""
    if token.type == "image":
        return _first_text(token.children[0]) if token.children else ""
    if token.type == "html_inline":
        return ""
    return token.markup.strip(":") if token.type == "emoji" else token.content


def _unique(name: str, taken: dict[str, int]) -> str:
    """Add a number to a name already taken; ``taken`` holds the last number of each."""
    result = name
    while result in taken:
        taken[name] += 1
        result = f"{name}-{taken[name]}"
    return result
