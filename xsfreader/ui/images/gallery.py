"""The pictures of the post on screen: their room, their drawings, why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader import images
from xsfreader.errors import XsfreaderError
from xsfreader.library import Library
from xsfreader.model import Place
from xsfreader.ui.images.geometry import UNKNOWN, Cells, fit, room
from xsfreader.ui.images.loader import NOT_YET, ImageRequest, Loader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.timer import Timer

    from xsfreader.images import ImageStatus
    from xsfreader.markup import Document, Image
    from xsfreader.ui.images.drawing import Drawing
    from xsfreader.ui.images.loader import ImageLoaded
    from xsfreader.ui.images.terminal import Display
    from xsfreader.ui.reader import ReaderScreen
    from xsfreader.ui.screens.image import ImageScreen

REST_SECONDS = 0.15
"""How long a post must rest on screen before its pictures are fetched."""
HERE = "here now: i shows it"
"""For one that came while its box was in view."""
INSTALL = "pictures need the extra: pip install 'xsfreader[images]'"


class Gallery:
    """What the reader's screen does with pictures."""

    def __init__(self, screen: ReaderScreen, display: Display, *, offline: bool) -> None:
        self.screen = screen
        self.display = display
        self.viewer: ImageScreen | None = None
        self._offline = offline
        self._unreachable = False
        """Whether the network was not there when it was last asked for a picture."""
        self._loader = Loader(screen, display, self._opened, offline=offline)
        self._document: Document | None = None
        self._held: dict[str, ImageStatus] = {}
        """What is known of the post's images, by path on the site."""
        self._most: dict[int, Cells] = {}
        """The most each picture that has a room may take."""
        self._sizes: dict[str, tuple[int, int]] = {}
        self._problems: dict[str, str] = {}
        self._final: set[str] = set()
        self._tried: set[str] = set()
        """What could not be had since the post is on screen. All four by blob id."""
        self._timer: Timer | None = None

    def _opened(self, source: str) -> Library:
        library = self.screen.library
        return Library(library.config, library.paths, source)

    @property
    def off(self) -> str:
        """Why no picture is shown at all; empty where they are."""
        if self.screen.library.config.images == "off":
            return 'the configuration says images = "off"'
        return "" if images.extra_installed() else INSTALL

    # Room

    def rooms(
        self, document: Document, column: int, height: int, kept: Mapping[int, int] | None = None
    ) -> tuple[Mapping[int, int], Mapping[int, str]]:
        """Tell how many rows each picture gets, and why another has none to show.

        Those ``kept`` stay as they are, whatever came: they are in view. One with no rows to
        keep is a box.
        """
        rooms: dict[int, int] = {}
        notes: dict[int, str] = {}
        if document is not self._document:
            self._document = document
            self._tried.clear()
            self._learn(document)
        self._most = {}
        for index, image in enumerate(document.images):
            held = self._held.get(image.site_path or "")
            rows = (kept or {}).get(index)
            if rows:
                rooms[index] = rows
            if problem := self.problem(image):
                notes[index] = problem
            elif held is not None and rows == 0:
                notes[index] = HERE
            elif held is not None:
                indent = sum(len(frame.marker) for frame in document.blocks[image.block].frames)
                most = room(height, max(8, column - indent))
                size = self._sizes.get(held.blob) or held.size or UNKNOWN
                fitting = fit(size, most, self.display.cell).rows
                if rows and fitting > rows:
                    most = Cells(most.columns, rows)
                self._most[index] = most
                rooms.setdefault(index, fitting)
        return rooms, notes

    def _learn(self, document: Document) -> None:
        """Look up which pictures are here, and how large they are."""
        paths = [image.site_path for image in document.images if image.site_path]
        paths = [path for path in paths if not images.name_problem(path)]
        self._held = {}
        if not paths or self.off:
            return
        try:
            self._held = self.screen.library.images.look_up(paths)
        except XsfreaderError as error:
            self.screen.status.say(str(error), alert=True)
        for held in self._held.values():
            if held.cached and self._problems.get(held.blob) == NOT_YET:
                del self._problems[held.blob]
            elif (self._offline or self._unreachable) and not held.cached:
                self._problems.setdefault(held.blob, NOT_YET)

    def problem(self, image: Image) -> str:
        """Tell in a few words why there is no picture; empty where there is or none is meant."""
        if self.off:
            return ""
        if image.site_path is None:
            return "on another host" if image.url.startswith(("http:", "https:")) else ""
        if problem := images.name_problem(image.site_path):
            return problem
        held = self._held.get(image.site_path)
        return self._problems.get(held.blob, "") if held is not None else images.MISSING

    # Drawings

    def largest(self, columns: int, rows: int) -> Cells:
        """Tell the most that a picture takes of a whole screen."""
        return self.display.largest(Cells(columns, rows))

    def wanted(self, image: Image, most: Cells, *, enlarge: float = 1) -> ImageRequest | None:
        """Tell how a picture is to be drawn here and now; None where it can't be had at all."""
        held = self._held.get(image.site_path or "")
        if held is None or image.site_path is None or held.blob in self._final:
            return None
        ground = self.screen.article.background_colors[1].rgb
        source, cell = self.screen.library.source_name, self.display.cell
        return ImageRequest(source, image.site_path, held.blob, most, ground, cell, enlarge)

    def drawing(self, index: int) -> Drawing | None:
        """Give the drawing of a picture of the post; one that is missing is soon asked for."""
        document, most = self._document, self._most.get(index)
        if document is None or most is None:
            return None
        wanted = self.wanted(document.images[index], most)
        drawing = self._loader.get(wanted) if wanted is not None else None
        if drawing is None and self._timer is None:
            self.look_soon()
        return drawing

    def look_soon(self) -> None:
        """See to the pictures in view once the post has rested on screen for a moment."""
        if self._document is None or not self._document.images or self.off:
            self._loader.want(())
            return
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.screen.set_timer(REST_SECONDS, self._look)

    def _look(self) -> None:
        """Ask for the pictures in view and a screen around it, the nearest first."""
        self._timer = None
        article, document = self.screen.article, self._document
        if self.viewer is not None or document is None or article.page is None:
            return
        top, height = article.scroll_offset.y, article.size.height
        near = []
        for index, image in enumerate(document.images):
            wanted = self.wanted(image, self._most.get(index) or room(height, article.column))
            if wanted is None or wanted.blob in self._tried:
                continue
            first = article.page.line_at(Place(image.block))
            away = max(top - first - self._rows(index), first - top - height, 0)
            if away <= height:
                near.append((away, first, wanted))
        self.ask([wanted for _, _, wanted in sorted(near, key=lambda found: found[:2])])

    def _rows(self, index: int) -> int:
        most = self._most.get(index)
        return most.rows if most else 0

    def ask(self, wanted: list[ImageRequest]) -> None:
        """Have these drawn, and nothing of what was asked for before."""
        if wanted:
            self.display.ask(self.send)
        self._loader.want(wanted)

    def cached(self, wanted: ImageRequest) -> Drawing | None:
        """Give a drawing if it is there."""
        return self._loader.get(wanted)

    def send(self, data: str) -> None:
        """Send something to the terminal that is no part of the screen."""
        driver = self.screen.app._driver
        if driver is not None and data:
            driver.write(data)

    # What comes

    def came(self, message: ImageLoaded) -> None:
        """Show a picture, or the box that says why there is none."""
        blob = message.wanted.blob
        self._unreachable = message.problem == NOT_YET
        if message.drawing is None:
            self._tried.add(blob)
            self._problems[blob] = message.problem
            if message.final:
                self._final.add(blob)
        else:
            self._problems.pop(blob, None)
            self._sizes[blob] = message.drawing.size
            self.send(message.drawing.sent)
            kept = message.drawing._replace(sent="")
            self._forgotten(self._loader.keep(message.wanted, kept))
        if self.viewer is not None:
            self.viewer.refresh_picture()
        self.screen.article.refit()

    def _forgotten(self, drawings: Iterable[Drawing]) -> None:
        self.send("".join(drawing.forgotten for drawing in drawings))

    def synced(self) -> None:
        """Look up anew what a sync may have changed, and try again what could not be had."""
        self._document = None
        self.screen.article.refit()
        self.look_soon()

    def forget(self) -> None:
        """Keep no drawing, neither here nor in the terminal."""
        self._forgotten(self._loader.forget())

    # Full size

    def show(self, index: int | None = None) -> None:
        """Open a picture at full size: that one, or the one nearest to what is in view."""
        screen, document = self.screen, self.screen.article.document
        if document is None or not document.images:
            screen.status.say("this post has no pictures")
            return
        if index is None:
            index = self._nearest(document)
        image = document.images[index]
        if self.off:
            screen.status.say(self.off)
        elif image.site_path is None:
            screen.links.open_outside(image.url)
        else:
            from xsfreader.ui.screens.image import ImageScreen

            self.viewer = ImageScreen(self, document.images, index)
            screen.app.push_screen(self.viewer, self._closed)

    def _closed(self, _result: None) -> None:
        self.viewer = None
        self.look_soon()

    def _nearest(self, document: Document) -> int:
        article = self.screen.article
        top, height = article.scroll_offset.y, article.size.height
        page = article.page
        lines = [page.line_at(Place(image.block)) if page else 0 for image in document.images]

        def away(index: int) -> tuple[int, int]:
            first = lines[index]
            last = first + self._rows(index)
            return (max(top - last, first - top - height + 1, 0), abs(first - top))

        return min(range(len(lines)), key=away)
