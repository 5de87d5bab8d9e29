"""The blog's repository, read over HTTP: what changed since the last time, and no more.

Four requests bring an archive: what can the server do, where is the branch, the newest commit
with its trees but no files, and the files that are missing, by their ids.
"""

from __future__ import annotations

from contextlib import closing, suppress
from threading import Thread
from typing import TYPE_CHECKING, Final, TypeVar

from xsfreader.errors import SourceError, UpstreamError
from xsfreader.model import Known, Progress, SetAside, Snapshot
from xsfreader.source import names
from xsfreader.source.web.address import parse_address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xsfreader.source.git.pack import Thing
    from xsfreader.source.git.tree import Listing
    from xsfreader.source.git.wire import Advertisement
    from xsfreader.source.web.transport import Transport

    Tell = Callable[[Progress], None]

T = TypeVar("T")

RECEIVE_LIMIT: Final = 64 << 20
"""Bytes that a sync may receive; the real archive has 1.2 MB."""
UNPACK_LIMIT: Final = 256 << 20
"""Bytes that they may hold once unpacked."""
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

        def work(transport: Transport, tell: Tell) -> Snapshot | None:
            return _Errand(self.name, transport, tell).snapshot(known, self._branch)

        return self._run(work, RECEIVE_LIMIT, progress, stopped)

    def fingerprint(self) -> str:
        """Nothing: only a request could tell."""
        return ""

    def blob(self, path: str, blob: str, stopped: Callable[[], bool]) -> bytes:
        """Bring one file by its blob id; ``path`` only names it in errors. Raises SourceError."""

        def work(transport: Transport, tell: Tell) -> bytes:
            return _Errand(self.name, transport, tell).blob(path, blob)

        return self._run(work, names.IMAGE_LIMIT + (1 << 20), lambda _: None, stopped)

    def _run(
        self,
        work: Callable[[Transport, Tell], T],
        limit: int,
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> T:
        from xsfreader.source.web.patience import patiently
        from xsfreader.source.web.transport import Transport

        transport = Transport(self._address, limit)

        def closed(tell: Tell) -> T:
            with closing(transport):
                return work(transport, tell)

        return patiently(closed, progress=progress, stopped=stopped, abandon=transport.abandon)


class _Errand:
    """One way to the server and back."""

    def __init__(self, name: str, transport: Transport, tell: Tell) -> None:
        self._name = name
        self._transport = transport
        self._tell = tell

    def snapshot(self, known: Known, branch: str | None) -> Snapshot | None:
        from xsfreader.source.git import wire

        self._tell(Progress("asking the server"))
        if known.snapshot is None:
            _load_beside()
        advertisement = wire.greet(self._transport)
        commit = wire.find_commit(self._transport, advertisement, branch)
        if commit is None:
            missing = "commit yet" if branch is None else f"branch “{branch}”"
            raise UpstreamError(f"{self._name} has no {missing}: check the configuration")
        if commit == known.snapshot:
            return None
        from xsfreader.source.git.tree import list_commit

        _load_beside()
        filters = advertisement.version == 2 and "filter" in advertisement.features
        stage = "fetching the list of posts"
        if not filters:
            stage = "fetching the whole site (the server can't send parts)"
        things = self._fetch(advertisement, [commit], stage, commit=True, trees_only=filters)
        try:
            listing = list_commit(commit, things)
        except UpstreamError as error:
            raise UpstreamError(f"{self._name}: {error}") from error
        if not listing.files:
            raise UpstreamError(f"{self._name} has no posts in {names.BLOG}")
        missing_ids = _missing(listing, known)
        if filters:
            things = self._fetch_all(advertisement, missing_ids)
        return self._assemble(commit, listing, {name: things.get(name) for name in missing_ids})

    def blob(self, path: str, blob: str) -> bytes:
        from xsfreader.source.git import wire

        advertisement = wire.greet(self._transport)
        things = self._fetch(advertisement, [blob], "fetching a file", limit=names.IMAGE_LIMIT)
        if blob not in things:
            raise UpstreamError(f"{self._name} did not send {path}: it may be gone, sync again")
        return things[blob].data

    def _fetch_all(self, advertisement: Advertisement, ids: Sequence[str]) -> Mapping[str, Thing]:
        things: dict[str, Thing] = {}
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            things |= self._fetch(
                advertisement, batch, "fetching posts", unit="posts", before=start, total=len(ids)
            )
        return things

    def _fetch(
        self,
        advertisement: Advertisement,
        ids: Sequence[str],
        stage: str,
        *,
        commit: bool = False,
        trees_only: bool = False,
        limit: int | None = None,
        unit: str = "",
        before: int = 0,
        total: int | None = None,
    ) -> Mapping[str, Thing]:
        from xsfreader.source.git import wire
        from xsfreader.source.git.pack import read_pack

        def tell(done: int, count: int) -> None:
            self._tell(Progress(stage, before + done, total or count, unit))

        self._tell(Progress(stage, before, total, unit))
        chunks = wire.fetch(
            self._transport, advertisement, ids, commit=commit, trees_only=trees_only
        )
        return read_pack(chunks, limit or UNPACK_LIMIT, tell)

    def _assemble(
        self, commit: str, listing: Listing, things: Mapping[str, Thing | None]
    ) -> Snapshot:
        blobs = {}
        for name, thing in things.items():
            if thing is None or thing.kind != "blob":
                raise UpstreamError(f"{self._name} left out posts that it lists: try again later")
            if len(thing.data) <= names.POST_LIMIT:
                blobs[name] = thing.data
        too_large = {n: len(t.data) for n, t in things.items() if t and n not in blobs}
        refused = [
            SetAside(path, names.too_large(too_large[name]))
            for path, name in listing.files.items()
            if name in too_large
        ]
        return Snapshot(
            id=commit,
            files=listing.files,
            blobs=blobs,
            refused=(*listing.refused, *refused),
            images=listing.images,
        )


def _load_beside() -> None:
    """Load what reads an answer while it is waited for.

    Python must wait for it at the end: imports don't survive that.
    """
    Thread(target=_load_dulwich, name="xsfreader-dulwich", daemon=False).start()


def _load_dulwich() -> None:
    with suppress(ImportError):
        from dulwich import objects, pack  # noqa: F401


def _missing(listing: Listing, known: Known) -> list[str]:
    """The ids of files whose bytes are not known, each once; refused ones are not asked for."""
    refused = {item.path for item in listing.refused}
    here = set(known.files.values())
    missing = (
        name for path, name in listing.files.items() if path not in refused and name not in here
    )
    return list(dict.fromkeys(missing))
