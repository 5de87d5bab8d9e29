"""A line to type in, in the place of the status line."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class Prompt(Input):
    """Says what is typed, at every key, and how it was left."""

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
        """Typing ended; ``kept`` with Enter, else with Escape."""

        def __init__(self, *, kept: bool) -> None:
            super().__init__()
            self.kept = kept

    def __init__(self, words: str, text: str = "") -> None:
        super().__init__(text, placeholder=words, id="prompt", select_on_focus=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what is typed."""
        event.stop()
        self.post_message(self.Typed(event.value))

    def action_nothing(self) -> None:
        """Stay: there is nothing to go on to."""

    def action_leave(self, kept: bool) -> None:  # noqa: FBT001 - Textual calls it
        """End typing."""
        self.post_message(self.Left(kept=kept))
