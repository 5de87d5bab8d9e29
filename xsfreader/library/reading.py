"""Opening items: found by name, read, parsed with header and footer."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from xsfreader.errors import SpecificationError, UnknownPostError
from xsfreader.library.base import Base
from xsfreader.library.documents import ParsedItem
from xsfreader.model import SITE, Item, View, specification_number, specification_url
from xsfreader.store.entries import ranked

if TYPE_CHECKING:
    from xsfreader.library.documents import DocumentKey
    from xsfreader.markup import Document
    from xsfreader.markup.xep.parse import SpecificationParser
    from xsfreader.model import FullPost, Post

LONG_POST = 40_000
"""Characters from which parsing a post may take long; the longest real one has 27,000."""
STEP_SECONDS = 0.015
"""How long parsing a specification goes on before there is anything to show."""


class Reading(Base):
    """The part of the library that opens items."""

    def resolve(self, name: str) -> str:
        """Return the permalink for a permalink, URL, alias or last part of one.

        Of translations of one post it is that in the preferred language. Raises
        UnknownPostError, with candidates, if no post or several match.
        """
        self.require_posts()
        found = self._store.resolve(name)
        if len(found) == 1:
            return found[0]
        if found:
            if set(found) <= set(self._with_translations(found[0])):
                by_language = {self.post(one).language: one for one in reversed(found)}
                return by_language[ranked(self.languages, by_language)[0]]
            raise UnknownPostError(f"{name} matches {len(found)} posts; choose one:", found)
        candidates = tuple(self._store.suggest(name))
        hint = "did you mean:" if candidates else "`xsfreader list` shows all"
        raise UnknownPostError(f"no post named {name}; {hint}", candidates)

    def item_at(self, url: str) -> str | None:
        """Return the id of the item at a URL of the site or an alias; None if it isn't here.

        The id of a specification that is held is one as well.
        """
        if specification_number(url) is not None:
            return url if self.is_held(url) else None
        found = self._store.resolve(url, exact=True)
        return found[0] if len(found) == 1 else None

    def is_held(self, item_id: str) -> bool:
        """Return whether a specification can be read without a network."""
        number = specification_number(item_id)
        return number is not None and bool(self.specifications.version(number))

    def translations(self, permalink: str) -> list[str]:
        """Return a post and its translations: preferred languages first, then by name."""
        others = self._store.translations(permalink)
        return [others[language] for language in ranked(self.languages, others)]

    def permalink_at(self, path: str) -> str | None:
        """Return the permalink of a file by its path in the source."""
        return self._store.permalink_at(path)

    def path(self, item_id: str) -> str:
        """Return the path of a post in the source; empty for a specification.

        Raises UnknownPostError.
        """
        return "" if specification_number(item_id) is not None else self.post(item_id).path

    def post(self, permalink: str) -> Post:
        """Read a post without its text. Raises UnknownPostError."""
        post = self._store.post(permalink)
        if post is None:
            raise UnknownPostError(f"{permalink} is not in the archive")
        return post

    def item(self, item_id: str) -> Item:
        """Read an item. Raises UnknownPostError, SpecificationError."""
        if (number := specification_number(item_id)) is not None:
            xml, _ = self.specifications.read(number)
            title = self.specifications.file.title(number) or f"XEP-{number:04}"
            return Item(item_id, title, specification_url(number), xml.decode("utf-8", "replace"))
        full = self._store.full(item_id)
        return Item(full.post.permalink, full.post.title, full.post.url, full.body)

    def document(self, item_id: str) -> Document:
        """Return the parsed item with header and footer, from the cache if possible.

        Raises UnknownPostError, SpecificationError, UnreadableSpecificationError.
        """
        key = self._document_key(item_id)
        document = self._documents.get(key)
        if document is None:
            number = specification_number(item_id)
            if number is None:
                document = self._compose(self._store.full(item_id))
            else:
                document = self._specification_parser(number).parse_all()
        self._documents.put(key, document)
        return document

    def parser(self, item_id: str) -> SpecificationParser | None:
        """Parse the beginning of a specification; None for a post and for what is cached.

        ``cache_whole`` then takes the whole. Raises SpecificationError,
        UnreadableSpecificationError.
        """
        number = specification_number(item_id)
        if number is None or self.is_cached(item_id):
            return None
        parser = self._specification_parser(number)
        while not parser.parse_some(STEP_SECONDS) and not parser.document.blocks:
            pass
        return parser

    def cache_whole(self, item_id: str, document: Document) -> None:
        """Cache what a parser made."""
        self._documents.put(self._document_key(item_id), document)

    def parse_item(self, item_id: str) -> ParsedItem:
        """Parse an item in a worker, to pass to ``cache_item`` of the library that shows it."""
        return ParsedItem(self._document_key(item_id), self.document(item_id))

    def cache_item(self, parsed: ParsedItem) -> None:
        """Cache what another library parsed; an outdated document is never used."""
        self._documents.put(parsed.key, parsed.document)

    def is_cached(self, item_id: str) -> bool:
        """Return whether an item opens without being parsed."""
        return self._documents.get(self._document_key(item_id)) is not None

    def is_slow_to_open(self, item_id: str) -> bool:
        """Return whether opening an item means parsing a long text, which a worker should do.

        A specification is parsed in steps instead.
        """
        if specification_number(item_id) is not None or self.is_cached(item_id):
            return False
        try:
            return len(self.item(item_id).text) >= LONG_POST
        except (UnknownPostError, SpecificationError):
            return False

    def _document_key(self, item_id: str) -> DocumentKey:
        snapshot = self._store.snapshot_id
        if (number := specification_number(item_id)) is not None:
            snapshot = f"{snapshot} {self.specifications.version(number)}"
        return item_id, snapshot, self.today

    def _specification_parser(self, number: int) -> SpecificationParser:
        from xsfreader.markup.xep.parse import SpecificationParser

        entries = self._store.entries(View.XEP, str(number), self.languages, self.today)
        mentions = [(entry.title, SITE + entry.permalink) for entry in entries]
        return SpecificationParser(*self.specifications.read(number), mentions)

    def _compose(self, full: FullPost) -> Document:
        from xsfreader.markup import build_article

        post = full.post
        newer, older = self._store.neighbours(post.permalink, self.languages, self.today)
        document = build_article(
            post,
            full.body,
            translations=self._other_languages(post.permalink),
            newer=(newer.title, newer.permalink) if newer else None,
            older=(older.title, older.permalink) if older else None,
            xep_titles=self._store.xep_titles() if post.xeps else {},
            label=post.label(self.today),
        )
        return self._find_pictures(self._resolve_files(document, post), post)

    def _resolve_files(self, document: Document, post: Post) -> Document:
        """Let links to Markdown files (``other.md``) lead to the posts made of them."""
        from xsfreader.markup import LinkKind

        links = list(document.links)
        for index, link in enumerate(links):
            if link.kind is not LinkKind.SITE or link.implicit:
                continue
            key = file_key(link.href, post.path)
            permalink = key and self._store.permalink_of(key, post.language)
            if permalink and self.item_at(link.url) is None:
                fragment = f"#{link.url.partition('#')[2]}" if link.fragment else ""
                links[index] = link._replace(url=f"{SITE}{permalink}{fragment}")
        return document._replace(links=tuple(links)) if links else document

    def _find_pictures(self, document: Document, post: Post) -> Document:
        """Let images that the site lacks be those beside the post's file (``step-01.png``)."""
        images = list(document.images)
        for index, image in enumerate(images):
            path = _path_beside(image.src, post.path)
            on_site = image.site_path and self._store.image_blob(image.site_path)
            if path and not on_site and self._store.image_blob(path):
                images[index] = image._replace(site_path=path)
        return document._replace(images=tuple(images)) if images else document


def _path_beside(src: str, path: str) -> str | None:
    """Return the path of the file that a relative address names, seen from the file at ``path``."""
    target = unquote(re.split("[?#]", src, maxsplit=1)[0])
    if not target or target.startswith("/") or re.match(r"[A-Za-z][\w+.-]*:", src):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def file_key(href: str, path: str) -> str | None:
    """Return the key of the post whose file a link names, seen from the file at ``path``.

    The key is a path without language and extension. Paths that begin with ``/blog/`` or
    ``blog/`` are those in the site's ``content``. None for other links, such as addresses and
    ``/2026/01/permalinks/``.
    """
    target = unquote(re.split("[?#]", href, maxsplit=1)[0]).removesuffix("/").removesuffix(".md")
    if not target or urlsplit(href).scheme or href.startswith("//"):
        return None
    folder, root = posixpath.dirname(path), "content/blog/"
    if target.startswith(("/", "blog/")):
        target = target.removeprefix("/")
        if not target.startswith("blog/"):
            return None
        folder = root if path.startswith(root) else ""
        target = target.removeprefix("blog/")
    return posixpath.normpath(posixpath.join(folder, target))
