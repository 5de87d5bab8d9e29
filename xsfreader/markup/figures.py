"""Spans for images and shortcodes: the caption first, then our notes about the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup.goldmark import parser, plain_text
from xsfreader.markup.inline import InlineBuilder
from xsfreader.markup.lines import Mark, Role
from xsfreader.markup.nodes import break_line, link, plain
from xsfreader.markup.shortcodes import NEWSLETTER_WORDS, label
from xsfreader.markup.spans import SpanBuilder
from xsfreader.text import clean

if TYPE_CHECKING:
    from markdown_it.token import Token

    from xsfreader.markup.lines import Span
    from xsfreader.markup.shortcodes import Shortcode
    from xsfreader.markup.spans import References

NEWSLETTER_LIST = "https://mail.jabber.org/mailman/listinfo/newsletter"


def image_figure(
    references: References, token: Token, href: object, block: int
) -> tuple[Span, ...]:
    """Build the spans of a Markdown image, and add it to the post's images.

    ``href`` is the target of the link around it, None without one.
    """
    builder = SpanBuilder(references)
    builder.add(str(token.attrs.get("title", "")).replace("\n", " "), Role.CAPTION)
    alt = plain_text(token.children or ())
    return _figure(builder, str(token.attrs.get("src", "")), alt, href, block)


def shortcode_figure(references: References, shortcode: Shortcode, block: int) -> tuple[Span, ...]:
    """Build the spans of a ``figure`` shortcode, and add it to the post's images."""
    given = shortcode.parameters
    tokens = [*plain(given["title"], "strong"), break_line()] if given.get("title") else []
    if caption := given.get("caption"):
        tokens += _parse_inline(caption, references)
    if attribution := given.get("attr"):
        tokens += plain(" ") if caption else []
        if target := given.get("attrlink"):
            tokens += link(target, plain(attribution))
        else:
            tokens += _parse_inline(attribution, references)
    builder = InlineBuilder(references, Role.CAPTION, block)
    builder.add_tokens(tokens)
    builder.strip()
    src = given.get("src", given.get("0", ""))
    return _figure(builder, src, given.get("alt", ""), given.get("link"), block)


def _parse_inline(text: str, references: References) -> list[Token]:
    (inline,) = parser().parseInline(text, {"work": references.work})
    return inline.children or []


def shortcode_note(shortcode: Shortcode) -> list[Token]:
    """Return the inline tokens shown for a shortcode other than a figure."""
    if shortcode.name == "newsletter-subscribe":
        return [*plain("✉ "), *link(NEWSLETTER_LIST, plain(NEWSLETTER_WORDS))]
    return plain(label(shortcode))


def _figure(builder: SpanBuilder, src: str, alt: str, href: object, block: int) -> tuple[Span, ...]:
    """Add what a box shows below the caption: description, address and link."""
    references = builder.references
    caption = builder.text_from(0).replace("\n", " ")
    alt = clean(alt.replace("\n", " ")).strip()
    if alt and alt != caption:
        builder.start_line(Role.NOTE)
        builder.add(alt, Role.NOTE)
    builder.start_line(Role.NOTE)
    address = references.add_link(alt or caption, src, implicit=True)
    shown = references.links[address].url.removeprefix("https://")
    builder.add(shown or "(image without address)", Role.NOTE, Mark.LINK, address)
    around = -1
    if href is not None:
        around = references.add_link(alt or caption or str(href), str(href))
        builder.add("\n→ ", Role.NOTE)
        shown = references.links[around].url.removeprefix("https://")
        builder.add(shown, Role.NOTE, references.link_marks(around), around)
    references.add_image(src, alt, caption, around, block)
    return builder.spans()
