"""Reading a Markdown file as a post, without an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.disk import read_file
from xsfreader.library.base import current_day
from xsfreader.model import POST_LIMIT

if TYPE_CHECKING:
    from pathlib import Path

    from xsfreader.markup import Document
    from xsfreader.model import FullPost


def file_document(path: Path) -> tuple[FullPost, Document]:
    """Read and parse a Markdown file as a post. Raises UnreadablePostError."""
    from xsfreader.errors import UnreadablePostError
    from xsfreader.ingest import ingest
    from xsfreader.markup import build_article, parse
    from xsfreader.source.names import blob_id

    try:
        data = read_file(path, POST_LIMIT)
    except OSError as error:
        raise UnreadablePostError(f"{path}: can't be read ({error.strerror})") from error
    try:
        full = ingest(path.name, blob_id(data), data)
    except UnreadablePostError as error:
        raise UnreadablePostError(f"{path}: {error}; is it a post?") from None
    document = build_article(
        full.post, parse(full.body, base=full.post.url), label=full.post.label(current_day())
    )
    return full, document
