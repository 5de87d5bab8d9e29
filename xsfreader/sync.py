"""Bringing an archive to its source's newest snapshot, in one step or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.errors import StoppedError, UnreadablePostError
from xsfreader.model import Progress, SetAside, SyncReport

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.model import FullPost, Known, Snapshot, Source
    from xsfreader.store import Store


def sync(
    store: Store,
    source: Source,
    progress: Callable[[Progress], None],
    stopped: Callable[[], bool],
) -> SyncReport:
    """Bring the archive to the newest snapshot of its source.

    A file that can't be read as a post is set aside and named in the report; the rest arrives.
    Whatever else goes wrong leaves the archive as it was.

    Raises:
        SyncRunningError: Another process does just that.
        SourceError: The source gave nothing, or the caller asked to stop.
        StoreError: The archive can't be written.
    """
    with store.sync_lock():
        known = store.known()
        snapshot = source.snapshot(known, progress, stopped)
        if snapshot is None:
            store.record_check()
            return SyncReport(
                snapshot=known.snapshot or "",
                total=len(known.files) - len(store.set_aside()),
                set_aside=store.set_aside(),
            )
        posts, aside = _read_changed(store, known, snapshot, progress, stopped)
        progress(Progress("saving"))
        return store.apply_snapshot(snapshot.id, snapshot.files, posts, aside, snapshot.images)


def _read_changed(
    store: Store,
    known: Known,
    snapshot: Snapshot,
    progress: Callable[[Progress], None],
    stopped: Callable[[], bool],
) -> tuple[list[FullPost], list[SetAside]]:
    """Make posts of the files that are new, changed or moved."""
    posts: list[FullPost] = []
    aside = list(snapshot.refused)
    refused = {item.path for item in snapshot.refused}
    changed = [
        (path, blob)
        for path, blob in snapshot.files.items()
        if known.files.get(path) != blob and path not in refused
    ]
    for done, (path, blob) in enumerate(changed):
        if done % 8 == 0:
            if stopped():
                raise StoppedError("stopped; nothing was changed")
            progress(Progress("reading posts", done, len(changed), "posts"))
        made = _read(store, path, blob, snapshot.blobs.get(blob))
        if isinstance(made, SetAside):
            aside.append(made)
        else:
            posts.append(made)
    return posts, aside


def _read(store: Store, path: str, blob: str, data: bytes | None) -> FullPost | SetAside:
    """Make a post of a file's bytes, or of what is kept of them where they are not sent again."""
    from xsfreader.ingest import at_path, ingest

    if data is None:
        kept = store.stored(blob)
        if kept is None:
            return SetAside(path, "its bytes are missing")
        if isinstance(kept, SetAside):
            return SetAside(path, kept.reason)
        return at_path(kept, path)
    try:
        return ingest(path, blob, data)
    except UnreadablePostError as error:
        return SetAside(path, str(error))
