"""A post's head and foot round its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup.document import Block, BlockKind, Document
from xsfreader.markup.lines import Mark, Role
from xsfreader.markup.links import xep_link
from xsfreader.markup.runs import Collected, Run
from xsfreader.model import SITE, Place
from xsfreader.text import clean

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from xsfreader.markup.lines import Span
    from xsfreader.model import Post

HEAD_BLOCKS = 3
"""Blocks of the head, always as many, so that a place in the text never shifts."""

_WORDS_A_MINUTE = 213
"""What the site divides by."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

Neighbour = tuple[str, str]
"""Title and permalink."""


def article(
    post: Post,
    document: Document,
    *,
    translations: Mapping[str, str] | None = None,
    newer: Neighbour | None = None,
    older: Neighbour | None = None,
    xep_titles: Mapping[int, str] | None = None,
) -> Document:
    """The document with title and facts above it, and what else there is to read below.

    ``translations`` are permalinks by language. A first heading that only repeats the title
    is not shown again; its id leads to the title.
    """
    collected = Collected(post.url, document.links)
    blocks = [
        _text_block(BlockKind.TITLE, _title(post), gap=0),
        _text_block(BlockKind.META, _meta(post, translations or {}, collected), gap=0),
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
    if body:
        shown = 1 if body[0].kind is BlockKind.EMPTY else 0
        for index in range(shown, min(shown + 1, len(body))):
            body[index] = body[index]._replace(gap=1)
    blocks.extend(body)
    blocks.extend(_foot(post, newer, older, xep_titles or {}, collected))
    return Document(
        tuple(blocks),
        tuple(collected.links),
        tuple(headings),
        tuple(each._replace(block=each.block + HEAD_BLOCKS) for each in document.images),
        anchors,
    )


def long_date(day: dt.date) -> str:
    """``5 October 2025``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def minutes(words: int) -> int:
    """How long the site says that reading takes."""
    return max(1, -(-words // _WORDS_A_MINUTE))


def _text_block(kind: BlockKind, spans: tuple[Span, ...], *, gap: int = 1) -> Block:
    return Block(kind, "".join(span.text for span in spans), spans, gap=gap)


def _repeats_title(block: Block, title: str) -> bool:
    return (
        block.kind is BlockKind.HEADING
        and block.level == 1
        and block.text.strip().casefold() == clean(title).strip().casefold()
    )


def _title(post: Post) -> tuple[Span, ...]:
    run = Run()
    run.add(" ".join(post.title.split()) or post.permalink, Role.TITLE)
    return run.spans()


def _meta(post: Post, translations: Mapping[str, str], collected: Collected) -> tuple[Span, ...]:
    facts = [
        long_date(post.day),
        ", ".join(post.authors),
        ", ".join(post.categories),
        f"{minutes(post.words)} min",
    ]
    run = Run()
    run.add(" · ".join(fact.replace("\n", " ") for fact in facts if fact), Role.META)
    others = {code: path for code, path in translations.items() if code != post.language}
    if others:
        run.add("\nalso in:", Role.META)
        for code, permalink in others.items():
            link = collected.add_link(clean(code), SITE + permalink)
            run.add(" ", Role.META)
            run.add(code, Role.META, Mark.LINK, link)
    return run.spans()


def _foot(
    post: Post,
    newer: Neighbour | None,
    older: Neighbour | None,
    titles: Mapping[int, str],
    collected: Collected,
) -> list[Block]:
    blocks: list[Block] = []
    if post.xeps:
        run = Run()
        run.add("XEPs mentioned", Role.NOTE)
        for number in post.xeps:
            name, href = xep_link(number)
            link = collected.add_link(name, href)
            run.add("\n", Role.NOTE)
            run.add(name, Role.NOTE, Mark.LINK, link)
            if title := titles.get(number):
                run.add(f" {title}".replace("\n", " "), Role.NOTE)
        blocks.append(_text_block(BlockKind.META, run.spans()))
    for label, neighbour in (("newer", newer), ("older", older)):
        if neighbour is not None:
            title, permalink = neighbour
            run = Run()
            run.add(f"{label}: ", Role.NOTE)
            link = collected.add_link(clean(title), SITE + permalink)
            run.add(" ".join(title.split()), Role.NOTE, Mark.LINK, link)
            gap = 1 if not blocks or blocks[-1].kind is BlockKind.META else 0
            blocks.append(_text_block(BlockKind.TEXT, run.spans(), gap=gap))
    if blocks:
        blocks.insert(0, Block(BlockKind.RULE, ""))
    return blocks
