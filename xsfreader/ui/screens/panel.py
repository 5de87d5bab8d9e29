"""A panel that leaves part of the screen below it in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, ScreenResultType
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.geometry import Region, Size
    from textual.screen import Screen


class Panel(ModalScreen[ScreenResultType]):
    """Paints the screen below once, and not at every step in itself as Textual does."""

    def __init__(self) -> None:
        self._below: list[Strip] = []
        """The lines of the screen below, until anything there changes."""
        super().__init__()

    def _screen_resized(self, size: Size) -> None:
        """Fit a new size once the screen below does; a size that is none costs no layout."""
        if size != self._compositor.size:
            self._screen_below._screen_resized(size)
            super()._screen_resized(size)

    def refresh(self, *regions: Region, **what: Any) -> Self:  # noqa: ANN401 - Textual's own
        """Look anew at the screen below, which asks for this when it changes."""
        self._below = []
        return super().refresh(*regions, **what)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Give what shows of the screen below."""
        width, height = self.size
        if len(self._below) != height:
            self._below = [strip.adjust_cell_length(width) for strip in self._look_below()]
            self._below += [Strip.blank(width)] * (height - len(self._below))
        strips = self._below[crop.y : crop.bottom]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    @property
    def _screen_below(self) -> Screen[object]:
        stack = self.app.screen_stack
        return stack[stack.index(self) - 1]

    def _look_below(self) -> list[Strip]:
        tint = self.styles.background
        strips = self._screen_below._compositor.render_strips(self.size)
        if tint.a:
            strips = [
                Strip(BackgroundScreen.process_segments(strip, tint), strip.cell_length)
                for strip in strips
            ]
        return strips
