"""The images of the item on screen: their room, their drawings, why there is none."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from textual.message import Message

from xsfreader import images
from xsfreader.errors import XsfreaderError
from xsfreader.model import Place
from xsfreader.ui.images.geometry import UNKNOWN, Cells, fit, room
from xsfreader.ui.images.loader import NOT_YET, ImageRequest, Loader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.color import Color
    from textual.geometry import Offset, Size
    from textual.screen import Screen
    from textual.timer import Timer

    from xsfreader.images import ImageStatus
    from xsfreader.library import Library
    from xsfreader.markup import Document, Image, Layout
    from xsfreader.ui.images.drawing import Drawing
    from xsfreader.ui.images.terminal import Display

REST_SECONDS = 0.15
"""How long an item must rest on screen before its images are loaded."""
LEAST_ROWS = 16
"""Rows of a pane that shows images."""
INSTALL = "Images need the extra: pip install 'xsfreader[images]'"


class Canvas(Protocol):
    """What the gallery needs of the widget that shows the item."""

    page: Layout

    @property
    def column(self) -> int:
        """Width of the text in cells."""

    @property
    def size(self) -> Size:
        """Size of the view."""

    @property
    def scroll_offset(self) -> Offset:
        """First cell in view."""

    @property
    def background_colors(self) -> tuple[Color, Color]:
        """Background behind the widget and of it."""

    def refit(self) -> None:
        """Lay the item out again for images that were loaded."""


@dataclass
class ImageState:
    """What loading an image came to."""

    size: tuple[int, int] | None = None
    problem: str = ""
    """Why it could not be loaded."""
    final: bool = False
    """Whether loading it again would fail as well."""
    tried: bool = False
    """Whether it could not be loaded since the item is on screen."""


class Gallery:
    """Decides the room of each image, and has those near the view drawn."""

    @dataclass
    class Failed(Message):
        """The images of an item could not be looked up."""

        error: XsfreaderError

    def __init__(
        self,
        screen: Screen[None],
        canvas: Canvas,
        library: Callable[[], Library],
        display: Display,
        *,
        offline: bool,
        key: str,
    ) -> None:
        """Post messages to ``screen``.

        Args:
            screen: Runs the timers, too.
            canvas: Shows the item.
            library: Returns the library in use.
            display: How images are drawn.
            offline: Whether nothing is fetched.
            key: Opens an image at full size; empty if no key does.
        """
        self.display = display
        self.viewer: Callable[[], None] | None = None
        """Redraws the viewer at full size, while there is one."""
        self._screen = screen
        self._canvas = canvas
        self._library = library
        self._offline = offline
        self._hidden_note = f"press {key} to view" if key else "not shown here"
        """For an image that was loaded while its box was in view, or that a low window hides."""
        self._unreachable = False
        """Whether the last image could not be fetched for lack of a network."""
        self.loader = Loader(screen, display, library)
        self._document: Document | None = None
        self._statuses: dict[str, ImageStatus] = {}
        """What is stored of the item's images, by path on the site."""
        self._states: defaultdict[str, ImageState] = defaultdict(ImageState)
        """By blob id."""
        self._most: dict[int, Cells] = {}
        """The most each image that has a room may take."""
        self._timer: Timer | None = None

    @property
    def disabled(self) -> str:
        """Why no image is shown at all; empty if images are shown."""
        if self._library().config.images == "off":
            return 'Images are off in the configuration: images = "off"'
        return "" if images.extra_installed() else INSTALL

    # Room

    def rooms(
        self, document: Document, column: int, height: int, kept: Mapping[int, int] | None = None
    ) -> tuple[Mapping[int, int], Mapping[int, str]]:
        """Return the rows of each image, and why another has none, by index.

        Those ``kept`` are in view and stay as they are, whatever was loaded; with 0 rows it stays
        a box. A low pane shows boxes only: an image would leave no line for the words.
        """
        rooms: dict[int, int] = {}
        notes: dict[int, str] = {}
        if document is not self._document:
            self._document = document
            for state in self._states.values():
                state.tried = False
            self._look_up(document)
        self._most = {}
        for index, image in enumerate(document.images):
            status = self._statuses.get(image.site_path or "")
            rows = (kept or {}).get(index)
            if rows:
                rooms[index] = rows
            if problem := self.problem(image):
                notes[index] = problem
            elif status is not None and (rows == 0 or height < LEAST_ROWS):
                notes[index] = self._hidden_note
            elif status is not None:
                indent = sum(len(frame.marker) for frame in document.blocks[image.block].frames)
                most = room(height, max(8, column - indent))
                size = self._states[status.blob].size or status.size or UNKNOWN
                fitting = fit(size, most, self.display.cell).rows
                if rows and fitting > rows:
                    most = Cells(most.columns, rows)
                self._most[index] = most
                rooms.setdefault(index, fitting)
        return rooms, notes

    def _look_up(self, document: Document) -> None:
        """Look up which images are cached, and how large they are."""
        paths = [image.site_path for image in document.images if image.site_path]
        paths = [path for path in paths if not images.name_problem(path)]
        self._statuses = {}
        if not paths or self.disabled:
            return
        try:
            self._statuses = self._library().images.look_up(paths)
        except XsfreaderError as error:
            self._screen.post_message(self.Failed(error))
        for status in self._statuses.values():
            state = self._states[status.blob]
            if status.cached and state.problem == NOT_YET:
                state.problem = ""
            elif not status.cached and (self._unreachable or self._may_not_fetch):
                state.problem = state.problem or NOT_YET

    @property
    def _may_not_fetch(self) -> bool:
        return self._offline and not self._library().local

    def problem(self, image: Image) -> str:
        """Say in a few words why there is no image; empty if there is one or none is wanted."""
        if self.disabled:
            return ""
        if image.site_path is None:
            return "on another host" if image.url.startswith(("http:", "https:")) else ""
        if problem := images.name_problem(image.site_path):
            return problem
        status = self._statuses.get(image.site_path)
        return self._states[status.blob].problem if status is not None else images.MISSING

    # Drawings

    def request_for(self, image: Image, most: Cells, *, enlarge: float = 1) -> ImageRequest | None:
        """Describe how to draw an image now; None if it can't be loaded at all."""
        status = self._statuses.get(image.site_path or "")
        if status is None or image.site_path is None or self._states[status.blob].final:
            return None
        if self._may_not_fetch and not status.cached:
            return None
        ground = self._canvas.background_colors[1].rgb
        source, cell = self._library().source_name, self.display.cell
        return ImageRequest(source, image.site_path, status.blob, most, ground, cell, enlarge)

    def drawing(self, index: int) -> Drawing | None:
        """Return the drawing of an image, or request it soon."""
        document, most = self._document, self._most.get(index)
        if document is None or most is None:
            return None
        request = self.request_for(document.images[index], most)
        drawing = self.loader.get(request) if request is not None else None
        if drawing is None and self._timer is None:
            self.schedule()
        return drawing

    def schedule(self) -> None:
        """Request the images in view once the item has rested on screen for a moment."""
        if self._document is None or not self._document.images or self.disabled:
            self.loader.load(())
            return
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(REST_SECONDS, self._request_visible)

    def _request_visible(self) -> None:
        """Request the images in view and within a screen of it, the nearest first."""
        self._timer = None
        article, document = self._canvas, self._document
        if self.viewer is not None or document is None or not article.page.lines:
            return
        height = article.size.height
        requests = []
        for index in sorted(range(len(document.images)), key=self._distance):
            most = self._most.get(index) or room(height, article.column)
            request = self.request_for(document.images[index], most)
            away, _ = self._distance(index)
            if request and away <= height and not self._states[request.blob].tried:
                requests.append(request)
        self.request(requests)

    def _distance(self, index: int) -> tuple[int, int]:
        """Return how many lines an image is out of view, and how many from the top line."""
        page, document = self._canvas.page, self._document
        if document is None:
            return 0, 0
        top, height = self._canvas.scroll_offset.y, self._canvas.size.height
        first = page.line_at(Place(document.images[index].block))
        most = self._most.get(index)
        last = first + (most.rows if most else 0)
        return max(top - last, first - top - height + 1, 0), abs(first - top)

    def request(self, requests: list[ImageRequest]) -> None:
        """Load and draw these, and cancel earlier requests."""
        if requests:
            self.display.ask()
        self.loader.load(requests)

    # What was loaded

    def take_loaded(self, message: Loader.ImageLoaded) -> None:
        """Show an image, or the box that says why there is none."""
        state = self._states[message.request.blob]
        state.problem = message.problem
        self._unreachable = message.problem == NOT_YET
        if message.drawing is None:
            state.tried, state.final = True, message.final
        else:
            state.size = message.drawing.size
            self.loader.keep(message.request, message.drawing)
        if self.viewer is not None:
            self.viewer()
        self._canvas.refit()

    def reload(self) -> None:
        """Look up again what a sync may have changed, and retry what failed."""
        self._document = None
        self._canvas.refit()
        self.schedule()

    def nearest(self) -> int:
        """Return the index of the image nearest to what is in view; the item must have one."""
        images = self._document.images if self._document is not None else ()
        return min(range(len(images)), key=self._distance, default=0)
