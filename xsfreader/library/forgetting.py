"""Removing the archive or the specifications of a source that is not read any more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import NoArchiveError
from xsfreader.library.base import archive_path, normal_source

if TYPE_CHECKING:
    from xsfreader.config import Config
    from xsfreader.paths import Paths


KINDS = ("archive", "specifications")
"""Of the files that can be removed, as in their names."""


class StoredArchive(NamedTuple):
    """An archive with its images and specifications."""

    archive: Path
    files: tuple[Path, ...]
    """The files that there are, with those beside them."""

    @property
    def size(self) -> int:
        """Bytes that they take."""
        return sum(file.lstat().st_size for file in self.files)


def find_archive(config: Config, paths: Paths, name: str) -> StoredArchive:
    """Find the archive of a source, or of a file that ``paths`` lists. Raises NoArchiveError."""
    from xsfreader.store.forgetting import stored_files

    file = paths.data / Path(name).name
    if file in stored_archives(paths) and name in (str(file), file.name):
        wanted = [paths.archive_beside(file)]
    else:
        # Specifications belong to no branch.
        wanted = [archive_path(config, paths, name), paths.archive(normal_source(name))]
    archive = wanted[-1] if paths.all_of(wanted[-1])[2].exists() else wanted[0]
    found = tuple(stored_files(paths.all_of(archive)))
    if not found:
        raise NoArchiveError(
            f"no archive of {normal_source(name)} is stored; `xsfreader paths` lists all"
        )
    return StoredArchive(archive, found)


def forget(paths: Paths, stored: StoredArchive) -> list[Path]:
    """Delete an archive with what is beside it; return the files that were deleted.

    Marks and settings stay. Raises StoreError if the archive is in use or not ours.
    """
    from xsfreader.store.forgetting import remove

    return remove(paths.all_of(stored.archive))


def stored_archives(paths: Paths) -> list[Path]:
    """Return the archives that there are, by name; then the files of specifications."""
    return [each for kind in KINDS for each in sorted(paths.data.glob(f"{kind}-*.db"))]
