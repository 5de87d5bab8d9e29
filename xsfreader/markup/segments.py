"""A paragraph taken apart where something other than text stands in it."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.markup.shortcodes import OPEN, PLACEHOLDER, Shortcode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_BREAKS = frozenset({"softbreak", "hardbreak"})


class Words(NamedTuple):
    """A stretch of text."""

    tokens: Sequence[Token]


class Picture(NamedTuple):
    """An image that stands alone, or at an end of a line."""

    token: Token
    href: str | None
    """Where it is a link to, None where it is none."""
    tokens: Sequence[Token]
    """The image with the link round it."""


class Inserted(NamedTuple):
    """A shortcode."""

    code: Shortcode
    tokens: Sequence[Token]
    """A text that holds its placeholder."""


Segment = Words | Picture | Inserted


def segments(tokens: Sequence[Token], codes: list[Shortcode]) -> Iterator[Segment]:
    """The parts of a paragraph in their order.

    What lies within emphasis or a link stays in the text, and so does an image or an unknown
    shortcode with words on both sides of it; the text shows a word for it.
    """
    if not any(each.type == "image" or OPEN in each.content for each in tokens):
        yield Words(tokens)
        return
    units = list(_units(tokens, codes))
    words: list[Token] = []
    for index, unit in enumerate(units):
        if isinstance(unit, Words):
            words.extend(_unindented(unit.tokens) if not words else unit.tokens)
        elif _stays(unit) and _is_amid(units, index):
            words.extend(unit.tokens)
        else:
            if _has_words(words):
                yield Words(words)
            words = []
            yield unit
    if _has_words(words):
        yield Words(words)


def _stays(unit: Picture | Inserted) -> bool:
    return isinstance(unit, Picture) or unit.code.name not in ("figure", "newsletter-subscribe")


def _unindented(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens that begin a paragraph: without blanks before them."""
    for token in tokens:
        if token.type == "text":
            yield _with_content(token, token.content.lstrip(" "))
        elif token.type not in _BREAKS:
            yield token


def _is_amid(units: list[Segment], index: int) -> bool:
    return not (_is_open(units, index - 1, -1) or _is_open(units, index + 1, 1))


def _is_open(units: list[Segment], index: int, step: int) -> bool:
    """Whether an image has no word on that side of its line."""
    if not 0 <= index < len(units):
        return True
    unit = units[index]
    if not isinstance(unit, Words):
        return True
    order = unit.tokens if step > 0 else tuple(reversed(unit.tokens))
    for token in order:
        if token.type in _BREAKS:
            return True
        if token.content.strip() or token.type != "text":
            return False
    return _is_open(units, index + step, step)


def _has_words(tokens: Sequence[Token]) -> bool:
    return any(token.content.strip() or token.children for token in tokens)


def _units(tokens: Sequence[Token], codes: list[Shortcode]) -> Iterator[Segment]:
    """One token each, but for what stands alone."""
    index = 0
    depth = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if depth == 0 and token.type == "image":
            yield Picture(token, None, (token,))
        elif depth == 0 and token.type == "link_open" and _wraps_image(tokens, index):
            href = str(token.attrs.get("href", ""))
            yield Picture(tokens[index], href, tokens[index - 1 : index + 2])
            index += 2
        elif depth == 0 and token.type == "text" and OPEN in token.content:
            yield from _split(token, codes)
        else:
            depth += token.nesting
            yield Words((token,))


def _wraps_image(tokens: Sequence[Token], index: int) -> bool:
    return (
        index + 1 < len(tokens)
        and tokens[index].type == "image"
        and tokens[index + 1].type == "link_close"
    )


def _split(token: Token, codes: list[Shortcode]) -> Iterator[Segment]:
    done = 0
    for found in PLACEHOLDER.finditer(token.content):
        yield Words((_with_content(token, token.content[done : found.start()]),))
        yield Inserted(codes[int(found[1])], (_with_content(token, found.group()),))
        done = found.end()
    yield Words((_with_content(token, token.content[done:]),))


def _with_content(token: Token, content: str) -> Token:
    result = copy(token)
    result.content = content
    return result
