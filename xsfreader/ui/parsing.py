"""Parse a very long item in a thread."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from xsfreader.errors import XsfreaderError

if TYPE_CHECKING:
    from textual.screen import Screen

    from xsfreader.library import Library, ParsedItem


@dataclass
class Parsed(Message):
    """An item was parsed."""

    item_id: str
    parsed: ParsedItem | None
    """None if it could not be parsed: opening it reports what is wrong."""


def parse_in_thread(screen: Screen[None], library: Library, item_id: str) -> None:
    """Parse an item and post ``Parsed`` to the screen."""

    def work() -> None:
        parsed = None
        with suppress(XsfreaderError), library.clone() as own:
            parsed = own.parse_item(item_id)
        screen.post_message(Parsed(item_id, parsed))

    screen.run_worker(work, thread=True, exclusive=True, group="parse", description="parse")
