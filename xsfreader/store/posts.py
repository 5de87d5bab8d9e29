"""Single posts, posts by name, and lists of posts for the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from xsfreader.errors import UnknownPostError
from xsfreader.model import SITE_HOSTS
from xsfreader.store.base import (
    FULL_POST,
    POST,
    full_post_from_row,
    is_in_language,
    path_key,
    post_from_row,
)
from xsfreader.store.state import State
from xsfreader.text import closest, fold

if TYPE_CHECKING:
    import datetime as dt

    from xsfreader.model import Filter, FullPost, Marks, Post

SUGGESTED = 10

_FROM = " FROM post p JOIN story s ON s.id = p.story"
_ORDER = " ORDER BY p.at DESC, p.permalink"


class Posts(State):
    """The part of the store that reads posts."""

    def post(self, permalink: str) -> Post | None:
        """Read a post without its text; None if there is none."""
        rows = self._rows(f"SELECT {POST}{_FROM} WHERE p.permalink = ?", permalink)
        return post_from_row(rows[0]) if rows else None

    def permalink_at(self, path: str) -> str | None:
        """Find the post of a file by its path in the source."""
        return self._archive.text("SELECT permalink FROM post WHERE path = ?", path)

    def full(self, permalink: str) -> FullPost:
        """Read a post with its text. Raises UnknownPostError."""
        rows = self._rows(f"SELECT {FULL_POST} WHERE p.permalink = ?", permalink)
        if not rows:
            raise UnknownPostError(f"{permalink} is not in the archive")
        return full_post_from_row(rows[0])

    def translations(self, permalink: str) -> dict[str, str]:
        """Return language to permalink of a post and its translations."""
        rows = self._rows(
            "SELECT q.language, q.permalink FROM post p JOIN post q ON q.story = p.story"
            " WHERE p.permalink = ? ORDER BY q.language, q.at DESC, q.permalink DESC",
            permalink,
        )
        return dict(rows)

    def permalink_of(self, key: str, language: str) -> str | None:
        """Find a post by the key that its translations share, in a language if possible."""
        return self._archive.text(
            "SELECT p.permalink FROM story s JOIN post p ON p.story = s.id"
            " WHERE s.key = ? COLLATE NOCASE ORDER BY p.language = ? DESC, p.language",
            key,
            language,
        )

    def posts(self, wanted: Filter, today: dt.date) -> list[tuple[Post, Marks]]:
        """List the posts that match a filter, newest first, translations as separate posts."""
        stories = self._stories()
        read = self._marked_stories("read", stories) if wanted.unread else set()
        starred = self._marked_stories("starred", stories) if wanted.starred else set()
        return [
            (post, self.marks(post.permalink))
            for story, *row in self._rows(f"SELECT p.story, {POST}{_FROM}{_ORDER}")
            if _is_wanted(post := post_from_row(row), wanted)
            and (self.previews or not post.label(today))
            and story not in read
            and (story in starred or not wanted.starred)
        ]

    def resolve(self, name: str, *, exact: bool = False) -> tuple[str, ...]:
        """Find the permalinks that match a name.

        A name is a permalink (percent-encoded or not, with or without slashes at the ends), an
        alias, a URL of the site, or the last part of a permalink, tried in this order.
        ``exact`` skips the last parts, as for links.
        """
        path = _site_path(name.strip())
        if path is None:
            return ()
        bare = path.partition("#")[0].partition("?")[0]
        names = [("path", path), ("path", bare), ("alias", bare), ("slug", bare)]
        for kind, key in names[:3] if exact else names:
            wanted = path_key("/" + key.strip("/")) if kind != "slug" else path_key(key.strip("/"))
            rows = self._rows(
                "SELECT p.permalink FROM label l JOIN post p ON p.id = l.post"
                f" WHERE l.kind = ? AND l.key = ?{_ORDER}",
                kind,
                wanted,
            )
            if rows:
                return tuple(permalink for (permalink,) in rows)
        return ()

    def suggest(self, name: str) -> tuple[str, ...]:
        """Suggest permalinks for a name that matches none."""
        path = _site_path(name.strip()) or name
        last = path_key(path.partition("#")[0].rstrip("/").rpartition("/")[2]).rstrip("/")
        words = re.findall(r"[^\W_]+", last)
        if not words:
            return ()
        slugs: dict[str, list[str]] = {}
        found = []
        for permalink, title, slug in self._rows(
            "SELECT p.permalink, p.title, l.key FROM post p JOIN label l ON l.post = p.id"
            f" WHERE l.kind = 'slug'{_ORDER}"
        ):
            slugs.setdefault(slug, []).append(permalink)
            if all(word in f"{slug} {fold(title)}" for word in words):
                found.append(permalink)
        found += slugs.get(closest(last, slugs), ())
        return tuple(dict.fromkeys(found))[:SUGGESTED]


def _site_path(name: str) -> str | None:
    """Return the path of a name on the site; None for a URL of another site."""
    try:
        parts = urlsplit(name)
        host = parts.hostname or ""
    except ValueError:
        return None
    if host and (parts.scheme in ("http", "https", "") and parts.netloc):
        return parts.path or "/" if host in SITE_HOSTS else None
    if re.match(r"(?:www\.)?xmpp\.org/", name, re.IGNORECASE):
        return name[name.index("/") :]
    return name or None


def _is_wanted(post: Post, wanted: Filter) -> bool:
    """Return whether a post matches a filter but for the marks."""
    names = ((wanted.category, post.categories), (wanted.author, post.authors))
    return (
        (wanted.since is None or post.day >= wanted.since)
        and (wanted.until is None or post.day <= wanted.until)
        and (wanted.xep is None or wanted.xep in post.xeps)
        and (wanted.language is None or is_in_language(post.language, wanted.language))
        and all(
            part is None or any(fold(part) in fold(name) for name in found) for part, found in names
        )
    )
