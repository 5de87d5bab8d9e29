"""Where posts and the reader's own state are kept: SQLite, and all the SQL there is."""

from xsfreader.store.store import Store

__all__ = ["Store"]
