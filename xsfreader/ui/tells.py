"""What goes wrong in a handler is told in a line, wherever it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message_pump import MessagePump

from xsfreader.errors import XsfreaderError

if TYPE_CHECKING:
    from textual.message import Message


class Tells(MessagePump):
    """Has the app tell of an expected error in any handler, instead of ending with it."""

    async def _on_message(self, message: Message) -> None:
        try:
            await super()._on_message(message)
        except XsfreaderError as error:
            self.app.tell(error)  # type: ignore[attr-defined]
