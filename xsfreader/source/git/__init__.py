"""A Git repository, read over HTTP: only what changed since the last sync.

A sync finds the newest commit, fetches it with its trees but without files, and then fetches the
files that are missing, by their ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xsfreader.errors import SourceError, UpstreamError
from xsfreader.model import POST_LIMIT, Known, Snapshot, pull_request
from xsfreader.reports import Progress, UnreadableFile
from xsfreader.source import names
from xsfreader.source.blobs import LazyBlobs
from xsfreader.source.web.address import parse_address

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from xsfreader.source.git.client import GitClient
    from xsfreader.source.git.objects import Objects
    from xsfreader.source.git.tree import Listing

    Report = Callable[[Progress], None]

RECEIVE_LIMIT: Final = 128 << 20
"""Bytes that a sync may receive; the real archive has 1 MB, a hundred times the posts 100 MB."""
UNPACK_LIMIT: Final = 1 << 30
"""Bytes that it may unpack to, in a file, and read to apply deltas; a hundred times the posts have
273 MB, and deltas read some more."""
BLOB: Final = 3
"""The type of an object that is a file, as Git numbers them."""
TREES_SIZE: Final = 1 << 20
"""A server that sends more than this for a commit and its trees sends all files too."""
BATCH: Final = 5000
"""Files requested at once: some 250 kB of ids."""


class GitSource:
    """A Git repository over HTTP(S)."""

    local = False

    def __init__(
        self, url: str, *, branch: str | None = None, selection: names.Selection = names.BLOG
    ) -> None:
        """Send nothing yet.

        Args:
            url: The repository's address; a name and a password in it are sent to the server, but
                never shown.
            branch: None for the default branch; ``pull/12`` for the head of a pull request.
            selection: Which files are read.

        Raises:
            SourceError: The address or the branch is invalid.
        """
        self._address = parse_address(url)
        if branch is not None and (not branch.isprintable() or " " in branch or not branch):
            raise SourceError("a branch name can't have spaces or control characters")
        self._branch = branch
        self._selection = selection
        self._client: GitClient | None = None
        """Made when first needed, and kept: images are fetched one by one."""

    @property
    def name(self) -> str:
        """The URL, without a name or a password."""
        return str(self._address)

    def snapshot(
        self,
        known: Known,
        progress: Callable[[Progress], None],
        wanted: Collection[str] | None = None,
    ) -> Snapshot | None:
        """Fetch what changed since ``known``; return None if nothing did.

        Of what changed, only the paths ``wanted`` are fetched; None means all. Raises SourceError.
        """
        from xsfreader.source.git.tree import list_commit

        client = self._connect(RECEIVE_LIMIT, UNPACK_LIMIT)
        progress(Progress("contacting the server"))
        commit = self._find_commit(client)
        if commit == known.snapshot:
            return None
        self._fetch_trees(client, commit, progress)
        with client.translate_errors():
            listing = list_commit(commit, client.objects, self._selection)
        if not listing.files:
            raise UpstreamError(f"{self.name} has no {self._selection.missing}")
        missing = _missing_ids(listing, known, wanted)
        self._fetch_files(client, [n for n in missing if n not in client.objects], progress)
        return self._assemble(commit, listing, missing, client.objects)

    def fingerprint(self) -> str:
        """Return the newest commit's id, by two requests. Raises SourceError."""
        return self._find_commit(self._connect(1 << 20, 1 << 20))

    def blob(self, path: str, blob: str) -> bytes:
        """Fetch a file by its id; ``path`` is only used in errors. Raises SourceError."""
        limit = names.IMAGE_LIMIT
        client = self._connect(limit + (1 << 20), limit)
        client.fetch([blob], lambda _: None)
        if blob not in client.objects:
            raise UpstreamError(f"{self.name} did not send {path}; it may be deleted, sync again")
        return client.objects.read(blob)

    def _connect(self, receive_limit: int, unpack_limit: int) -> GitClient:
        """Begin a task with its bounds; send nothing yet."""
        from xsfreader.source.git.client import GitClient

        self._client = self._client or GitClient(self._address)
        self._client.begin(receive_limit, unpack_limit)
        return self._client

    def _find_commit(self, client: GitClient) -> str:
        """Return the newest commit of the branch or the pull request."""
        if self._branch is None:
            ref, missing = "HEAD", "commit yet; check the address"
        elif number := pull_request(self._branch):
            ref, missing = f"refs/pull/{number}/head", f"pull request {number}; check the number"
        else:
            branch = self._branch.removeprefix("refs/heads/")
            ref, missing = f"refs/heads/{branch}", f"branch “{branch}”; check the name"
        commit = client.find_commit(ref)
        if commit is None:
            raise UpstreamError(f"{self.name} has no {missing}")
        return commit

    def _fetch_trees(self, client: GitClient, commit: str, progress: Report) -> None:
        """Fetch a commit with its trees, and with its files if the server can't omit them."""

        def report(size: int) -> None:
            stage = f"fetching the list of {self._selection.what}"
            if size > TREES_SIZE:
                stage = "fetching the whole site (the server can't send parts)"
            progress(Progress(stage, size, unit="bytes"))

        report(0)
        client.fetch([commit], report, depth=1, filter_spec=b"blob:none")

    def _fetch_files(self, client: GitClient, ids: Sequence[str], progress: Report) -> None:
        """Fetch files by their ids, in batches."""
        what = self._selection.what
        stage = f"fetching {what}"
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            progress(Progress(stage, start, len(ids), what))
            client.fetch(batch, lambda size: progress(Progress(stage, size, unit="bytes")))
            progress(Progress(stage, start + len(batch), len(ids), what))

    def _assemble(
        self, commit: str, listing: Listing, missing: Sequence[str], objects: Objects
    ) -> Snapshot:
        too_large: dict[str, int] = {}
        for name in missing:
            place = objects.place(name)
            if place is None or place.type != BLOB:
                raise UpstreamError(
                    f"{self.name} did not send all {self._selection.what}; try again later"
                )
            if place.size > POST_LIMIT:
                too_large[name] = place.size
        refused = [
            UnreadableFile(path, names.too_large(too_large[name]))
            for path, name in listing.files.items()
            if name in too_large
        ]
        return Snapshot(
            id=commit,
            files=listing.files,
            blobs=LazyBlobs([name for name in missing if name not in too_large], objects.read),
            refused=(*listing.refused, *refused),
            images=listing.images,
        )


def _missing_ids(listing: Listing, known: Known, wanted: Collection[str] | None) -> list[str]:
    """Return the ids of wanted files that are neither known nor rejected, each once."""
    refused = {item.path for item in listing.refused}
    known_ids = set(known.files.values())
    missing = (
        name
        for path, name in listing.files.items()
        if path not in refused and name not in known_ids and (wanted is None or path in wanted)
    )
    return list(dict.fromkeys(missing))
