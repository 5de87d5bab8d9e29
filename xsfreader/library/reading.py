"""One post: found by its names, read, parsed with its head and foot."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import BrokenFileError, StoreError, UnknownPostError
from xsfreader.library.base import Base
from xsfreader.model import INGEST_VERSION

if TYPE_CHECKING:
    from xsfreader.library.base import DocumentKey
    from xsfreader.markup import Document
    from xsfreader.model import Post

CACHED_DOCUMENTS = 12
"""The post shown, its neighbours, and those read last; others are soon read back as parsed."""
LONG = 1200
"""Words of a post that takes more than some milliseconds to parse."""


class Prepared(NamedTuple):
    """A parsed post, with what it depends on."""

    key: DocumentKey
    document: Document


class Reading(Base):
    """The part of the library that opens posts."""

    def resolve(self, name: str) -> str:
        """Find the permalink that a permalink, URL, alias or last part of one means.

        Of translations of one post it is the one in the language preferred. Raises
        UnknownPostError with candidates where it means no post or several.
        """
        self.require_posts()
        found = self._store.resolve(name)
        if len(found) == 1:
            return found[0]
        if found:
            if set(found) <= set(self._with_translations(found[0])):
                return min(found, key=self._preference)
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

    def permalink_at(self, path: str) -> str | None:
        """Tell the permalink of the post whose file lies there in the source."""
        return self._store.permalink_at(path)

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
        """Parse a post, with its head and foot; kept for as long as snapshot and day hold.

        Raises UnknownPostError.
        """
        key = self._key(permalink)
        document = self._documents.get(key)
        if document is None:
            document = self._compose(self.post(permalink))
        self._keep(key, document)
        return document

    def prepare(self, permalink: str) -> Prepared:
        """Parse a post for another library of the same source to take in, and for later starts."""
        key = self._key(permalink)
        prepared = Prepared(key, self.document(permalink))
        parsed = self._unkept.pop(permalink, None)
        if parsed is not None:
            from xsfreader.markup.packed import pack

            # Where that fails, it is parsed again.
            with suppress(StoreError):
                self._store.keep_parsed(self.post(permalink), self._maker(), pack(parsed))
        return prepared

    def is_prepared(self, permalink: str) -> bool:
        """Tell whether a post is parsed, and later starts need not parse it again."""
        return self._key(permalink) in self._documents and permalink not in self._unkept

    def takes_long(self, permalink: str) -> bool:
        """Tell whether a post must be parsed to be opened, and is so long that one would wait."""
        if self._key(permalink) in self._documents:
            return False
        post = self._store.post(permalink)
        if post is None or post.words < LONG:
            return False
        return self._store.parsed(post, self._maker()) is None

    def load_parser(self) -> None:
        """Load what parses, so that the first post that needs it need not wait for it."""
        from xsfreader.markup.parse import load

        load()

    def neighbours(self, permalink: str) -> list[str]:
        """Give the posts before and after one by date."""
        found = self._store.neighbours(permalink, self.languages, self.today)
        return [entry.permalink for entry in found if entry]

    def take(self, prepared: Prepared) -> None:
        """Keep what another library parsed; where it is out of date it is never asked for."""
        self._keep(prepared.key, prepared.document)
        self._unkept.pop(prepared.key[0], None)

    def _preference(self, permalink: str) -> tuple[int, str]:
        language = self.post(permalink).language
        known = language in self.languages
        return self.languages.index(language) if known else len(self.languages), language

    def _key(self, permalink: str) -> DocumentKey:
        return permalink, self._store.snapshot_id, self.today

    def _keep(self, key: DocumentKey, document: Document) -> None:
        self._documents[key] = document
        self._documents.move_to_end(key)
        if len(self._documents) > CACHED_DOCUMENTS:
            self._documents.popitem(last=False)

    def _parsed(self, post: Post) -> Document:
        """Read a post as it was parsed before, else parse it."""
        from xsfreader.markup import parse
        from xsfreader.markup.packed import unpack

        with suppress(ValueError, BrokenFileError):
            if (text := self._store.parsed(post, self._maker())) is not None:
                return unpack(text)
        document = parse(self.body(post.permalink), base=post.url)
        self._unkept[post.permalink] = document
        if len(self._unkept) > CACHED_DOCUMENTS:
            self._unkept.popitem(last=False)
        return document

    @staticmethod
    def _maker() -> str:
        from xsfreader.markup.packed import maker

        return f"{INGEST_VERSION} {maker()}"

    def _compose(self, post: Post) -> Document:
        from xsfreader.markup import article

        newer, older = self._store.neighbours(post.permalink, self.languages, self.today)
        return article(
            post,
            self._parsed(post),
            translations=self._other_languages(post.permalink),
            newer=(newer.title, newer.permalink) if newer else None,
            older=(older.title, older.permalink) if older else None,
            xep_titles=self._store.xep_titles(post.xeps),
        )
