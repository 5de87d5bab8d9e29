"""Load images in turn, the nearest first: a child process fetches them, a thread draws them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from xsfreader.errors import ImageError, XsfreaderError
from xsfreader.images import NOT_FETCHED
from xsfreader.library.job_events import FetchResult
from xsfreader.ui.images.geometry import Cells, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.screen import Screen
    from textual.worker import Worker

    from xsfreader.library import Library
    from xsfreader.library.job_events import Event
    from xsfreader.library.jobs import Job
    from xsfreader.ui.images.drawing import Drawing
    from xsfreader.ui.images.terminal import Display, Protocol

NOT_YET = "not fetched yet"
BYTES = 40_000_000
"""How much memory the drawings that are kept may take: at least twenty images in the text."""


_CHILD_ENDED = FetchResult("", NOT_FETCHED, final=False)


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
    """Fetches one image at a time into our file by a child process, which stays for others."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._job: Job | None = None
        self._answer: asyncio.Future[FetchResult] | None = None

    async def fetch(self, library: Library, path: str) -> FetchResult:
        """Fetch an image of the library's source by its path on the site."""
        if self._job is not None and self._answer is None:
            result = await self._ask(self._job, path)
            if result is not _CHILD_ENDED:
                return result
            # It had waited long enough for another request just as this one came.
        # A child that still fetches a cancelled image is killed.
        self._job = library.job("images")
        self._screen.run_worker(self._load_all(self._job), group="fetch images", exclusive=True)
        return await self._ask(self._job, path)

    async def _ask(self, job: Job, path: str) -> FetchResult:
        self._answer = asyncio.get_running_loop().create_future()
        job.send(path)
        return await self._answer

    async def _load_all(self, job: Job) -> None:
        try:
            await job.run(self._receive)
        finally:
            if self._job is job:
                self._job = None
                self._receive(_CHILD_ENDED)

    def _receive(self, event: Event) -> None:
        if isinstance(event, FetchResult) and self._answer is not None:
            if not self._answer.done():
                self._answer.set_result(event)
            self._answer = None


class Loader:
    """Loads the images that are requested, and caches their drawings."""

    @dataclass
    class ImageLoaded(Message):
        """An image was drawn, or could not be."""

        request: ImageRequest
        drawing: Drawing | None = None
        problem: str = ""
        final: bool = True
        """Whether another attempt would fail as well."""

    def __init__(
        self, screen: Screen[None], display: Display, library: Callable[[], Library]
    ) -> None:
        """Post messages to ``screen``; ``library`` returns the library in use."""
        self._screen = screen
        self._display = display
        self._library = library
        self._fetcher = Fetcher(screen)
        self._queue: list[ImageRequest] = []
        self._current: ImageRequest | None = None
        self._worker: Worker[None] | None = None
        self._thread = ThreadPoolExecutor(1, "draw images")
        """One, since a cancelled drawing goes on: several at once would add up their memory."""
        self._drawings: OrderedDict[ImageRequest, Drawing] = OrderedDict()

    def get(self, request: ImageRequest) -> Drawing | None:
        """Return a cached drawing."""
        drawing = self._drawings.get(request)
        if drawing is not None:
            self._drawings.move_to_end(request)
        return drawing

    def keep(self, request: ImageRequest, drawing: Drawing) -> None:
        """Cache a drawing, here and in the terminal, and drop the oldest ones for it."""
        self._display.send(drawing.sent)
        self._drawings[request] = drawing._replace(sent="")
        weight = sum(each.weight for each in self._drawings.values())
        while weight > BYTES and len(self._drawings) > 1:
            weight -= self._drop_oldest().weight

    def _drop_oldest(self) -> Drawing:
        _, drawing = self._drawings.popitem(last=False)
        self._display.send(drawing.forgotten)
        return drawing

    def clear(self) -> None:
        """Drop all drawings, here and in the terminal."""
        while self._drawings:
            self._drop_oldest()

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
            if loaded.problem == NOT_YET:
                # Without a network all others would fail, too.
                for other in self._queue:
                    self._screen.post_message(replace(loaded, request=other))
                self._queue.clear()
        self._current = self._worker = None

    async def _load(self, request: ImageRequest) -> Loader.ImageLoaded:
        """Fetch an image unless it is cached, and draw it."""
        library = self._library()
        failed = self.ImageLoaded(request, problem=NOT_FETCHED, final=False)
        try:
            data = library.images.cached(request.path)
            if data is None:
                result = await self._fetcher.fetch(library, request.path)
                if result.problem:
                    problem = result.problem if result.reachable else NOT_YET
                    return self.ImageLoaded(request, problem=problem, final=result.final)
                data = library.images.cached(request.path)
            if data is None:
                return failed
            protocol = await self._display.protocol()
            drawing = await asyncio.get_running_loop().run_in_executor(
                self._thread, _draw, request, data, protocol
            )
            return self.ImageLoaded(request, drawing)
        except ImageError as error:
            return self.ImageLoaded(request, problem=str(error))
        except XsfreaderError:
            return failed


def _draw(request: ImageRequest, data: bytes, protocol: Protocol) -> Drawing:
    from xsfreader.ui.images.drawing import draw

    return draw(data, request.fitting, request.ground, protocol, request.cell)
