"""Pictures and shortcodes as spans: caption first, then what we say of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup.goldmark import parser
from xsfreader.markup.inline import Inline
from xsfreader.markup.lines import Mark, Role
from xsfreader.markup.runs import Collected, Run
from xsfreader.markup.shortcodes import NEWSLETTER_WORDS, label
from xsfreader.markup.tokens import plain_text
from xsfreader.text import clean

if TYPE_CHECKING:
    from xsfreader.markup.lines import Span
    from xsfreader.markup.segments import Picture
    from xsfreader.markup.shortcodes import Shortcode

NEWSLETTER_LIST = "https://mail.jabber.org/mailman/listinfo/newsletter"


def figure_of_image(
    collected: Collected, picture: Picture, block: int
) -> tuple[tuple[Span, ...], int]:
    """The spans of a Markdown image that stands alone, and the index of its picture."""
    token = picture.token
    run = Run()
    title = str(token.attrs.get("title", ""))
    run.add(title.replace("\n", " "), Role.CAPTION)
    alt = plain_text(token.children or ())
    return _figure(collected, run, str(token.attrs.get("src", "")), alt, picture.href, block)


def figure_of_code(
    collected: Collected, code: Shortcode, block: int
) -> tuple[tuple[Span, ...], int]:
    """The spans of a ``figure`` shortcode, and the index of its picture."""
    given = code.parameters
    run = Run()
    if title := given.get("title", ""):
        run.add(title, Role.CAPTION, Mark.STRONG)
    inline = Inline(collected, run, Role.CAPTION, block, [])
    if caption := given.get("caption", ""):
        run.add("\n" if run.at else "", Role.CAPTION)
        for token in parser().parseInline(caption, {}):
            inline.fill(token.children or ())
    if attribution := given.get("attr", ""):
        run.add(" " if caption else "\n" if run.at else "", Role.CAPTION)
        link, marks = -1, Mark.NONE
        if target := given.get("attrlink", ""):
            link = collected.add_link(clean(attribution), target)
            marks = collected.marks_of(link)
        run.add(attribution, Role.CAPTION, marks, link)
    src = given.get("src", given.get("0", ""))
    return _figure(collected, run, src, given.get("alt", ""), given.get("link"), block)


def note_of_code(collected: Collected, code: Shortcode) -> tuple[Span, ...]:
    """What stands for a shortcode that makes no figure."""
    run = Run()
    if code.name == "newsletter-subscribe":
        link = collected.add_link(NEWSLETTER_WORDS, NEWSLETTER_LIST)
        run.add("✉ ", Role.NOTE)
        run.add(NEWSLETTER_WORDS, Role.NOTE, Mark.LINK, link)
    else:
        run.add(label(code), Role.NOTE)
    return run.spans()


def _figure(
    collected: Collected, run: Run, src: str, alt: str, href: str | None, block: int
) -> tuple[tuple[Span, ...], int]:
    """Add to the caption what a box says: description, address, and where it leads."""
    caption = run.text_from(0).replace("\n", " ")
    alt = clean(alt.replace("\n", " ")).strip()
    if alt and alt != caption:
        run.add("\n" if run.at else "", Role.NOTE)
        run.add(alt, Role.NOTE)
    run.add("\n" if run.at else "", Role.NOTE)
    address = collected.add_link(alt or caption, src, implicit=True)
    shown = collected.links[address].url.removeprefix("https://")
    run.add(shown or "(image without address)", Role.NOTE, Mark.LINK, address)
    link = -1
    if href is not None:
        link = collected.add_link(alt or caption or href, href)
        marks = collected.marks_of(link)
        run.add("\n→ ", Role.NOTE)
        target = collected.links[link]
        run.add(target.url.removeprefix("https://"), Role.NOTE, marks, link)
    image = collected.add_image(src, alt, caption, link, block)
    return run.spans(), image
