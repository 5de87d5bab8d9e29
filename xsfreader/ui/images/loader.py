"""One worker that fetches and draws pictures, the nearest first; and the drawings it made."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import ExitStack
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
"""How many cells of drawings are kept: some twenty pictures in the text, 40 MB at the worst."""


class ImageRequest(NamedTuple):
    """A picture, and how it is to be drawn."""

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
        """Tell how many cells the picture takes if it has that many pixels."""
        return fit(size, self.most, self.cell, enlarge=self.enlarge)


class ImageLoaded(Message):
    """A picture was drawn, or it is known why not."""

    def __init__(
        self,
        wanted: ImageRequest,
        drawing: Drawing | None,
        problem: str = "",
        *,
        final: bool = True,
    ) -> None:
        super().__init__()
        self.wanted = wanted
        self.drawing = drawing
        self.problem = problem
        self.final = final
        """Whether asking again would be in vain."""


class Loader:
    """Brings what is wanted, one picture after another; asked from the UI's thread."""

    def __init__(
        self,
        screen: Screen[None],
        display: Display,
        opened: Callable[[str], Library],
        *,
        offline: bool,
    ) -> None:
        """``opened`` opens the library of a source once more, for the worker."""
        self._screen = screen
        self._display = display
        self._opened = opened
        self._offline = offline
        self._lock = threading.Lock()
        self._queue: list[ImageRequest] = []
        self._current: ImageRequest | None = None
        self._running = False
        self._drawings: OrderedDict[ImageRequest, Drawing] = OrderedDict()

    def get(self, wanted: ImageRequest) -> Drawing | None:
        """Give a drawing that is at hand."""
        drawing = self._drawings.get(wanted)
        if drawing is not None:
            self._drawings.move_to_end(wanted)
        return drawing

    def keep(self, wanted: ImageRequest, drawing: Drawing) -> Sequence[Drawing]:
        """Keep a drawing; gives those that are kept no longer."""
        self._drawings[wanted] = drawing
        gone = []
        held = sum(one.cells.columns * one.cells.rows for one in self._drawings.values())
        while held > CELLS and len(self._drawings) > 1:
            gone.append(self._drawings.popitem(last=False)[1])
            held -= gone[-1].cells.columns * gone[-1].cells.rows
        return gone

    def forget(self) -> Sequence[Drawing]:
        """Keep none of the drawings; gives them."""
        gone = list(self._drawings.values())
        self._drawings.clear()
        return gone

    def want(self, wanted: Sequence[ImageRequest]) -> None:
        """Bring these, the first first, and nothing of what was wanted before."""
        with self._lock:
            self._queue = [
                one for one in wanted if one not in self._drawings and one != self._current
            ]
            if self._current not in wanted:
                self._current = None
            if not self._queue or self._running:
                return
            self._running = True
        self._screen.run_worker(self._work, thread=True, group="pictures", description="pictures")

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
            while not worker.is_cancelled and (wanted := self._next()) is not None:
                came = None
                try:
                    if wanted.source not in libraries:
                        library = self._opened(wanted.source)
                        libraries[wanted.source] = stack.enter_context(library)
                    came = self._bring(libraries[wanted.source], wanted)
                except StoppedError:
                    continue
                except ImageError as error:
                    came = ImageLoaded(wanted, None, str(error))
                except UnreachableError:
                    self._give_up(wanted)
                except XsfreaderError:
                    came = ImageLoaded(wanted, None, "could not be fetched", final=False)
                if came is not None and not worker.is_cancelled:
                    self._screen.post_message(came)

    def _bring(self, library: Library, wanted: ImageRequest) -> ImageLoaded:
        from xsfreader.ui.images.drawing import draw

        worker = get_current_worker()

        def stopped() -> bool:
            return worker.is_cancelled or self._unwanted(wanted)

        if self._offline:
            data = library.images.cached(wanted.path)
            if data is None:
                return ImageLoaded(wanted, None, NOT_YET, final=False)
        else:
            data = library.image(wanted.path, stopped)
        if stopped():
            raise StoppedError("stopped")
        protocol = self._display.protocol()
        return ImageLoaded(wanted, draw(data, wanted.fitting, wanted.ground, protocol, wanted.cell))

    def _unwanted(self, wanted: ImageRequest) -> bool:
        with self._lock:
            return wanted != self._current

    def _give_up(self, wanted: ImageRequest) -> None:
        """Without a network none of the others can come either."""
        with self._lock:
            missed, self._queue = [wanted, *self._queue], []
        for one in missed:
            self._screen.post_message(ImageLoaded(one, None, NOT_YET, final=False))
