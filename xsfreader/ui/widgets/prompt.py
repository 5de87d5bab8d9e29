"""An input line in place of the footer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from xsfreader.ui.input import MOST_TYPED


class Prompt(Input):
    """An input without a border, which posts how it was closed."""

    DEFAULT_CSS = """
    Prompt, Prompt:focus {
        width: 1fr;
        height: 1;
        border: none;
        padding: 0 1;
        background: $panel;
        background-tint: $panel 0%;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave(True)", "done"),
        Binding("escape", "leave(False)", "cancel"),
        Binding("tab,shift+tab", "nothing", show=False),
    ]

    @dataclass
    class Left(Message):
        """The prompt was closed, with Enter if ``kept``, else with Escape."""

        kept: bool

    def __init__(self, words: str, text: str = "") -> None:
        super().__init__(
            text,
            placeholder=words,
            id="prompt",
            select_on_focus=False,
            max_length=max(MOST_TYPED, len(text)),
        )

    def action_nothing(self) -> None:
        """Keep the focus: there is nothing else to focus."""

    def action_leave(self, kept: bool) -> None:  # noqa: FBT001 - Textual calls it
        """Close the prompt."""
        self.post_message(self.Left(kept))
