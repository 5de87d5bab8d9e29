"""Reading a Markdown file as a post, without an archive."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from xsfreader.disk import read_file
from xsfreader.library.base import current_day
from xsfreader.model import POST_LIMIT

if TYPE_CHECKING:
    from pathlib import Path

    from xsfreader.markup import Document
    from xsfreader.model import FullPost


def file_document(path: Path | None) -> tuple[FullPost, Document]:
    """Read and parse a Markdown file as a post, or standard input. Raises UnreadablePostError."""
    from xsfreader.errors import UnreadablePostError
    from xsfreader.ingest import ingest
    from xsfreader.markup import build_article
    from xsfreader.source.names import blob_id

    name = path or "standard input"
    try:
        data = read_file(path, POST_LIMIT) if path else sys.stdin.buffer.read(POST_LIMIT + 1)
    except OSError as error:
        raise UnreadablePostError(f"{name}: can't be read ({error.strerror})") from error
    try:
        full = ingest(path.name if path else "stdin.md", blob_id(data), data)
    except UnreadablePostError as error:
        raise UnreadablePostError(f"{name}: {error}; is it a post?") from None
    return full, build_article(full.post, full.body, label=full.post.label(current_day()))
