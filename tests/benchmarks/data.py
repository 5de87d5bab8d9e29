"""Archives to measure with: the corpus, and larger ones made by recombining its posts."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.corpus import corpus_files
from xsfreader.config import Config
from xsfreader.ingest import INGEST_VERSION, ingest
from xsfreader.library import Library, archive_path
from xsfreader.paths import Paths
from xsfreader.source.names import is_post
from xsfreader.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from xsfreader.model import FullPost

SOURCE = "http://127.0.0.1:9/blog.git"
"""No server listens there: measurements need no network."""


def blobs() -> dict[str, bytes]:
    """Return the corpus: path and bytes of every post."""
    return {path: data for path, data in corpus_files().items() if is_post(path)}


def blob_id(data: bytes) -> str:
    """Return Git's id for a file's bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def read_posts(files: dict[str, bytes]) -> list[FullPost]:
    """Ingest the corpus."""
    return [ingest(path, blob_id(data), data) for path, data in files.items()]


def recombined(posts: Sequence[FullPost], times: int) -> Iterator[FullPost]:
    """Return the posts, and more made of one's first half and another's second half."""
    yield from posts
    count = len(posts)
    for turn in range(1, times):
        for index, full in enumerate(posts):
            other = posts[(index + turn * 7) % count]
            post = full.post
            yield full._replace(
                post=post._replace(
                    permalink=f"{post.permalink.rstrip('/')}-{turn}/",
                    path=post.path.replace("content/blog/", f"content/blog/{turn}/"),
                    blob=blob_id(f"{turn} {post.blob}".encode()),
                    translation_key=f"{turn}/{post.translation_key}",
                    date=post.date - dt.timedelta(days=3 * turn),
                    aliases=(),
                ),
                body=_joined(full.body, other.body, "\n\n"),
                text=_joined(full.text, other.text, " "),
            )


def _joined(one: str, other: str, at: str) -> str:
    """Join the first half of one text and the second half of another."""
    return one[: one.find(at, len(one) // 2)] + at + other[other.rfind(at, 0, len(other) // 2) :]


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder with an archive, as if fetched by a person."""

    folder: Path
    size: int

    @property
    def environment(self) -> dict[str, str]:
        """Environment for that home; byte code is cached, as in an installation."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.lower().endswith("_proxy")
            and name not in ("COLUMNS", "LINES", "PYTHONDONTWRITEBYTECODE")
        }
        return kept | {
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PYTHONPYCACHEPREFIX": str(self.folder.parent / "bytecode"),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
        }

    @property
    def config(self) -> Config:
        """The configuration file."""
        return Config(source=SOURCE)

    @property
    def paths(self) -> Paths:
        """The paths of its files."""
        return Paths(
            self.folder / "config" / "xsfreader" / "config.toml",
            self.folder / "data" / "xsfreader",
            self.folder / "state" / "xsfreader.log",
        )

    @property
    def archive(self) -> Path:
        """The archive file."""
        return archive_path(self.config, self.paths)

    def library(self) -> Library:
        """Open the library."""
        return Library(self.config, self.paths)

    def forget(self) -> None:
        """Remove the reader's marks."""
        for file in self.paths.data.glob("state.db*"):
            file.unlink()


def make_home(folder: Path, posts: Sequence[FullPost], size: int) -> Home:
    """Fill an archive with ``size`` times the corpus, unless an earlier run did."""
    home = Home(folder / f"home-{size}", size)
    if home.archive.exists():
        home.forget()
        return home
    config = home.paths.config
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(f'source = "{SOURCE}"\n', encoding="utf-8")
    every = list(recombined(posts, size))
    paths = home.paths
    with Store.open(home.archive, paths.state, ingest_version=INGEST_VERSION) as store:
        store.apply_snapshot("0" * 40, {f.post.path: f.post.blob for f in every}, every, [], {})
    return home
