"""What all parts of the store share: its files, row conversion, compressed texts."""

from __future__ import annotations

import datetime as dt
import zlib
from typing import TYPE_CHECKING
from urllib.parse import unquote

from xsfreader.errors import BrokenFileError
from xsfreader.model import FullPost, Post, label_on
from xsfreader.store.database import Database
from xsfreader.store.schema import ARCHIVE, STATE, XEPS
from xsfreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
DAY = 24 * 60 * 60

POST = (
    "p.permalink, p.path, p.blob, p.language, s.key, p.title, p.at, p.authors, p.categories,"
    " p.aliases, p.summary, p.words, p.xeps, p.draft, p.publish, p.expires"
)
"""Columns of ``post p`` and ``story s`` that ``post_from_row`` reads."""
FULL_POST = (
    f"{POST}, c.body, c.text FROM post p JOIN story s ON s.id = p.story"
    " JOIN content c ON c.post = p.id"
)
"""What ``full_post_from_row`` reads."""
LABELLED = "p.at, p.draft, p.publish, p.expires"
"""Columns of ``post p`` that ``label_from_row`` reads."""


def post_from_row(row: Sequence[Any]) -> Post:
    """Convert the columns of ``POST``, which are the fields of a post in their order."""
    post = Post(*row)
    return post._replace(
        date=EPOCH + dt.timedelta(seconds=row[6]),
        authors=split_lines(row[7]),
        categories=split_lines(row[8]),
        aliases=split_lines(row[9]),
        xeps=tuple(map(int, split_lines(row[12]))),
        draft=bool(row[13]),
        publish=_moment(row[14]),
        expires=_moment(row[15]),
    )


def post_values(post: Post) -> tuple[Any, ...]:
    """Return the columns of ``POST`` for a post, the reverse of ``post_from_row``."""
    return (
        *(post.permalink, post.path, post.blob, post.language, post.translation_key, post.title),
        *(timestamp(post.date), "\n".join(post.authors), "\n".join(post.categories)),
        *("\n".join(post.aliases), post.summary, post.words, "\n".join(map(str, post.xeps))),
        *(post.draft, post.publish and timestamp(post.publish)),
        post.expires and timestamp(post.expires),
    )


def label_from_row(
    today: dt.date, at: int, draft: int, publish: int | None, expires: int | None
) -> str:
    """Return ``Post.label`` for the columns of ``LABELLED``."""
    begins = _moment(at if publish is None else publish)
    return label_on(today, draft=bool(draft), begins=begins, expires=_moment(expires))


def _moment(seconds: int | None) -> dt.datetime | None:
    return None if seconds is None else EPOCH + dt.timedelta(seconds=seconds)


def full_post_from_row(row: tuple[Any, ...]) -> FullPost:
    """Convert the columns of ``FULL_POST``."""
    *post, body, text = row
    return FullPost(post_from_row(post), decompress(body), text)


def is_in_language(language: str, wanted: str) -> bool:
    """Return whether a language is the one wanted, or a variant of it, as pt-br of pt."""
    return f"{language}-".startswith(f"{wanted.lower()}-")


def split_lines(text: str) -> tuple[str, ...]:
    """Split strings that are stored with line feeds between them."""
    return tuple(text.split("\n")) if text else ()


def timestamp(moment: dt.datetime) -> int:
    """Convert a time to whole seconds since 1970, as stored."""
    return (moment - EPOCH) // dt.timedelta(seconds=1)


def day_start(day: dt.date) -> int:
    """Return the first second of a day."""
    return (day.toordinal() - EPOCH.date().toordinal()) * DAY


def path_key(path: str) -> str:
    """Normalize a path of the site for comparison: decoded, folded, one slash at the end."""
    return fold(unquote(path)).rstrip("/") + "/"


def compress(text: str) -> bytes:
    """Compress a text, fast rather than well."""
    return zlib.compress(text.encode(), 1)


def decompress(data: bytes) -> str:
    """Decompress a text. Raises BrokenFileError."""
    try:
        return zlib.decompress(data).decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise BrokenFileError(f"a post's text is damaged ({error}); sync again") from error


class Base:
    """The archive, the reader's state and the list of XEPs, each in a file of its own."""

    previews = False
    """Whether posts are listed that the site doesn't show: drafts, scheduled and expired ones."""

    def __init__(self, archive: Path, state: Path, version: str, timeout: float) -> None:
        """Open nothing yet.

        Args:
            archive: The file with the posts.
            state: The file with the marks.
            version: Version of the rules that make posts; posts made by others are fetched again.
            timeout: Seconds to wait for another process before BusyError.
        """
        self._archive = Database(archive, ARCHIVE, timeout)
        self._state = Database(state, STATE, timeout)
        self._xeps = Database(state.with_name("xeps.db"), XEPS, timeout)
        self._version = version

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was wrong with the files and how it was repaired, one line each.

        The same for every store of these files in this process.
        """
        return self._state.warnings + self._archive.warnings + self._xeps.warnings

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Read rows of the archive. Raises StoreError."""
        return self._archive.rows(sql, *values)

    def _stories(self) -> dict[str, int]:
        """Return the stories of all posts by permalink."""
        return dict(self._rows("SELECT permalink, story FROM post"))

    def _meta(self, key: str) -> str | None:
        return self._archive.text("SELECT value FROM meta WHERE key = ?", key)
