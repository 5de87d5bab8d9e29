"""Syncing an archive with its source: completely or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.errors import UnreadablePostError
from xsfreader.reports import Progress, SyncReport, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xsfreader.model import FullPost, Known, Snapshot, Source
    from xsfreader.store import Store


def sync(store: Store, source: Source, progress: Callable[[Progress], None]) -> SyncReport:
    """Update the archive to the newest snapshot of its source.

    Unreadable files are listed in the report. Any other failure
    leaves the archive as it was.

    Raises:
        SyncRunningError: Another process is syncing this archive.
        SourceError: The source failed.
        StoreError: The archive can't be written.
    """
    with store.sync_lock():
        known = store.known()
        snapshot = source.snapshot(known, progress)
        if snapshot is None:
            store.record_check()
            return SyncReport(
                snapshot=known.snapshot or "",
                total=len(known.files) - len(store.unreadable()),
                unreadable=store.unreadable(),
            )
        aside = list(snapshot.refused)
        posts = _read_changed(store, known, snapshot, progress, aside)
        return store.apply_snapshot(snapshot.id, snapshot.files, posts, aside, snapshot.images)


def _read_changed(
    store: Store,
    known: Known,
    snapshot: Snapshot,
    progress: Callable[[Progress], None],
    aside: list[UnreadableFile],
) -> Iterator[FullPost]:
    """Read the files that are new, changed or moved; add to ``aside`` what is no post."""
    refused = {item.path for item in snapshot.refused}
    changed = [
        (path, blob)
        for path, blob in snapshot.files.items()
        if known.files.get(path) != blob and path not in refused
    ]
    for done, (path, blob) in enumerate(changed):
        if done % 8 == 0:
            progress(Progress("reading posts", done, len(changed), "posts"))
        post = _read(store, path, blob, snapshot.blobs.get(blob))
        if isinstance(post, UnreadableFile):
            aside.append(post)
        else:
            yield post
    progress(Progress("saving"))


def _read(store: Store, path: str, blob: str, data: bytes | None) -> FullPost | UnreadableFile:
    """Read a post from a file's bytes, or from the archive if the file only moved."""
    from xsfreader.ingest import at_path, ingest

    if data is None:
        stored = store.find_blob(blob)
        if stored is None:
            return UnreadableFile(path, "its bytes are missing")
        if isinstance(stored, UnreadableFile):
            return UnreadableFile(path, stored.reason)
        return at_path(stored, path)
    try:
        return ingest(path, blob, data)
    except UnreadablePostError as error:
        return UnreadableFile(path, str(error))
