"""An open archive with the reader's state."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from xsfreader.errors import NoArchiveError, without_password
from xsfreader.library.documents import DocumentCache
from xsfreader.model import DEFAULT_LANGUAGE, INGEST_VERSION, pull_request
from xsfreader.paths import with_home
from xsfreader.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xsfreader.config import Config
    from xsfreader.images import Images
    from xsfreader.model import Changes
    from xsfreader.paths import Paths
    from xsfreader.specifications import Specifications

GUIDE = "guide"
AFTER_THE_GUIDE = dt.date(9000, 1, 1)


def current_day() -> dt.date:
    """Return the date in UTC; posts to be published later are not shown yet, as on the site."""
    return dt.datetime.now(dt.UTC).date()


class Base:
    """One source's archive and the reader's state, for one thread."""

    def __init__(self, config: Config, paths: Paths, source: str | None = None) -> None:
        """Open the archive of a source, by default the configured one.

        Raises SourceError where the name can be none, StoreError.
        """
        from xsfreader.source import open_source

        self.config = config
        self.paths = paths
        self._address = source or config.source
        self.source_name = normal_source(self._address)
        """As shown to the reader and used in file names: without a password."""
        self._files_name = _name_of_files(config, source)
        archive = paths.archive(self._files_name)
        if not archive.exists():
            # A name that can't be right is reported before anything else.
            open_source(self._address)
        self._store: Store = Store.open(archive, paths.state, ingest_version=INGEST_VERSION)
        # A pull request is read before it is merged, a folder before it is committed.
        self._store.previews = self.local or bool(pull_request(self.branch))
        self._documents = DocumentCache()
        self._images: Images | None = None
        self._specifications: Specifications | None = None

    def clone(self) -> Self:
        """Open the same library for another thread."""
        return type(self)(self.config, self.paths, self._address)

    def close(self) -> None:
        """Close the files."""
        if self._images is not None:
            self._images.close()
        if self._specifications is not None:
            self._specifications.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @property
    def is_guide(self) -> bool:
        """Whether this is the built-in guide."""
        return self.source_name == GUIDE

    @property
    def local(self) -> bool:
        """Whether the source is on this machine: no network needed."""
        return is_local(self.source_name)

    @property
    def branch(self) -> str:
        """The branch that is read, or ``pull/12``; empty for the default branch and for folders."""
        return "" if self.local else self.config.branch

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages in order of preference, at least one."""
        return self.config.languages or (DEFAULT_LANGUAGE,)

    @property
    def today(self) -> dt.date:
        """As of ``current_day``; for the guide a day after all its posts, whatever that is."""
        return AFTER_THE_GUIDE if self.is_guide else current_day()

    @property
    def empty(self) -> bool:
        """Whether nothing was ever fetched."""
        return self._store.snapshot_id is None

    @property
    def synced(self) -> dt.datetime | None:
        """When the last sync succeeded."""
        return self._store.synced()

    @property
    def warnings(self) -> Sequence[str]:
        """What was wrong with the files and how it was repaired, one line each."""
        return self._store.warnings

    @property
    def specifications(self) -> Specifications:
        """The specifications, which belong to a source of their own."""
        if self._specifications is None:
            from xsfreader.source import SPECIFICATIONS, open_source
            from xsfreader.specifications import Specifications

            address = self.config.xeps_source
            self._specifications = Specifications(
                self.paths.specifications(normal_source(address)),
                lambda: open_source(address, selection=SPECIFICATIONS),
                seconds=self.config.sync_timeout,
            )
        return self._specifications

    def may_ask(self, setting: str) -> bool:
        """Return whether an upstream is asked although nobody asks for it by name."""
        return setting in self.config.lines or self.source_name.startswith("https://")

    @property
    def reads_specifications(self) -> bool:
        """Whether specifications are opened here, not in the browser."""
        return self.config.xeps != "off"

    def refresh(self) -> Changes:
        """Return what other processes or libraries changed on disk since the last call.

        Cheap enough for once a second. Raises StoreError once if a new file can't be used.
        """
        changes = self._store.refresh()
        if changes.archive:
            self.clear_documents()
        return changes

    def clear_documents(self) -> None:
        """Forget parsed documents, as what they show besides their text has changed."""
        self._documents.clear()

    def require_posts(self) -> None:
        """Raise NoArchiveError if nothing was ever fetched."""
        if self.empty:
            raise NoArchiveError(
                f"nothing fetched yet from {self.source_name}: run `xsfreader sync`, "
                "or read the built-in guide with `--source guide`"
            )

    def _other_languages(self, permalink: str) -> dict[str, str]:
        translations = self._store.translations(permalink)
        return {language: other for language, other in translations.items() if other != permalink}

    def _with_translations(self, permalink: str) -> list[str]:
        return sorted({permalink, *self._store.translations(permalink).values()})


def archive_path(config: Config, paths: Paths, source: str | None = None) -> Path:
    """Return the path of a source's archive, by default of the configured source."""
    return paths.archive(_name_of_files(config, source))


def _name_of_files(config: Config, source: str | None) -> str:
    name = normal_source(source or config.source)
    return name + (f"#{config.branch}" if config.branch and not is_local(name) else "")


def is_local(source: str) -> bool:
    """Return whether a source is a folder or the guide, not an address."""
    return "://" not in source


def normal_source(source: str) -> str:
    """Normalize a source, so that each archive has one name.

    URLs go without a name and password in them and without a slash at their end, folders are
    absolute.
    """
    if source == GUIDE:
        return source
    if not is_local(source):
        return without_password(source).rstrip("/")
    return str(with_home(source).resolve())
