"""Files in a folder on disk: a checkout of the site, or any folder of Markdown files.

Files are read as they are on disk, so uncommitted work shows too. The ids of files are those
that Git would give them.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from xsfreader.disk import read_file
from xsfreader.errors import OversizeError, UpstreamError
from xsfreader.model import POST_LIMIT, Known, Progress, Snapshot, UnreadableFile
from xsfreader.source import names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

KEPT_BYTES: Final = 16 << 20
"""Bytes of posts that are kept in memory between listing and reading them."""
SKIPPED: Final = frozenset({"node_modules"})
"""Folders that are not searched, besides hidden ones."""


class _File(NamedTuple):
    """A file, or an entry that could not be examined."""

    path: str
    """As in a snapshot; for an image of the site, its site path."""
    disk_path: str
    stamp: tuple[int, ...]
    """Size, times and inode: changes when the file does."""
    size: int
    problem: str = ""
    """Why the file is rejected, or nothing."""

    @property
    def token(self) -> str:
        """An id that needs no reading of the file."""
        text = f"{self.stamp} {self.problem} {self.path}"
        return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


class _Blobs(Mapping[str, bytes]):
    """The posts that are new, by id: in memory while they are few, else read once more."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}
        self._kept: dict[str, bytes] = {}
        self._left = KEPT_BYTES

    def add(self, blob: str, data: bytes, disk_path: str) -> None:
        """Add a post's bytes, which are in a file."""
        if blob not in self._places:
            self._places[blob] = disk_path
            self._left -= len(data)
            if self._left >= 0:
                self._kept[blob] = data

    def __getitem__(self, blob: str) -> bytes:
        path, data = self._places[blob], self._kept.get(blob)
        if data is None:
            try:
                data = _read_bytes(path, POST_LIMIT)
            except OSError as error:
                raise UpstreamError(f"{path} can't be read: {error.strerror or error}") from error
            if names.blob_id(data) != blob:
                raise UpstreamError(f"{path} has just changed; sync again")
        return data

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass(slots=True)
class _Contents:
    """The posts read so far."""

    files: dict[str, str] = field(default_factory=dict)
    blobs: _Blobs = field(default_factory=_Blobs)
    refused: list[UnreadableFile] = field(default_factory=list)

    def refuse(self, found: _File, reason: str) -> None:
        """Add a file that is not read, with the reason."""
        self.files[found.path] = found.token
        self.refused.append(UnreadableFile(found.path, reason))


class DirectorySource:
    """A folder on this machine."""

    local = True

    def __init__(self, folder: Path, selection: names.Selection = names.BLOG) -> None:
        """Read nothing yet.

        Args:
            folder: A checkout of the site (with ``content/blog``, which paths begin with), or any
                folder with such files in it (paths are relative to it).
            selection: Which files are read.
        """
        self._root = Path(os.path.realpath(folder))
        self._selection = selection

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self._root)

    def fingerprint(self) -> str:
        """Return a text that changes when a post or an image does, without reading any file.

        Cheap enough for once a second. Raises SourceError.
        """
        posts, images = self._list()
        seen = [(found.path, found.stamp, found.problem) for found in (*posts, *images)]
        return hashlib.sha1(repr(seen).encode(), usedforsecurity=False).hexdigest()

    def snapshot(
        self,
        known: Known,
        progress: Callable[[Progress], None],
        wanted: Collection[str] | None = None,
    ) -> Snapshot | None:
        """Read what changed since ``known``; return None if nothing did. Raises SourceError."""
        progress(Progress("looking through the folder"))
        posts, images = self._list()
        contents = _Contents()
        known_blobs = frozenset(known.files.values())
        for done, found in enumerate(posts):
            if done % 16 == 0:
                progress(Progress("reading files", done, len(posts), self._selection.what))
            self._read(found, known_blobs, contents)
        if not contents.files:
            what = "Markdown files" if self._selection is names.BLOG else self._selection.what
            raise UpstreamError(f"{self.name}: no {what} in this folder")
        pictures = {found.path: found.token for found in images}
        digest = hashlib.sha1(usedforsecurity=False)
        for item in (*sorted(contents.files.items()), ("", ""), *sorted(pictures.items())):
            digest.update(repr(item).encode())
        if digest.hexdigest() == known.snapshot:
            return None
        return Snapshot(
            digest.hexdigest(),
            contents.files,
            contents.blobs,
            tuple(contents.refused),
            images=pictures,
        )

    def blob(self, path: str, blob: str) -> bytes:
        """Read one file as it is now.

        Args:
            path: The path of a post or an image in a snapshot.
            blob: Not used: the newest version is returned.

        Raises:
            SourceError: The file is missing, unreadable or too large.
        """
        posts, images = self._list()
        found = next((f for f in (*images, *posts) if f.path == path and not f.problem), None)
        if found is None:
            raise UpstreamError(f"{path} is not in {self.name}")
        if found.size > names.IMAGE_LIMIT:
            raise OversizeError(f"{path} is larger than {names.IMAGE_LIMIT >> 20} MiB")
        try:
            return _read_bytes(found.disk_path, names.IMAGE_LIMIT)
        except OSError as error:
            raise UpstreamError(f"{path} can't be read: {error.strerror}") from error

    def _list(self) -> tuple[list[_File], list[_File]]:
        """List the files that are read and images, each sorted by path. Raises SourceError."""
        selection = self._selection
        top = self._root / selection.folder
        is_site = top.is_dir()
        if is_site and not self._contains(top):
            raise UpstreamError(f"{top}: a symbolic link out of the folder; use what it points to")
        walk = _Walk(self._root, selection)
        below = (
            walk.below(str(top), selection.folder) if is_site else walk.below(str(self._root), "")
        )
        entries = sorted(below, key=lambda f: f.path)
        found = [f for f in entries if f.problem or selection.includes(f.path)]
        if not selection.images:
            return found, []
        images = {f.path: f for f in entries if not f.problem and names.is_picture(f.path)}
        for folder in (selection.images,) if is_site else (selection.images, "images"):
            disk_path = self._root / folder
            if disk_path.is_dir() and self._contains(disk_path):
                for image in walk.below(str(disk_path), "/images"):
                    if not image.problem:
                        images[image.path] = image
        return found, [images[path] for path in sorted(images)]

    def _contains(self, path: Path) -> bool:
        """Return whether a path is still inside once its symbolic links are followed."""
        return Path(os.path.realpath(path)).is_relative_to(self._root)

    def _read(self, found: _File, known_blobs: frozenset[str], contents: _Contents) -> None:
        """Read a post into ``contents``; ignore one that was deleted in the meantime."""
        if found.problem:
            contents.refuse(found, found.problem)
            return
        if found.size > POST_LIMIT:
            contents.refuse(found, names.too_large(found.size))
            return
        try:
            data = _read_bytes(found.disk_path, POST_LIMIT)
        except FileNotFoundError:
            return
        except OSError as error:
            contents.refuse(found, f"can't be read: {error.strerror or error}")
            return
        blob = names.blob_id(data)
        contents.files[found.path] = blob
        if blob not in known_blobs:
            contents.blobs.add(blob, data, found.disk_path)


class _Walk:
    """Lists files below a folder, within bounds and without leaving it."""

    def __init__(self, root: Path, selection: names.Selection) -> None:
        self._root = root
        self._includes = selection.includes
        self._left = names.FILES_LIMIT

    def below(self, folder: str, path: str, depth: int = 0) -> Iterator[_File]:
        """Yield every file below ``folder``, which has the path ``path`` in the snapshot.

        Raises:
            SourceError: The topmost folder can't be read, or it holds too many files.
        """
        try:
            with os.scandir(folder) as entries:
                inside = list(entries)
        except OSError as error:
            if depth == 0:
                raise UpstreamError(f"{folder} can't be read: {error.strerror or error}") from error
            if not isinstance(error, FileNotFoundError):
                yield _File(path + "/", folder, (), 0, f"can't be opened: {error.strerror}")
            return
        self._left -= len(inside)
        if self._left < 0 or depth > names.DEPTH_LIMIT:
            raise OversizeError(
                f"{self._root} holds too many files for a blog: is it the right one?"
            )
        for entry in inside:
            if entry.name.startswith(".") or entry.name in SKIPPED:
                continue
            shown = names.printable(entry.name)
            inner = f"{path}/{shown}" if path else shown
            if entry.is_dir(follow_symlinks=False):
                if names.is_plain(entry.name):
                    yield from self.below(entry.path, inner, depth + 1)
            else:
                yield from self._file(entry, inner)

    def _file(self, entry: os.DirEntry[str], path: str) -> Iterator[_File]:
        disk_path = entry.path
        is_read = self._includes(posixpath.join(posixpath.dirname(path), entry.name))
        try:
            info = entry.stat()
        except FileNotFoundError:
            return
        except OSError as error:
            if is_read:
                yield _File(path, disk_path, (), 0, f"can't be read: {error.strerror}")
            return
        if entry.is_symlink() and not Path(os.path.realpath(disk_path)).is_relative_to(self._root):
            if is_read:
                yield _File(path, disk_path, (), 0, "is a symbolic link out of the folder")
        elif not names.is_plain(entry.name):
            if is_read:
                yield _File(path, disk_path, _stamp(info), 0, "has a name that can't be stored")
        elif stat.S_ISREG(info.st_mode):
            yield _File(path, disk_path, _stamp(info), info.st_size)


def _stamp(info: os.stat_result) -> tuple[int, ...]:
    return (info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)


def _read_bytes(path: str, limit: int) -> bytes:
    """Read a file of at most ``limit`` bytes. Raises OSError."""
    data = read_file(path, limit)
    if len(data) > limit:
        raise OSError(0, "it is too large")
    return data
