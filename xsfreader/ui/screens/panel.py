"""A panel that leaves part of the screen below it in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from rich.segment import Segment
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, ScreenResultType
from textual.strip import Strip

from xsfreader.ui.render import PaintedStrip
from xsfreader.ui.screens.closing import DismissOnce
from xsfreader.ui.screens.frugal import Frugal
from xsfreader.ui.widgets.painted import NOWHERE

if TYPE_CHECKING:
    from rich.style import Style
    from textual.geometry import Region, Size
    from textual.screen import Screen


class Panel(Frugal, DismissOnce, ModalScreen[ScreenResultType]):
    """Paints the screen below once, and not at every step in itself as Textual does.

    It lies on a screen that is no panel, or has closed before the next one opens.
    """

    def __init__(self) -> None:
        self._below: list[Strip] = []
        """The lines of the screen below."""
        self._below_size = NOWHERE
        """The size they were painted for, until anything there changes."""
        super().__init__()

    def _screen_resized(self, size: Size) -> None:
        """Fit a new size once the screen below does; a size that is none costs no layout."""
        lower = self._lower
        if size != self._compositor.size and lower is not None:
            lower._screen_resized(size)
            super()._screen_resized(size)

    @property
    def _lower(self) -> Screen[object] | None:
        """The screen below; none once this one has closed."""
        stack = self.app.screen_stack
        return stack[stack.index(self) - 1] if self in stack else None

    def refresh(self, *regions: Region, **what: Any) -> Self:  # noqa: ANN401 - Textual's own
        """Look anew at the screen below, which asks for its regions where it changes."""
        if regions:
            self._below_size = NOWHERE
        return super().refresh(*regions, **what)

    def notify_style_update(self) -> None:
        """Look anew at the screen below in a new theme."""
        super().notify_style_update()
        self._below_size = NOWHERE

    def on_compose(self) -> None:
        """Look at the screen below while there is nothing else to do for the first frame."""
        if self._lower is not None:
            self._see_below(self._lower._compositor.size)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Give what shows of the screen below.

        The size is that of the last layout: a window's new size is known before there is one.
        """
        width, _ = size = self._compositor.size
        if self._below_size != size:
            self._see_below(size)
        strips = self._below[crop.y : crop.bottom]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _see_below(self, size: Size) -> None:
        """Paint the screen below under this one's colour, with no links and nothing to click."""
        width, height = size
        lower = self._lower
        below = lower._compositor.render_strips(size) if lower is not None else []
        looks: dict[Style | None, Style | None] = {}
        self._below = []
        for under in below:
            segments = []
            for text, style, control in under:
                if style not in looks:
                    looks[style] = self._look_of(style)
                segments.append(Segment(text, style if control else looks[style], control))
            self._below.append(PaintedStrip.fitted(segments, width, None))
        self._below += [PaintedStrip.blank(width)] * (height - len(below))
        self._below_size = size

    def _look_of(self, below: Style | None) -> Style | None:
        """What a style of the screen below looks like, as Textual makes it of every segment."""
        seen = BackgroundScreen.process_segments([Segment(" ", below)], self.styles.background)
        strip = Strip(seen, 1).apply_style(self.rich_style)
        for line_filter in self.get_line_filters():
            strip = strip.apply_filter(line_filter, self.background_colors[1])
        return next(iter(strip)).style
