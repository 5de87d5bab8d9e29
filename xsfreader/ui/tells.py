"""Show an error of any message handler in the status line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message_pump import MessagePump

from xsfreader.errors import XsfreaderError

if TYPE_CHECKING:
    from textual.message import Message


class Tells(MessagePump):
    """Has the app show an expected error in a handler, instead of crashing."""

    async def _on_message(self, message: Message) -> None:
        try:
            await super()._on_message(message)
        except XsfreaderError as error:
            self.app.show_error(error)  # type: ignore[attr-defined]
