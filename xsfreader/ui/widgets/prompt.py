"""An input line in place of the footer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from xsfreader.ui.history import Typed
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
        Binding("up", "recall(-1)", "Older", show=False),
        Binding("down", "recall(1)", "Newer", show=False),
    ]

    @dataclass
    class Left(Message):
        """The prompt was closed, with Enter if ``kept``, else with Escape."""

        kept: bool

    def __init__(self, words: str, text: str, texts: list[str]) -> None:
        """``texts`` were typed here before."""
        super().__init__(
            text,
            placeholder=words,
            id="prompt",
            select_on_focus=False,
            max_length=max(MOST_TYPED, len(text)),
        )
        self.typed = Typed(texts)

    def action_recall(self, direction: int) -> None:
        """Show what was typed here before."""
        text = self.typed.step(direction, self.value)
        if text is not None:
            self.value = text
            self.cursor_position = len(text)

    def action_nothing(self) -> None:
        """Keep the focus: there is nothing else to focus."""

    def action_leave(self, kept: bool) -> None:  # noqa: FBT001 - Textual calls it
        """Close the prompt."""
        self.post_message(self.Left(kept))
