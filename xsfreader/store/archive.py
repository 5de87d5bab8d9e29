"""What was fetched: what is known of it, how a snapshot lands, when it was last checked."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from typing import TYPE_CHECKING

from xsfreader.errors import StoreError, SyncRunningError
from xsfreader.model import FullPost, Known, SetAside, SyncReport
from xsfreader.store.base import POST, POST_COLUMNS, Base, as_post, path_key, storable, unpack
from xsfreader.store.sqlite_errors import translate, translate_sqlite_errors
from xsfreader.store.state import MERGE_MOVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xsfreader.model import Post


class Archive(Base):
    """The part of the store that sync works with."""

    @property
    @translate_sqlite_errors
    def snapshot_id(self) -> str | None:
        """Id of the snapshot held, None before the first sync."""
        return self._meta("snapshot")

    @translate_sqlite_errors
    def known(self) -> Known:
        """What is here; nothing, where it was made by other rules and must come anew."""
        if self._meta("version") != self._version:
            return Known()
        rows = self._db.execute(
            "SELECT path, blob FROM post UNION ALL SELECT path, blob FROM aside"
        )
        return Known(self._meta("snapshot"), dict(rows))

    @translate_sqlite_errors
    def stored(self, blob: str) -> FullPost | SetAside | None:
        """Find what was made of a file's bytes, by their id.

        A source does not send bytes again that are known, so a file at a new path is made of
        what is here of its bytes: ``at_path`` of the post, or the reason it was set aside for.
        """
        row = self._db.execute(
            f"SELECT {POST}, c.body, c.text FROM post p JOIN story s ON s.id = p.story"
            " JOIN content c ON c.post = p.id WHERE p.blob = ? ORDER BY p.path",
            (blob,),
        ).fetchone()
        if row is not None:
            body, text = row[POST_COLUMNS:]
            return FullPost(_on_site(as_post(row)), unpack(body), text)
        row = self._db.execute("SELECT path, reason FROM aside WHERE blob = ?", (blob,)).fetchone()
        return SetAside(*row) if row else None

    @contextlib.contextmanager
    def sync_lock(self) -> Iterator[None]:
        """Be the one process that syncs this archive.

        The lock is SQLite's on a file of its own, so that it ends with the process, however
        that ends. Raises SyncRunningError, DiskError.
        """
        file = self._archive.with_name(self._archive.name + ".lock")
        try:
            db = sqlite3.connect(file, timeout=0, isolation_level=None)
        except sqlite3.Error as error:
            raise translate(error, file) from error
        with contextlib.closing(db):
            try:
                db.execute("BEGIN EXCLUSIVE")
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                    raise SyncRunningError("another process is syncing right now") from None
                raise translate(error, file) from error
            yield

    @translate_sqlite_errors
    def apply_snapshot(
        self,
        snapshot_id: str,
        files: Mapping[str, str],
        posts: Sequence[FullPost],
        set_aside: Sequence[SetAside],
        images: Mapping[str, str],
    ) -> SyncReport:
        """Go from the snapshot held to the next one, wholly or not at all.

        ``files`` is the complete list, path to blob id. ``posts`` and ``set_aside`` are what
        was made of the files that ``known()`` lacks at their path, whether their bytes are new
        or, by ``stored``, only their path. A file in ``files`` that neither names stays as it
        is; a post whose file is not in ``files`` leaves, and its marks stay.

        Marks move along where a file's title or date changed, or where a post names an old
        permalink among its aliases. Raises StoreError; the old snapshot is whole then.
        """
        from xsfreader.store import snapshot

        named = {one.path: one for one in set_aside}
        with self._writing():
            anew = self._meta("version") != self._version
            rows = [
                snapshot.Row(*row)
                for row in self._db.execute("SELECT id, path, blob, permalink, at FROM post")
            ]
            plan = snapshot.plan(rows, files, posts, frozenset(named), anew=anew)
            snapshot.Writer(self._db).carry_out(plan)
            self._land_aside(files, named, plan.permalinks, anew=anew)
            self._land_images(images)
            self._db.executemany("INSERT INTO moved (old, new) VALUES (?, ?)", plan.moves)
            self._set_meta("snapshot", snapshot_id)
            self._set_meta("version", self._version)
            self._set_meta("synced", _now().isoformat())
            everything = self._db.execute("SELECT path, reason FROM aside ORDER BY path")
            aside = tuple(SetAside(*row) for row in everything)
        with contextlib.suppress(StoreError):
            self.move_marks()
            self.move_marks_from_aliases()
        with contextlib.suppress(sqlite3.Error):
            self._db.execute("PRAGMA main.wal_checkpoint(TRUNCATE)")
        return SyncReport(
            snapshot=snapshot_id,
            total=len(plan.permalinks),
            new=plan.new,
            changed=plan.changed,
            removed=plan.removed,
            set_aside=aside,
        )

    def _land_aside(
        self,
        files: Mapping[str, str],
        named: Mapping[str, SetAside],
        permalinks: Mapping[str, str],
        *,
        anew: bool,
    ) -> None:
        before = self._db.execute("SELECT path, blob, reason FROM aside").fetchall()
        kept = [
            row
            for row in before
            if not anew
            and files.get(row[0]) == row[1]
            and row[0] not in named
            and row[0] not in permalinks
        ]
        fresh = [(path, files[path], one.reason) for path, one in named.items() if path in files]
        self._db.execute("DELETE FROM aside")
        self._db.executemany(
            "INSERT INTO aside (path, blob, reason) VALUES (?, ?, ?)", kept + fresh
        )

    def _land_images(self, images: Mapping[str, str]) -> None:
        if dict(self._db.execute("SELECT path, blob FROM image")) == images:
            return
        self._db.execute("DELETE FROM image")
        self._db.executemany("INSERT INTO image (path, blob) VALUES (?, ?)", sorted(images.items()))

    @translate_sqlite_errors
    def move_marks(self) -> None:
        """Let marks follow their posts to new permalinks; done again, it changes nothing."""
        moves = self._db.execute("SELECT id, old, new FROM moved ORDER BY id").fetchall()
        if not moves:
            return
        with self._writing_marks():
            self._db.executemany(MERGE_MOVED, [(new, old) for _, old, new in moves])
        with self._writing():
            self._db.executemany("DELETE FROM moved WHERE id = ?", [(move[0],) for move in moves])

    @translate_sqlite_errors
    def move_marks_from_aliases(self) -> None:
        """Copy marks made under a post's old address to the permalink that it has now.

        Such marks come from an export, a copy of the state, or another archive's moves. Done
        again it changes nothing: of two marks the newer counts.
        """
        moves = []
        for (old,) in self._db.execute(
            "SELECT permalink FROM state.mark EXCEPT SELECT permalink FROM post"
        ).fetchall():
            found = self._db.execute(
                "SELECT DISTINCT p.permalink FROM label l JOIN post p ON p.id = l.post"
                " WHERE l.kind IN ('path', 'alias') AND l.key = ?",
                (path_key(old),),
            ).fetchall()
            if len(found) == 1:
                moves.append((found[0][0], old))
        if moves:
            with self._writing_marks():
                self._db.executemany(MERGE_MOVED, moves)

    @translate_sqlite_errors
    def record_check(self) -> None:
        """Note that a sync found nothing new just now."""
        with self._writing():
            self._set_meta("synced", _now().isoformat())

    @translate_sqlite_errors
    def synced(self) -> dt.datetime | None:
        """When a sync last ended well, whether or not it brought something."""
        text = self._meta("synced")
        return dt.datetime.fromisoformat(text) if text else None

    @translate_sqlite_errors
    def set_aside(self) -> tuple[SetAside, ...]:
        """Every file of the snapshot that could not be read as a post."""
        rows = self._db.execute("SELECT path, reason FROM aside ORDER BY path")
        return tuple(SetAside(*row) for row in rows)

    @translate_sqlite_errors
    def image_blob(self, site_path: str) -> str | None:
        """Find the blob id of an image by its path on the site (``/images/x.png``)."""
        row = self._db.execute(
            "SELECT blob FROM image WHERE path = ?", (storable(site_path),)
        ).fetchone()
        return row[0] if row else None

    @translate_sqlite_errors
    def images(self) -> dict[str, str]:
        """Every image of the snapshot: path on the site to blob id."""
        return dict(self._db.execute("SELECT path, blob FROM image ORDER BY path"))


def _on_site(post: Post) -> Post:
    """The post with the site's own permalink, as ``ingest`` makes it."""
    return post._replace(permalink=post.permalink.partition("#")[0])


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
