"""One post: found by its names, read, parsed with its head and foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.errors import UnknownPostError
from xsfreader.library.base import Base

if TYPE_CHECKING:
    from xsfreader.markup import Document
    from xsfreader.model import Post

CACHED_DOCUMENTS = 32


class Reading(Base):
    """The part of the library that opens posts."""

    def resolve(self, name: str) -> str:
        """Find the permalink that a permalink, URL, alias or last part of one means.

        Raises UnknownPostError with candidates where it means none or several.
        """
        self.require_posts()
        found = self._store.resolve(name)
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownPostError(f"{name} is the name of {len(found)} posts; name one:", found)
        candidates = tuple(self._store.suggest(name))
        hint = "did you mean:" if candidates else "`xsfreader list` shows all"
        raise UnknownPostError(f"no post is called {name}; {hint}", candidates)

    def post_at(self, url: str) -> str | None:
        """Find the post held here that a URL of the site or an alias leads to."""
        found = self._store.resolve(url, exact=True)
        return found[0] if len(found) == 1 else None

    def next_translation(self, permalink: str) -> str | None:
        """Find the same post in the next language: those read first, then by name."""
        others = self._store.translations(permalink)
        wanted = [language for language in self.languages if language in others]
        order = [*wanted, *sorted(set(others) - set(wanted))]
        links = [others[language] for language in order]
        return links[(links.index(permalink) + 1) % len(links)] if len(links) > 1 else None

    def holds(self, permalink: str) -> bool:
        """Tell whether a post is here."""
        return self._store.post(permalink) is not None

    def post(self, permalink: str) -> Post:
        """Read what is known of a post. Raises UnknownPostError."""
        post = self._store.post(permalink)
        if post is None:
            raise UnknownPostError(f"{permalink} is not in the archive")
        return post

    def body(self, permalink: str) -> str:
        """Read a post's Markdown, below its front matter."""
        return self._store.body(permalink)

    def document(self, permalink: str) -> Document:
        """Parse a post, with its head and foot; kept for as long as the snapshot holds.

        Raises UnknownPostError.
        """
        key = (permalink, self._store.snapshot_id)
        document = self._documents.get(key)
        if document is None:
            document = self._compose(self.post(permalink), self.body(permalink))
            self._documents[key] = document
            if len(self._documents) > CACHED_DOCUMENTS:
                self._documents.popitem(last=False)
        else:
            self._documents.move_to_end(key)
        return document

    def _compose(self, post: Post, body: str) -> Document:
        from xsfreader.markup import article, parse

        newer, older = self._store.neighbours(post.permalink, self.languages, self.today)
        return article(
            post,
            parse(body, base=post.url),
            translations=self._other_languages(post.permalink),
            newer=(newer.title, newer.permalink) if newer else None,
            older=(older.title, older.permalink) if older else None,
            xep_titles=self._store.xep_titles(post.xeps),
        )
