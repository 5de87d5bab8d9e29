"""What spares a screen that Textual does things twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual import events
    from textual.screen import Screen

    Base = Screen[Any]
else:
    # Textual takes styles from the first base that is a widget: that must be the screen's own.
    Base = object


class Frugal(Base):
    """Styles what was mounted once, and paints once what was laid out anew."""

    _resumed = False

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Spare a first showing a second look for styles: all was mounted just now."""
        event.refresh_styles &= self._resumed
        self._resumed = True

    def _on_timer_update(self) -> None:
        """Paint all in the frame of a new layout, where that is asked for, not behind it again.

        Where another screen covers it, only what changed is painted: Textual would have all of it
        painted as the other one opens, and after each change.
        """
        if self._repaint_required and self._layout_required:
            self._dirty_widgets.add(self)
            self._repaint_required = False
        elif not (self.is_active or self._dirty_widgets):
            self._repaint_required = False
        super()._on_timer_update()
