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


class DocumentCache(dict[DocumentKey, "Document"]):
    """The documents used last."""

    def put(self, key: DocumentKey, document: Document) -> None:
        """Keep a document; the one not used for longest goes."""
        self.pop(key, None)
        self[key] = document
        if len(self) > CAPACITY:
            del self[next(iter(self))]
