"""The blog's repository, read over HTTP: what changed since the last time, and no more.

Two fetches bring an archive: the newest commit with its trees but no files, and the files that
are missing, by their ids. dulwich asks for the server's abilities and refs before each.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from xsfreader.errors import SourceError, UpstreamError
from xsfreader.model import POST_LIMIT, Known, Progress, SetAside, Snapshot
from xsfreader.source import names
from xsfreader.source.web.address import parse_address
from xsfreader.source.web.patience import patiently

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dulwich.pack import UnpackedObject

    from xsfreader.source.git.client import GitClient
    from xsfreader.source.git.tree import Listing

    Report = Callable[[Progress], None]

RECEIVE_LIMIT: Final = 64 << 20
"""Bytes that a sync may receive; the real archive has 1.2 MB."""
UNPACK_LIMIT: Final = 256 << 20
"""Bytes that they may hold once unpacked."""
BLOB: Final = 3
"""Git's number for the kind of object that a file is."""
TREES_SIZE: Final = 1 << 20
"""Bytes that a commit's trees never have: who sends more sends all files with them."""
BATCH: Final = 5000
"""Files asked for in one request: some 250 kB of ids."""


class GitSource:
    """A Git repository over HTTP(S)."""

    local = False

    def __init__(self, url: str, *, branch: str | None = None) -> None:
        """Nothing is asked of the network yet.

        Args:
            url: Address of the repository; a name and a password in it are sent to the server,
                but shown nowhere.
            branch: None for the repository's default branch.

        Raises:
            SourceError: The address or the branch can't be one.
        """
        self._address = parse_address(url)
        if branch is not None and (not branch.isprintable() or " " in branch or not branch):
            raise SourceError("a branch's name has no spaces or control characters in it")
        self._branch = branch

    @property
    def name(self) -> str:
        """The URL, without a name or a password."""
        return str(self._address)

    def snapshot(
        self,
        known: Known,
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> Snapshot | None:
        """Bring what changed since ``known``; None where nothing did. Raises SourceError."""
        return patiently(
            lambda report: self._snapshot(known, report, stopped),
            progress=progress,
            stopped=stopped,
            abandon=lambda: None,
        )

    def _snapshot(
        self,
        known: Known,
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> Snapshot | None:
        from xsfreader.source.git.tree import list_commit

        with self._connect(RECEIVE_LIMIT, UNPACK_LIMIT, stopped) as client:
            progress(Progress("asking the server"))
            commit = self._find_commit(client)
            if commit == known.snapshot:
                return None
            objects = self._fetch_trees(client, commit, progress)
            with client.translate_errors():
                listing = list_commit(commit, objects)
            if not listing.files:
                raise UpstreamError(f"{self.name} has no posts in {names.BLOG}: check the address")
            missing = _missing_ids(listing, known)
            objects |= self._fetch_posts(client, [n for n in missing if n not in objects], progress)
        return self._assemble(commit, listing, {name: objects.get(name) for name in missing})

    def fingerprint(self) -> str:
        """Return nothing: only a request could tell."""
        return ""

    def blob(self, path: str, blob: str, stopped: Callable[[], bool]) -> bytes:
        """Bring one file by its blob id; ``path`` only names it in errors. Raises SourceError."""
        return patiently(
            lambda _: self._blob(path, blob, stopped),
            progress=lambda _: None,
            stopped=stopped,
            abandon=lambda: None,
        )

    def _blob(self, path: str, blob: str, stopped: Callable[[], bool]) -> bytes:
        limit = names.IMAGE_LIMIT
        with self._connect(limit + (1 << 20), limit, stopped) as client:
            objects = client.fetch([blob], lambda _: None)
        if blob not in objects:
            raise UpstreamError(f"{self.name} did not send {path}: it may be gone, sync again")
        return _data(objects[blob])

    @contextmanager
    def _connect(
        self, receive_limit: int, unpack_limit: int, stopped: Callable[[], bool]
    ) -> Iterator[GitClient]:
        """Open a session with the server; nothing is asked of it yet."""
        from xsfreader.source.git.client import MEDIA_TYPES, GitClient
        from xsfreader.source.web.session import HttpSession

        with HttpSession(
            self._address, limit=receive_limit, media_types=MEDIA_TYPES, cancelled=stopped
        ) as session:
            yield GitClient(self._address, session, unpack_limit)

    def _find_commit(self, client: GitClient) -> str:
        """Return the newest commit of the branch."""
        if self._branch is None:
            commit, missing = client.find_commit("HEAD"), "commit yet"
        else:
            branch = self._branch.removeprefix("refs/heads/")
            commit, missing = client.find_commit(f"refs/heads/{branch}"), f"branch “{branch}”"
        if commit is None:
            raise UpstreamError(f"{self.name} has no {missing}: check the configuration")
        return commit

    def _fetch_trees(
        self, client: GitClient, commit: str, progress: Report
    ) -> dict[str, UnpackedObject]:
        """Fetch a commit with its trees, and with its files where the server can't omit them."""

        def report(size: int) -> None:
            whole = size > TREES_SIZE
            stage = "fetching the whole site (the server can't send parts)"
            stage = stage if whole else "fetching the list of posts"
            progress(Progress(stage, size, unit="bytes"))

        report(0)
        return client.fetch([commit], report, depth=1, filter_spec=b"blob:none")

    def _fetch_posts(
        self, client: GitClient, ids: Sequence[str], progress: Report
    ) -> dict[str, UnpackedObject]:
        """Fetch files by their ids."""
        stage = "fetching posts"
        objects: dict[str, UnpackedObject] = {}
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            progress(Progress(stage, start, len(ids), "posts"))
            objects |= client.fetch(
                batch, lambda size: progress(Progress(stage, size, unit="bytes"))
            )
            progress(Progress(stage, start + len(batch), len(ids), "posts"))
        return objects

    def _assemble(
        self, commit: str, listing: Listing, objects: Mapping[str, UnpackedObject | None]
    ) -> Snapshot:
        blobs: dict[str, bytes] = {}
        sizes: dict[str, int] = {}
        for name, found in objects.items():
            if found is None or found.obj_type_num != BLOB:
                raise UpstreamError(f"{self.name} left out posts that it lists: try again later")
            data = _data(found)
            sizes[name] = len(data)
            if len(data) <= POST_LIMIT:
                blobs[name] = data
        too_large = [
            SetAside(path, names.too_large(sizes[name]))
            for path, name in listing.files.items()
            if name in sizes and name not in blobs
        ]
        return Snapshot(
            id=commit,
            files=listing.files,
            blobs=blobs,
            refused=(*listing.refused, *too_large),
            images=listing.images,
        )


def _data(found: UnpackedObject) -> bytes:
    return b"".join(found.obj_chunks or [])


def _missing_ids(listing: Listing, known: Known) -> list[str]:
    """Return the ids of files whose bytes are not known, each once; refused ones are left out."""
    refused = {item.path for item in listing.refused}
    here = set(known.files.values())
    missing = (
        name for path, name in listing.files.items() if path not in refused and name not in here
    )
    return list(dict.fromkeys(missing))
