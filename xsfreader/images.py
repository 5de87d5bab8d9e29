"""The images of the posts: fetched once, kept for reading offline.

An image is a blob of the same upstream as the posts. Pillow is an optional extra and slow to
load: it is imported when the first image is opened.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from xsfreader.errors import (
    ImageError,
    OversizeError,
    UpstreamError,
)
from xsfreader.image_file import SVG, open_image, swaps_axes
from xsfreader.limits import limited
from xsfreader.model import Filter
from xsfreader.reports import FetchReport, Progress

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from xsfreader.model import Source
    from xsfreader.store import Store

MISSING = "missing on the site"
NOT_FETCHED = "could not be fetched"

_MENTION = r"(?i)/?images/[^\s\"'<>\[\](){}]+"
"""Where a post's Markdown names a file of the site's images."""


class ImageStatus(NamedTuple):
    """What is known of a site image without a request."""

    blob: str
    """Changes when the image does."""
    cached: bool
    """Whether it can be read without a network."""
    size: tuple[int, int] | None
    """Width and height, None where they were not measured."""


class Images:
    """The images of one library, for use in one thread."""

    def __init__(
        self,
        store: Store,
        file: Path,
        source: Callable[[], Source],
        *,
        direct: bool,
        seconds: float = math.inf,
    ) -> None:
        """Open nothing yet.

        Args:
            store: Knows which images there are.
            file: Where images are stored.
            source: Opens the upstream.
            direct: Whether to read from the source alone, as for the guide, and store nothing.
            seconds: How long fetching one image from a server may take.
        """
        from xsfreader.store.images import ImageFile

        self._store = store
        self._file = ImageFile(file)
        self._source = source
        self._opened_source: Source | None = None
        self._direct = direct
        self._seconds = seconds

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def look_up(self, site_paths: Iterable[str]) -> dict[str, ImageStatus]:
        """Return what is known of images by site path; unknown paths are left out."""
        blobs = {path: blob for path in site_paths if (blob := self._store.image_blob(path))}
        sizes = self._file.sizes(blobs.values()) if blobs and not self._direct else {}
        return {
            path: ImageStatus(blob, self._direct or blob in sizes, sizes.get(blob))
            for path, blob in blobs.items()
        }

    def cached(self, site_path: str) -> bytes | None:
        """Read an image that was fetched before; None for others. Raises StoreError."""
        blob = self._store.image_blob(site_path)
        if blob is None:
            return None
        return self._fetch(site_path, blob) if self._direct else self._file.get(blob)

    def fetch(self, site_path: str) -> None:
        """Fetch an image into our file, unless it is there.

        Raises ImageError where there is no such image, UnreachableError without a network,
        StoreError.
        """
        if problem := name_problem(site_path):
            raise ImageError(problem)
        blob = self._store.image_blob(site_path)
        if blob is None:
            raise ImageError(MISSING)
        if not self._file.sizes([blob]):
            self._put(site_path, blob)

    def _put(self, site_path: str, blob: str) -> None:
        data = self._fetch(site_path, blob)
        self._file.put(blob, data, measure(data))

    def _fetch(self, site_path: str, blob: str) -> bytes:
        try:
            # One source for all images: it keeps its connection open.
            self._opened_source = self._opened_source or self._source()
            with limited(math.inf if self._opened_source.local else self._seconds):
                return self._opened_source.blob(site_path, blob)
        except OversizeError:
            raise ImageError("too many bytes") from None
        except UpstreamError as error:
            raise ImageError(NOT_FETCHED) from error

    def prune(self) -> None:
        """Delete the images that the site no longer has. Raises StoreError."""
        if gone := self._file.held() - set(self._store.images().values()):
            self._file.drop(gone)

    def fetch_all(self, today: dt.date, progress: Callable[[Progress], None]) -> FetchReport:
        """Fetch every image that a post shows; delete those the site no longer has.

        Raises UnreachableError and StoreError; images fetched before that stay.
        """
        progress(Progress("looking for images"))
        images = self._store.images()
        shown = {images[path]: path for path in sorted(self._mentioned(today) & images.keys())}
        held = self._file.held()
        missing = [(blob, path) for blob, path in shown.items() if blob not in held]
        failed = 0
        for done, (blob, path) in enumerate(missing):
            progress(Progress("fetching images", done, len(missing), "images"))
            try:
                self._put(path, blob)
            except ImageError:
                failed += 1
        if missing:
            progress(Progress("fetching images", len(missing), len(missing), "images"))
        self.prune()
        return FetchReport("image", len(missing) - failed, len(shown) - len(missing), failed)

    def _mentioned(self, today: dt.date) -> set[str]:
        found = set()
        for post, _ in self._store.posts(Filter(), today):
            for name in re.findall(_MENTION, self._store.full(post.permalink).body):
                path = "/" + unquote(name).lstrip("/")
                if not name_problem(path):
                    found.add(path)
        return found


@cache
def extra_installed() -> bool:
    """Tell whether the extra ``images`` is installed, without loading it."""
    from importlib.util import find_spec

    return all(find_spec(name) for name in ("PIL", "textual_image"))


def name_problem(path: str) -> str:
    """Return why a file with this name is never drawn, or an empty string."""
    return SVG if path.lower().endswith((".svg", ".svgz")) else ""


def measure(data: bytes) -> tuple[int, int] | None:
    """Return width and height as displayed, or None where they can't be known."""
    if not extra_installed():
        return None
    try:
        with open_image(data) as image:
            return image.size[::-1] if swaps_axes(image) else image.size
    except ImageError:
        return None
