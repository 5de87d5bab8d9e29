"""Finding the files of a selection in the trees of a commit."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from dulwich.objects import S_ISGITLINK, Commit, ShaFile, Tree, parse_tree

from xsfreader.errors import OversizeError, UpstreamError
from xsfreader.reports import UnreadableFile
from xsfreader.source import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xsfreader.source.git.objects import Objects

TREE_LIMIT: Final = 8 << 20
"""Bytes that a tree or a commit may have: some 150,000 files."""


class Listing(NamedTuple):
    """The files and images of a commit."""

    files: dict[str, str]
    """Path to blob id of every file that is read, including the rejected ones."""
    images: dict[str, str]
    """Site path (``/images/x.png``) to blob id."""
    refused: list[UnreadableFile]

    def reject(self, path: str, blob: str, reason: str) -> None:
        """Reject a file and say why."""
        self.files[path] = blob
        self.refused.append(UnreadableFile(path, reason))


class _Entry(NamedTuple):
    """An entry of a tree."""

    path: str
    name: str
    mode: int
    id: str
    is_plain: bool
    """Whether the name can be stored and shown."""

    @property
    def problem(self) -> str:
        """Why this is never a file that is read, or nothing."""
        if not self.is_plain:
            return "has a name that can't be stored"
        return "is a submodule, not a file" if S_ISGITLINK(self.mode) else ""


def list_commit(commit: str, objects: Objects, selection: names.Selection) -> Listing:
    """Find the files and images of a commit.

    Args:
        commit: The commit's id.
        objects: Objects by id, including the commit and all its trees.
        selection: Which files are read.

    Raises:
        UpstreamError: The server did not send a tree.
        OversizeError: The commit lists more than the bounds allow.
        ObjectFormatException: A tree or the commit is damaged.
    """
    walk = _Walk(objects)
    root = walk.root(commit)
    listing = Listing({}, {}, [])
    folder = walk.folder(root, selection.folder)
    for entry in walk.below(folder, selection.folder) if folder is not None else ():
        if entry.problem:
            listing.reject(entry.path, entry.id, entry.problem)
        elif not selection.includes(entry.path):
            continue
        elif entry.path in listing.files:
            listing.reject(entry.path, entry.id, "is there twice")
        elif stat.S_ISLNK(entry.mode):
            listing.reject(entry.path, entry.id, "is a symbolic link, not a file")
        else:
            listing.files[entry.path] = entry.id
    images = walk.folder(root, selection.images) if selection.images else None
    if images is not None:
        for entry in walk.below(images, "/images"):
            if not (entry.problem or stat.S_ISLNK(entry.mode)):
                listing.images.setdefault(entry.path, entry.id)
    return listing


class _Walk:
    """Walks the trees of a commit and counts their entries."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._left = names.FILES_LIMIT

    def root(self, commit: str) -> str:
        """Return the id of a commit's tree."""
        tree: bytes = cast("Commit", self._get(commit, Commit)).tree
        return tree.decode()

    def folder(self, root: str, path: str) -> str | None:
        """Return the id of a folder's tree, None if there is no such folder."""
        tree = root
        for name in path.split("/") if path else ():
            folders = (e for e in self._entries(tree, "") if stat.S_ISDIR(e.mode))
            inner = next((folder.id for folder in folders if folder.name == name), None)
            if inner is None:
                return None
            tree = inner
        return tree

    def below(self, tree: str, path: str, depth: int = 0) -> Iterator[_Entry]:
        """Yield everything below a tree, except the folders that were walked."""
        if depth > names.DEPTH_LIMIT:
            raise OversizeError(f"{path} is nested deeper than the bounds allow")
        for entry in self._entries(tree, path):
            if entry.is_plain and stat.S_ISDIR(entry.mode):
                yield from self.below(entry.id, entry.path, depth + 1)
            else:
                yield entry

    def _entries(self, tree: str, path: str) -> Iterator[_Entry]:
        for raw, mode, blob in parse_tree(self._get(tree, Tree).as_raw_string(), 20):
            self._left -= 1
            if self._left < 0:
                raise OversizeError("the repository lists more files than the bounds allow")
            name = raw.decode("utf-8", "surrogateescape")
            shown = names.printable(name).replace("/", "\\x2f")
            yield _Entry(
                f"{path}/{shown}" if path else shown,
                name,
                mode,
                blob.decode(),
                names.is_plain(name),
            )

    def _get(self, name: str, kind: type[ShaFile]) -> ShaFile:
        place = self._objects.place(name)
        if place is None or place.type != kind.type_num:
            raise UpstreamError(
                f"the server did not send a {kind.type_name.decode()} it lists; try again later"
            )
        if place.size > TREE_LIMIT:
            raise OversizeError("the repository lists more files than the bounds allow")
        return ShaFile.from_raw_string(place.type, self._objects.read(name))
