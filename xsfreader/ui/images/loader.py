"""Fetch and draw images in a worker, the nearest first, and cache the drawings."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message
from textual.worker import get_current_worker

from xsfreader.errors import ImageError, StoppedError, UnreachableError, XsfreaderError
from xsfreader.ui.images.geometry import Cells, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.screen import Screen

    from xsfreader.library import Library
    from xsfreader.ui.images.drawing import Drawing
    from xsfreader.ui.images.terminal import Display

NOT_YET = "not fetched yet"
CELLS = 40_000
"""How many cells of drawings are kept: some twenty images in the text, 40 MB at the worst."""


class ImageRequest(NamedTuple):
    """An image, and how to draw it."""

    source: str
    path: str
    """On the site."""
    blob: str
    most: Cells
    ground: tuple[int, int, int]
    """Colour behind what is transparent."""
    cell: tuple[int, int]
    enlarge: float = 1

    def fitting(self, size: tuple[int, int]) -> Cells:
        """Return the cells that the image takes with a size in pixels."""
        return fit(size, self.most, self.cell, enlarge=self.enlarge)


class Loader:
    """Loads images one after another, as the UI's thread requests them."""

    @dataclass
    class ImageLoaded(Message):
        """An image was drawn, or could not be."""

        request: ImageRequest
        drawing: Drawing | None
        problem: str = ""
        final: bool = True
        """Whether there is no use in trying again."""

    def __init__(
        self,
        screen: Screen[None],
        display: Display,
        open_library: Callable[[str], Library],
        *,
        offline: bool,
    ) -> None:
        """``open_library`` opens the library of a source once more, for the worker."""
        self._screen = screen
        self._display = display
        self._open_library = open_library
        self._offline = offline
        self._lock = threading.Lock()
        self._queue: list[ImageRequest] = []
        self._current: ImageRequest | None = None
        self._running = False
        self._drawings: OrderedDict[ImageRequest, Drawing] = OrderedDict()

    def get(self, request: ImageRequest) -> Drawing | None:
        """Return a cached drawing."""
        drawing = self._drawings.get(request)
        if drawing is not None:
            self._drawings.move_to_end(request)
        return drawing

    def keep(self, request: ImageRequest, drawing: Drawing) -> Sequence[Drawing]:
        """Cache a drawing; return those that were dropped for it."""
        self._drawings[request] = drawing
        gone = []
        held = sum(one.cells.columns * one.cells.rows for one in self._drawings.values())
        while held > CELLS and len(self._drawings) > 1:
            gone.append(self._drawings.popitem(last=False)[1])
            held -= gone[-1].cells.columns * gone[-1].cells.rows
        return gone

    def clear(self) -> Sequence[Drawing]:
        """Drop all drawings and return them."""
        gone = list(self._drawings.values())
        self._drawings.clear()
        return gone

    def load(self, requests: Sequence[ImageRequest]) -> None:
        """Load these in this order, and cancel earlier requests."""
        with self._lock:
            self._queue = [
                one for one in requests if one not in self._drawings and one != self._current
            ]
            if self._current not in requests:
                self._current = None
            if not self._queue or self._running:
                return
            self._running = True
        self._screen.run_worker(self._work, thread=True, group="images", description="images")

    # In the worker

    def _next(self) -> ImageRequest | None:
        with self._lock:
            self._current = self._queue.pop(0) if self._queue else None
            self._running = self._current is not None
            return self._current

    def _work(self) -> None:
        worker = get_current_worker()
        libraries: dict[str, Library] = {}
        with ExitStack() as stack:
            while not worker.is_cancelled and (request := self._next()) is not None:
                loaded = None
                try:
                    if request.source not in libraries:
                        library = self._open_library(request.source)
                        libraries[request.source] = stack.enter_context(library)
                    loaded = self._load(libraries[request.source], request)
                except StoppedError:
                    continue
                except ImageError as error:
                    loaded = self.ImageLoaded(request, None, str(error))
                except UnreachableError:
                    self._give_up(request)
                except XsfreaderError:
                    loaded = self.ImageLoaded(request, None, "could not be fetched", final=False)
                if loaded is not None and not worker.is_cancelled:
                    self._screen.post_message(loaded)

    def _load(self, library: Library, request: ImageRequest) -> Loader.ImageLoaded:
        from xsfreader.ui.images.drawing import draw

        worker = get_current_worker()

        def cancelled() -> bool:
            return worker.is_cancelled or self._is_cancelled(request)

        if self._offline:
            data = library.images.cached(request.path)
            if data is None:
                return self.ImageLoaded(request, None, NOT_YET, final=False)
        else:
            data = library.image(request.path, cancelled)
        if cancelled():
            raise StoppedError("stopped")
        protocol = self._display.protocol()
        drawing = draw(data, request.fitting, request.ground, protocol, request.cell)
        return self.ImageLoaded(request, drawing)

    def _is_cancelled(self, request: ImageRequest) -> bool:
        with self._lock:
            return request != self._current

    def _give_up(self, request: ImageRequest) -> None:
        """Report the whole queue as failed: without a network all others would fail too."""
        with self._lock:
            missed, self._queue = [request, *self._queue], []
        for one in missed:
            self._screen.post_message(self.ImageLoaded(one, None, NOT_YET, final=False))
