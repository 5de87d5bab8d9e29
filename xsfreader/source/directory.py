"""Files in a folder on disk: a checkout of the site, or any folder of Markdown files.

Files are read as they are on disk, so uncommitted work shows too. The ids of files are those
that Git would give them.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from xsfreader.disk import read_file
from xsfreader.errors import OversizeError, UpstreamError
from xsfreader.model import POST_LIMIT, Known, Snapshot
from xsfreader.reports import Progress, UnreadableFile
from xsfreader.source import names
from xsfreader.source.blobs import LazyBlobs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

SKIPPED: Final = frozenset({"node_modules"})
"""Folders that are not searched, besides hidden ones."""


class _File(NamedTuple):
    """A file, or an entry that could not be examined."""

    path: str
    """As in a snapshot; for an image of the site, its site path."""
    disk_path: str
    stamp: tuple[int, ...]
    """Size, times and inode: changes when the file does."""
    problem: str = ""
    """Why the file is rejected, or nothing."""

    @property
    def token(self) -> str:
        """An id that needs no reading of the file."""
        text = f"{self.stamp} {self.problem} {self.path}"
        return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


class DirectorySource:
    """A folder on this machine."""

    local = True

    def __init__(
        self, folder: Path, selection: names.Selection = names.BLOG, *, name: str = ""
    ) -> None:
        """Read nothing yet.

        Args:
            folder: A checkout of the site (with ``content/blog``, which paths begin with), or any
                folder with such files in it (paths are relative to it).
            selection: Which files are read.
            name: Shown instead of the folder's path.
        """
        self._root = Path(os.path.realpath(folder))
        self._selection = selection
        self.name = name or str(self._root)

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
        files: dict[str, str] = {}
        refused: list[UnreadableFile] = []
        places: dict[str, str] = {}
        known_blobs = frozenset(known.files.values())
        for done, found in enumerate(posts):
            if done % 16 == 0:
                progress(Progress("reading files", done, len(posts), self._selection.what))
            try:
                blob, problem = _identify(found)
            except FileNotFoundError:  # deleted in the meantime
                continue
            files[found.path] = blob
            if problem:
                refused.append(UnreadableFile(found.path, problem))
            elif blob not in known_blobs:
                places.setdefault(blob, found.disk_path)
        if not files:
            what = "Markdown files" if self._selection is names.BLOG else self._selection.what
            raise UpstreamError(f"{self.name}: no {what} in this folder")
        pictures = {found.path: found.token for found in images}
        digest = hashlib.sha1(usedforsecurity=False)
        for item in (*sorted(files.items()), ("", ""), *sorted(pictures.items())):
            digest.update(repr(item).encode())
        if digest.hexdigest() == known.snapshot:
            return None
        blobs = LazyBlobs(places, lambda blob: _read_again(places[blob], blob))
        return Snapshot(digest.hexdigest(), files, blobs, tuple(refused), images=pictures)

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
        if found.stamp[0] > names.IMAGE_LIMIT:
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


def _identify(found: _File) -> tuple[str, str]:
    """Return the id of a file, and why it isn't read. Raises FileNotFoundError."""
    problem = found.problem
    if not problem and found.stamp[0] > POST_LIMIT:
        problem = names.too_large(found.stamp[0])
    if not problem:
        try:
            return names.blob_id(_read_bytes(found.disk_path, POST_LIMIT)), ""
        except FileNotFoundError:
            raise
        except OSError as error:
            problem = f"can't be read: {error.strerror or error}"
    return found.token, problem


def _read_again(path: str, blob: str) -> bytes:
    """Read a post that was listed, rather than keep all in memory. Raises UpstreamError."""
    try:
        data = _read_bytes(path, POST_LIMIT)
    except OSError as error:
        raise UpstreamError(f"{path} can't be read: {error.strerror or error}") from error
    if names.blob_id(data) != blob:
        raise UpstreamError(f"{path} has just changed; sync again")
    return data


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
                yield _File(path + "/", folder, (), f"can't be opened: {error.strerror}")
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
        stamp: tuple[int, ...] = ()
        problem = ""
        is_listed = False
        try:
            info = entry.stat()
            stamp = info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino
            is_listed = stat.S_ISREG(info.st_mode)
        except FileNotFoundError:
            return
        except OSError as error:
            problem = f"can't be read: {error.strerror}"
        if entry.is_symlink() and not Path(os.path.realpath(entry.path)).is_relative_to(self._root):
            problem = problem or "is a symbolic link out of the folder"
        elif not names.is_plain(entry.name):
            problem = problem or "has a name that can't be stored"
        if problem:
            is_listed = self._includes(posixpath.join(posixpath.dirname(path), entry.name))
        if is_listed:
            yield _File(path, entry.path, stamp, problem)


def _read_bytes(path: str, limit: int) -> bytes:
    """Read a file of at most ``limit`` bytes. Raises OSError."""
    data = read_file(path, limit)
    if len(data) > limit:
        raise OSError(0, "it is too large")
    return data
