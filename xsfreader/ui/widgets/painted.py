"""What the widgets that paint their own lines have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from rich.segment import Segment
from textual.filter import ANSIToTruecolor
from textual.geometry import Size
from textual.messages import Update
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.widget import Widget

from xsfreader.ui.looks import style_of
from xsfreader.ui.render import PaintedStrip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.style import Style
    from textual.geometry import Region
    from textual.strip import Strip

    from xsfreader.ui.looks import Look


NOWHERE = Size(0, 0)


class InFrame(Widget, inherit_bindings=False):
    """A widget that is painted in the frame of whatever else changes, once."""

    def __init__(self, *children: Widget, **options: Any) -> None:  # noqa: ANN401 - Textual's own
        super().__init__(*children, **options)
        self._fitted = NOWHERE
        """The size that what is shown was made to fit."""
        self._in_layout = False
        """Whether Textual takes note of a new size, whose frame paints all of the widget."""

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Ask to be painted, in the frame of whatever else changes at this moment.

        Textual has a widget tell its screen once its own messages are dealt with. By then a
        frame without it may be out, and the next one is a sixtieth of a second away.
        """
        if self._in_layout:
            return self
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        if self._repaint_required and self.is_mounted and self.is_attached and self.display:
            self._repaint_required = False
            self.screen.post_message(Update(self))
        return self

    def fit_size(self) -> None:
        """Make what is shown fit a new size; the frame that follows shows it."""

    @property
    def is_placed(self) -> bool:
        """Whether there is a size to fit; where there is none, ``fit_size`` comes with one."""
        if not self.size:
            self._fitted = NOWHERE
        return bool(self.size)

    def on_hide(self) -> None:
        """Fit anew once it is shown again."""
        self._fitted = NOWHERE

    def _size_updated(
        self,
        size: Size,
        virtual_size: Size,
        container_size: Size,
        layout: bool = True,  # noqa: FBT001, FBT002 - Textual's own
    ) -> bool:
        """Fit in the midst of the layout: Textual's event for this comes a frame later."""
        if size == self._fitted:
            return super()._size_updated(size, virtual_size, container_size, layout)
        self._fitted = size
        self._in_layout = True
        try:
            updated = super()._size_updated(size, virtual_size, container_size, layout)
        finally:
            self._in_layout = False
        self.fit_size()
        self._exchange_repaint_regions()
        return updated


class Painted(InFrame, inherit_bindings=False):
    """A widget whose lines go to the screen as they are.

    It must have no border, padding, outline, tint or opacity: looking for these at every line
    takes Textual longer than the painting.
    """

    LOOKS: ClassVar[Mapping[str, Look]] = {}
    """What its parts look like."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Textual's own
        super().__init__(**options)
        self._looks: dict[str, Style] = {}

    def look(self, part: str = "") -> Style:
        """Give the style of the widget, or what a part of it lays over that."""
        look = self._looks.get(part)
        if look is None:
            look = style_of(self, self.LOOKS[part]) if part else self.rich_style
            self._looks[part] = look
        return look

    def notify_style_update(self) -> None:
        """Forget the styles of the theme before."""
        super().notify_style_update()
        self._looks.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Give the lines of a part of the view."""
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
        """Give the lines of some rows, from 0 at the top of the widget."""
        return [self.render_line(y) for y in rows]


class Ground(Painted):
    """What holds other widgets: nothing to be seen of it but its colour."""

    def paint(self, rows: range) -> list[Strip]:
        """Give the same blank line for all rows."""
        return [PaintedStrip.blank(self.size.width, self.look())] * len(rows)


class PaintedScrollBar(Painted, ScrollBar):
    """Textual's scroll bar, in the frame of what it belongs to."""

    def paint(self, rows: range) -> list[Strip]:
        """Give the lines of some rows."""
        width, height = self.size
        console = self.app.console
        options = console.options.update_dimensions(width, height)
        lines = list(Segment.split_lines(console.render(self.render(), options)))
        return [PaintedStrip(line, width) for line in lines[rows.start : rows.stop]]


class PaintedView(Painted, ScrollView, inherit_bindings=False):
    """A painted widget that scrolls up and down.

    Its bar is always there: how many lines it has then changes nothing about where anything
    lies, so that no layout is due.
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
        # Found out by Textual later, it would take another layout.
        self.set_reactive(Widget.show_vertical_scrollbar, True)

    def _size_updated(
        self,
        size: Size,
        virtual_size: Size,
        container_size: Size,
        layout: bool = True,  # noqa: FBT001, FBT002 - Textual's own
    ) -> bool:
        """Leave the bar alone in a layout that changes nothing here."""
        if size == self._fitted:
            return False
        updated = super()._size_updated(size, virtual_size, container_size, layout)
        self.vertical_scrollbar._exchange_repaint_regions()
        return updated

    @property
    def room(self) -> int:
        """Cells of a line that the bar leaves free."""
        return self.size.width - self.scrollbar_size_vertical

    def set_height(self, lines: int) -> None:
        """Take so many lines as what there is to scroll through."""
        size = Size(self.size.width, lines)
        if self.is_placed and size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)
            # Other lines than before may stand where there were some.
            self.refresh()

    def bring_in_sight(self, first: int, last: int) -> None:
        """Scroll as little as shows these lines."""
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if first < top:
            self.scroll_to(y=first, animate=False)
        elif last >= top + height:
            self.scroll_to(y=last - height + 1, animate=False)

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The bar, made when it is first asked for."""
        if self._vertical_scrollbar is None:
            bar = PaintedScrollBar(name="vertical", thickness=self.scrollbar_size_vertical)
            self._vertical_scrollbar = bar
            self.app._start_widget(self, bar)
        return self._vertical_scrollbar
