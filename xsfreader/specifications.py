"""The specifications: fetched from their own source, kept and indexed for reading offline."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from xsfreader.errors import SpecificationError, UnreadableSpecificationError
from xsfreader.limits import limited
from xsfreader.log import log
from xsfreader.model import ENTITIES_FILE, Known, specification_file
from xsfreader.reports import FetchReport, Progress
from xsfreader.store.specifications import HeldFile, SpecificationFile
from xsfreader.text import FOLDING_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from xsfreader.model import Section, Snapshot, Source

    Report = Callable[[Progress], None]

INDEX_VERSION: Final = f"1.{FOLDING_VERSION}"
"""Increase the first number when the text of sections changes: the index is then made again."""
_BATCH: Final = 50
"""Files in one transaction; with one in each, writing takes half as long again."""


class Specifications:
    """The specifications of one source, for use in one thread."""

    def __init__(
        self, file: Path, source: Callable[[], Source], *, seconds: float = math.inf
    ) -> None:
        """Open nothing yet.

        Args:
            file: Where specifications are stored.
            source: Opens the upstream.
            seconds: How long fetching from a server may take.
        """
        self.file = SpecificationFile(file)
        """What is held, to be searched."""
        self._open = source
        self._opened: Source | None = None
        self._seconds = seconds
        self._list_is_new = False
        self._entities: bytes | None = None
        """What all use, read once."""

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def version(self, number: int) -> str:
        """Return a text that changes when a specification does; empty if it isn't held."""
        path = specification_file(number)
        held = self.file.versions([path, ENTITIES_FILE])
        return f"{held[path]} {held.get(ENTITIES_FILE)}" if path in held else ""

    def held(self) -> set[int]:
        """Return the numbers of the specifications that can be read without a network."""
        return {int(path[4:8]) for path in self.file.held() if path != ENTITIES_FILE}

    def read(self, number: int) -> tuple[bytes, bytes]:
        """Return the XML of a specification, and the entities that all use, empty without them.

        Raises SpecificationError if it isn't held.
        """
        xml = self.file.get(specification_file(number))
        if xml is None:
            raise SpecificationError(
                f"XEP-{number:04} is not held here: read it once with a network, "
                "or fetch all by `xsfreader sync --xeps`"
            )
        return xml, self.file.get(ENTITIES_FILE) or b""

    def fetch(self, number: int, progress: Report) -> None:
        """Fetch a specification unless its newest version is held; look for that once.

        Raises SpecificationError if the source doesn't have it, SourceError, StoreError.
        """
        if not self._list_is_new:
            snapshot = self._snapshot(self.file.listed(), progress, ())
            if snapshot is not None:
                self.file.set_listed(Known(snapshot.id, snapshot.files))
            self._list_is_new = True
        files, path = self.file.listed().files, specification_file(number)
        if path not in files:
            raise SpecificationError(f"XEP-{number:04} is not in {self._source().name}")
        held = self.file.versions([path, ENTITIES_FILE])
        for each in (ENTITIES_FILE, path):
            if each in files and held.get(each) != files[each]:
                progress(Progress("fetching specifications"))
                source = self._source()
                with limited(self._seconds):
                    data = source.blob(each, files[each])
                self._keep([(each, files[each], data)])

    def update(self, progress: Report, *, everything: bool) -> FetchReport:
        """Fetch the newest versions of all specifications, or of those that are held.

        Raises SourceError and StoreError; what was fetched before that stays.
        """
        listed, held = self.file.listed(), self.file.held()
        if not (everything or held):
            return FetchReport("specification")
        is_complete = all(
            held.get(path) == blob
            for path, blob in listed.files.items()
            if everything or path in held
        )
        known = Known(listed.snapshot if is_complete else None, held)
        snapshot = self._snapshot(known, progress, None if everything else held.keys())
        if snapshot is None:
            return FetchReport("specification", cached=len(self.held()))
        self.file.set_listed(Known(snapshot.id, snapshot.files))
        # The entities, which all use, come first.
        changed = [
            path
            for path, blob in sorted(snapshot.files.items(), reverse=True)
            if (everything or path in held) and held.get(path) != blob
        ]
        sent = [path for path in changed if snapshot.files[path] in snapshot.blobs]
        for done in range(0, len(sent), _BATCH):
            progress(Progress("indexing specifications", done, len(sent), "specifications"))
            blobs = ((path, snapshot.files[path]) for path in sent[done : done + _BATCH])
            self._keep((path, blob, snapshot.blobs[blob]) for path, blob in blobs)
        for file in snapshot.refused:
            log().info("unreadable specification: %s: %s", file.path, file.reason)
        fetched = len([path for path in sent if path != ENTITIES_FILE])
        failed = len(changed) - len(sent)
        return FetchReport("specification", fetched, len(self.held()) - fetched, failed)

    def _source(self) -> Source:
        # One source for all requests: it keeps its connection open.
        if self._opened is None:
            self._opened = self._open()
            self._seconds = math.inf if self._opened.local else self._seconds
        return self._opened

    def _snapshot(
        self, known: Known, progress: Report, wanted: Collection[str] | None
    ) -> Snapshot | None:
        source = self._source()
        with limited(self._seconds):
            return source.snapshot(known, progress, wanted)

    def _keep(self, files: Iterable[tuple[str, str, bytes]]) -> None:
        """Keep and index files, given by path, id and bytes, the entities first."""
        if self.file.index_version() != INDEX_VERSION:
            self.file.set_index_version("")
            held = self.file.held().items()
            self._put((path, blob, self.file.get(path) or b"") for path, blob in held)
            self.file.set_index_version(INDEX_VERSION)
        self._put(files)

    def _put(self, files: Iterable[tuple[str, str, bytes]]) -> None:
        self.file.put(HeldFile(*file, self._sections(file[0], file[2])) for file in files)

    def _sections(self, path: str, data: bytes) -> list[Section]:
        """Return what is indexed of a file; nothing of one that can't be read."""
        from xsfreader.xep.sections import read_sections

        if path == ENTITIES_FILE:
            self._entities = data
            return []
        if self._entities is None:
            self._entities = self.file.get(ENTITIES_FILE) or b""
        try:
            return read_sections(data, self._entities)
        except UnreadableSpecificationError as error:
            log().warning("%s: %s", path, error)
            return []
