"""What all parts of the store share: the connection, rows as posts, packed texts."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import zlib
from typing import TYPE_CHECKING
from urllib.parse import unquote

from xsfreader.errors import BrokenFileError, StoreError
from xsfreader.model import Post
from xsfreader.store import files
from xsfreader.store.notices import notices_about
from xsfreader.store.schema import STATE
from xsfreader.store.sqlite_errors import translate
from xsfreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
DAY = 24 * 60 * 60

POST = (
    "p.permalink, p.path, p.blob, p.language, s.key, p.title, p.at, p.authors, p.categories,"
    " p.aliases, p.summary, p.words, p.xeps"
)
"""Columns that ``as_post`` reads, of ``post p`` and ``story s``."""
POST_COLUMNS = 13
MARKED = (
    "EXISTS (SELECT 1 FROM post q JOIN state.mark m ON m.permalink = q.permalink"
    " WHERE q.story = {}.story AND m.{})"
)
"""Condition on a story, of a post or an entry: any of its posts is ``read`` or ``starred``."""
IN_LANGUAGE = "instr(p.language || '-', ? || '-') = 1"
"""Condition on ``post p``: in that language or, as pt-br for pt, a kind of it."""


def as_post(row: tuple[Any, ...]) -> Post:
    """Make a post of the columns of ``POST``."""
    permalink, path, blob, language, key, title, at, authors, categories = row[:9]
    aliases, summary, words, xeps = row[9:POST_COLUMNS]
    return Post(
        permalink=permalink,
        path=path,
        blob=blob,
        language=language,
        translation_key=key,
        title=title,
        date=EPOCH + dt.timedelta(seconds=at),
        authors=listed(authors),
        categories=listed(categories),
        aliases=listed(aliases),
        summary=summary,
        words=words,
        xeps=tuple(map(int, listed(xeps))),
    )


def listed(text: str) -> tuple[str, ...]:
    """Read strings that were stored with line feeds between them."""
    return tuple(text.split("\n")) if text else ()


def seconds(moment: dt.datetime) -> int:
    """How a moment is stored: whole seconds since 1970."""
    return (moment - EPOCH) // dt.timedelta(seconds=1)


def day_start(day: dt.date) -> int:
    """The first second of a day."""
    return (day.toordinal() - EPOCH.date().toordinal()) * DAY


def day_end(day: dt.date) -> int:
    """The first second after a day."""
    return day_start(day) + DAY


def storable(text: str) -> str:
    """The text without what no file holds: halves of surrogate pairs, from a terminal say."""
    return text.encode("utf-8", "replace").decode()


def path_key(path: str) -> str:
    """A path on the site as names are compared: decoded, folded, no slash at the end."""
    return fold(unquote(path)).rstrip("/") + "/"


def pack(text: str) -> bytes:
    """Make a text small, quickly."""
    return zlib.compress(text.encode(), 1)


def unpack(data: bytes) -> str:
    """Read what ``pack`` made."""
    try:
        return zlib.decompress(data).decode()
    except zlib.error as error:
        raise BrokenFileError(f"a post's text is damaged ({error}); sync again") from error


class Base:
    """The two files, opened as one: the archive, and the state beside it."""

    def __init__(
        self, db: sqlite3.Connection, archive: Path, state: Path, version: str, timeout: float
    ) -> None:
        self._db = db
        self._archive = archive
        self._state = state
        self._version = version
        """Of the rules that made the posts; posts made by others are fetched again."""
        self._timeout = timeout
        self._archive_opened = files.identity(archive)
        self._state_opened = files.identity(state)
        self._seen_numbers: tuple[int, ...] = ()
        """What may have changed where there is news; compared first, as it costs little."""
        self._seen_meta: dict[str, str] = {}
        self._seen_marks = 0

    @staticmethod
    def connect(archive: Path, state: Path, timeout: float) -> sqlite3.Connection:
        """Open two files that are there as one. Raises StoreError."""
        try:
            db = files.connect(archive, timeout)
        except sqlite3.Error as error:
            raise translate(error, archive) from error
        try:
            db.execute("PRAGMA main.cache_size = -4000")
            _attach_state(db, state)
        except sqlite3.Error as error:
            db.close()
            raise translate(error, state) from error
        return db

    @property
    def warnings(self) -> tuple[str, ...]:
        """Lines for the person: what was wrong with the files, and how it was mended.

        Whoever opens or has open these files in this process is told.
        """
        return (
            notices_about(self._state)
            + notices_about(self._archive)
            + notices_about(self._xeps_file)
        )

    @property
    def _xeps_file(self) -> Path:
        return self._state.with_name("xeps.db")

    def reopen_replaced_state(self) -> None:
        """Turn to the file that another process put in place of a broken state."""
        now = files.identity(self._state)
        if now is None or now == self._state_opened or self._db.in_transaction:
            return
        # Where it is not ready yet, or a cursor is open, the next call does it.
        with contextlib.suppress(StoreError, sqlite3.OperationalError):
            if files.version_of(self._state, STATE, self._timeout) == STATE.version:
                self._db.execute("DETACH DATABASE state")
                self._state_opened = now
                _attach_state(self._db, self._state)

    def failed(self, error: sqlite3.Error, *, state: bool) -> StoreError:
        """Tell what an error means; damage is noted, so that the next start looks closely."""
        found = translate(error, self._state if state else self._archive)
        if isinstance(found, BrokenFileError):
            for file in (self._archive, self._state):
                with contextlib.suppress(OSError):
                    files.suspect(file).touch()
        return found

    @contextlib.contextmanager
    def _writing(self, file: str = "main") -> Iterator[None]:
        """Change one of the files and lock no other; SQLite's BEGIN IMMEDIATE locks both."""
        table = "state.setting" if file == "state" else "main.meta"
        with files.transaction(self._db, "DEFERRED"):
            self._db.execute(f"UPDATE {table} SET value = value WHERE key = ''")
            yield

    @contextlib.contextmanager
    def _writing_marks(self) -> Iterator[None]:
        """Change the state so that ``refresh`` does not take it for another's doing."""
        with self._writing("state"):
            before = self._sum_of_mark_times()
            yield
            changed_by = self._sum_of_mark_times() - before
        self._seen_marks += changed_by

    def _sum_of_mark_times(self) -> int:
        """Sum up when marks were set; whoever sets one makes it more. Places don't count."""
        row = self._db.execute("SELECT sum(read_at + starred_at) FROM state.mark").fetchone()
        return row[0] or 0

    def _meta(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM main.meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute("REPLACE INTO main.meta (key, value) VALUES (?, ?)", (key, value))
        self._seen_meta[key] = value


def _attach_state(db: sqlite3.Connection, state: Path) -> None:
    db.execute("ATTACH DATABASE ? AS state", (str(state),))
    db.execute("PRAGMA state.synchronous = NORMAL")
