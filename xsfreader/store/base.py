"""What all parts of the store share: the connection, row conversion, compressed texts."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import zlib
from typing import TYPE_CHECKING
from urllib.parse import unquote

from xsfreader.errors import BrokenFileError, BusyError, DiskError, StoreError
from xsfreader.model import FullPost, Post
from xsfreader.store import files, read_only, repair
from xsfreader.store.merging_marks import COLUMNS, TimedMarks
from xsfreader.store.notices import add_notice, notices_about
from xsfreader.store.schema import ARCHIVE, STATE, XEPS
from xsfreader.store.side_file import SideFile
from xsfreader.store.sqlite_errors import SQLITE_ERRORS, translate, translated
from xsfreader.store.unsaved import merge_into
from xsfreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from xsfreader.store.unsaved import Unsaved

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
MARKED = (
    "EXISTS (SELECT 1 FROM post q JOIN state.mark m ON m.permalink = q.permalink"
    " WHERE q.story = p.story AND m.{})"
)
"""Condition on ``post p``: it or a translation of it is ``read`` or ``starred``."""
LABEL = (
    "CASE WHEN p.draft THEN 'draft' WHEN p.expires < ? THEN 'expired'"
    " WHEN coalesce(p.publish, p.at) >= ? THEN 'scheduled' ELSE '' END"
)
"""``Post.label`` of ``post p``; both values are the end of the day."""
_ARCHIVE = """SELECT
    (SELECT group_concat(value) FROM main.meta WHERE key IN ('snapshot', 'version')),
    (SELECT value FROM main.meta WHERE key = 'synced')"""


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


def _moment(seconds: int | None) -> dt.datetime | None:
    return None if seconds is None else EPOCH + dt.timedelta(seconds=seconds)


def full_post_from_row(row: tuple[Any, ...]) -> FullPost:
    """Convert the columns of ``FULL_POST``."""
    *post, body, text = row
    return FullPost(post_from_row(post), decompress(body), text)


def conditions(
    *,
    shown: tuple[str, list[int]],
    after: dt.date | None,
    before: int | None,
    labels: Iterable[tuple[str, str]],
    names: Iterable[tuple[str, str]] = (),
    languages: Collection[str],
    unread: bool,
) -> tuple[list[str], list[Any]]:
    """Return conditions on ``post p`` that must all be met, with their values.

    ``shown`` is one more of them. ``names`` are labels that contain a text.
    """
    clauses = [shown[0]]
    values: list[Any] = [*shown[1]]
    if before is not None:
        clauses.append("p.at < ?")
        values.append(before)
    if after is not None:
        clauses.append("p.at >= ?")
        values.append(day_start(after))
    for label in labels:
        clauses.append("p.id IN (SELECT post FROM label WHERE kind = ? AND key = ?)")
        values += label
    for name in names:
        clauses.append("p.id IN (SELECT post FROM label WHERE kind = ? AND instr(key, ?))")
        values += name
    if languages:
        # Or in a variant of the language, as pt-br for pt.
        one_of = " OR ".join(["instr(p.language || '-', ? || '-') = 1"] * len(languages))
        clauses.append(f"({one_of})")
        values += languages
    if unread:
        clauses.append(f"NOT {MARKED.format('read')}")
    return clauses, values


def split_lines(text: str) -> tuple[str, ...]:
    """Split strings that are stored with line feeds between them."""
    return tuple(text.split("\n")) if text else ()


def timestamp(moment: dt.datetime) -> int:
    """Convert a time to whole seconds since 1970, as stored."""
    return (moment - EPOCH) // dt.timedelta(seconds=1)


def day_start(day: dt.date) -> int:
    """Return the first second of a day."""
    return (day.toordinal() - EPOCH.date().toordinal()) * DAY


def day_end(day: dt.date) -> int:
    """Return the first second after a day."""
    return day_start(day) + DAY


def valid_text(text: str) -> str:
    """Replace lone surrogates, which a terminal may send and UTF-8 can't encode."""
    return text.encode("utf-8", "replace").decode()


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


def _attach(archive: Path, state: Path, timeout: float) -> sqlite3.Connection:
    """Open both files, which are ready for use, on one connection. Raises StoreError."""
    with translated(archive), contextlib.ExitStack() as stack:
        exists = archive.exists()
        db = files.connect(archive, timeout) if exists else files.connect_empty(ARCHIVE)
        stack.callback(db.close)
        db.execute("PRAGMA main.cache_size = -4000")
        with translated(state):
            db.execute("ATTACH DATABASE ? AS state", (files.uri(state, "rw"),))
        for name in ("main", "state"):
            db.execute(f"PRAGMA {name}.synchronous = NORMAL")
        stack.pop_all()
    return db


class Base:
    """The archive and the reader's state, two files on one connection."""

    previews = False
    """Whether posts are listed that the site doesn't show: drafts, scheduled and expired ones."""

    def __init__(
        self, db: sqlite3.Connection, archive: Path, state: Path, version: str, timeout: float
    ) -> None:
        self._db = db
        self._archive = archive
        self._state = state
        self._version = version
        """Version of the rules that make posts; posts made by other versions are fetched again."""
        self._timeout = timeout
        self._xeps = SideFile(state.with_name("xeps.db"), XEPS, timeout)
        self._opened = self._opened_identities()
        self._seen_versions: dict[str, int] = {}
        """SQLite's ``data_version`` of both files when their contents were last looked at."""
        self._seen_contents: tuple[Any, ...] = (None, {}, None)
        self.unsaved: Unsaved | None = None
        """Where marks and settings are put for another thread to write; None to write them here.

        What is put there is shown at once, but not searched for with ``is:unread``.
        """

    @staticmethod
    def connect(archive: Path, state: Path, timeout: float) -> sqlite3.Connection:
        """Open the files on one connection; migrate or repair them. Raises StoreError.

        Where nothing can be written they are opened for reading. A missing archive is an empty one
        in memory, until there are posts to write.
        """
        # A newer archive is noticed before the state is touched.
        with contextlib.suppress(BrokenFileError):
            files.version_of(archive, ARCHIVE)
        try:
            repair.prepare(state, STATE, timeout)
            if archive.exists():
                repair.prepare(archive, ARCHIVE, timeout)
            db = _attach(archive, state, timeout)
        except DiskError as error:
            try:
                db = read_only.connect(archive, state)
            except StoreError:
                raise error from None
            add_notice(state, f"{error}; posts can be read, but marks aren't kept")
        return db

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was wrong with the files and how it was repaired, one line each.

        The same for every store of these files in this process.
        """
        return (
            notices_about(self._state)
            + notices_about(self._archive)
            + notices_about(self._xeps.path)
        )

    def _identities(self) -> list[tuple[int, int] | None]:
        return [files.identity(self._archive), files.identity(self._state)]

    def _opened_identities(self) -> list[tuple[int, int] | None]:
        archive, state = self._identities()
        # Another process may have created the archive since.
        in_memory = self._db.execute("PRAGMA main.journal_mode").fetchone()[0] == "memory"
        return [None if in_memory else archive, state]

    def _create_archive(self) -> None:
        """Create the file of an archive that was in memory until now. Raises StoreError."""
        if self._opened[0] is None:
            repair.prepare(self._archive, ARCHIVE, self._timeout)
            self._use(_attach(self._archive, self._state, self._timeout))
            self._seen_versions, self._seen_contents = self._data_versions(), self._contents()

    def _use(self, db: sqlite3.Connection) -> None:
        self._db.close()
        self._db = db
        self._opened = self._opened_identities()
        self._seen_versions = {}

    def _reopen_replaced(self, timeout: float) -> None:
        """Open the files again if another process replaced one, or if they were read-only.

        A file that can't be used is reported once, and the old one stays open.
        """
        pairs = zip(self._identities(), self._opened, strict=True)
        # A file that is missing may come back.
        now = [new or old for new, old in pairs]
        is_read_only = self._db.execute("PRAGMA query_only").fetchone()[0]
        if (now == self._opened and not is_read_only) or self._db.in_transaction:
            return
        for name, new, old in zip(("main", "state"), now, self._opened, strict=True):
            if new != old:
                self._empty_replaced_log(name)
        try:
            db = self.connect(self._archive, self._state, timeout)
        except BusyError:
            raise
        except StoreError:
            self._opened = now
            raise
        self._use(db)

    def _follow_files(self) -> None:
        """Open the state again if it was replaced, and an archive that was missing.

        No mark must go to the old file.
        """
        created = self._opened[0] is None and self._archive.exists()
        if created or files.identity(self._state) not in (None, self._opened[1]):
            # If it is not ready yet, the next call does it.
            with contextlib.suppress(StoreError):
                self._reopen_replaced(self._timeout)

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Execute a statement and return its rows. Raises StoreError."""
        self._follow_files()
        with self._translating("state" if "state." in sql else "main"):
            return self._db.execute(sql, values).fetchall()

    def _shown(self, today: dt.date) -> tuple[str, list[int]]:
        """Return the condition that a ``post p`` is listed on a day, with its values."""
        return ("1", []) if self.previews else (f"{LABEL} = ''", [day_end(today)] * 2)

    def _text(self, sql: str, *values: object) -> str | None:
        """Return the text in the first row, None if there is no row."""
        rows = self._rows(sql, *values)
        return rows[0][0] if rows else None

    @contextlib.contextmanager
    def _translating(self, file: str) -> Iterator[None]:
        """Raise SQLite's errors as StoreError; the next start repairs what is damaged."""
        likely = self._state if file == "state" else self._archive
        try:
            yield
        except SQLITE_ERRORS as error:
            found = translate(error, likely)
            if isinstance(found, BrokenFileError):
                opened = ((self._archive, ARCHIVE), (self._state, STATE))
                damaged = repair.find_damaged(likely, opened, self._timeout)
                found = translate(error, damaged)
            raise found from error

    @contextlib.contextmanager
    def _writing(self, file: str = "main") -> Iterator[None]:
        """Open a transaction that locks one of the files; BEGIN IMMEDIATE would lock both.

        ``refresh`` doesn't report what it writes, unless others have written since the last call.
        """
        self._follow_files()
        table = "state.setting" if file == "state" else "main.meta"
        with self._translating(file), files.transaction(self._db, "DEFERRED"):
            self._db.execute(f"UPDATE {table} SET value = value WHERE key = ''")
            yield
            if self._data_versions() == self._seen_versions:
                self._seen_contents = self._contents()

    def _data_versions(self) -> dict[str, int]:
        return {
            name: self._db.execute(f"PRAGMA {name}.data_version").fetchone()[0]
            for name in ("main", "state")
        }

    def _empty_replaced_log(self, name: str) -> None:
        """Empty the write-ahead log of a file that was replaced.

        SQLite would apply it to the new file. If others have written since the last look, it
        may belong to the new file already, and stays.
        """
        with contextlib.suppress(sqlite3.Error):
            if self._data_versions()[name] == self._seen_versions.get(name):
                self._db.execute(f"PRAGMA {name}.wal_checkpoint(TRUNCATE)")

    def _contents(self) -> tuple[Any, ...]:
        """Return what ``refresh`` compares: posts, marks but places, the last sync."""
        marks = {key: each.without_place for key, each in self._timed_marks().items()}
        posts, synced = self._db.execute(_ARCHIVE).fetchone()
        return posts, {key: each for key, each in marks.items() if any(each)}, synced

    def _timed_marks_of(self, permalink: str) -> TimedMarks:
        """Read the marks of a post with their times."""
        permalink = valid_text(permalink)
        unsaved = self.unsaved.marks_of(permalink) if self.unsaved else None
        rows = self._rows(f"SELECT {COLUMNS} FROM state.mark WHERE permalink = ?", permalink)
        found = TimedMarks(*rows[0]) if rows else TimedMarks(permalink)
        return found.merged(unsaved) if unsaved else found

    def _timed_marks(self) -> dict[str, TimedMarks]:
        """Read all marks by permalink, those not written yet included."""
        unsaved = self.unsaved.all().marks if self.unsaved else {}
        rows = self._rows(f"SELECT {COLUMNS} FROM state.mark")
        marks = {row[0]: TimedMarks(*row) for row in rows}
        merge_into(marks, unsaved.values())
        return marks

    def _meta(self, key: str) -> str | None:
        return self._text("SELECT value FROM main.meta WHERE key = ?", key)

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute("REPLACE INTO main.meta (key, value) VALUES (?, ?)", (key, value))
