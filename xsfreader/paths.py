"""Where everything lies on disk, and what an archive's file is called."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Paths(NamedTuple):
    """The program's folders and files; none of them need exist."""

    config: Path
    """The configuration file."""
    data: Path
    """Folder of archives and state."""
    log: Path
    """The log; older ones have a number behind it."""

    @property
    def state(self) -> Path:
        """The reader's own state, one file for all sources."""
        return self.data / "state.db"

    def archive(self, source: str) -> Path:
        """The file that holds what was fetched from the source of that name.

        The name is made of its last words, for people, and a hash, so that no two share one.
        """
        if source == "guide":
            return self.data / "archive-guide.db"
        words = re.sub(r"^\w+://|[^A-Za-z0-9]+", "-", source.removesuffix(".git"))
        digest = hashlib.sha256(source.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        return self.data / f"archive-{words.strip('-')[-40:].strip('-').lower()}-{digest}.db"

    def images(self, source: str) -> Path:
        """The file that keeps the images fetched from the source of that name."""
        archive = self.archive(source)
        return archive.with_name(archive.name.replace("archive-", "images-", 1))
