"""An image as large as the terminal allows, with its caption and address."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from xsfreader.text import clean
from xsfreader.ui.event_errors import ShowsErrors
from xsfreader.ui.images.geometry import Cells
from xsfreader.ui.render import fit, fitted
from xsfreader.ui.screens.dismiss_once import DismissOnce
from xsfreader.ui.widgets.bars import LAST_KEYS, KeyBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.geometry import Offset, Region

    from xsfreader.markup import Image
    from xsfreader.ui.images.drawing import Drawing
    from xsfreader.ui.images.gallery import Gallery

GROWTH = 2
"""How many times its natural size an image may take."""


class ImageView(Widget):
    """A centred drawing, or a few words in its place."""

    DEFAULT_CSS = """
    ImageView {
        width: 100%;
        height: 1fr;
        margin: 1 0;
        color: $quiet;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.drawing: Drawing | None = None
        self.words = ""

    def show(self, drawing: Drawing | None, words: str) -> None:
        """Show a drawing, or words if there is none."""
        self.drawing, self.words = drawing, words
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint one line."""
        base, width = self.rich_style, self.size.width
        if self.drawing is None:
            words = fit(self.words.center(width), width) if y == self.size.height // 2 else ""
            return fitted([Segment(words, base)], width, base)
        blank = Strip.blank(width, base)
        return self._lay_over(blank, y) if self.drawing.text else blank

    def render_lines(self, crop: Region) -> list[Strip]:
        """Insert the images of kitty and Sixel."""
        strips = super().render_lines(crop)
        if self.drawing is None or self.drawing.text or not self.screen.is_active:
            return strips
        return [self._lay_over(strip, crop.y + at) for at, strip in enumerate(strips)]

    def _lay_over(self, strip: Strip, y: int) -> Strip:
        """Put the drawing's row for this line into the middle of it, if it has one."""
        if self.drawing is None:
            return strip
        cells, size = self.drawing.cells, self.size
        row = y - max(0, (size.height - cells.rows) // 2)
        if not 0 <= row < cells.rows:
            return strip
        left = max(0, (size.width - cells.columns) // 2)
        return self.drawing.lay_over(strip, row, left, self.region.x)


class ImageScreen(DismissOnce, ShowsErrors, ModalScreen[str | None]):
    """One image of a post after another; returns the URL to open in the browser."""

    DEFAULT_CSS = """
    ImageScreen {
        background: $background;
    }
    ImageScreen > Vertical {
        height: auto;
        max-height: 6;
        padding: 0 2;
        background: $panel;
    }
    ImageScreen Static {
        height: auto;
    }
    ImageScreen .address {
        color: $quiet;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l,j,down,space,n", "step(1)", "next"),
        Binding("left,h,k,up,b,p", "step(-1)", "previous"),
        Binding("enter,o", "browse", "browser"),
        Binding("escape,q,i", "dismiss(None)", "close"),
    ]

    def __init__(self, gallery: Gallery, images: Sequence[Image], index: int) -> None:
        """Show this one of a post's images first."""
        super().__init__()
        self._gallery = gallery
        self._images = images
        self._index = index
        self.view = ImageView()
        self._caption = Static(classes="caption")
        self._address = Static(classes="address")

    def compose(self) -> ComposeResult:
        """Show the image, its caption below."""
        yield self.view
        with Vertical():
            yield self._caption
            yield self._address
        yield KeyBar(self.BINDINGS if len(self._images) > 1 else self.BINDINGS[-LAST_KEYS:])

    def on_mount(self) -> None:
        """Show the first image once its size is known."""
        self.call_after_refresh(self.refresh_image, ask=True)

    def on_resize(self) -> None:
        """Draw the image for the new size."""
        self.call_after_refresh(self.refresh_image, ask=True)

    @property
    def image(self) -> Image:
        """The image on screen."""
        return self._images[self._index]

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's own cursor belongs, as nothing has the focus: at the caption."""
        return self._caption.content_region.offset

    def refresh_image(self, *, ask: bool = False) -> None:
        """Show the image if it is loaded; else request it if ``ask`` is set."""
        image, gallery = self.image, self._gallery
        words = image.caption or image.alt or "(no description)"
        count = f"{self._index + 1} of {len(self._images)} · " if len(self._images) > 1 else ""
        self._caption.update(Content(clean(words)))
        self._address.update(Content(clean(f"{count}{image.url}")))
        most = gallery.display.largest(Cells(self.view.size.width - 2, self.view.size.height))
        if most.columns < 1 or most.rows < 1:
            return
        problem = gallery.problem(image)
        drawing = None
        request = gallery.request_for(image, most, enlarge=GROWTH)
        if request is not None:
            drawing = gallery.loader.get(request)
            if drawing is None and ask:
                gallery.request([request])
                problem = ""
        self.view.show(drawing, problem or "…")

    def action_step(self, step: int) -> None:
        """Go to another image of the post."""
        self._index = (self._index + step) % len(self._images)
        self.refresh_image(ask=True)

    def action_browse(self) -> None:
        """Open the image's address in the browser."""
        self.dismiss(self.image.url)
