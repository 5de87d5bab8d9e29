"""Sync in a child process, and show what changed on disk, whoever changed it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from xsfreader.errors import SyncRunningError, UnknownPostError, XsfreaderError
from xsfreader.library.job_events import Failed, XepsResult
from xsfreader.model import View
from xsfreader.reports import FetchReport, Progress, SyncReport
from xsfreader.ui.history import History
from xsfreader.ui.reader.base import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.worker import Worker

    from xsfreader.library import Library
    from xsfreader.library.job_events import Event
    from xsfreader.library.jobs import Job
    from xsfreader.reports import UnreadableFile
    from xsfreader.ui.reader.base import ReaderBase
    from xsfreader.ui.reader.session import Session
    from xsfreader.ui.reader.travelling import Travelling

IMAGES = "images"
"""The unit of progress of images, which are fetched after the posts."""
SEEN_SECONDS = 4.0
"""How long an unrequested message stays, whatever is typed."""
START_SECONDS = 0.2
"""How long the first sync waits: a process that starts earlier delays the first frame."""
MOST_DRAFTS = 3
"""New posts of a previewed folder whose groups open."""
POLL_SECONDS = 1.0
"""Interval of checking our files for changes by other processes."""


class Sync(Part):
    """Starts and stops the child process that syncs, and shows what changed."""

    @dataclass
    class ArchiveChanged(Message):
        """Posts were added, changed or removed, for a dialog that shows some of them."""

    def __init__(
        self,
        screen: ReaderBase,
        session: Session,
        travelling: Travelling,
        library: Library,
        *,
        offline: bool,
    ) -> None:
        """Sync ``library``, which the screen shows once it has posts."""
        super().__init__(screen)
        self._session = session
        self._travelling = travelling
        self.library = library
        self.offline = offline
        self.running = False
        self._job: Job | None = None
        self._worker: Worker[None] | None = None
        self._requested = False
        """Whether the reader requested this sync."""
        self._switch_pending = False
        """Whether the library has its first posts, while a page of the guide is being read."""
        self._failure = ""
        """What went wrong with the last sync."""
        self._xeps_problem = ""
        """Why the list of XEPs was not updated, as it was last said."""
        self._file_error = ""
        """What was wrong with our files when they were last checked."""
        self._problems: Sequence[UnreadableFile] = ()
        """The unreadable files of the last sync; each is reported once."""
        self._specification: tuple[str | None, str] = None, ""
        """The item shown when our files were last checked, and the version of a specification."""
        self._entries: set[str] = set()
        """What a previewed folder had when it was last looked at."""
        self._message = 0
        """Which message of the status line is about the last sync."""

    def start(self) -> None:
        """Sync now and at intervals; a folder is watched."""
        self.show_synced()
        self._new_drafts()
        self.screen.set_interval(POLL_SECONDS, self.check_files)
        if self.library.is_guide:
            return
        if self.offline and not self.library.local:
            self.show_offline()
            return
        self.screen.set_timer(START_SECONDS, self.run)
        if not self.library.local:
            if self.screen.library is not self.library:
                words = "Fetching the blog; this is the built-in guide"
                self.screen.status.say(words, seconds=math.inf)
            if self.library.config.sync_interval:
                self.screen.set_interval(self.library.config.sync_interval * 60, self.run)

    def run_now(self) -> None:
        """Sync because the reader asks for it."""
        self._travelling.run()
        self.run(requested=True)

    def run(self, *, requested: bool = False) -> None:
        """Start a sync unless one is running; watch a folder from then on."""
        if self.running or self.library.is_guide:
            if requested:
                words = "The guide is built in" if self.library.is_guide else "Already syncing"
                self.screen.status.say(words)
            return
        if self.offline and not self.library.local:
            self.show_offline(requested=requested)
            return
        self.running = True
        self._requested = requested
        if requested:
            self._clear_message()
        watching = self.library.local and self._worker and not self._worker.is_finished
        if watching and self._job is not None:
            self._job.send("sync")
            return
        self._job = self.library.job("sync", *(["--watch"] if self.library.local else []))
        self._worker = self.screen.run_job(self._job, self._receive, group="sync")

    def _receive(self, event: Event) -> None:
        """Show what the child process did."""
        if isinstance(event, Progress):
            self.show_progress(event)
        elif isinstance(event, SyncReport):
            self.take_done(event)
        elif isinstance(event, XepsResult):
            self.take_xeps(event)
        elif isinstance(event, FetchReport):
            self.report_images(event.summary() if event.fetched or event.failed else "")
        elif isinstance(event, Failed):
            if self.running or self.library.local:
                self.report_failure(event.error)
            else:
                self.report_images(f"images: {event.error}", alert=True)

    def show_progress(self, progress: Progress) -> None:
        """Show the progress in the header."""
        quiet = self.library.local and not self._requested
        if quiet or (not self.running and progress.unit != IMAGES):
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
            self.screen.header.sync = (
                f"synced {local:%H:%M}" if today else f"synced {local.day} {local:%b}"
            )

    def take_done(self, report: SyncReport) -> None:
        """Show what is new, without moving what is in view."""
        requested, screen = self._requested, self.screen
        self.running = self._requested = False
        self._failure = ""
        self._clear_message()
        self.check_files()
        self.show_synced()
        words = report.news()
        problems = [file for file in report.unreadable if file not in self._problems]
        self._problems = report.unreadable
        if problems:
            words += f": {problems[0].path}: {problems[0].reason}"
        if self._switch_pending:
            words += "; go to the list to see them"
        if report.new or report.changed or report.removed or problems or requested:
            self._say(words, alert=bool(problems))
        screen.gallery.reload()

    def take_xeps(self, result: XepsResult) -> None:
        """Use the new list of XEPs; say once, and not over other news, that there is none."""
        # The list is part of every post that mentions a XEP.
        self.library.clear_documents()
        if result.problem and result.problem != self._xeps_problem and not self.screen.status.text:
            self._say(result.problem)
            self._xeps_problem = result.problem
        elif not result.problem:
            self._xeps_problem = ""

    def check_files(self) -> None:
        """Show what changed in our files, whoever changed it; report an error once."""
        try:
            self._show_changes()
            self._file_error = ""
        except XsfreaderError as error:
            if str(error) != self._file_error:
                self._file_error = str(error)
                self._say(str(error), alert=True)

    def _show_changes(self) -> None:
        screen = self.screen
        changes = self.library.refresh()
        if screen.library is not self.library:
            if not self.library.empty:
                self._leave_guide()
            if screen.library is not self.library:
                changes = screen.library.refresh()
        if changes.archive:
            self._show_archive()
        elif changes.state:
            screen.posts.reload()
            screen.refresh_counts()
        if changes.synced and not self.running:
            self.show_synced()
        self._renew_specification()

    def _renew_specification(self) -> None:
        """Show a newer version of the specification shown, once a thread has parsed it."""
        screen, (item_id, before) = self.screen, self._specification
        number = screen.specification
        now = screen.library.specifications.version(number) if number is not None else ""
        self._specification = screen.item_id, now
        if item_id is not None and item_id == screen.item_id and now != before and now:
            screen.await_item(item_id)

    def _say(self, words: str, *, alert: bool = False) -> None:
        """Show an unrequested message, which stays for a while."""
        self.screen.status.say(words, alert=alert, seconds=SEEN_SECONDS)
        self._message = self.screen.status.said

    def _clear_message(self) -> None:
        """Clear the message about the last sync, if it is still there."""
        if self._message == self.screen.status.said:
            self.screen.status.say("")

    def _show_archive(self) -> None:
        """Show a changed archive around the post being read; a new draft is not hidden."""
        screen, library = self.screen, self.screen.library
        drafts = self._new_drafts()
        view = screen.posts.view
        screen.posts.reload(frozenset(k for d in drafts for k in library.group_keys(view, d)))
        screen.refresh_counts()
        screen.app.screen.post_message(Sync.ArchiveChanged())
        if screen.item_id is None or screen.specification is not None:
            return
        try:
            moved = library.permalink_at(screen.source_path) or screen.item_id
            slow = library.is_slow_to_open(moved)
            document = None if slow else library.document(moved)
        except UnknownPostError:
            self._notice_loss()
            return
        screen.notice.say("")
        screen.item_id, screen.source_path = moved, library.post(moved).path
        row = screen.posts.row
        if row is None or (row.entry is not None and row.entry.permalink != screen.shown_entry):
            screen.reveal_shown()
        if document is None:
            screen.await_item(moved)
        elif document != screen.article.document:
            screen.update_item(document)

    def _new_drafts(self) -> set[str]:
        """Return the few posts that were not in a previewed folder before; none of many."""
        if not self.library.local:
            return set()
        before = self._entries
        self._entries = {entry.permalink for entry in self.library.entries(View.DATE, None)}
        new = self._entries - before
        return new if len(new) <= MOST_DRAFTS else set()

    def _notice_loss(self) -> None:
        """Say above the post shown why it is in the archive no more."""
        screen = self.screen
        reasons = {file.path: file.reason for file in screen.library.problems()}
        reason = reasons.get(screen.source_path)
        if reason is None:
            screen.notice.say("Last text; this post was removed from the source")
        else:
            screen.notice.say(f"Last good text; the file is unreadable now: {reason}")

    def report_images(self, words: str, *, alert: bool = False) -> None:
        """Say how fetching all images ended, if there is anything to say."""
        self.show_synced()
        if words:
            self.screen.status.say(words, alert=alert, seconds=SEEN_SECONDS)
        self.screen.gallery.reload()

    def _leave_guide(self) -> None:
        """Show the archive instead of the guide, now or once no page of it is being read."""
        self._switch_pending = True
        self.switch_if_free()

    def switch_if_free(self) -> bool:
        """Show the archive instead of the guide if it waits for that, else return False.

        A page being read stays until it is left, a panel or a prompt until it is closed.
        """
        screen = self.screen
        read = screen.has_read and screen.reading
        covered = not screen.is_active
        if not self._switch_pending or read or screen.prompt is not None or covered:
            return False
        self._session.save()
        self._switch_pending = False
        screen.library, screen.item_id = self.library, None
        screen.history = History()
        self._session.open()
        return True

    def report_failure(self, error: XsfreaderError) -> None:
        """Report an error and which key retries; the same error only once unless requested."""
        known = str(error) == self._failure and not self._requested
        self.running = self._requested = False
        self.show_synced()
        if isinstance(error, SyncRunningError):
            self.screen.status.say(str(error))
            return
        self.screen.header.alert = True
        self.screen.header.sync = "sync failed"
        self._failure = str(error)
        if not known:
            self._say(self._with_key(str(error), "retry"), alert=True)

    def show_offline(self, *, requested: bool = False) -> None:
        """Say why nothing is fetched, if that was requested or the archive is empty."""
        self.screen.header.sync = "offline"
        empty = self.screen.library is not self.library
        if requested or empty:
            words = self._instead("--offline fetches nothing; start without it to sync")
            self.screen.status.say(words, alert=empty, seconds=math.inf if empty else 0.0)

    def _instead(self, why: str) -> str:
        """Say what is shown while there is nothing else, and why."""
        empty = self.screen.library is not self.library
        return f"Showing the built-in guide: {why}" if empty else why

    def _with_key(self, why: str, action: str) -> str:
        """Say why there is nothing new, what is shown instead, and which key syncs."""
        why = self._instead(why)
        key = self.screen.key_of("sync")
        # An error may end in a question mark.
        end = "" if why.endswith("?") else ";"
        return f"{why}{end} press {key} to {action}" if key else why
