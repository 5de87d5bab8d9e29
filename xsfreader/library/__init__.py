"""The one door to posts for both front ends: list, open, search, mark, resolve, sync.

A ``Library`` belongs to one thread; ``clone`` makes another for a worker. Policy that both
front ends share lives here: which languages count, what today is, how a name becomes a post.
"""

from __future__ import annotations

from xsfreader.library.base import GUIDE, archive_path, current_day, normal_source
from xsfreader.library.documents import ParsedItem
from xsfreader.library.drafts import file_document
from xsfreader.library.fetching import Fetching
from xsfreader.library.forgetting import find_archive, forget, stored_archives
from xsfreader.library.lists import Listed, Lists
from xsfreader.library.travelling import Travelling

__all__ = [
    "GUIDE",
    "Library",
    "Listed",
    "ParsedItem",
    "archive_path",
    "current_day",
    "file_document",
    "find_archive",
    "forget",
    "normal_source",
    "stored_archives",
]


class Library(Lists, Fetching, Travelling):
    """One source's archive with the reader's own state."""
