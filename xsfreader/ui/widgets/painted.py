"""Base classes of widgets that paint their own lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from textual.filter import ANSIToTruecolor
from textual.geometry import Size
from textual.messages import Update
from textual.scroll_view import ScrollView
from textual.widget import Widget

from xsfreader.ui.theme import style_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.style import Style
    from textual.geometry import Region
    from textual.strip import Strip

    from xsfreader.ui.theme import Look


NO_SIZE = Size(0, 0)


class Painted(Widget, inherit_bindings=False):
    """A widget that paints its own lines, in the same frame as whatever else changes.

    It must have no border, padding, outline, tint or opacity: Textual checks for these at every
    line, which takes longer than the painting.
    """

    ALLOW_SELECT = False
    LOOKS: ClassVar[Mapping[str, Look]] = {}
    """The looks of its parts."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Textual's own
        super().__init__(**options)
        self._looks: dict[str, Style] = {}

    def look(self, part: str = "") -> Style:
        """Return the style of the widget, or what a part adds to it."""
        look = self._looks.get(part)
        if look is None:
            look = style_of(self, self.LOOKS[part]) if part else self.rich_style
            self._looks[part] = look
        return look

    def notify_style_update(self) -> None:
        """Clear the styles of the previous theme."""
        super().notify_style_update()
        self._looks.clear()

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Request a repaint from the screen at once.

        Textual does so after the widget has handled its messages. By then a frame without it may
        be out, and list and post would change one after the other.
        """
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        if repaint and self.is_mounted and self.is_attached and self.display:
            self.request_frame()
        return self

    def request_frame(self) -> None:
        """Repaint in the next frame."""
        self.screen.post_message(Update(self))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render the lines of a part of the view."""
        strips = self.paint(crop.line_range)
        for line_filter in self.get_line_filters():
            # Where a theme's colours are the terminal's own, that filter is off; else none is.
            if not isinstance(line_filter, ANSIToTruecolor):
                ground = self.background_colors[1]
                strips = [strip.apply_filter(line_filter, ground) for strip in strips]
        if crop.column_span != (0, self.region.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def paint(self, rows: range) -> list[Strip]:
        """Paint some rows, from 0 at the top of the widget."""
        return [self.render_line(y) for y in rows]


class PaintedView(Painted, ScrollView, inherit_bindings=False):
    """A painted widget that scrolls up and down.

    Its bar is always there: a change in its number of lines moves nothing else, and needs no
    layout.
    """

    DEFAULT_CSS = """
    PaintedView {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        scrollbar-color: $foreground 25%;
        scrollbar-color-hover: $foreground 45%;
        scrollbar-color-active: $primary;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
    }
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Textual's own
        super().__init__(**options)
        self._fitted = NO_SIZE
        """The size that the content was made for."""
        # Textual would set it in its first layout, and do another layout.
        self.set_reactive(Widget.show_vertical_scrollbar, True)

    def fit_to_size(self) -> None:
        """Make the content fit a new size."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render lines, fitted to a new size: Textual's Resize comes a frame later."""
        if self.size != self._fitted:
            self._fitted = self.size
            self.fit_to_size()
        return super().render_lines(crop)

    def request_frame(self) -> None:
        """Repaint in the next frame, with the scroll bar."""
        super().request_frame()
        self.screen.post_message(Update(self.vertical_scrollbar))

    @property
    def room(self) -> int:
        """Cells of a line that the bar leaves free."""
        return self.size.width - self.scrollbar_size_vertical

    def set_height(self, lines: int) -> None:
        """Set how many lines there are to scroll through."""
        size = Size(self.size.width, lines)
        if not self.size:
            self._fitted = NO_SIZE
        elif size != self.virtual_size:
            # Assigned, it would cause a layout.
            self.set_reactive(Widget.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = lines
            self.vertical_scrollbar.window_size = self.size.height
            self.scroll_to(y=self.scroll_y, animate=False)
            self.refresh()

    def scroll_into_view(self, first: int, last: int) -> None:
        """Scroll as little as possible to show these lines."""
        top, height = self.scroll_offset.y, self.size.height
        if not height:
            # It is hidden, and fits once it is shown.
            self._fitted = NO_SIZE
        elif first < top:
            self.scroll_to(y=first, animate=False)
        elif last >= top + height:
            self.scroll_to(y=last - height + 1, animate=False)
