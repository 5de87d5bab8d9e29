"""Load images in turn, the nearest first: a child process fetches them, a thread draws them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from xsfreader.errors import ImageError, XsfreaderError
from xsfreader.library.events import Failed, ImageResult
from xsfreader.ui.images.geometry import Cells, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.screen import Screen
    from textual.worker import Worker

    from xsfreader.library import Library
    from xsfreader.library.events import Event
    from xsfreader.library.jobs import Job
    from xsfreader.ui.images.drawing import Drawing
    from xsfreader.ui.images.terminal import Display, Protocol

NOT_YET = "not fetched yet"
CELLS = 40_000
"""How many cells of drawings are kept: some twenty images in the text, 40 MB at the worst."""
FAILED = "could not be fetched"


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


class Fetcher:
    """Has images fetched into our file by a child process, which stays for further ones."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._job: Job | None = None
        self._worker: Worker[None] | None = None
        self._source = ""
        self._answers: dict[str, asyncio.Future[ImageResult]] = {}

    async def fetch(self, library: Library, path: str) -> ImageResult:
        """Fetch an image of the library's source by its path on the site."""
        busy = any(answer.cancelled() for answer in self._answers.values())
        if self._job is None or busy or self._source != library.source_name:
            # A child that still fetches a cancelled image is killed.
            self._answers.clear()
            self._job, self._source = library.job("images"), library.source_name
            self._worker = self._screen.run_worker(
                self._run_job, group="fetch images", exclusive=True
            )
        answer: asyncio.Future[ImageResult] = asyncio.get_running_loop().create_future()
        self._answers[path] = answer
        self._job.send(path)
        return await answer

    async def _run_job(self) -> None:
        job = self._job
        if job is None:
            return
        try:
            await job.run(self._receive)
        finally:
            if self._job is job:
                self._job = None
                for path in list(self._answers):
                    self._answer(ImageResult(path, FAILED, final=False))

    def _receive(self, event: Event) -> None:
        if isinstance(event, ImageResult):
            self._answer(event)
        elif isinstance(event, Failed):
            for path in list(self._answers):
                self._answer(ImageResult(path, FAILED, final=False))

    def _answer(self, result: ImageResult) -> None:
        answer = self._answers.pop(result.path, None)
        if answer is not None and not answer.done():
            answer.set_result(result)


class Loader:
    """Loads the images that are requested, and caches their drawings."""

    @dataclass
    class ImageLoaded(Message):
        """An image was drawn, or could not be."""

        request: ImageRequest
        drawing: Drawing | None
        problem: str = ""
        final: bool = True
        """Whether another attempt would fail as well."""

    def __init__(
        self,
        screen: Screen[None],
        display: Display,
        library: Callable[[], Library],
        *,
        offline: bool,
    ) -> None:
        """Post messages to ``screen``; ``library`` returns the library in use."""
        self._screen = screen
        self._display = display
        self._library = library
        self._offline = offline
        self._fetcher = Fetcher(screen)
        self._queue: list[ImageRequest] = []
        self._current: ImageRequest | None = None
        self._worker: Worker[None] | None = None
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
        self._queue = [
            one for one in requests if one not in self._drawings and one != self._current
        ]
        if self._current in requests:
            return
        if self._worker is not None:
            self._worker.cancel()
        self._current = self._worker = None
        if self._queue:
            self._worker = self._screen.run_worker(self._work, group="images")

    async def _work(self) -> None:
        while self._queue:
            request = self._current = self._queue.pop(0)
            loaded = await self._load(request)
            self._screen.post_message(loaded)
            if loaded.problem == NOT_YET and not self._offline:
                # Without a network all others would fail, too.
                for other in self._queue:
                    self._screen.post_message(self.ImageLoaded(other, None, NOT_YET, final=False))
                self._queue.clear()
        self._current = self._worker = None

    async def _load(self, request: ImageRequest) -> Loader.ImageLoaded:
        """Fetch an image if need be, and draw it."""
        library = self._library()
        try:
            data = library.images.cached(request.path)
            if data is None:
                if self._offline and not library.local:
                    return self.ImageLoaded(request, None, NOT_YET, final=False)
                result = await self._fetcher.fetch(library, request.path)
                if result.problem:
                    problem = result.problem if result.reachable else NOT_YET
                    return self.ImageLoaded(request, None, problem, final=result.final)
                data = library.images.cached(request.path)
            if data is None:
                return self.ImageLoaded(request, None, FAILED, final=False)
            protocol = await self._display.protocol()
            drawing = await asyncio.to_thread(_draw, request, data, protocol)
        except ImageError as error:
            return self.ImageLoaded(request, None, str(error))
        except XsfreaderError:
            return self.ImageLoaded(request, None, FAILED, final=False)
        return self.ImageLoaded(request, drawing)


def _draw(request: ImageRequest, data: bytes, protocol: Protocol) -> Drawing:
    from xsfreader.ui.images.drawing import draw

    return draw(data, request.fitting, request.ground, protocol, request.cell)
