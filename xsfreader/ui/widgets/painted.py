"""What the widgets that paint their own lines have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.scroll_view import ScrollView

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.strip import Strip


class PaintedView(ScrollView, inherit_bindings=False):
    """A view whose lines go to the screen as they are.

    It must have no border, padding, outline, tint or opacity: looking for these at every line
    takes Textual longer than the painting.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """Give the lines of a part of the view."""
        strips = [self.render_line(y) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            ground = self.background_colors[1]
            strips = [strip.apply_filter(line_filter, ground) for strip in strips]
        if crop.column_span != (0, self.region.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips
