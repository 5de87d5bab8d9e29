"""Show an error of an event handler in the status line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message_pump import MessagePump

from xsfreader.errors import XsfreaderError

if TYPE_CHECKING:
    from textual import events


class ShowsErrors(MessagePump):
    """A mixin: the app shows an expected error of an event handler instead of crashing.

    Handlers of messages call ``ReaderBase.attempt``.
    """

    async def on_event(self, event: events.Event) -> None:
        """Handle an event."""
        try:
            await super().on_event(event)
        except XsfreaderError as error:
            self.app.show_error(error)  # type: ignore[attr-defined]
