"""Parse posts, and add head and foot to their text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xsfreader.markup.build import DocumentBuilder
from xsfreader.markup.goldmark import parser
from xsfreader.markup.limits import MAX_MENTIONS, Work
from xsfreader.markup.links import xep_link
from xsfreader.markup.nodes import Node, break_line, link, plain
from xsfreader.markup.shortcodes import extract_shortcodes
from xsfreader.model import MONTHS, SITE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.token import Token

    from xsfreader.markup.document import Document
    from xsfreader.model import Post

_WORDS_PER_MINUTE = 213
"""As on the site."""

Neighbour = tuple[str, str]
"""Title and permalink."""


def parse(
    body: str, *, base: str, head: Sequence[Node] = (), foot: Sequence[Node] = (), title: str = ""
) -> Document:
    """Parse a post's Markdown; ``base`` is the post's address, for relative links.

    Any text can be parsed, in bounded time; a note stands for what is too long. A first heading
    that repeats ``title`` is hidden; its id leads to the top.
    """
    work = Work()
    markdown, shortcodes = extract_shortcodes(work.cut_lines(body))
    env: dict[str, Any] = {"work": work}
    tokens = parser().parse(markdown, env)
    builder = DocumentBuilder(base, shortcodes, work)
    builder.add(head)
    builder.add_post(tokens, env["footnotes"]["list"], title)
    if work.shortened:
        words = plain("The rest of this post is too long to show; all of it is at ")
        words += link(base, plain(base.removeprefix("https://")))
        builder.add([Node.prose("note_open", words)])
    builder.add(foot)
    return builder.document()


def build_article(
    post: Post,
    body: str,
    *,
    translations: Mapping[str, str] | None = None,
    newer: Neighbour | None = None,
    older: Neighbour | None = None,
    xep_titles: Mapping[int, str] | None = None,
    label: str = "",
) -> Document:
    """Parse a post with title and facts above, XEPs and neighbours below.

    The head always has as many blocks, so that places in the text never shift. ``label`` says
    why the site doesn't show the post (``draft``). ``translations`` are permalinks by language.
    """
    title = " ".join(post.title.split()) or post.permalink
    head = Node.of(
        "figure_open",
        Node.prose("title_open", plain(title)),
        Node.prose("meta_open", _facts(post, label, translations or {})),
        Node.of("hr"),
    )
    foot = list(_foot(post, newer, older, xep_titles or {}))
    if foot:
        foot.insert(0, Node.of("hr"))
    return parse(body, base=post.url, head=[head], foot=foot, title=post.title)


def format_date(day: dt.date) -> str:
    """Format a date as ``5 Oct 2025``."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def reading_minutes(words: int) -> int:
    """Return the reading time that the site shows."""
    return max(1, -(-words // _WORDS_PER_MINUTE))


def _facts(post: Post, label: str, translations: Mapping[str, str]) -> list[Token]:
    facts = [
        label,
        format_date(post.day),
        ", ".join(post.authors),
        ", ".join(post.categories),
        f"{reading_minutes(post.words)}\xa0min",
    ]
    tokens = plain(" · ".join(fact.replace("\n", " ") for fact in facts if fact))
    others = {code: path for code, path in translations.items() if code != post.language}
    if others:
        tokens += [break_line(), *plain("also in:")]
    for code, permalink in others.items():
        tokens += [*plain(" "), *link(SITE + permalink, plain(code))]
    return tokens


def _foot(
    post: Post, newer: Neighbour | None, older: Neighbour | None, titles: Mapping[int, str]
) -> Iterator[Node]:
    if post.xeps:
        tokens = plain("XEPs mentioned")
        for number in post.xeps[:MAX_MENTIONS]:
            name, target = xep_link(number)
            title = titles.get(number, "").replace("\n", " ")
            tokens += [break_line(), *link(target, plain(name)), *plain(f" {title}")]
        yield Node.prose("mentions_open", tokens)
    lines = [
        Node.prose("note_open", [*plain(label), *link(SITE + found[1], plain(found[0]))])
        for label, found in (("newer: ", newer), ("older: ", older))
        if found is not None
    ]
    if lines:
        yield Node.of("figure_open", *lines)
