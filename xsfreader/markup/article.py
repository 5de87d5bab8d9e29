"""Add head and foot to a post's text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup.document import Block, BlockKind, Document
from xsfreader.markup.limits import MAX_MENTIONS, shorten
from xsfreader.markup.lines import Role, join_text
from xsfreader.markup.links import xep_link
from xsfreader.markup.spans import References, SpanBuilder
from xsfreader.model import MONTHS, SITE, Place
from xsfreader.text import clean

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from xsfreader.model import Post

HEAD_BLOCKS = 3
"""The head always has as many blocks, so that places in the text never shift."""

_WORDS_PER_MINUTE = 213
"""As on the site."""

Neighbour = tuple[str, str]
"""Title and permalink."""


def build_article(
    post: Post,
    document: Document,
    *,
    translations: Mapping[str, str] | None = None,
    newer: Neighbour | None = None,
    older: Neighbour | None = None,
    xep_titles: Mapping[int, str] | None = None,
    label: str = "",
) -> Document:
    """Return the document with title and facts above, XEPs and neighbours below.

    ``label`` says why the site doesn't show the post (``draft``).
    ``translations`` are permalinks by language. A first heading that repeats the title is
    hidden; its id leads to the title.
    """
    document = shorten(document)
    references = References(post.url, document.links)
    title = SpanBuilder(references)
    title.add(" ".join(post.title.split()) or post.permalink, Role.TITLE)
    blocks = [
        _build_block(BlockKind.TITLE, title, gap=0),
        _build_block(
            BlockKind.META, _build_meta(post, label, translations or {}, references), gap=0
        ),
        Block(BlockKind.RULE, "", gap=0),
    ]
    body = list(document.blocks)
    headings = [each._replace(block=each.block + HEAD_BLOCKS) for each in document.headings]
    anchors = {
        name: Place(place.block + HEAD_BLOCKS, place.offset)
        for name, place in document.anchors.items()
    }
    if headings and _repeats_title(body[0], post.title):
        body[0] = Block(BlockKind.EMPTY, "", gap=0)
        first = headings.pop(0)
        anchors[first.id] = Place(0)
    shown = slice(1, 2) if body and body[0].kind is BlockKind.EMPTY else slice(1)
    body[shown] = [each._replace(gap=1) for each in body[shown]]
    blocks.extend(body)
    if document.shortened:
        rest = SpanBuilder(references)
        rest.add("The rest of this post is too long to show; all of it is at ", Role.NOTE)
        rest.add_link(post.url.removeprefix("https://"), post.url, Role.NOTE)
        blocks.append(_build_block(BlockKind.TEXT, rest))
    blocks.extend(_build_foot(post, newer, older, xep_titles or {}, references))
    return Document(
        tuple(blocks),
        tuple(references.links),
        tuple(headings),
        tuple(each._replace(block=each.block + HEAD_BLOCKS) for each in document.images),
        anchors,
        shortened=document.shortened,
    )


def format_date(day: dt.date) -> str:
    """Format a date as ``5 Oct 2025``."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def reading_minutes(words: int) -> int:
    """Return the reading time that the site shows."""
    return max(1, -(-words // _WORDS_PER_MINUTE))


def _build_block(kind: BlockKind, builder: SpanBuilder, *, gap: int = 1) -> Block:
    spans = builder.spans()
    return Block(kind, join_text(spans), spans, gap=gap)


def _repeats_title(block: Block, title: str) -> bool:
    return (
        block.kind is BlockKind.HEADING
        and block.level == 1
        and block.text.strip().casefold() == clean(title).strip().casefold()
    )


def _build_meta(
    post: Post, label: str, translations: Mapping[str, str], references: References
) -> SpanBuilder:
    facts = [
        label,
        format_date(post.day),
        ", ".join(post.authors),
        ", ".join(post.categories),
        f"{reading_minutes(post.words)}\xa0min",
    ]
    builder = SpanBuilder(references)
    builder.add(" · ".join(fact.replace("\n", " ") for fact in facts if fact), Role.META)
    others = {code: path for code, path in translations.items() if code != post.language}
    if others:
        builder.add("\nalso in:", Role.META)
        for code, permalink in others.items():
            builder.add(" ", Role.META)
            builder.add_link(code, SITE + permalink, Role.META)
    return builder


def _build_foot(
    post: Post,
    newer: Neighbour | None,
    older: Neighbour | None,
    titles: Mapping[int, str],
    references: References,
) -> list[Block]:
    blocks: list[Block] = []
    if post.xeps:
        builder = SpanBuilder(references)
        builder.add("XEPs mentioned", Role.NOTE)
        for number in post.xeps[:MAX_MENTIONS]:
            builder.start_line(Role.NOTE)
            builder.add_link(*xep_link(number), Role.NOTE)
            if title := titles.get(number):
                builder.add(f" {title}".replace("\n", " "), Role.NOTE)
        blocks.append(_build_block(BlockKind.META, builder))
    for label, neighbour in (("newer", newer), ("older", older)):
        if neighbour is not None:
            title, permalink = neighbour
            builder = SpanBuilder(references)
            builder.add(f"{label}: ", Role.NOTE)
            builder.add_link(" ".join(title.split()), SITE + permalink, Role.NOTE)
            gap = 1 if not blocks or blocks[-1].kind is BlockKind.META else 0
            blocks.append(_build_block(BlockKind.TEXT, builder, gap=gap))
    if blocks:
        blocks.insert(0, Block(BlockKind.RULE, ""))
    return blocks
