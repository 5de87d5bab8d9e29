"""The one door to posts for both front ends: list, open, search, mark, resolve, sync.

A ``Library`` belongs to one thread; ``clone`` makes another for a worker. Policy that both
front ends share lives here: which languages count, what today is, how a name becomes a post.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from xsfreader.errors import (
    NoArchiveError,
    StoppedError,
    SyncRunningError,
    UnknownPostError,
    XsfreaderError,
)
from xsfreader.ingest import INGEST_VERSION
from xsfreader.log import log
from xsfreader.model import DEFAULT_LANGUAGE, View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xsfreader.config import Config
    from xsfreader.markup import Document
    from xsfreader.model import (
        Entry,
        Filter,
        Fold,
        FullPost,
        Hit,
        Marks,
        Place,
        Post,
        Progress,
        Source,
        SyncReport,
        Xep,
    )
    from xsfreader.paths import Paths
    from xsfreader.pictures import Pictures, PicturesReport
    from xsfreader.store import Store

GUIDE = "guide"
CACHED_DOCUMENTS = 32
MAX_FILE = 1 << 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A post with what belongs to it in a list."""

    post: Post
    marks: Marks
    translations: dict[str, str]
    """Language to permalink, of the others."""


class Library:
    """One source's archive with the reader's own state."""

    def __init__(self, config: Config, paths: Paths, source: str | None = None) -> None:
        """Open the archive of a source, the configured one unless another is named.

        Raises StoreError.
        """
        from xsfreader.store import Store

        self.config = config
        self.paths = paths
        self._address = source or config.source
        self.source_name = normal_source(self._address)
        """For a person and for files: without a password."""
        self._store: Store = Store.open(
            archive_path(config, paths, source), paths.state, ingest_version=INGEST_VERSION
        )
        self._documents: OrderedDict[tuple[str, str | None], Document] = OrderedDict()
        self._pictures: Pictures | None = None

    def clone(self) -> Library:
        """Open the same library again, for another thread."""
        return Library(self.config, self.paths, self._address)

    def close(self) -> None:
        """Close the files."""
        if self._pictures is not None:
            self._pictures.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # What is here

    @property
    def is_guide(self) -> bool:
        """Whether these are the built-in pages."""
        return self.source_name == GUIDE

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages by preference, never none."""
        return self.config.languages or (DEFAULT_LANGUAGE,)

    @property
    def today(self) -> dt.date:
        """The day; posts dated later are not shown yet, as on the site."""
        return dt.datetime.now(dt.UTC).date()

    @property
    def empty(self) -> bool:
        """Whether nothing was ever fetched."""
        return self._store.snapshot_id is None

    @property
    def synced(self) -> dt.datetime | None:
        """When the last sync ended well."""
        return self._store.synced()

    @property
    def warnings(self) -> Sequence[str]:
        """Lines on what was wrong with the files and how it was mended."""
        return self._store.warnings

    def require_posts(self) -> None:
        """Raise NoArchiveError where nothing was ever fetched."""
        if self.empty:
            raise NoArchiveError(
                f"nothing fetched yet from {self.source_name}: run `xsfreader sync`, "
                "or read the built-in guide with `--source guide`"
            )

    # Lists, for the app

    def count(self) -> int:
        """How many posts are here, in all languages."""
        return self._store.count(self.today)

    def unread_count(self) -> int:
        """How many entries of the list are unread."""
        return self._store.unread_count(self.languages, self.today)

    def folds(self, view: View, parent: str | None = None) -> list[Fold]:
        """Read the headings of a view, or those below one; XEPs by number, with their titles."""
        folds = self._store.folds(view, parent, self.languages, self.today)
        if view is not View.XEP:
            return folds
        titles = self._store.xep_titles(int(fold.key) for fold in folds)
        return [
            replace(fold, label=f"{int(fold.key):04} {titles.get(int(fold.key), '')}".rstrip())
            for fold in folds
        ]

    def entries(self, view: View, key: str | None) -> list[Entry]:
        """Read the entries below a heading, or all of a view without headings."""
        return self._store.entries(view, key, self.languages, self.today)

    def fold_of(self, view: View, permalink: str) -> tuple[str, ...]:
        """Tell the keys of the headings that a post stands under, outermost first."""
        return self._store.fold_of(view, permalink, self.languages, self.today)

    def newest_unread(self) -> Entry | None:
        """Find what to open first: the newest unread entry, else the newest."""
        return self._store.newest_unread(self.languages, self.today) or self._store.newest(
            self.languages, self.today
        )

    def filterable(self, view: View) -> list[tuple[str, Entry]]:
        """List all that a view holds, each with its folded title, authors and categories."""
        return self._store.filterable(view, self.languages, self.today)

    def entry_permalink(self, permalink: str) -> str:
        """Tell which translation of a post stands in the list."""
        entry = self._store.entry(permalink, self.languages, self.today)
        return entry.permalink if entry else permalink

    # Lists, for the command line

    def posts(self, wanted: Filter) -> list[Listed]:
        """List posts newest first, every language of its own. Raises NoArchiveError."""
        self.require_posts()
        listed = self._store.posts(wanted, self.today)
        return [
            Listed(post, marks, self._other_languages(post.permalink)) for post, marks in listed
        ]

    def listed(self, permalink: str) -> Listed:
        """Read a post with what belongs to it in a list."""
        post = self.post(permalink)
        return Listed(post, self.marks(permalink), self._other_languages(permalink))

    def search(self, query: str, limit: int) -> list[Hit]:
        """Search titles, texts, authors and categories, the best first.

        Raises QueryError where a filter can't be understood, NoArchiveError.
        """
        self.require_posts()
        return self._store.search(query, limit, self.languages, self.today)

    def search_as_typed(self, text: str, limit: int) -> list[Hit]:
        """Search while the query is being typed: half a filter is passed over, nothing raises."""
        from xsfreader.store import parse_query

        return self._store.search(parse_query(text), limit, self.languages, self.today)

    def words_of(self, query: str) -> tuple[str, ...]:
        """Tell the words and phrases of a query, without its filters, to mark them in a post."""
        from xsfreader.store import parse_query

        return tuple(" ".join(term.words) for term in parse_query(query).terms)

    # One post

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

    def _other_languages(self, permalink: str) -> dict[str, str]:
        translations = self._store.translations(permalink)
        return {language: other for language, other in translations.items() if other != permalink}

    # The reader's own

    def marks(self, permalink: str) -> Marks:
        """Read what the reader left at a post."""
        return self._store.marks(permalink)

    def session(self) -> str | None:
        """Read what the app left of how it stood with this source."""
        return self._store.setting(f"session:{self.source_name}")

    def keep_session(self, text: str) -> None:
        """Keep how the app stands with this source."""
        self._store.set_setting(f"session:{self.source_name}", text)

    def theme(self) -> str:
        """Tell the theme: the configured one, else the one chosen last; empty for ours."""
        return self.config.theme or self._store.setting("theme") or ""

    def keep_theme(self, name: str) -> None:
        """Keep the theme that was chosen."""
        self._store.set_setting("theme", name)

    def is_read(self, permalink: str) -> bool:
        """Tell whether a post was read, in whatever language."""
        return any(self.marks(other).read for other in self._with_translations(permalink))

    def is_starred(self, permalink: str) -> bool:
        """Tell whether a post is starred, in whatever language."""
        return any(self.marks(other).starred for other in self._with_translations(permalink))

    def _with_translations(self, permalink: str) -> list[str]:
        return sorted({permalink, *self._store.translations(permalink).values()})

    def set_all_read(self, permalinks: Sequence[str], *, read: bool) -> None:
        """Mark posts, and for unread all their translations, at once."""
        if not read:
            permalinks = [o for permalink in permalinks for o in self._with_translations(permalink)]
        self._store.set_read(permalinks, read)

    def set_read(self, permalink: str, *, read: bool) -> None:
        """Mark a post as read, or it and its translations as unread."""
        self.set_all_read([permalink], read=read)

    def set_starred(self, permalink: str, *, starred: bool) -> None:
        """Star a post, or take the stars of it and its translations away."""
        for other in [permalink] if starred else self._with_translations(permalink):
            self._store.set_starred(other, starred)

    def set_place(self, permalink: str, place: Place) -> None:
        """Keep where in a post the reader is."""
        self._store.set_place(permalink, place)

    def export_state(self) -> dict[str, Any]:
        """Give all marks as plain values for JSON."""
        return self._store.export_state()

    def import_state(self, data: object) -> int:
        """Take in exported marks, the newest of each counts; how many changed.

        Raises StoreError where these are no marks.
        """
        return self._store.import_state(data)

    # XEPs

    def posts_with_xep(self, number: int) -> list[Entry]:
        """List the posts that mention a XEP, newest first."""
        return self._store.entries(View.XEP, str(number), self.languages, self.today)

    def mentioned_xeps(self) -> list[tuple[int, int]]:
        """Tell the XEPs that posts mention, by number, and how many entries mention each."""
        folds = self._store.folds(View.XEP, None, self.languages, self.today)
        return sorted((int(fold.key), fold.total) for fold in folds)

    def xep(self, number: int) -> Xep | None:
        """Read what is known of a XEP."""
        return self._store.xep(number)

    def xep_line(self, number: int) -> str:
        """Tell a XEP's number, title and status in a line; empty where nothing is known."""
        xep = self._store.xep(number)
        return f"XEP-{number:04} {xep.title}, {xep.status}" if xep else ""

    def xep_card(self, number: int) -> tuple[str, str]:
        """Tell all that is known of a XEP: a title, and words in some lines."""
        xep = self._store.xep(number)
        if xep is None:
            words = "The XSF's list of XEPs is not here yet, or does not hold this one."
            return f"XEP-{number:04}", words + "\n\nPosts that mention it:"
        words = f"{xep.status} · {xep.type} · version {xep.version} of {xep.revised}\n\n"
        words += xep.abstract + "\n"
        if xep.superseded_by:
            others = ", ".join(f"XEP-{other:04}" for other in xep.superseded_by)
            words += f"\nSuperseded by {others}\n"
        return f"XEP-{number:04} {xep.title}", words + "\nPosts that mention it:"

    # Sync

    def source(self) -> Source:
        """Open the source itself. Raises SourceError."""
        from xsfreader.source import open_source

        address = self._address if "://" in self._address else self.source_name
        return open_source(address, branch=self.config.branch or None)

    @property
    def local(self) -> bool:
        """Whether the source costs no network, so that it may be asked at any time."""
        return "://" not in self.source_name

    def fingerprint(self) -> str:
        """Tell cheaply whether a local source changed: another text, another content."""
        return self.source().fingerprint()

    def sync(self, progress: Callable[[Progress], None], stopped: Callable[[], bool]) -> SyncReport:
        """Bring the archive to the newest snapshot. Raises SourceError, StoreError."""
        from xsfreader.sync import sync

        try:
            report = sync(self._store, self.source(), progress, stopped)
        except XsfreaderError as error:
            log().warning("sync from %s: %s", self.source_name, error)
            raise
        for file in report.set_aside:
            log().info("set aside: %s: %s", file.path, file.reason)
        log().info("synced from %s: %s", self.source_name, report.told())
        return report

    # Images

    @property
    def pictures(self) -> Pictures:
        """The images of the posts."""
        if self._pictures is None:
            from xsfreader.pictures import Pictures

            file = images_path(self.config, self.paths, self.source_name)
            self._pictures = Pictures(self._store, file, self.source, local=self.local)
        return self._pictures

    def picture(self, site_path: str, stopped: Callable[[], bool]) -> bytes:
        """Read an image by its path on the site, fetched where it is not kept yet.

        Raises PictureError, UnreachableError, StoppedError, StoreError.
        """
        return self.pictures.get(site_path, stopped)

    def fetch_pictures(
        self, progress: Callable[[Progress], None], stopped: Callable[[], bool]
    ) -> PicturesReport:
        """Fetch every image that posts show. Raises UnreachableError, StoppedError, StoreError."""
        return self.pictures.fetch_all(self.today, progress, stopped)

    def refresh_xeps(self, stopped: Callable[[], bool]) -> None:
        """Bring the XSF's list of XEPs where it changed; a failure is logged and costs nothing.

        A source that is not the web's (a folder, a host over plain HTTP, as in a test) gets it
        only where the configuration names a list.
        """
        wanted = self.config.xep_list
        named = "xep_list" in self.config.lines
        if not wanted or not (named or self.source_name.startswith("https://")):
            return
        from xsfreader.source.xeplist import fetch

        try:
            held = self._store.xeps_validators()
            new = fetch(wanted, *held, stopped)
            if new is not None:
                self._store.set_xeps(new.xeps, etag=new.etag, modified=new.modified)
                self._documents.clear()
        except StoppedError:
            pass
        except XsfreaderError as error:
            log().warning("the list of XEPs: %s", error)

    def refresh_local(self) -> None:
        """Take in what changed in a source that costs no network; others stay as they are."""
        if self.local:
            with suppress(SyncRunningError):
                self.sync(lambda _progress: None, lambda: False)


def file_document(path: Path) -> tuple[FullPost, Document]:
    """Read a Markdown file as a post, outside any archive.

    Raises UnreadablePostError with one line, the path in it.
    """
    import hashlib

    from xsfreader.errors import UnreadablePostError
    from xsfreader.ingest import ingest
    from xsfreader.markup import article, parse

    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise UnreadablePostError(f"{path}: can't be read ({error.strerror})") from error
    if len(data) > MAX_FILE:
        raise UnreadablePostError(f"{path}: larger than {MAX_FILE >> 20} MB, this is no post")
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    try:
        full = ingest(path.name, blob, data)
    except UnreadablePostError as error:
        raise UnreadablePostError(f"{path}: {error}; is it a post?") from None
    document = article(full.post, parse(full.body, base=full.post.url))
    return full, document


def archive_path(config: Config, paths: Paths, source: str | None = None) -> Path:
    """Tell which file holds what was fetched from a source, the configured one by default."""
    return paths.archive(_name_of_files(config, source))


def images_path(config: Config, paths: Paths, source: str | None = None) -> Path:
    """Tell which file keeps the images of a source, the configured one by default."""
    return paths.images(_name_of_files(config, source))


def _name_of_files(config: Config, source: str | None) -> str:
    name = normal_source(source or config.source)
    return name + (f"#{config.branch}" if config.branch and "://" in name else "")


def normal_source(source: str) -> str:
    """Write a source in the one way that names its archive.

    URLs go without a name and password in them and without a slash at their end, folders are
    absolute.
    """
    if source == GUIDE:
        return source
    if "://" in source:
        return re.sub(r"(?<=://)[^/@]*@", "", source).rstrip("/")
    return str(Path(source).expanduser().resolve())
