"""File names as they come from outside: which are posts, which are fit to be kept and shown."""

from __future__ import annotations

from typing import Final

from xsfreader.model import POST_LIMIT

IMAGE_LIMIT: Final = 20 << 20
"""Bytes an image may have."""
FILES_LIMIT: Final = 200_000
"""Entries a source may list; a site with a hundred times the posts stays below it."""
DEPTH_LIMIT: Final = 20
"""Folders within folders."""

BLOG: Final = "content/blog"
"""Where the site keeps its posts."""
IMAGES: Final = "static/images"
"""Where the site keeps what ``/images/…`` shows."""


def is_post(path: str) -> bool:
    """Return whether a file is a post: Markdown, neither hidden nor a section's front page."""
    name = path.rpartition("/")[2]
    return name.endswith(".md") and not name.startswith(("_index.", "."))


def is_plain(name: str) -> bool:
    """Whether a single path component can be kept and shown as it is."""
    return (
        name not in {"", ".", ".."}
        and len(name) <= 255
        and "/" not in name
        and "\\" not in name
        and name.isprintable()
    )


def printable(name: str | bytes) -> str:
    """The name with all that is not printable written out, so that it can be named."""
    text = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name
    if text.isprintable() and len(text) <= 300:
        return text
    escaped = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return escaped if len(escaped) <= 300 else escaped[:300] + "…"


def too_large(size: int) -> str:
    """Why a post of that many bytes is not brought."""
    return f"is too large for a post: {size / (1 << 20):.1f} MiB, at most {POST_LIMIT >> 20} MiB"
