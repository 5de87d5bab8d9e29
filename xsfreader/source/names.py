"""File names from outside: which are read, and which can be stored and shown."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from xsfreader.model import POST_LIMIT, SPECIFICATION_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

IMAGE_LIMIT: Final = 20 << 20
"""Bytes that an image may have."""
FILES_LIMIT: Final = 200_000
"""Entries that a source may list; a site with a hundred times the posts stays below it."""
DEPTH_LIMIT: Final = 20
"""Levels of folders."""


class Selection(NamedTuple):
    """Which files of a repository or a folder are read."""

    what: str
    """What they are, as shown to the reader: ``posts``."""
    folder: str
    """They are below it; empty for the root."""
    includes: Callable[[str], bool]
    """Tells by a file's path whether it is read."""
    missing: str
    """What to say and do where a repository has none."""
    images: str = ""
    """The folder with what ``/images/…`` shows; empty for none."""


PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".svg")


def is_post(path: str) -> bool:
    """Return whether a file is a post: Markdown, neither hidden nor a section's front page."""
    name = path.rpartition("/")[2]
    return name.endswith(".md") and not name.startswith(("_index.", "."))


def is_picture(path: str) -> bool:
    """Return whether a file may be a picture beside a post, by its name."""
    return path.lower().endswith(PICTURES)


def _is_specification(path: str) -> bool:
    return re.fullmatch(SPECIFICATION_FILE, path) is not None


BLOG: Final = Selection(
    what="posts",
    folder="content/blog",
    includes=is_post,
    missing="posts in content/blog: over Git, forks and mirrors of xmpp.org can be read; "
    "clone another blog and give its folder of posts as the source",
    images="static/images",
)
"""The site's posts."""
SPECIFICATIONS: Final = Selection(
    what="specifications",
    folder="",
    includes=_is_specification,
    missing="specifications: check xeps_source",
)
"""The XSF's specifications."""


def is_plain(name: str) -> bool:
    """Return whether a part of a path can be stored and shown as it is."""
    return (
        name not in {"", ".", ".."}
        and len(name) <= 255
        and "/" not in name
        and "\\" not in name
        and name.isprintable()
    )


def printable(name: str) -> str:
    """Return a name with escapes for what is not printable, cut to 300 characters."""
    escaped = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)
    return escaped if len(escaped) <= 300 else escaped[:300] + "…"


def blob_id(data: bytes) -> str:
    """Return the id that Git gives a file with these bytes."""
    header = b"blob %d\0" % len(data)
    return hashlib.sha1(header + data, usedforsecurity=False).hexdigest()


def too_large(size: int) -> str:
    """Say why a file of that size is rejected."""
    return f"is too large: {size / (1 << 20):.1f} MiB, at most {POST_LIMIT >> 20} MiB"
