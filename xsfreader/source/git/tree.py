"""Which files a commit holds: posts and images, from Git's trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from xsfreader.errors import OversizeError, UpstreamError
from xsfreader.model import SetAside
from xsfreader.source import names
from xsfreader.source.git.pack import broken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xsfreader.source.git.pack import Thing

FOLDER: Final = 0o040000
SYMLINK: Final = 0o120000
SUBMODULE: Final = 0o160000
FORMAT: Final = 0o170000


class Listing(NamedTuple):
    """What was found in a commit."""

    files: dict[str, str]
    """Path to blob id of every post, the refused ones included."""
    images: dict[str, str]
    """Site path (``/images/x.png``) to blob id."""
    refused: list[SetAside]

    def refuse(self, path: str, blob: str, reason: str) -> None:
        """Name a file that is not brought."""
        self.files[path] = blob
        self.refused.append(SetAside(path, reason))


class _Entry(NamedTuple):
    path: str
    name: str
    mode: int
    id: str
    plain: bool


def list_commit(commit: str, things: Mapping[str, Thing]) -> Listing:
    """Find the posts and images of a commit.

    Args:
        commit: The commit's id.
        things: Objects by id; the commit and all its trees among them.

    Raises:
        UpstreamError: Objects are missing or damaged, or there is no blog in it.
        OversizeError: It lists more than the bounds allow.
    """
    walk = _Walk(things)
    root = walk.root(commit)
    listing = Listing({}, {}, [])
    blog = walk.folder(root, names.BLOG)
    if blog is None:
        raise UpstreamError(f"it holds no folder {names.BLOG}: it is no repository of the site")
    for entry in walk.below(blog, names.BLOG):
        kind = entry.mode & FORMAT
        if not entry.plain:
            listing.refuse(entry.path, entry.id, "has a name that can't be kept")
        elif kind == SUBMODULE:
            listing.refuse(entry.path, entry.id, "is a submodule, not a file")
        elif not names.is_post(entry.name):
            continue
        elif entry.path in listing.files:
            listing.refuse(entry.path, entry.id, "is there twice")
        elif kind == SYMLINK:
            listing.refuse(entry.path, entry.id, "is a symbolic link, not a file")
        else:
            listing.files[entry.path] = entry.id
    images = walk.folder(root, names.IMAGES)
    if images is not None:
        for entry in walk.below(images, "/images"):
            if entry.plain and entry.mode & FORMAT not in {SYMLINK, SUBMODULE}:
                listing.images.setdefault(entry.path, entry.id)
    return listing


class _Walk:
    def __init__(self, things: Mapping[str, Thing]) -> None:
        self._things = things
        self._left = names.FILES_LIMIT

    def root(self, commit: str) -> str:
        """The id of a commit's tree."""
        line = self._get(commit, "commit").partition(b"\n")[0]
        if not line.startswith(b"tree "):
            raise broken("a commit without a tree")
        return line[5:].decode("ascii", "replace")

    def folder(self, root: str, path: str) -> str | None:
        """The id of a folder's tree, None where there is no such folder."""
        tree = root
        for name in path.split("/"):
            found = (e.id for e in self._entries(tree, "") if e.name == name and _is_folder(e))
            inner = next(found, None)
            if inner is None:
                return None
            tree = inner
        return tree

    def below(self, tree: str, path: str, depth: int = 0) -> Iterator[_Entry]:
        """All that lies below a tree, but for plain folders, which are gone into."""
        if depth > names.DEPTH_LIMIT:
            raise OversizeError(f"{path} lies deeper than the bounds allow")
        for entry in self._entries(tree, path):
            if entry.plain and _is_folder(entry):
                yield from self.below(entry.id, entry.path, depth + 1)
            else:
                yield entry

    def _entries(self, tree: str, path: str) -> Iterator[_Entry]:
        from dulwich.errors import ObjectFormatException
        from dulwich.objects import parse_tree

        try:
            found = list(parse_tree(self._get(tree, "tree"), 20))
        except ObjectFormatException as error:
            raise broken("a tree that can't be read") from error
        self._left -= len(found)
        if self._left < 0:
            raise OversizeError("the repository lists more files than the bounds allow")
        for raw, mode, name in found:
            text = raw.decode("utf-8", "surrogateescape")
            shown = names.printable(text).replace("/", "\\x2f")
            yield _Entry(
                f"{path}/{shown}" if path else shown,
                text,
                mode,
                name.decode(),
                names.is_plain(text),
            )

    def _get(self, name: str, kind: str) -> bytes:
        thing = self._things.get(name)
        if thing is None or thing.kind != kind:
            raise UpstreamError(f"the server left out a {kind} that it names: try again later")
        return thing.data


def _is_folder(entry: _Entry) -> bool:
    return entry.mode & FORMAT == FOLDER
