"""The vocabulary: what the layers hand to one another.

Everything here is frozen, made of plain values, and free of third-party code.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol

SITE = "https://xmpp.org"
"""The address that a post's permalink is appended to."""

SITE_HOSTS = frozenset({"xmpp.org", "www.xmpp.org"})

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

DEFAULT_AUTHOR = "XMPP Communication Team and Contributors"
"""Whom the site names where a post names nobody."""

DEFAULT_LANGUAGE = "en"

INGEST_VERSION = 2
"""Of the rules that make posts of files, raised with every one that changes: an archive made by
older rules is fetched again. It stands here as every start asks for it, and few ingest."""


POST_LIMIT = 1 << 20
"""Bytes that a post's file may have; the largest real one has 29 KB."""


class Post(NamedTuple):
    """One article in one language: everything about it but its text."""

    permalink: str
    """Path on the site, percent-encoded as in its URL: ``/de/2025/10/…/``. The identity."""
    path: str
    """Where the file lies in the source: ``content/blog/newsletter/2025-10-05.de.md``."""
    blob: str
    """Git's id of the file's bytes (SHA-1 in hex)."""
    language: str
    """``en``, ``de``, ``pt-br``…"""
    translation_key: str
    """The same for all translations of a post: the path without language and ending."""
    title: str
    date: dt.datetime
    """Aware, in UTC."""
    authors: tuple[str, ...]
    """Never empty; ``DEFAULT_AUTHOR`` where the file names nobody."""
    categories: tuple[str, ...]
    aliases: tuple[str, ...]
    """Old paths that lead here, with leading and trailing slash."""
    summary: str
    words: int
    xeps: tuple[int, ...]
    """Numbers of the XEPs mentioned, linked or not, in order of first mention."""

    @property
    def url(self) -> str:
        """The post's address on the web."""
        return SITE + self.permalink

    @property
    def day(self) -> dt.date:
        """The day the site gives the post."""
        return self.date.date()


class Item(NamedTuple):
    """What opens in the pane: a post, later a specification as well."""

    id: str
    """A post's permalink; no two items share one."""
    title: str
    url: str
    """Its address on the web."""
    text: str
    """What its author wrote: Markdown for a post."""


class FullPost(NamedTuple):
    """A post with its text."""

    post: Post
    body: str
    """The Markdown below the front matter."""
    text: str
    """The words a reader sees, for the full-text index: no link targets, no markup."""


class SetAside(NamedTuple):
    """A file that could not be read as a post."""

    path: str
    reason: str
    """One line, a clause: ``front matter is not closed``."""


class Known(NamedTuple):
    """What an archive already holds; a source sends only what is not in it."""

    snapshot: str | None = None
    """Id of the snapshot held, None before the first sync."""
    files: Mapping[str, str] = MappingProxyType({})
    """Path to blob id of each file of the snapshot, those set aside included."""


class Snapshot(NamedTuple):
    """One upstream commit, or what a folder held at one moment."""

    id: str
    files: Mapping[str, str]
    """Path to blob id of every Markdown file below the blog's folder: the complete list."""
    blobs: Mapping[str, bytes]
    """Blob id to bytes, of those whose id is among no file of ``Known``."""
    refused: tuple[SetAside, ...] = ()
    """Files not brought (too large, unreadable on disk); their paths stand in ``files``."""
    images: Mapping[str, str] = MappingProxyType({})
    """Site path (``/images/x.png``) to blob id of every file below ``static/images``."""


class Progress(NamedTuple):
    """How far a sync is."""

    stage: str
    """What is being done, for a person: ``fetching posts``."""
    done: int = 0
    total: int | None = None
    """None where it is not known."""
    unit: str = ""
    """``bytes``, ``posts`` or nothing."""


class View(StrEnum):
    """How the list is ordered and folded."""

    DATE = "date"
    CATEGORY = "category"
    AUTHOR = "author"
    XEP = "xep"
    STARRED = "starred"
    UNREAD = "unread"


class Source(Protocol):
    """Where posts come from."""

    @property
    def name(self) -> str:
        """For a person: the URL, the folder, or ``guide``."""

    @property
    def local(self) -> bool:
        """Whether asking costs no network, so that it may be asked at any time."""

    def snapshot(
        self,
        known: Known,
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> Snapshot | None:
        """Bring what changed since ``known``; None where nothing did.

        Raises SourceError. ``stopped`` is polled at least every second and obeyed with
        StoppedError.
        """

    def fingerprint(self) -> str:
        """Something that changes when a local source does, without reading its files.

        Cheap enough to be asked for every second; empty where the source is not local.
        Raises SourceError.
        """

    def blob(self, path: str, blob: str, stopped: Callable[[], bool]) -> bytes:
        """Bring one file of a snapshot: a path of ``files`` or ``images``, and the id given there.

        Raises SourceError.
        """


class SyncReport(NamedTuple):
    """What a sync did."""

    snapshot: str
    total: int
    """Posts in the archive now."""
    new: int = 0
    changed: int = 0
    removed: int = 0
    set_aside: tuple[SetAside, ...] = ()
    """Every file of the snapshot that could not be read, whether or not it was known before."""

    def summary(self) -> str:
        """Return the outcome in one line."""
        words = f"{self.total} post{'' if self.total == 1 else 's'}, {self.new} new"
        words += f", {self.changed} changed"
        words += f", {self.removed} removed"
        return words + (f", {len(self.set_aside)} set aside" if self.set_aside else "")


class Place(NamedTuple):
    """Where in a post a reader is, whatever the width: a block and an offset in its text."""

    block: int
    offset: int = 0


class Marks(NamedTuple):
    """A reader's own of one post."""

    read: bool = False
    starred: bool = False
    place: Place | None = None


class Changes(NamedTuple):
    """What others changed on disk."""

    archive: bool = False
    """Posts came, changed or went: there is another snapshot."""
    state: bool = False
    """Posts were read or starred, or are so no longer."""
    synced: bool = False
    """A sync ended well, whether or not it brought something."""


class Filter(NamedTuple):
    """Which posts a list holds; every field narrows it, None and False do not."""

    language: str | None = None
    category: str | None = None
    author: str | None = None
    """Compared folded: case and accents do not count."""
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
    """A stretch of the post's text around the hits, on one line."""
    marks: tuple[tuple[int, int], ...]
    """Start and end of each hit in ``snippet``, in characters."""


class Entry(NamedTuple):
    """A row of the list: a post and its translations, told by the best language of them."""

    permalink: str
    title: str
    day: dt.date
    language: str
    languages: tuple[str, ...]
    """All the languages it is there in, ``language`` first."""
    read: bool
    starred: bool


class Group(NamedTuple):
    """A heading of the list that opens: a year, a month, a category, an author, a XEP."""

    key: str
    """What to ask the store with; unique in its view."""
    label: str
    depth: int
    total: int
    """Entries below it."""
    unread: int
    """Those of them not read yet."""
    has_groups: bool = False
    """Whether more groups lie below it rather than entries."""


class Xep(NamedTuple):
    """What the XSF's list says of a XEP."""

    number: int
    title: str
    abstract: str
    type: str
    """``Standards Track``, ``Informational``…"""
    status: str
    """As the site shows it: ``Stable`` for Draft."""
    version: str = ""
    """Of its last revision."""
    revised: dt.date | None = None
    """Day of its last revision."""
    superseded_by: tuple[int, ...] = ()
    short_name: str = ""
