"""Split a paragraph at images and shortcodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from xsfreader.markup.shortcodes import CLOSE, OPEN, PLACEHOLDER, Shortcode

if TYPE_CHECKING:
    from collections.abc import Iterator


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


Part = Token | ImageSegment | ShortcodeSegment
Segment = Sequence[Token] | ImageSegment | ShortcodeSegment


def segments(tokens: Sequence[Token], shortcodes: Sequence[Shortcode]) -> Iterator[Segment]:
    """Yield the segments of a paragraph in order: images, shortcodes and the text between them.

    Images and shortcodes within emphasis or a link stay in the text; so does an image or an
    unknown shortcode with words on both sides. The text shows a label for them.
    """
    if not any(each.type == "image" or OPEN in each.content for each in tokens):
        yield tokens
        return
    parts = list(_split_tokens(tokens, shortcodes))
    shape = "".join(map(_shape, parts))
    words: list[Token] = []
    for index, part in enumerate(parts):
        if isinstance(part, Token):
            words.append(part)
        elif _may_stay(part) and _is_between_words(shape, index):
            words.extend(part.tokens)
        else:
            if _has_words(words):
                yield words
            words = []
            yield part
    if _has_words(words):
        yield words


def _shape(part: Part) -> str:
    """Return one character for a part: a word, a blank, a line break or a figure."""
    if not isinstance(part, Token):
        return "f"
    if part.type in {"softbreak", "hardbreak"}:
        return "\n"
    return "w" if part.content.strip() or part.type != "text" else " "


def _may_stay(segment: ImageSegment | ShortcodeSegment) -> bool:
    return isinstance(segment, ImageSegment) or segment.shortcode.name not in (
        "figure",
        "newsletter-subscribe",
    )


def _is_between_words(shape: str, index: int) -> bool:
    """Check that words stand on both sides of a figure, in its line."""
    before, after = shape[:index].rstrip(" "), shape[index + 1 :].lstrip(" ")
    return before.endswith("w") and after.startswith("w")


def _has_words(tokens: Sequence[Token]) -> bool:
    return any(token.content.strip() or token.children for token in tokens)


def _split_tokens(tokens: Sequence[Token], shortcodes: Sequence[Shortcode]) -> Iterator[Part]:
    """Yield the tokens, with segments for images, with the link around them, and shortcodes."""
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
            yield token


def _wraps_image(tokens: Sequence[Token], index: int) -> bool:
    return (
        index + 1 < len(tokens)
        and tokens[index].type == "image"
        and tokens[index + 1].type == "link_close"
    )


def _split_text(token: Token, shortcodes: Sequence[Shortcode]) -> Iterator[Part]:
    for index, part in enumerate(PLACEHOLDER.split(token.content)):
        if index % 2:
            placeholder = token.copy(content=f"{OPEN}{part}{CLOSE}")
            yield ShortcodeSegment(shortcodes[int(part)], (placeholder,))
        else:
            yield token.copy(content=part)
