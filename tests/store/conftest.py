"""Stores in temporary folders, and posts to put into them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from xsfreader.model import DEFAULT_AUTHOR, FullPost, Post
from xsfreader.store import Store, notices

if TYPE_CHECKING:
    from pathlib import Path

    from xsfreader.reports import SyncReport, UnreadableFile

TODAY = dt.date(2026, 1, 1)
EN = ("en",)


def make(path: str = "a.md", **changes: Any) -> FullPost:
    """Make a short post as ingest would."""
    stem, _, language = path.removesuffix(".md").partition(".")
    language = language or "en"
    text = changes.pop("text", "Some words")
    body = changes.pop("body", text)
    day = changes.pop("day", "2025-06-01")
    title = changes.pop("title", stem)
    date = dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
    prefix = "" if language == "en" else f"/{language}"
    slug = title.lower().replace(" ", "-")
    values: dict[str, Any] = {
        "permalink": f"{prefix}/{date.year}/{date.month:02}/{slug}/",
        "path": path,
        "blob": f"blob of {path}",
        "language": language,
        "translation_key": stem,
        "title": title,
        "date": date,
        "authors": (DEFAULT_AUTHOR,),
        "categories": (),
        "aliases": (),
        "summary": "",
        "words": len(text.split()),
        "xeps": (),
    }
    return FullPost(Post(**(values | changes)), body, text)


def apply_posts(
    store: Store,
    posts: Iterable[FullPost],
    snapshot: str = "1",
    aside: Iterable[UnreadableFile] = (),
    kept: Iterable[FullPost] = (),
    images: dict[str, str] | None = None,
) -> SyncReport:
    """Apply a snapshot of these posts; the files of ``kept`` are unchanged."""
    posts, aside = list(posts), list(aside)
    files = {full.post.path: full.post.blob for full in [*posts, *kept]}
    files |= {one.path: f"blob of {one.path}" for one in aside}
    return store.apply_snapshot(snapshot, files, posts, aside, images or {})


def restart() -> None:
    """Reset what this process remembers about files; none may be open."""
    notices._lines.clear()


Opener = Callable[..., Store]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def opened(folder: Path) -> Iterator[Opener]:
    """Open the same files any number of times."""
    stores: list[Store] = []

    def open_one(version: int = 1, timeout: float = 0.05) -> Store:
        store = Store.open(
            folder / "archive.db", folder / "state.db", ingest_version=version, timeout=timeout
        )
        stores.append(store)
        return store

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Opener) -> Store:
    return opened()
