"""The last documents that were parsed, kept in memory."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xsfreader.markup import Document

DocumentKey = tuple[str, str | None, dt.date]
"""What a document depends on: the item's id, the snapshot, the day."""

CAPACITY = 24
"""The items read last."""


class ParsedItem(NamedTuple):
    """A document with its key, to be handed from one library to another."""

    key: DocumentKey
    document: Document


class DocumentCache:
    """Keeps the documents used last."""

    def __init__(self) -> None:
        self._documents: dict[DocumentKey, Document] = {}

    def get(self, key: DocumentKey) -> Document | None:
        """Return a document, None if it is not kept."""
        return self._documents.get(key)

    def put(self, key: DocumentKey, document: Document) -> None:
        """Keep a document; the one not used for longest goes."""
        self._documents.pop(key, None)
        self._documents[key] = document
        if len(self._documents) > CAPACITY:
            del self._documents[next(iter(self._documents))]

    def clear(self) -> None:
        """Forget all documents."""
        self._documents.clear()
