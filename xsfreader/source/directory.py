"""Posts in a folder on disk: a checkout of the site, or any folder of Markdown files.

Files are read as they lie there, so that work which is not committed shows. Ids of posts are
those Git would give them.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from xsfreader.errors import OversizeError, StoppedError, UpstreamError
from xsfreader.model import POST_LIMIT, Known, Progress, SetAside, Snapshot
from xsfreader.source import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SKIPPED: Final = frozenset({"node_modules"})
"""Folders that hold no posts, beside those whose name begins with a dot."""


class _Found(NamedTuple):
    """A file, or something that could not be looked at."""

    path: str
    """As in a snapshot; of an image, its site path."""
    where: str
    """Its path on disk."""
    stamp: tuple[int, ...]
    """What changes when the file does: size, times, inode."""
    size: int
    problem: str = ""
    """Why it is not brought, where it isn't."""

    @property
    def token(self) -> str:
        """An id made without reading the file."""
        text = f"{self.stamp} {self.problem} {self.path}"
        return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class _Read:
    """What reading the files gave."""

    files: dict[str, str] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    refused: list[SetAside] = field(default_factory=list)


class DirectorySource:
    """A folder on this machine."""

    local = True

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet.

        Args:
            folder: A checkout of the site (it holds ``content/blog``; paths begin with that), or
                any folder with Markdown files below it (paths are relative to it).
        """
        self._root = Path(os.path.realpath(folder))

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self._root)

    def fingerprint(self) -> str:
        """Something that changes when a post or an image does; no file is read for it.

        Cheap enough to be asked for every second. Raises SourceError.
        """
        posts, images = self._look()
        seen = [(found.path, found.stamp, found.problem) for found in (*posts, *images)]
        return hashlib.sha1(repr(seen).encode(), usedforsecurity=False).hexdigest()

    def snapshot(
        self,
        known: Known,
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> Snapshot | None:
        """Bring what changed since ``known``; None where nothing did. Raises SourceError."""
        progress(Progress("looking through the folder"))
        posts, images = self._look(stopped)
        read = _Read()
        here = frozenset(known.files.values())
        for done, found in enumerate(posts):
            if done % 16 == 0:
                _obey(stopped)
                progress(Progress("reading files", done, len(posts), "posts"))
            self._read(found, here, read)
        if not read.files:
            raise UpstreamError(f"{self.name}: no Markdown files in this folder")
        pictures = {found.path: found.token for found in images}
        digest = hashlib.sha1(usedforsecurity=False)
        for item in (*sorted(read.files.items()), ("", ""), *sorted(pictures.items())):
            digest.update(repr(item).encode())
        if digest.hexdigest() == known.snapshot:
            return None
        return Snapshot(
            digest.hexdigest(), read.files, read.blobs, tuple(read.refused), images=pictures
        )

    def blob(self, path: str, blob: str, stopped: Callable[[], bool]) -> bytes:
        """Bring one file as it is now.

        Args:
            path: Of a post, as in a snapshot's files, or the site path of an image.
            blob: Its id; an image's id changes with its file, but is not made of its bytes.
            stopped: Polled.

        Raises:
            SourceError: There is no such file, or it is too large.
        """
        _obey(stopped)
        posts, images = self._look(stopped)
        found = next((f for f in (*images, *posts) if f.path == path and not f.problem), None)
        if found is None:
            raise UpstreamError(f"{path} is not in {self.name}")
        if found.size > names.IMAGE_LIMIT:
            raise OversizeError(f"{path} is larger than {names.IMAGE_LIMIT >> 20} MiB")
        try:
            return _bytes(found.where, names.IMAGE_LIMIT)
        except OSError as error:
            raise UpstreamError(f"{path} can't be read: {error.strerror}") from error

    def _look(
        self, stopped: Callable[[], bool] = lambda: False
    ) -> tuple[list[_Found], list[_Found]]:
        """Posts and images that are there, each sorted by path."""
        blog = self._root / names.BLOG
        site = blog.is_dir()
        walk = _Walk(self._root, stopped)
        posts = walk.below(str(blog), names.BLOG) if site else walk.below(str(self._root), "")
        found = sorted(
            (f for f in posts if f.problem or names.is_post(f.path)),
            key=lambda f: f.path,
        )
        images: dict[str, _Found] = {}
        for folder in (names.IMAGES,) if site else (names.IMAGES, "images"):
            where = self._root / folder
            if where.is_dir() and not where.is_symlink():
                for image in walk.below(str(where), "/images"):
                    if not image.problem:
                        images[image.path] = image
        return found, [images[path] for path in sorted(images)]

    def _read(self, found: _Found, here: frozenset[str], read: _Read) -> None:
        """Add a post to what was read; one that vanished in the meantime is left out."""
        if found.problem:
            read.files[found.path] = found.token
            read.refused.append(SetAside(found.path, found.problem))
            return
        if found.size > POST_LIMIT:
            read.files[found.path] = found.token
            read.refused.append(SetAside(found.path, names.too_large(found.size)))
            return
        try:
            data = _bytes(found.where, POST_LIMIT)
        except FileNotFoundError:
            return
        except OSError as error:
            read.files[found.path] = found.token
            read.refused.append(SetAside(found.path, f"can't be read: {error.strerror or error}"))
            return
        blob = hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()
        read.files[found.path] = blob
        if blob not in here:
            read.blobs[blob] = data


class _Walk:
    """A walk through folders that stays within one, and within the bounds."""

    def __init__(self, root: Path, stopped: Callable[[], bool]) -> None:
        self._root = root
        self._stopped = stopped
        self._left = names.FILES_LIMIT

    def below(self, folder: str, path: str, depth: int = 0) -> Iterator[_Found]:
        """Every file below ``folder``, which is called ``path`` in the snapshot.

        Raises:
            SourceError: The topmost folder can't be read, or there is too much below it.
        """
        _obey(self._stopped)
        try:
            with os.scandir(folder) as entries:
                inside = list(entries)
        except OSError as error:
            if depth == 0:
                raise UpstreamError(f"{folder} can't be read: {error.strerror or error}") from error
            if not isinstance(error, FileNotFoundError):
                yield _Found(path + "/", folder, (), 0, f"can't be opened: {error.strerror}")
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

    def _file(self, entry: os.DirEntry[str], path: str) -> Iterator[_Found]:
        where = entry.path
        try:
            info = entry.stat()
        except FileNotFoundError:
            return
        except OSError as error:
            if names.is_post(entry.name):
                yield _Found(path, where, (), 0, f"can't be read: {error.strerror}")
            return
        if entry.is_symlink() and not Path(os.path.realpath(where)).is_relative_to(self._root):
            if names.is_post(entry.name):
                yield _Found(path, where, (), 0, "is a symbolic link out of the folder")
        elif not names.is_plain(entry.name):
            if names.is_post(entry.name):
                yield _Found(path, where, _stamp(info), 0, "has a name that can't be kept")
        elif stat.S_ISREG(info.st_mode):
            yield _Found(path, where, _stamp(info), info.st_size)


def _stamp(info: os.stat_result) -> tuple[int, ...]:
    return (info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)


def _bytes(path: str, limit: int) -> bytes:
    """A file's bytes, at most ``limit``. Raises OSError."""
    # Not blocking: what was a file when it was listed may be a pipe by now.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123 - opened by descriptor
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is no file any more")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(0, "it is too large")
    return data


def _obey(stopped: Callable[[], bool]) -> None:
    if stopped():
        raise StoppedError("stopped; nothing was changed")
