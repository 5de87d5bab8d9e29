"""Which images are fetched, and where they are kept.

An image is a blob of the same upstream as the posts. It is fetched once and kept for reading
offline; one that lies in a folder of this machine is read there and kept nowhere.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from xsfreader import raster
from xsfreader.errors import (
    OversizeError,
    PictureError,
    StoppedError,
    StoreError,
    UnreachableError,
    UpstreamError,
)
from xsfreader.model import Filter, Progress

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from xsfreader.model import Source
    from xsfreader.store import Store

_MENTION = r"(?i)/?images/[^\s\"'<>\[\](){}]+"
"""Where a post's Markdown names a file of the site's images."""


class Held(NamedTuple):
    """What is known of an image of the site without asking anybody."""

    blob: str
    """Changes when the image does."""
    here: bool
    """Whether it can be read without a network."""
    size: tuple[int, int] | None
    """Width and height, None where they were not measured."""


class PicturesReport(NamedTuple):
    """What fetching all images did."""

    fetched: int = 0
    kept: int = 0
    """Here before."""
    failed: int = 0

    def told(self) -> str:
        """Tell it in a line."""
        words = f"{self.fetched} images fetched, {self.kept} were here"
        return words + (f", {self.failed} could not be fetched" if self.failed else "")


class Pictures:
    """The images of one library, for the same thread."""

    def __init__(
        self, store: Store, file: Path, source: Callable[[], Source], *, local: bool
    ) -> None:
        """Nothing is opened yet; ``file`` is where images are kept, ``source`` opens upstream."""
        from xsfreader.store.pictures import PictureFile

        self._store = store
        self._file = PictureFile(file)
        self._source = source
        self._local = local

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def look_up(self, site_paths: Iterable[str]) -> dict[str, Held]:
        """Tell what is known of images, by path on the site; those it lacks are left out."""
        blobs = {path: blob for path in site_paths if (blob := self._store.image_blob(path))}
        sizes = self._file.sizes(blobs.values()) if blobs and not self._local else {}
        return {
            path: Held(blob, self._local or blob in sizes, sizes.get(blob))
            for path, blob in blobs.items()
        }

    def kept(self, site_path: str) -> bytes | None:
        """Read an image that was fetched before, or lies on this machine."""
        if self._local:
            return self.get(site_path, lambda: False)
        blob = self._store.image_blob(site_path)
        return self._file.get(blob) if blob else None

    def get(self, site_path: str, stopped: Callable[[], bool]) -> bytes:
        """Read an image, fetched where it is not kept yet.

        Raises PictureError where it can't be had, UnreachableError where only the network is
        missing, StoppedError, StoreError.
        """
        if problem := raster.problem_of_name(site_path):
            raise PictureError(problem)
        blob = self._store.image_blob(site_path)
        if blob is None:
            raise PictureError(raster.MISSING)
        data = None if self._local else self._file.get(blob)
        if data is None:
            data = self._fetch(site_path, blob, stopped)
        return data

    def _fetch(self, site_path: str, blob: str, stopped: Callable[[], bool]) -> bytes:
        try:
            data = self._source().blob(site_path, blob, stopped)
        except OversizeError:
            raise PictureError("too many bytes") from None
        except UpstreamError as error:
            raise PictureError("could not be fetched") from error
        if not self._local:
            with suppress(StoreError):
                self._file.put(blob, data, raster.measure(data))
        return data

    def fetch_all(
        self,
        today: dt.date,
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> PicturesReport:
        """Fetch every image that a post shows and that is not here; drop those nobody shows.

        Raises UnreachableError and StoppedError; what came until then is kept.
        """
        if self._local:
            return PicturesReport()
        progress(Progress("looking for images"))
        images = self._store.images()
        shown = {images[path]: path for path in sorted(self._mentioned(today) & images.keys())}
        held = self._file.held()
        missing = [(blob, path) for blob, path in shown.items() if blob not in held]
        failed = 0
        for done, (blob, path) in enumerate(missing):
            progress(Progress("fetching images", done, len(missing), "images"))
            try:
                self._fetch(path, blob, stopped)
            except (StoppedError, UnreachableError):
                raise
            except PictureError:
                failed += 1
        if missing:
            progress(Progress("fetching images", len(missing), len(missing), "images"))
        if gone := held - set(images.values()):
            self._file.drop(gone)
        return PicturesReport(len(missing) - failed, len(shown) - len(missing), failed)

    def _mentioned(self, today: dt.date) -> set[str]:
        found = set()
        for post, _ in self._store.posts(Filter(), today):
            for name in re.findall(_MENTION, self._store.body(post.permalink)):
                path = "/" + unquote(name).lstrip("/")
                if not raster.problem_of_name(path):
                    found.add(path)
        return found
