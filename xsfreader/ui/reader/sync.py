"""Sync in a thread, and show what it brought."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.worker import get_current_worker

from xsfreader.errors import (
    StoppedError,
    SyncRunningError,
    UnknownPostError,
    XsfreaderError,
)
from xsfreader.ui.reader.base import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.library import Library
    from xsfreader.model import Progress, SyncReport
    from xsfreader.ui.reader.base import ReaderBase

IMAGES = "images"
"""The unit of progress of images, which are fetched after the posts."""
SEEN_SECONDS = 4.0
"""How long a message that nobody asked for stays, whatever is typed."""
POLL_SECONDS = 1.0
"""Interval of checking a folder on disk for changes."""


class Sync(Part):
    """Runs one sync at a time in a thread, and shows what it brought."""

    @dataclass
    class Progressed(Message):
        """How far the sync is."""

        progress: Progress

        def can_replace(self, message: Message) -> bool:
            """Let the last of several stand for all."""
            return isinstance(message, Sync.Progressed)

    @dataclass
    class Done(Message):
        """A sync succeeded."""

        report: SyncReport
        quiet: bool
        """Whether nobody asked for it, so that "nothing new" is not worth a line."""

    @dataclass
    class Failed(Message):
        """A sync failed."""

        error: XsfreaderError

    @dataclass
    class ImagesFetched(Message):
        """Fetching all images ended."""

        words: str
        alert: bool = False

    @dataclass
    class ArchiveChanged(Message):
        """Posts were added, changed or removed, for a dialog that shows some of them."""

    def __init__(self, screen: ReaderBase, library: Library, *, offline: bool) -> None:
        """Sync ``library``, which the screen shows once it has posts."""
        super().__init__(screen)
        self.library = library
        self.offline = offline
        self.running = False
        self._waiting = False
        """Whether the library has its first posts, while a page of the guide is being read."""
        self._fingerprint = ""
        self._failure = ""
        """What went wrong with the last sync."""
        self._message = 0
        """Which message of the status line is about the last sync."""

    def start(self) -> None:
        """Sync now and at intervals: a folder when it changes, the network rarely."""
        self.show_synced()
        if self.library.is_guide:
            return
        if self.library.local:
            self.run()
            self.screen.set_interval(POLL_SECONDS, self.run)
        elif not self.offline:
            if self.screen.library is not self.library:
                words = "These are the built-in pages while the blog is being fetched …"
                self.screen.status.say(words, seconds=math.inf)
            self.run()
            if self.library.config.sync_interval:
                self.screen.set_interval(self.library.config.sync_interval * 60, self.run)
        else:
            self.show_offline()

    def run_now(self) -> None:
        """Sync because the reader asks for it."""
        self.run(asked=True)

    def run(self, *, asked: bool = False) -> None:
        """Start a sync unless one is running."""
        if self.running or self.library.is_guide:
            if asked:
                words = "The guide is built in" if self.library.is_guide else "Already syncing"
                self.screen.status.say(words)
            return
        self.running = True
        if asked:
            self._clear_message()
        self.screen.run_worker(
            lambda: self._work(asked=asked), thread=True, group="sync", description="sync"
        )

    def _work(self, *, asked: bool) -> None:
        worker = get_current_worker()

        def progress(progress: Progress) -> None:
            if asked or not self.library.local:
                self.screen.post_message(Sync.Progressed(progress))

        try:
            if self.library.local and not asked:
                fingerprint = self.library.fingerprint()
                if fingerprint == self._fingerprint:
                    self.running = False
                    return
                self._fingerprint = fingerprint
            with self.library.clone() as library:
                report = library.sync(progress, lambda: worker.is_cancelled)
                if not library.local:
                    library.refresh_xeps(lambda: worker.is_cancelled)
        except StoppedError:
            self.running = False
        except XsfreaderError as error:
            self._fingerprint = ""
            if str(error) == self._failure and not asked:
                # A missing folder is checked every second, and reported once.
                self.running = False
            else:
                self.screen.post_message(Sync.Failed(error))
        else:
            self.screen.post_message(Sync.Done(report, quiet=not asked))
            if self.library.config.images == "all" and not self.library.local:
                self._fetch_pictures(progress)

    def _fetch_pictures(self, progress: Callable[[Progress], None]) -> None:
        """Fetch all images once the posts are there."""
        worker = get_current_worker()
        try:
            with self.library.clone() as library:
                report = library.fetch_images(progress, lambda: worker.is_cancelled)
        except StoppedError:
            return
        except XsfreaderError as error:
            self.screen.post_message(Sync.ImagesFetched(f"images: {error}", alert=True))
        else:
            words = report.summary() if report.fetched or report.failed else ""
            self.screen.post_message(Sync.ImagesFetched(words))

    # On the screen's thread

    def show_progress(self, progress: Progress) -> None:
        """Show the progress in the header."""
        if not self.running and progress.unit != IMAGES:
            return
        words = progress.stage
        if progress.total:
            words += f" {100 * progress.done // progress.total} %"
        elif progress.unit == "bytes" and progress.done:
            words += f" {progress.done / 1e6:.1f} MB"
        elif progress.done:
            words += f" {progress.done}"
        self.screen.header.alert = False
        self.screen.header.sync = words + " …"

    def show_synced(self) -> None:
        """Show the time of the last successful sync."""
        synced = self.library.synced
        self.screen.header.alert = False
        if self.library.is_guide:
            self.screen.header.sync = "built in"
        elif synced is None:
            self.screen.header.sync = "not synced yet"
        else:
            local = synced.astimezone()
            today = local.date() == local.now(local.tzinfo).date()
            self.screen.header.sync = f"synced {local:%H:%M}" if today else f"synced {local:%-d %b}"

    def take_done(self, message: Done) -> None:
        """Show what is new, without moving what is in view."""
        self.running = False
        report, screen = message.report, self.screen
        self._failure = ""
        self._clear_message()
        self.show_synced()
        self.library.clear_documents()
        first = screen.library is not self.library and not self.library.empty
        if first:
            self._leave_guide()
        words = report.summary()
        if report.set_aside:
            words += f": {report.set_aside[0].path}: {report.set_aside[0].reason}"
        if not first and (report.new or report.changed or report.removed):
            words += self._show_news()
            screen.app.screen.post_message(Sync.ArchiveChanged())
        if self._waiting:
            words += "; go to the list to see them"
        if report.new or report.changed or report.removed or report.set_aside or not message.quiet:
            screen.status.say(words, alert=bool(report.set_aside), seconds=SEEN_SECONDS)
            self._message = screen.status.said
        screen.gallery.reload()

    def _clear_message(self) -> None:
        """Clear the message about the last sync, if it is still there."""
        if self._message == self.screen.status.said:
            self.screen.status.say("")

    def _show_news(self) -> str:
        """Show what is new around the post being read; return a note if that was removed."""
        screen, library = self.screen, self.library
        screen.posts.reload()
        screen.refresh_counts()
        if screen.item_id is None:
            return ""
        try:
            moved = library.permalink_at(screen.source_path) or screen.item_id
            document = library.document(moved)
        except UnknownPostError:
            return "; this post was removed from the source"
        except XsfreaderError:
            return ""
        screen.item_id, screen.source_path = moved, library.post(moved).path
        row = screen.posts.row
        if row is None or (row.entry is not None and row.entry.permalink != screen.shown_entry):
            screen.reveal_shown()
        if document != screen.article.document:
            screen.article.update(document)
        return ""

    def report_images(self, message: ImagesFetched) -> None:
        """Say how fetching all images ended, if there is anything to say."""
        self.show_synced()
        if message.words:
            self.screen.status.say(message.words, alert=message.alert, seconds=SEEN_SECONDS)
        self.screen.gallery.reload()

    def _leave_guide(self) -> None:
        """Show the archive instead of the guide, now or once no page of it is being read."""
        self._waiting = True
        self.switch_if_free()

    def switch_if_free(self) -> bool:
        """Show the archive instead of the guide if it waits for that, else return False.

        A page being read stays until it is left, a panel or a prompt until it is closed.
        """
        screen = self.screen
        read = screen.has_read and screen.reading
        covered = not screen.is_active
        if not self._waiting or read or screen.prompt is not None or covered:
            return False
        screen.save_place()
        self._waiting = False
        screen.open_library(self.library)
        return True

    def report_failure(self, error: XsfreaderError) -> None:
        """Report an error, and which key retries."""
        self.running = False
        self.show_synced()
        if isinstance(error, SyncRunningError):
            self.screen.status.say(str(error))
            return
        self.screen.header.alert = True
        self.screen.header.sync = "sync failed"
        self._failure = str(error)
        # An error may end in a question mark.
        end = "" if str(error).endswith("?") else ";"
        why = f"{error}{end} press r to retry"
        if self.screen.library is not self.library:
            why = f"These are the built-in pages: {why}"
        self.screen.status.say(why, alert=True, seconds=SEEN_SECONDS)
        self._message = self.screen.status.said

    def show_offline(self) -> None:
        """Say why nothing is fetched if the archive is empty."""
        self.screen.header.sync = "offline"
        if self.screen.library is not self.library:
            self.screen.status.say(
                "These are the built-in pages: nothing is fetched with --offline; "
                "press r to fetch anyway",
                alert=True,
                seconds=math.inf,
            )
