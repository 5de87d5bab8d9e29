"""Spans for images and shortcodes: the caption first, then our notes about the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup.goldmark import parser
from xsfreader.markup.inline import InlineBuilder
from xsfreader.markup.lines import Mark, Role
from xsfreader.markup.shortcodes import NEWSLETTER_WORDS, label
from xsfreader.markup.spans import References, SpanBuilder
from xsfreader.markup.tokens import plain_text
from xsfreader.text import clean

if TYPE_CHECKING:
    from xsfreader.markup.lines import Span
    from xsfreader.markup.segments import ImageSegment
    from xsfreader.markup.shortcodes import Shortcode

NEWSLETTER_LIST = "https://mail.jabber.org/mailman/listinfo/newsletter"


def image_figure(
    references: References, segment: ImageSegment, block: int
) -> tuple[tuple[Span, ...], int]:
    """Build the spans of a Markdown image; return them and the image's index."""
    token = segment.token
    builder = SpanBuilder()
    title = str(token.attrs.get("title", ""))
    builder.add(title.replace("\n", " "), Role.CAPTION)
    alt = plain_text(token.children or ())
    return _figure(references, builder, str(token.attrs.get("src", "")), alt, segment.href, block)


def shortcode_figure(
    references: References, shortcode: Shortcode, block: int
) -> tuple[tuple[Span, ...], int]:
    """Build the spans of a ``figure`` shortcode; return them and the image's index."""
    parameters = shortcode.parameters
    builder = SpanBuilder()
    if title := parameters.get("title", ""):
        builder.add(title, Role.CAPTION, Mark.STRONG)
    inline = InlineBuilder(references, builder, Role.CAPTION, block, [])
    if caption := parameters.get("caption", ""):
        builder.add("\n" if builder.at else "", Role.CAPTION)
        for token in parser().parseInline(caption, {}):
            inline.add(token.children or ())
    if attribution := parameters.get("attr", ""):
        builder.add(" " if caption else "\n" if builder.at else "", Role.CAPTION)
        link, marks = -1, Mark.NONE
        if target := parameters.get("attrlink", ""):
            link = references.add_link(clean(attribution), target)
            marks = references.link_marks(link)
        builder.add(attribution, Role.CAPTION, marks, link)
    src = parameters.get("src", parameters.get("0", ""))
    return _figure(
        references, builder, src, parameters.get("alt", ""), parameters.get("link"), block
    )


def shortcode_note(references: References, shortcode: Shortcode) -> tuple[Span, ...]:
    """Build the spans shown for a shortcode other than a figure."""
    builder = SpanBuilder()
    if shortcode.name == "newsletter-subscribe":
        link = references.add_link(NEWSLETTER_WORDS, NEWSLETTER_LIST)
        builder.add("✉ ", Role.NOTE)
        builder.add(NEWSLETTER_WORDS, Role.NOTE, Mark.LINK, link)
    else:
        builder.add(label(shortcode), Role.NOTE)
    return builder.spans()


def _figure(
    references: References, builder: SpanBuilder, src: str, alt: str, href: str | None, block: int
) -> tuple[tuple[Span, ...], int]:
    """Add what a box shows below the caption: description, address and link."""
    caption = builder.text_from(0).replace("\n", " ")
    alt = clean(alt.replace("\n", " ")).strip()
    if alt and alt != caption:
        builder.add("\n" if builder.at else "", Role.NOTE)
        builder.add(alt, Role.NOTE)
    builder.add("\n" if builder.at else "", Role.NOTE)
    address = references.add_link(alt or caption, src, implicit=True)
    shown = references.links[address].url.removeprefix("https://")
    builder.add(shown or "(image without address)", Role.NOTE, Mark.LINK, address)
    link = -1
    if href is not None:
        link = references.add_link(alt or caption or href, href)
        marks = references.link_marks(link)
        builder.add("\n→ ", Role.NOTE)
        target = references.links[link]
        builder.add(target.url.removeprefix("https://"), Role.NOTE, marks, link)
    image = references.add_image(src, alt, caption, link, block)
    return builder.spans(), image
