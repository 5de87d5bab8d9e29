"""Turning a file into a post, at sync and for drafts.

The result depends on the path and the bytes alone.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from xsfreader.errors import UnreadablePostError
from xsfreader.ingest import front_matter, site, visible
from xsfreader.ingest.encoding import decode
from xsfreader.ingest.site import language_of
from xsfreader.model import (
    DEFAULT_AUTHOR,
    DEFAULT_LANGUAGE,
    INGEST_VERSION,
    FullPost,
    Post,
    translation_key,
)

if TYPE_CHECKING:
    from xsfreader.ingest.front_matter import FrontMatter

__all__ = ["INGEST_VERSION", "at_path", "ingest"]

_MAX_TITLE = 300
"""Characters; the longest real title has 86."""

_NO_DATE = dt.date(1, 1, 1)
"""The date in the permalink of a post without a date that the site knows."""

_DATE_FIELDS = ("date", "publishdate", "pubdate", "published", "lastmod", "modified")
"""In the order in which Hugo looks for a post's date."""
_TRUE = frozenset({"true", "True", "TRUE", "t", "T", "1"})


def ingest(path: str, blob: str, data: bytes) -> FullPost:
    """Read a file as a post.

    Args:
        path: Its path in the source.
        blob: Git's id of the bytes.
        data: Its bytes.

    Raises:
        UnreadablePostError: It is not a post; the message is a clause without the path.
    """
    fields, body = front_matter.split(decode(data))
    language = language_of(path)
    title = fields.line("title")[:_MAX_TITLE]
    if not title:
        raise UnreadablePostError("no title")
    moment = _moment(fields, *_DATE_FIELDS)
    if moment is None:
        raise UnreadablePostError("no date")
    text = visible.visible_text(body)
    post = Post(
        permalink=_permalink(fields, language),
        path=path,
        blob=blob,
        language=language,
        translation_key=translation_key(path, language),
        title=title,
        date=moment,
        authors=_authors(fields),
        categories=_categories(fields),
        aliases=site.aliases(fields.lines("aliases"), language),
        summary=fields.line("summary"),
        words=text.count(" ") + 1 if text else 0,
        xeps=visible.mentioned_xeps(title, body),
        draft=fields.line("draft") in _TRUE,
        publish=_moment(fields, "publishdate", "pubdate", "published"),
        expires=_moment(fields, "expirydate", "unpublishdate"),
    )
    return FullPost(post, body, text)


def _permalink(fields: FrontMatter, language: str) -> str:
    """Return the permalink; the site ignores translated names of fields."""
    if found := site.permalink_of_url(fields.line("url"), language):
        return found
    title = fields.values.get("title", "")
    dates = (fields.values.get(name) for name in _DATE_FIELDS)
    date = next((date for date in dates if date and isinstance(date, str)), "")
    day = front_matter.read_date(date).date() if date else _NO_DATE
    return site.permalink(
        front_matter.clean(title) if isinstance(title, str) else "", day, language
    )


def _moment(fields: FrontMatter, *names: str) -> dt.datetime | None:
    """Read the first of these fields; None if there is none."""
    written = fields.lines(*names)
    return front_matter.read_date(" ".join(written)).replace(tzinfo=dt.UTC) if written else None


def at_path(full: FullPost, path: str) -> FullPost:
    """Return what ``ingest`` would make of the same bytes at another path."""
    post = full.post
    language = language_of(path)
    key = translation_key(path, language)
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


def _authors(fields: FrontMatter) -> tuple[str, ...]:
    values = fields.lines("author", "authors")
    people = (
        clean for value in values for part in re.split(r"[;,]", value) if (clean := part.strip())
    )
    named = tuple(dict.fromkeys(people))[: front_matter.MAX_VALUES]
    return named or (DEFAULT_AUTHOR,)


def _categories(fields: FrontMatter) -> tuple[str, ...]:
    values = fields.lines("categories", "category")
    return tuple(dict.fromkeys(name for value in values if (name := value.strip("‘’“”'\" "))))
