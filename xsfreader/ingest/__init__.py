"""A file's bytes become a post.

This runs at sync alone, and for drafts; the result depends on nothing but path and bytes.
"""

from __future__ import annotations

import datetime as dt
import re

from xsfreader.errors import UnreadablePostError
from xsfreader.ingest import front, site, visible
from xsfreader.ingest.encoding import decode
from xsfreader.ingest.site import language_of
from xsfreader.model import DEFAULT_AUTHOR, DEFAULT_LANGUAGE, INGEST_VERSION, FullPost, Post

__all__ = ["INGEST_VERSION", "at_path", "ingest"]

_NO_DAY = dt.date(1, 1, 1)
"""The day the site gives a post whose date it does not see."""


def ingest(path: str, blob: str, data: bytes) -> FullPost:
    """Read a file as a post.

    ``blob`` is Git's id of the bytes. Raises UnreadablePostError whose text is a clause, for
    the path to be put in front.
    """
    above, body = front.split(decode(data))
    language, key = language_of(path)
    title = above.line("title")
    if not title:
        raise UnreadablePostError("no title")
    if not above.line("date"):
        raise UnreadablePostError("no date")
    moment = front.read_date(above.line("date"))
    text = visible.visible(body)
    post = Post(
        permalink=_permalink(above, language),
        path=path,
        blob=blob,
        language=language,
        translation_key=key,
        title=title,
        date=moment.astimezone(dt.UTC),
        authors=_authors(above),
        categories=_categories(above),
        aliases=site.aliases(above.lines("aliases"), language),
        summary=above.line("summary"),
        words=text.count(" ") + 1 if text else 0,
        xeps=visible.xeps(title, body),
    )
    return FullPost(post, body, text)


def _permalink(above: front.Front, language: str) -> str:
    """Where the site puts the post, which sees only the names that it knows."""
    title = above.values.get("title", "")
    date = above.values.get("date", "")
    day = front.read_date(date).date() if isinstance(date, str) and date else _NO_DAY
    return site.permalink(front.clean(title) if isinstance(title, str) else "", day, language)


def at_path(full: FullPost, path: str) -> FullPost:
    """Make of a post what ``ingest`` would make of the same bytes at another path."""
    post = full.post
    language, key = language_of(path)
    if language == post.language:
        return full._replace(post=post._replace(path=path, translation_key=key))
    before = "" if post.language == DEFAULT_LANGUAGE else f"/{post.language}"
    after = "" if language == DEFAULT_LANGUAGE else f"/{language}"
    bare = [alias.removeprefix(before) for alias in post.aliases]
    moved = post._replace(
        path=path,
        language=language,
        translation_key=key,
        permalink=after + post.permalink.removeprefix(before),
        aliases=site.aliases(bare, language),
    )
    return full._replace(post=moved)


def _authors(above: front.Front) -> tuple[str, ...]:
    named = above.lines("author", "authors")
    people = (
        clean for name in named for part in re.split(r"[;,]", name) if (clean := part.strip())
    )
    return tuple(dict.fromkeys(people)) or (DEFAULT_AUTHOR,)


def _categories(above: front.Front) -> tuple[str, ...]:
    named = above.lines("categories", "category")
    return tuple(dict.fromkeys(name for text in named if (name := text.strip("‘’“”'\" "))))
