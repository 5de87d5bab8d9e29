"""Spans for images and shortcodes: the caption first, then our notes about the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup.goldmark import parser, plain_text
from xsfreader.markup.inline import InlineBuilder
from xsfreader.markup.lines import Mark, Role
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
    parameters = shortcode.parameters
    builder = InlineBuilder(references, Role.CAPTION, block)
    builder.add(parameters.get("title", ""), Role.CAPTION, Mark.STRONG)
    builder.start_line(Role.CAPTION)
    if caption := parameters.get("caption", ""):
        for token in parser().parseInline(caption, {"work": references.work}):
            builder.add_tokens(token.children or ())
    if attribution := parameters.get("attr", ""):
        if caption:
            builder.add(" ", Role.CAPTION)
        if target := parameters.get("attrlink", ""):
            builder.add_link(attribution, target, Role.CAPTION)
        else:
            builder.add(attribution, Role.CAPTION)
    builder.strip()
    src = parameters.get("src", parameters.get("0", ""))
    return _figure(builder, src, parameters.get("alt", ""), parameters.get("link"), block)


def shortcode_note(references: References, shortcode: Shortcode) -> tuple[Span, ...]:
    """Build the spans shown for a shortcode other than a figure."""
    builder = SpanBuilder(references)
    if shortcode.name == "newsletter-subscribe":
        builder.add("✉ ", Role.NOTE)
        builder.add_link(NEWSLETTER_WORDS, NEWSLETTER_LIST, Role.NOTE)
    else:
        builder.add(label(shortcode), Role.NOTE)
    return builder.spans()


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
    link = -1
    if href is not None:
        link = references.add_link(alt or caption or str(href), str(href))
        marks = references.link_marks(link)
        builder.add("\n→ ", Role.NOTE)
        target = references.links[link]
        builder.add(target.url.removeprefix("https://"), Role.NOTE, marks, link)
    references.add_image(src, alt, caption, link, block)
    return builder.spans()
