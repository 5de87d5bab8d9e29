"""Split a paragraph at images and shortcodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token

    from xsfreader.markup.shortcodes import Shortcode

    Segment = tuple[Sequence[Token], Token | None]
    """Tokens, and that of the image or shortcode if they are a figure: a link may be around it."""


_FIGURES = ("image", "shortcode")


def segments(tokens: Sequence[Token], shortcodes: Sequence[Shortcode]) -> Iterator[Segment]:
    """Yield the segments of a paragraph in order: figures and the text between them.

    Images and shortcodes within emphasis or a link stay in the text; so does an image or an
    unknown shortcode with words on both sides. The text shows a label for them.
    """
    if not any(each.type in _FIGURES for each in tokens):
        yield tokens, None
        return
    parts = list(_parts(tokens))
    words: list[Token] = []
    for index, (part, figure) in enumerate(parts):
        if figure is None or (
            _may_stay(figure, shortcodes)
            and _begins_with_words(reversed(parts[:index]))
            and _begins_with_words(parts[index + 1 :])
        ):
            words += part
            continue
        if _has_words(words):
            yield words, None
        words = []
        yield part, figure
    if _has_words(words):
        yield words, None


def _parts(tokens: Sequence[Token]) -> Iterator[Segment]:
    """Yield the tokens one by one, but an image with the link around it."""
    index = depth = 0
    while index < len(tokens):
        kinds = [each.type for each in tokens[index : index + 3]]
        part, figure = tokens[index : index + 1], tokens[index]
        if kinds == ["link_open", "image", "link_close"]:
            part, figure = tokens[index : index + 3], tokens[index + 1]
        is_figure = depth == 0 and figure.type in _FIGURES
        yield part, figure if is_figure else None
        depth += sum(each.nesting for each in part)
        index += len(part)


def _may_stay(figure: Token, shortcodes: Sequence[Shortcode]) -> bool:
    return figure.type == "image" or shortcodes[figure.meta["number"]].name not in (
        "figure",
        "newsletter-subscribe",
    )


def _begins_with_words(parts: Iterable[Segment]) -> bool:
    """Check that there are words before the end of the line or another figure."""
    for (token, *_), figure in parts:
        if figure is not None or token.type in ("softbreak", "hardbreak"):
            return False
        if token.content.strip() or token.type != "text":
            return True
    return False


def _has_words(tokens: Sequence[Token]) -> bool:
    return any(token.content.strip() or token.children for token in tokens)
