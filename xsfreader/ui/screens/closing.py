"""A screen that closes once, whatever asks for it."""

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
    """A click may come behind the key that closes a screen, or an answer behind both."""

    def dismiss(self, result: Any = None) -> AwaitComplete:  # noqa: ANN401 - Textual's own
        """Close, if it is there."""
        return super().dismiss(result) if self.is_current else AwaitComplete()
