"""Where files are stored, and how an archive's file is named."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Paths(NamedTuple):
    """The program's files and folders; none of them has to exist."""

    config: Path
    """The configuration file."""
    data: Path
    """The folder with the archives and the state."""
    log: Path
    """The log; older files end in a number."""

    @property
    def state(self) -> Path:
        """The reader's state, one file for all sources."""
        return self.data / "state.db"

    def archive(self, source: str) -> Path:
        """The file with the posts of a source.

        Its name has the last words of the source's name, for people, and a hash, which makes
        it unique.
        """
        if source == "guide":
            return self.data / "archive-guide.db"
        words = re.sub(r"^\w+://|[^A-Za-z0-9]+", "-", source.removesuffix(".git"))
        digest = hashlib.sha256(source.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        return self.data / f"archive-{words.strip('-')[-40:].strip('-').lower()}-{digest}.db"

    def images(self, source: str) -> Path:
        """The file with the images of a source."""
        archive = self.archive(source)
        return archive.with_name(archive.name.replace("archive-", "images-", 1))
