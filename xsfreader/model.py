"""The types that the layers pass to each other: immutable, made of plain values."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol

from xsfreader.reports import Progress, UnreadableFile

SITE = "https://xmpp.org"
"""The address that a post's permalink is appended to."""

SITE_HOSTS = frozenset({"xmpp.org", "www.xmpp.org"})

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

DEFAULT_AUTHOR = "XMPP Communication Team and Contributors"
"""The author that the site names for a post without one."""

DEFAULT_LANGUAGE = "en"

INGEST_VERSION = 3
"""Version of the rules that turn files into posts. Increase it when one changes: archives made by
older rules are then fetched again. It is here because every start reads it, and few ingest."""


POST_LIMIT = 1 << 20
"""Bytes that a post's file may have; the largest real one has 29 KB."""


SPECIFICATION_FILE = r"xep(?:-\d{4}\.xml|\.ent)"
"""Matches the files of the XSF's repository that make up the specifications."""

ENTITIES_FILE = "xep.ent"
"""What all specifications abbreviate."""


def specification_file(number: int) -> str:
    """Return the name of a specification's file."""
    return f"xep-{number:04}.xml"


def specification_id(number: int) -> str:
    """Return the id of a specification as an item."""
    return f"xep/{number}"


def specification_number(item_id: str) -> int | None:
    """Return the number of a specification by its id as an item; None for a post's."""
    found = re.fullmatch(r"xep/(\d{1,6})", item_id, re.ASCII)
    return int(found[1]) if found else None


def specification_url(number: int) -> str:
    """Return the address of a specification on the web."""
    return f"{SITE}/extensions/xep-{number:04}.html"


def pull_request(branch: str) -> str:
    """Return the number of the pull request that a branch setting names, ``pull/12``, or ""."""
    found = re.fullmatch(r"pull/([1-9]\d{0,8})", branch, re.ASCII)
    return found[1] if found else ""


class Post(NamedTuple):
    """One article in one language, without its text."""

    permalink: str
    """Path on the site, percent-encoded as in its URL: ``/de/2025/10/…/``. Identifies the post."""
    path: str
    """Path of the file in the source: ``content/blog/newsletter/2025-10-05.de.md``."""
    blob: str
    """Git's id of the file's bytes (SHA-1 in hex)."""
    language: str
    """``en``, ``de``, ``pt-br``…"""
    translation_key: str
    """Shared by all translations of a post; see `translation_key`."""
    title: str
    date: dt.datetime
    """As the author's clock showed it, which decides the day; marked as UTC."""
    authors: tuple[str, ...]
    """Never empty; ``DEFAULT_AUTHOR`` if the file names no author."""
    categories: tuple[str, ...]
    aliases: tuple[str, ...]
    """Old paths that redirect here, with leading and trailing slash."""
    summary: str
    words: int
    xeps: tuple[int, ...]
    """Numbers of the XEPs mentioned, linked or not, in order of first mention."""
    draft: bool = False
    publish: dt.datetime | None = None
    """When the site begins to show it, like ``date``; None if that is ``date``."""
    expires: dt.datetime | None = None
    """When the site stops to show it, like ``date``; None for never."""

    @property
    def url(self) -> str:
        """The post's address on the web."""
        return SITE + self.permalink

    @property
    def day(self) -> dt.date:
        """The date that the site shows for the post."""
        return self.date.date()

    def label(self, today: dt.date) -> str:
        """Return why the site doesn't show it on a day, as ``label_on`` does."""
        begins = self.publish or self.date
        return label_on(today, draft=self.draft, begins=begins, expires=self.expires)


def translation_key(path: str, language: str) -> str:
    """Return what the site knows translations by: their path without language and extension."""
    stem = path.removesuffix(".md")
    return stem[: -len(language) - 1] if stem.lower().endswith(f".{language}") else stem


def label_on(
    today: dt.date, *, draft: bool, begins: dt.datetime | None, expires: dt.datetime | None
) -> str:
    """Return why the site doesn't show a post on a day: ``draft``, ``expired``, ``scheduled``.

    Empty for a published post, which the site shows from ``begins`` to ``expires``.
    """
    if draft:
        return "draft"
    if expires is not None and expires.date() <= today:
        return "expired"
    return "scheduled" if begins is not None and begins.date() > today else ""


class Item(NamedTuple):
    """What opens in the pane: a post or a specification."""

    id: str
    """A post's permalink, or ``xep/198``; no two items share one."""
    title: str
    url: str
    """Its address on the web."""
    text: str
    """What its author wrote: Markdown for a post, XML for a specification."""


class FullPost(NamedTuple):
    """A post with its text."""

    post: Post
    body: str
    """The Markdown below the front matter."""
    text: str
    """The visible words, for the full-text index: no link targets, no markup."""


class Known(NamedTuple):
    """What an archive already holds, so that a source sends only the rest."""

    snapshot: str | None = None
    """Id of the snapshot held, None before the first sync."""
    files: Mapping[str, str] = MappingProxyType({})
    """Path to blob id of each file of the snapshot, unreadable ones included."""


class Snapshot(NamedTuple):
    """One upstream commit, or what a folder held at one moment."""

    id: str
    files: Mapping[str, str]
    """Path to blob id of every file that is read: the complete list."""
    blobs: Mapping[str, bytes]
    """Blob id to bytes, for wanted blobs that ``Known`` does not list."""
    refused: tuple[UnreadableFile, ...] = ()
    """Files left out (too large, unreadable on disk); their paths are in ``files``."""
    images: Mapping[str, str] = MappingProxyType({})
    """Path to blob id of every image.

    It is a site path (``/images/x.png``) for files below ``static/images``. From a folder the
    pictures beside posts come too, with their paths in it (``content/blog/x.png``).
    """


class View(StrEnum):
    """How the list is ordered and grouped."""

    DATE = "date"
    CATEGORY = "category"
    AUTHOR = "author"
    XEP = "xep"
    STARRED = "starred"
    UNREAD = "unread"


class Source(Protocol):
    """Where posts and specifications come from."""

    @property
    def name(self) -> str:
        """The URL, the folder, or ``guide``, as shown to the reader."""

    @property
    def local(self) -> bool:
        """Whether the source needs no network, so that it may be read at any time."""

    def snapshot(
        self,
        known: Known,
        progress: Callable[[Progress], None],
        wanted: Collection[str] | None = None,
    ) -> Snapshot | None:
        """Fetch what changed since ``known``; None if nothing did.

        Of a source that is not local, only the bytes of the paths ``wanted`` are fetched; None
        means all. Raises SourceError.
        """

    def fingerprint(self) -> str:
        """Return a text that changes when the source does, without reading its files.

        Cheap enough for once a second if the source is local; else it takes a request.
        Raises SourceError.
        """

    def blob(self, path: str, blob: str) -> bytes:
        """Fetch one file of a snapshot: a path of ``files`` or ``images``, with its blob id.

        Raises SourceError.
        """


class Place(NamedTuple):
    """A reading position, independent of the width: a block and an offset in its text."""

    block: int
    offset: int = 0


class Marks(NamedTuple):
    """The reader's state of one post."""

    read: bool = False
    starred: bool = False
    place: Place | None = None


class Changes(NamedTuple):
    """What other connections changed on disk."""

    archive: bool = False
    """Posts were added, changed or removed: there is another snapshot."""
    state: bool = False
    """Read marks or stars were set or cleared."""
    synced: bool = False
    """A sync succeeded, whether or not it fetched anything."""


class Filter(NamedTuple):
    """The posts to list; each field narrows the list unless None or False."""

    language: str | None = None
    category: str | None = None
    """A part of its name, without case and accents."""
    author: str | None = None
    """A part of the name, as for ``category``."""
    xep: int | None = None
    since: dt.date | None = None
    """First day, inclusive."""
    until: dt.date | None = None
    """Last day, inclusive."""
    unread: bool = False
    starred: bool = False


class Hit(NamedTuple):
    """A post that a search found."""

    post: Post
    snippet: str
    """The post's text around the matches, on one line."""
    marks: tuple[tuple[int, int], ...]
    """Start and end of each match in ``snippet``, in characters."""

    @property
    def target(self) -> str:
        """What opens: the post's permalink."""
        return self.post.permalink


class Section(NamedTuple):
    """A section of a specification, for the full-text index."""

    anchor: str
    """As on the site; empty for the beginning, whose title is the specification's."""
    title: str
    text: str
    """Its visible words, without those of the sections in it."""


class SectionHit(NamedTuple):
    """A section of a specification that a search found."""

    number: int
    title: str
    """Of the specification: ``XEP-0198: Stream Management``."""
    anchor: str
    """Empty for the beginning."""
    section: str
    """The section's title."""
    snippet: str
    marks: tuple[tuple[int, int], ...]
    """Both as of ``Hit``."""

    @property
    def target(self) -> str:
        """What opens: the specification's id, and the section as a fragment."""
        return specification_id(self.number) + (f"#{self.anchor}" if self.anchor else "")

    @property
    def url(self) -> str:
        """The section's address on the web."""
        return specification_url(self.number) + (f"#{self.anchor}" if self.anchor else "")


def split_target(target: str) -> tuple[str, str]:
    """Return the item that a hit opens, and the section of a specification, else nothing."""
    item_id, _, section = target.partition("#")
    return (target, "") if specification_number(item_id) is None else (item_id, section)


class Entry(NamedTuple):
    """A row of the list: a post with its translations, shown in the language read best."""

    permalink: str
    title: str
    day: dt.date
    language: str
    languages: tuple[str, ...]
    """All languages it exists in, ``language`` first."""
    read: bool
    starred: bool
    label: str = ""
    """As of ``Post.label``."""
    changed: bool = False
    """Whether its text has changed upstream since it was read."""


class Group(NamedTuple):
    """A heading of the list that opens: a year, a month, a category, an author, a XEP."""

    key: str
    """Identifies the group in its view."""
    label: str
    depth: int
    total: int
    """Number of entries in it."""
    unread: int
    """Number of unread entries in it."""
    has_groups: bool = False
    """Whether it contains groups rather than entries."""


class Xep(NamedTuple):
    """A XEP as the XSF lists it."""

    number: int
    title: str
    abstract: str
    type: str
    """``Standards Track``, ``Informational``…"""
    status: str
    """As shown on the site: ``Stable`` for Draft."""
    version: str = ""
    """Version of its last revision."""
    revised: dt.date | None = None
    """Date of its last revision."""
    superseded_by: tuple[int, ...] = ()
    short_name: str = ""
