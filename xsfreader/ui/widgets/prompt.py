"""An input line in place of the footer."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class Prompt(Input):
    """Posts the text at every change, and how it was closed."""

    DEFAULT_CSS = """
    Prompt, Prompt:focus {
        height: 1;
        border: none;
        padding: 0 1;
        background: $panel;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave(False)", "Back", show=False),
        Binding("enter", "leave(True)", "Keep", show=False),
        Binding("tab,shift+tab", "nothing", show=False),
    ]

    class Typed(Message):
        """The text changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The prompt was closed, with Enter if ``kept``, else with Escape."""

        def __init__(self, *, kept: bool) -> None:
            super().__init__()
            self.kept = kept

    def __init__(self, words: str, text: str = "") -> None:
        super().__init__(text, placeholder=words, id="prompt", select_on_focus=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Post the new text."""
        event.stop()
        self.post_message(self.Typed(event.value))

    def action_nothing(self) -> None:
        """Keep the focus: there is nothing else to focus."""

    def action_leave(self, kept: bool) -> None:  # noqa: FBT001 - Textual calls it
        """Close the prompt."""
        self.post_message(self.Left(kept=kept))
