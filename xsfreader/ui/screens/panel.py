"""A panel that leaves part of the screen below it in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, ScreenResultType
from textual.strip import Strip

from xsfreader.ui.screens.frugal import Frugal
from xsfreader.ui.widgets.painted import NOWHERE

if TYPE_CHECKING:
    from textual.geometry import Region, Size
    from textual.screen import Screen


class Panel(Frugal, ModalScreen[ScreenResultType]):
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

    def render_lines(self, crop: Region) -> list[Strip]:
        """Give what shows of the screen below.

        The size is that of the last layout: a window's new size is known before there is one.
        """
        size = width, height = self._compositor.size
        if self._below_size != size:
            self._below = [strip.adjust_cell_length(width) for strip in self._look_below()]
            self._below += [Strip.blank(width)] * (height - len(self._below))
            self._below_size = size
        strips = self._below[crop.y : crop.bottom]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _look_below(self) -> list[Strip]:
        """Paint the screen below under this one's colour, with no links and nothing to click."""
        lower = self._lower
        below = lower._compositor.render_strips(self._compositor.size) if lower is not None else []
        tint, ground = self.styles.background, self.background_colors[1]
        filters = self.get_line_filters()
        strips = []
        for under in below:
            segments = BackgroundScreen.process_segments(under, tint)
            strip = Strip(segments, under.cell_length).apply_style(self.rich_style)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, ground)
            strips.append(strip)
        return strips
