"""SQL that merges marks, the newer of two winning."""

COLUMNS = "permalink, read, read_at, starred, starred_at, block, offset, place_at"
_ON_CONFLICT = """ ON CONFLICT (permalink) DO UPDATE SET
    read = iif(excluded.read_at > read_at, excluded.read, read),
    read_at = max(excluded.read_at, read_at),
    starred = iif(excluded.starred_at > starred_at, excluded.starred, starred),
    starred_at = max(excluded.starred_at, starred_at),
    block = iif(excluded.place_at > place_at, excluded.block, block),
    offset = iif(excluded.place_at > place_at, excluded.offset, offset),
    place_at = max(excluded.place_at, place_at)"""

MERGE_MOVED = (
    f"INSERT INTO state.mark ({COLUMNS}) SELECT ?, read, read_at, starred, starred_at, block,"
    f" offset, place_at FROM state.mark WHERE permalink = ?{_ON_CONFLICT}"
)
"""Copy marks to another permalink; parameters: new, old."""

MERGE = f"INSERT INTO mark ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?){_ON_CONFLICT}"
