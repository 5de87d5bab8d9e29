"""Fetching from the source: snapshots, images, and the list of XEPs; and jobs that do so."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from xsfreader.errors import DiskError, SyncRunningError, XsfreaderError
from xsfreader.library.base import Base, is_local
from xsfreader.library.job_events import XepsResult
from xsfreader.limits import limited
from xsfreader.log import log

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.images import Images
    from xsfreader.library.job_events import Event
    from xsfreader.library.jobs import Job
    from xsfreader.model import Source
    from xsfreader.reports import FetchReport, Progress, SyncReport

XEPS_SECONDS = 60.0
"""How long fetching the list of XEPs may take."""
PATIENCE_SECONDS = 5.0
"""How long to wait for another process that syncs a local source."""


class Fetching(Base):
    """The part of the library that talks to the source."""

    _failure = ""
    """Why the last sync failed, as logged."""

    def source(self) -> Source:
        """Open the source. Raises SourceError."""
        from xsfreader.source import open_source

        address = self.source_name if self.local else self._address
        return open_source(address, branch=self.config.branch or None)

    @property
    def has_local_xeps(self) -> bool:
        """Whether the source of specifications is on this machine."""
        return is_local(self.config.xeps_source)

    def fingerprint(self) -> str:
        """Return a text that changes when a local source does; no file is read for it."""
        return self.source().fingerprint()

    def sync(self, progress: Callable[[Progress], None]) -> SyncReport:
        """Update the archive to the newest snapshot. Raises SourceError, StoreError."""
        from xsfreader.sync import sync

        try:
            with limited(math.inf if self.local else self.config.sync_timeout):
                report = sync(self._store, self.source(), progress)
        except XsfreaderError as error:
            # A folder that is watched is tried again all the time.
            if str(error) != self._failure:
                self._failure = str(error)
                log().warning("sync from %s: %s", self.source_name, error)
            raise
        self._failure = ""
        for file in report.unreadable:
            log().info("unreadable: %s: %s", file.path, file.reason)
        log().info("synced from %s: %s", self.source_name, report.summary())
        return report

    def job(self, *arguments: str) -> Job:
        """Prepare one of our commands as a child process, for this source."""
        from xsfreader.library.jobs import Job

        if self.local:
            return Job(arguments, source=self.source_name, config=self.config.file)
        arguments = (*arguments, f"--branch={self.branch}")
        return Job(arguments, source=self._address, config=self.config.file)

    @property
    def images(self) -> Images:
        """The images of the posts."""
        if self._images is None:
            from xsfreader.images import Images

            self._images = Images(
                self._store,
                self.paths.images(self._files_name),
                self.source,
                direct=self.is_guide,
                seconds=self.config.sync_timeout,
            )
        return self._images

    def fetch_images(self, progress: Callable[[Progress], None]) -> FetchReport:
        """Fetch every image that posts show. Raises UnreachableError, StoreError."""
        return self.images.fetch_all(self.today, progress)

    def refresh_xeps(self) -> XepsResult | None:
        """Fetch the XSF's list of XEPs if it changed; None if there is none to fetch.

        For a source without HTTPS (a folder, a test's host), only a list that the configuration
        names is fetched.
        """
        wanted = self.config.xep_list
        if not wanted or not self.may_ask("xep_list"):
            return None
        from xsfreader.source.xeplist import fetch

        try:
            held = self._store.xeps_validators()
            with limited(XEPS_SECONDS):
                new = fetch(wanted, *held)
            if new is not None:
                self._store.set_xeps(new.xeps, etag=new.etag, modified=new.modified)
                self.clear_documents()
        except XsfreaderError as error:
            log().warning("the list of XEPs: %s", error)
            return XepsResult(f"the list of XEPs was not updated: {error}")
        return XepsResult()

    def refresh_specifications(self, progress: Callable[[Progress], None]) -> Event | None:
        """Update specifications as the configuration says; None if there is nothing to update.

        Those that are read on demand are updated once they are held.
        """
        wanted = self.config.xeps
        if wanted == "off" or not self.may_ask("xeps_source"):
            return None
        try:
            report = self.specifications.update(progress, everything=wanted == "all")
        except XsfreaderError as error:
            log().warning("specifications: %s", error)
            return XepsResult(f"the specifications were not updated: {error}")
        return report if report.fetched or report.failed or wanted == "all" else None

    def refresh_local(self) -> None:
        """Sync a local source; do nothing for others.

        If another process is doing the first sync, wait for it.
        """
        end = time.monotonic() + PATIENCE_SECONDS
        while self.local:
            try:
                self.sync(lambda _progress: None)
            except SyncRunningError:
                pass
            except DiskError:
                # What was synced before can be read from a disk that can't be written to.
                if self.empty:
                    raise
                return
            else:
                return
            if not self.empty or time.monotonic() > end:
                return
            time.sleep(0.1)
