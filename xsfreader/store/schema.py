"""The schemas of the files, as migration steps from version to version."""

from __future__ import annotations

from typing import NamedTuple

SEARCH_INDEX = "found"
"""The table of the search index, and what the names of its own tables begin with."""


class Schema(NamedTuple):
    """The schema of one kind of file."""

    name: str
    """As shown to the reader: ``archive``."""
    application: int
    """SQLite's ``application_id``, which identifies our files."""
    steps: tuple[str, ...]
    """SQL from each version to the next, with a semicolon after each statement and nowhere else.

    The version is the number of steps. Each must change a column, as that tells a newer file from
    one whose number is damaged.
    """
    page: int = 4096
    """Page size of a new file; with larger pages a sync has fewer to write."""
    backed_up: bool = False
    """Whether backups are made, as the file can't be fetched again."""
    probes: tuple[str, ...] = ()
    """Queries of the newest version that find rows with values out of range, so none."""

    @property
    def version(self) -> int:
        """The newest version, the one this program writes."""
        return len(self.steps)


_ARCHIVE_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE aside (path TEXT PRIMARY KEY, blob TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE image (path TEXT PRIMARY KEY, blob TEXT NOT NULL) WITHOUT ROWID;

-- A post and its translations share a story.
CREATE TABLE story (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);

-- Lists of strings are separated by line feeds.
CREATE TABLE post (
    id INTEGER PRIMARY KEY,
    permalink TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL UNIQUE,
    blob TEXT NOT NULL,
    language TEXT NOT NULL,
    story INTEGER NOT NULL REFERENCES story,
    title TEXT NOT NULL,
    at INTEGER NOT NULL,
    authors TEXT NOT NULL,
    categories TEXT NOT NULL,
    aliases TEXT NOT NULL,
    summary TEXT NOT NULL,
    words INTEGER NOT NULL,
    xeps TEXT NOT NULL
);
CREATE INDEX post_order ON post (at DESC, permalink);
CREATE INDEX post_story ON post (story);
CREATE INDEX post_blob ON post (blob);

-- The body is compressed, the visible text is not, as a search reads many.
CREATE TABLE content (post INTEGER PRIMARY KEY, body BLOB NOT NULL, text TEXT NOT NULL);

-- What posts are found by: kind is author, category, xep, path, alias or slug.
CREATE TABLE label (
    kind TEXT NOT NULL, key TEXT NOT NULL, post INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (kind, key, post)
) WITHOUT ROWID;
CREATE INDEX label_post ON label (post);

-- Dropped in version 4.
CREATE TABLE entry (
    story INTEGER PRIMARY KEY,
    post INTEGER NOT NULL,
    at INTEGER NOT NULL,
    permalink TEXT NOT NULL,
    languages TEXT NOT NULL
);
CREATE INDEX entry_order ON entry (at DESC, permalink);
CREATE INDEX entry_post ON entry (post);
CREATE TABLE fold (
    view TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, total INTEGER NOT NULL,
    PRIMARY KEY (view, key)
) WITHOUT ROWID;

-- Marks still to be copied to the new permalink of a post.
CREATE TABLE moved (id INTEGER PRIMARY KEY, old TEXT NOT NULL, new TEXT NOT NULL);

CREATE VIRTUAL TABLE found USING fts5 (
    title, text, authors, categories, content='', tokenize='ascii', prefix='2'
);
INSERT INTO found (found, rank) VALUES ('hashsize', 16777216);
"""

_ARCHIVE_2 = """
-- Dropped in version 4.
CREATE TABLE parsed (
    id INTEGER PRIMARY KEY,
    blob TEXT NOT NULL,
    permalink TEXT NOT NULL,
    maker TEXT NOT NULL,
    document BLOB NOT NULL,
    UNIQUE (blob, permalink)
);
"""

_ARCHIVE_3 = """
ALTER TABLE entry ADD COLUMN words TEXT NOT NULL DEFAULT '';
DELETE FROM meta WHERE key = 'languages';
"""

_ARCHIVE_4 = """
-- The list is computed from the posts, which are parsed when they are opened.
DROP TABLE parsed;
DROP TABLE entry;
DROP TABLE fold;
DELETE FROM meta WHERE key IN ('languages', 'shown_from', 'shown_to');
"""

_ARCHIVE_5 = """
-- What the site doesn't show, or not always.
ALTER TABLE post ADD COLUMN draft INTEGER NOT NULL DEFAULT 0;
ALTER TABLE post ADD COLUMN publish INTEGER;
ALTER TABLE post ADD COLUMN expires INTEGER;
"""

_ARCHIVE_6 = """
-- When the visible text of a post was changed upstream, in milliseconds like the marks.
CREATE TABLE edited (permalink TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
"""

_STATE_1 = """
CREATE TABLE mark (
    permalink TEXT PRIMARY KEY,
    read INTEGER NOT NULL DEFAULT 0,
    read_at INTEGER NOT NULL DEFAULT 0,
    starred INTEGER NOT NULL DEFAULT 0,
    starred_at INTEGER NOT NULL DEFAULT 0,
    block INTEGER,
    offset INTEGER,
    place_at INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX mark_read ON mark (permalink) WHERE read;
CREATE INDEX mark_starred ON mark (permalink) WHERE starred;
CREATE TABLE setting (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, at INTEGER NOT NULL
) WITHOUT ROWID;
"""

_XEPS_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE xep (
    number INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    abstract TEXT NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    version TEXT NOT NULL,
    revised TEXT,
    superseded_by TEXT NOT NULL,
    short_name TEXT NOT NULL
);
"""

_XEPS_PROBE = (
    "SELECT 1 FROM xep WHERE date(revised) IS NOT revised OR superseded_by GLOB '*[^0-9 ]*'"
)

_PICTURES_1 = """
CREATE TABLE picture (
    blob TEXT PRIMARY KEY,
    bytes BLOB NOT NULL,
    width INTEGER,
    height INTEGER
);
"""

_SPECIFICATIONS_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- What the upstream had when it was last looked at, and the files held here.
CREATE TABLE listed (path TEXT PRIMARY KEY, blob TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE held (path TEXT PRIMARY KEY, blob TEXT NOT NULL, bytes BLOB NOT NULL);

-- A section's id is 10000 times the number of its specification, plus its place in that.
CREATE TABLE section (
    id INTEGER PRIMARY KEY, anchor TEXT NOT NULL, title TEXT NOT NULL, text BLOB NOT NULL
);
CREATE VIRTUAL TABLE found USING fts5 (
    title, text, content='', tokenize="ascii tokenchars '<'"
);
"""

_ARCHIVE_PROBES = (
    """SELECT 1 FROM post WHERE at NOT BETWEEN -62135596800 AND 253402300799
    OR publish NOT BETWEEN -62135596800 AND 253402300799
    OR expires NOT BETWEEN -62135596800 AND 253402300799
    OR xeps GLOB '*[^0-9\n]*' OR story NOT IN (SELECT id FROM story)
    OR id NOT IN (SELECT post FROM content)""",
    "SELECT 1 FROM found WHERE found MATCH 'xsf' AND rowid < 0",
    """SELECT d.id, d.block, i.segid, i.term, i.pgno, z.id, z.sz, c.k, c.v
    FROM found_data d, found_idx i, found_docsize z, found_config c WHERE 0""",
)

ARCHIVE = Schema(
    "archive",
    0x58534641,
    (_ARCHIVE_1, _ARCHIVE_2, _ARCHIVE_3, _ARCHIVE_4, _ARCHIVE_5, _ARCHIVE_6),
    page=8192,
    probes=_ARCHIVE_PROBES,
)
STATE = Schema("state", 0x58534653, (_STATE_1,), backed_up=True)
XEPS = Schema("list of XEPs", 0x58534658, (_XEPS_1,), probes=(_XEPS_PROBE,))
PICTURES = Schema("images", 0x58534649, (_PICTURES_1,))
SPECIFICATIONS = Schema("specifications", 0x58534650, (_SPECIFICATIONS_1,))
