"""The fetched snapshot: what it contains, how the next one replaces it, the last sync."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING

from xsfreader.errors import BrokenFileError, StoreError
from xsfreader.model import FullPost, Known
from xsfreader.reports import SyncReport, UnreadableFile
from xsfreader.store import snapshot
from xsfreader.store.base import (
    FULL_POST,
    decompress,
    full_post_from_row,
    path_key,
)
from xsfreader.store.files import only_one, sync_lock_file
from xsfreader.store.merging_marks import TimedMarks, merge_into
from xsfreader.store.staging import staged
from xsfreader.store.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xsfreader.store.staging import Staging


_SET_META = "REPLACE INTO meta (key, value) VALUES (?, ?)"


class Archive(State):
    """The part of the store that sync uses."""

    _seen_archive: tuple[str | None, ...] = (None, None, None)
    """Snapshot, version and time of the last sync, when they were last looked at."""
    _seen_archive_version: tuple[int, int] | None = None

    @property
    def snapshot_id(self) -> str | None:
        """Id of the current snapshot, None before the first sync."""
        return self._meta("snapshot")

    def known(self) -> Known:
        """Return the files held; none if other rules made the posts: then all come again.

        A post whose text is damaged is not held, so that it is fetched again.
        """
        if self._meta("version") != self._version:
            return Known()
        rows = self._rows("SELECT path, blob, body FROM post JOIN content ON post = id")
        held = {path: blob for path, blob, body in rows if _is_sound(body)}
        snapshot_id = self._meta("snapshot") if len(held) == len(rows) else None
        return Known(snapshot_id, held | dict(self._rows("SELECT path, blob FROM aside")))

    def find_blob(self, blob: str) -> FullPost | UnreadableFile | None:
        """Return what was made of a blob.

        A source doesn't send known bytes again, so a file that moved is made of what is stored:
        the post, or the reason it is unreadable.
        """
        for row in self._rows(f"SELECT {FULL_POST} WHERE p.blob = ? ORDER BY p.path", blob):
            try:
                full = full_post_from_row(row)
            except BrokenFileError:
                continue
            # Without the fragment that made the permalink unique in the archive.
            permalink = full.post.permalink.partition("#")[0]
            return full._replace(post=full.post._replace(permalink=permalink))
        for row in self._rows("SELECT path, reason FROM aside WHERE blob = ?", blob):
            return UnreadableFile(*row)
        return None

    @contextlib.contextmanager
    def sync_lock(self) -> Iterator[None]:
        """Hold the lock for syncing this archive. Raises SyncRunningError, DiskError.

        If there is still no archive in the end, nothing is left of it.
        """
        file = sync_lock_file(self._archive.path)
        with only_one(file, 0, "another process is syncing right now"):
            try:
                yield
            finally:
                # Only a sync that comes at this very moment would get a lock of its own. It would
                # write the same archive, one after the other.
                if not self._archive.path.exists():
                    with contextlib.suppress(OSError):
                        file.unlink()

    def apply_snapshot(
        self,
        snapshot_id: str,
        files: Mapping[str, str],
        posts: Iterable[FullPost],
        unreadable: Sequence[UnreadableFile],
        images: Mapping[str, str],
    ) -> SyncReport:
        """Replace the current snapshot by the next one, in one transaction.

        Marks are copied to the new permalink if a file's title or date changed, or if a post
        lists the old permalink among its aliases. Raises StoreError; the old snapshot is then
        still complete.

        Args:
            snapshot_id: Id of the new snapshot.
            files: All its files, path to blob id. A post whose file is missing is removed; its
                marks stay.
            posts: Posts made of files that ``known()`` doesn't list with that path and blob;
                taken one by one, before the transaction.
            unreadable: The same for unreadable files, complete once all posts were
                taken. Files that are in neither are unchanged.
            images: All images, path on the site to blob id.
        """
        with staged(posts, files) as staging:
            aside = {one.path: one.reason for one in unreadable}
            plan, stories = self._write_snapshot(snapshot_id, files, staging, aside, images)
        with contextlib.suppress(StoreError):
            self.move_marks()
            self.move_marks_from_aliases()
        self._archive.checkpoint()
        return SyncReport(
            snapshot=snapshot_id,
            total=len(plan.permalinks),
            new=plan.new,
            changed=plan.changed,
            removed=plan.removed,
            translations=max(0, plan.new - stories),
            unreadable=self.unreadable(),
        )

    def _write_snapshot(
        self,
        snapshot_id: str,
        files: Mapping[str, str],
        staging: Staging,
        aside: dict[str, str],
        images: Mapping[str, str],
    ) -> tuple[snapshot.Plan, int]:
        """Write it; return what was planned, and how many stories are new."""
        with self._archive.writing() as db:
            # With less, pages of the index are written again and again.
            db.execute("PRAGMA cache_size = -8000")
            rebuild = self._meta("version") != self._version
            rows = [
                snapshot.Row(*row)
                for row in self._rows("SELECT id, path, blob, permalink FROM post")
            ]
            plan = snapshot.plan(rows, files, staging.incoming, aside, rebuild=rebuild)
            ((newest,),) = self._rows("SELECT coalesce(max(id), 0) FROM story")
            snapshot.write(db, plan, staging.read)
            ((stories,),) = self._rows("SELECT count(*) FROM story WHERE id > ?", newest)
            if not rebuild:
                before = self._rows("SELECT path, blob, reason FROM aside")
                aside = {path: why for path, blob, why in before if files.get(path) == blob} | aside
            db.execute("DELETE FROM aside")
            db.executemany(
                "INSERT INTO aside (path, blob, reason) VALUES (?, ?, ?)",
                [
                    (path, files[path], reason)
                    for path, reason in aside.items()
                    if path in files and path not in plan.permalinks
                ],
            )
            db.execute("DELETE FROM image")
            db.executemany("INSERT INTO image (path, blob) VALUES (?, ?)", images.items())
            db.executemany("INSERT INTO moved (old, new) VALUES (?, ?)", plan.moves)
            meta = (("snapshot", snapshot_id), ("version", self._version), _synced_now())
            db.executemany(_SET_META, meta)
        self._remember_archive()
        return plan, stories

    def move_marks(self) -> None:
        """Copy marks to the new permalinks of posts that moved; idempotent."""
        moves = self._rows("SELECT new, old, id FROM moved ORDER BY id")
        if not moves:
            return
        self._copy_marks(move[:2] for move in moves)
        with self._archive.writing() as db:
            db.executemany("DELETE FROM moved WHERE id = ?", [move[2:] for move in moves])

    def move_marks_from_aliases(self) -> None:
        """Copy marks made under an alias of a post to its permalink; idempotent.

        Such marks come from an export, a backup of the state or another archive.
        """
        moves = []
        for old in sorted(self.timed_marks().keys() - self._stories().keys()):
            found = self._rows(
                "SELECT DISTINCT p.permalink FROM label l JOIN post p ON p.id = l.post"
                " WHERE l.kind IN ('path', 'alias') AND l.key = ?",
                path_key(old),
            )
            if len(found) == 1:
                moves.append((found[0][0], old))
        self._copy_marks(moves)

    def _copy_marks(self, moves: Iterable[tuple[str, str]]) -> None:
        """Merge marks into those of another permalink; each move is the new and the old one."""
        moved: dict[str, TimedMarks] = {}
        for new, old in moves:
            marks = self._timed_marks_of(old)
            if old in moved:
                marks = marks.merged(moved[old])
            merge_into(moved, [marks._replace(permalink=new)])
        self.merge_timed_marks(moved.values())

    def record_check(self) -> None:
        """Record that a sync found nothing new."""
        with self._archive.writing() as db:
            db.execute(_SET_META, _synced_now())
        self._remember_archive()

    def _remember_archive(self) -> None:
        """Remember what the archive contains, for ``refresh`` to report what others change."""
        self._seen_archive = self._meta("snapshot"), self._meta("version"), self._meta("synced")

    def synced(self) -> dt.datetime | None:
        """Return when a sync last succeeded, whether or not it fetched anything."""
        text = self._meta("synced")
        try:
            return dt.datetime.fromisoformat(text) if text else None
        except ValueError:
            return None

    def unreadable(self) -> tuple[UnreadableFile, ...]:
        """Return every unreadable file of the snapshot."""
        rows = self._rows("SELECT path, reason FROM aside ORDER BY path")
        return tuple(UnreadableFile(*row) for row in rows)

    def image_blob(self, site_path: str) -> str | None:
        """Return the blob id of an image by its path on the site (``/images/x.png``)."""
        return self._archive.text("SELECT blob FROM image WHERE path = ?", site_path)

    def images(self) -> dict[str, str]:
        """Return all images of the snapshot, path on the site to blob id."""
        return dict(self._rows("SELECT path, blob FROM image ORDER BY path"))


def _is_sound(body: bytes) -> bool:
    try:
        decompress(body)
    except BrokenFileError:
        return False
    return True


def _synced_now() -> tuple[str, str]:
    return "synced", dt.datetime.now(dt.UTC).isoformat()
