"""Posts on their way into the archive: in a temporary database rather than in memory."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import DiskError
from xsfreader.model import FullPost, Post
from xsfreader.store.base import post_from_row, post_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Incoming(NamedTuple):
    """What planning needs of a post that is to be written."""

    blob: str
    permalink: str
    aliases: tuple[str, ...]


class Staging:
    """Posts by path, each read again when it is written."""

    def __init__(self, posts: Iterable[FullPost], files: Mapping[str, str]) -> None:
        """Take the posts that ``files`` lists, one by one. Raises DiskError."""
        self.incoming: dict[str, Incoming] = {}
        # Without a name, SQLite uses a file in the temporary folder once its cache is full.
        self._db = sqlite3.connect("", isolation_level=None)
        try:
            self._db.execute("PRAGMA journal_mode = OFF")
            columns = ", ".join(f"column_{number}" for number in range(len(Post._fields) + 2))
            self._db.execute(f"CREATE TABLE post (file PRIMARY KEY, {columns})")
            for full in posts:
                if full.post.path in files:
                    self._add(full)
        except sqlite3.Error as error:
            self.close()
            raise DiskError(f"the temporary folder has no room for the posts ({error})") from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Delete the temporary database."""
        self._db.close()

    def _add(self, full: FullPost) -> None:
        post = full.post
        self.incoming[post.path] = Incoming(post.blob, post.permalink, post.aliases)
        row = (post.path, *post_values(post), full.body, full.text)
        self._db.execute(f"REPLACE INTO post VALUES ({', '.join('?' * len(row))})", row)

    def read(self, path: str) -> FullPost:
        """Return a post."""
        row = self._db.execute("SELECT * FROM post WHERE file = ?", (path,)).fetchone()
        return FullPost(post_from_row(row[1:-2]), *row[-2:])
