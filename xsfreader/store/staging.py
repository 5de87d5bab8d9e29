"""Posts on their way into the archive: in a temporary database rather than in memory."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import DiskError
from xsfreader.model import FullPost, Post
from xsfreader.store.base import post_from_row, post_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Incoming(NamedTuple):
    """What planning needs of a post that is to be written."""

    blob: str
    permalink: str
    aliases: tuple[str, ...]


class Staging(NamedTuple):
    """Posts by path, each read again when it is written."""

    incoming: dict[str, Incoming]
    db: sqlite3.Connection

    def read(self, path: str) -> FullPost:
        """Return a post."""
        row = self.db.execute("SELECT * FROM post WHERE file = ?", (path,)).fetchone()
        return FullPost(post_from_row(row[1:-2]), *row[-2:])


@contextlib.contextmanager
def staged(posts: Iterable[FullPost], files: Mapping[str, str]) -> Iterator[Staging]:
    """Take the posts that ``files`` lists, one by one. Raises DiskError."""
    columns = ", ".join(f"column_{number}" for number in range(len(Post._fields) + 2))
    # Without a name, SQLite uses a file in the temporary folder once its cache is full.
    with contextlib.closing(sqlite3.connect("", isolation_level=None)) as db:
        staging = Staging({}, db)
        try:
            db.execute("PRAGMA journal_mode = OFF")
            db.execute(f"CREATE TABLE post (file PRIMARY KEY, {columns})")
            for post, body, text in posts:
                if post.path in files:
                    row = (post.path, *post_values(post), body, text)
                    db.execute(f"REPLACE INTO post VALUES ({', '.join('?' * len(row))})", row)
                    incoming = Incoming(post.blob, post.permalink, post.aliases)
                    staging.incoming[post.path] = incoming
        except sqlite3.Error as error:
            problem = f"the temporary folder has no room for the posts ({error})"
            raise DiskError(problem) from error
        yield staging
