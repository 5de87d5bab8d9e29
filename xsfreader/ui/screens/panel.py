"""A panel that leaves part of the screen below it in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, ScreenResultType
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.geometry import Region, Size


class Panel(ModalScreen[ScreenResultType]):
    """Paints the screen below once, and not at every step in itself as Textual does."""

    def __init__(self) -> None:
        self._below: list[Strip] = []
        """The lines of the screen below, until anything there changes."""
        super().__init__()

    def _screen_resized(self, size: Size) -> None:
        """Leave out the second of the two layouts that Textual does when a screen opens."""
        if size != self.size:
            super()._screen_resized(size)

    def refresh(self, *regions: Region, **what: Any) -> Self:  # noqa: ANN401 - Textual's own
        """Look anew at the screen below, which asks for this when it changes."""
        self._below = []
        return super().refresh(*regions, **what)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Give what shows of the screen below."""
        if len(self._below) != self.size.height:
            self._below = self._look_below()
        strips = self._below[crop.y : crop.bottom]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _look_below(self) -> list[Strip]:
        stack = self.app.screen_stack
        below = stack[stack.index(self) - 1]
        tint = self.styles.background
        strips = below._compositor.render_strips(self.size)
        if tint.a:
            strips = [
                Strip(BackgroundScreen.process_segments(strip, tint), strip.cell_length)
                for strip in strips
            ]
        return strips
