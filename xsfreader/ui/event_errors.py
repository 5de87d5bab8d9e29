"""What screens and lists do with events besides handling them."""

from __future__ import annotations

from textual import events, on
from textual.message_pump import MessagePump
from textual.screen import Screen

from xsfreader.errors import XsfreaderError


class ShowsErrors(MessagePump):
    """A mixin: the app shows an expected error of an event handler instead of crashing.

    Handlers of messages call ``ReaderBase.attempt``.
    """

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; a screen ignores a size that the app no longer has.

        Of two sizes soon after one another, each would bring the other one back, for ever.
        """
        outdated = isinstance(event, events.Resize) and event.size != self.app.size
        if outdated and isinstance(self, Screen):
            return
        try:
            await super().on_event(event)
        except XsfreaderError as error:
            self.app.show_error(error)  # type: ignore[attr-defined]

    @on(events.Resize)
    def _keep_layout(self, event: events.Resize) -> None:
        """Keep a screen from a second layout and frame for the size that it has already.

        Textual tells a screen its size after each layout, and makes another one for that: 10 to
        20 ms whenever a screen opens.
        """
        if isinstance(self, Screen) and event.size == self.outer_size:
            event.prevent_default()
