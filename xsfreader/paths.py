"""Where files are stored, how an archive's file is named, how a person's file is written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path
from typing import NamedTuple

from xsfreader.errors import without_password


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
        name = without_password(source).removesuffix(".git")
        words = re.sub(r"^\w+://|[^A-Za-z0-9]+", "-", name)
        digest = hashlib.sha256(source.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        return self.data / f"archive-{words.strip('-')[-40:].strip('-').lower()}-{digest}.db"

    def images(self, source: str) -> Path:
        """The file with the images of a source."""
        return _beside(self.archive(source), "images")

    def specifications(self, source: str) -> Path:
        """The file with the specifications of a source."""
        return _beside(self.archive(source), "specifications")

    @staticmethod
    def archive_beside(specifications: Path) -> Path:
        """The file with the posts of a source, by that of its specifications or its own."""
        name = specifications.name.replace("specifications-", "archive-", 1)
        return specifications.with_name(name)

    @staticmethod
    def all_of(archive: Path) -> tuple[Path, Path, Path]:
        """An archive, its images and its specifications."""
        return archive, _beside(archive, "images"), _beside(archive, "specifications")


def _beside(archive: Path, kind: str) -> Path:
    return archive.with_name(archive.name.replace("archive", kind, 1))


def with_home(name: str) -> Path:
    """Return the path of a name that may begin with ``~``, which a shell leaves in ``--x=~/y``."""
    path = Path(name)
    with contextlib.suppress(RuntimeError):
        # There may be no such user.
        path = path.expanduser()
    return path


def write_whole(file: Path, text: str) -> None:
    """Write a file completely or not at all: a full disk or a kill leaves the older one.

    A new file is readable by its owner only, a replaced one keeps its permissions, and a symbolic
    link keeps pointing to it. A pipe, a device or an open file (``/dev/stdout``) is written
    directly. Raises OSError.
    """
    opened = ("/dev/std", "/dev/fd/", "/proc/")
    if str(file).startswith(opened) or (file.exists() and not file.is_file()):
        file.write_text(text, encoding="utf-8")
        return
    import tempfile

    file = file.resolve()
    number, name = tempfile.mkstemp(dir=file.parent, prefix=".xsfreader-")
    draft = file.parent / name
    try:
        with os.fdopen(number, "w", encoding="utf-8") as output:
            output.write(text)
            output.flush()
            os.fsync(number)
        if file.exists():
            draft.chmod(file.stat().st_mode & 0o7777)
        draft.replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
