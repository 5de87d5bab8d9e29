"""Screens that are dismissed only once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.await_complete import AwaitComplete

if TYPE_CHECKING:
    from textual.screen import Screen

    Base = Screen[Any]
else:
    # Textual takes styles from the first base that is a widget: that must be the screen's own.
    Base = object


class DismissOnce(Base):
    """Ignores a second dismissal: a click may follow the key that closed the screen."""

    def dismiss(self, result: Any = None) -> AwaitComplete:  # noqa: ANN401 - Textual's own
        """Dismiss the screen if it is open."""
        return super().dismiss(result) if self.is_current else AwaitComplete()
