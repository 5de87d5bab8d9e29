"""Split a paragraph at images and shortcodes."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.markup.shortcodes import OPEN, PLACEHOLDER, Shortcode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_BREAKS = frozenset({"softbreak", "hardbreak"})


class TextSegment(NamedTuple):
    """Text of a paragraph."""

    tokens: Sequence[Token]


class ImageSegment(NamedTuple):
    """An image alone on its line, or at the start or end of it."""

    token: Token
    href: str | None
    """Target of the link around the image, None without one."""
    tokens: Sequence[Token]
    """The image, with the link around it."""


class ShortcodeSegment(NamedTuple):
    """A shortcode."""

    shortcode: Shortcode
    tokens: Sequence[Token]
    """A text token with the placeholder."""


Segment = TextSegment | ImageSegment | ShortcodeSegment


def segments(tokens: Sequence[Token], shortcodes: list[Shortcode]) -> Iterator[Segment]:
    """Yield the segments of a paragraph in order.

    Images and shortcodes within emphasis or a link stay in the text; so does an image or an
    unknown shortcode with words on both sides. The text shows a label for them.
    """
    if not any(each.type == "image" or OPEN in each.content for each in tokens):
        yield TextSegment(tokens)
        return
    parts = list(_split_tokens(tokens, shortcodes))
    words: list[Token] = []
    for index, segment in enumerate(parts):
        if isinstance(segment, TextSegment):
            words.extend(_strip_start(segment.tokens) if not words else segment.tokens)
        elif _may_stay(segment) and _is_between_words(parts, index):
            words.extend(segment.tokens)
        else:
            if _has_words(words):
                yield TextSegment(words)
            words = []
            yield segment
    if _has_words(words):
        yield TextSegment(words)


def _may_stay(segment: ImageSegment | ShortcodeSegment) -> bool:
    return isinstance(segment, ImageSegment) or segment.shortcode.name not in (
        "figure",
        "newsletter-subscribe",
    )


def _strip_start(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens without blanks and breaks at the start."""
    for token in tokens:
        if token.type == "text":
            yield _with_content(token, token.content.lstrip(" "))
        elif token.type not in _BREAKS:
            yield token


def _is_between_words(parts: list[Segment], index: int) -> bool:
    return not (_is_free(parts, index - 1, -1) or _is_free(parts, index + 1, 1))


def _is_free(parts: list[Segment], index: int, step: int) -> bool:
    """Check that no word stands on that side of an image, in its line."""
    if not 0 <= index < len(parts):
        return True
    segment = parts[index]
    if not isinstance(segment, TextSegment):
        return True
    order = segment.tokens if step > 0 else tuple(reversed(segment.tokens))
    for token in order:
        if token.type in _BREAKS:
            return True
        if token.content.strip() or token.type != "text":
            return False
    return _is_free(parts, index + step, step)


def _has_words(tokens: Sequence[Token]) -> bool:
    return any(token.content.strip() or token.children for token in tokens)


def _split_tokens(tokens: Sequence[Token], shortcodes: list[Shortcode]) -> Iterator[Segment]:
    """Yield one segment a token; an image takes the link around it along."""
    index = 0
    depth = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if depth == 0 and token.type == "image":
            yield ImageSegment(token, None, (token,))
        elif depth == 0 and token.type == "link_open" and _wraps_image(tokens, index):
            href = str(token.attrs.get("href", ""))
            yield ImageSegment(tokens[index], href, tokens[index - 1 : index + 2])
            index += 2
        elif depth == 0 and token.type == "text" and OPEN in token.content:
            yield from _split_text(token, shortcodes)
        else:
            depth += token.nesting
            yield TextSegment((token,))


def _wraps_image(tokens: Sequence[Token], index: int) -> bool:
    return (
        index + 1 < len(tokens)
        and tokens[index].type == "image"
        and tokens[index + 1].type == "link_close"
    )


def _split_text(token: Token, shortcodes: list[Shortcode]) -> Iterator[Segment]:
    done = 0
    for found in PLACEHOLDER.finditer(token.content):
        yield TextSegment((_with_content(token, token.content[done : found.start()]),))
        yield ShortcodeSegment(shortcodes[int(found[1])], (_with_content(token, found.group()),))
        done = found.end()
    yield TextSegment((_with_content(token, token.content[done:]),))


def _with_content(token: Token, content: str) -> Token:
    result = copy(token)
    result.content = content
    return result
