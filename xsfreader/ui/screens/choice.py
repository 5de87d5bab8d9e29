"""A panel with a list of choices: contents, a XEP's card, a post's XEPs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from xsfreader.text import clean
from xsfreader.ui.event_errors import ShowsErrors
from xsfreader.ui.screens.dismiss_once import DismissOnce
from xsfreader.ui.widgets.bars import KeyBar
from xsfreader.ui.widgets.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult


class ChoiceScreen(DismissOnce, ShowsErrors, ModalScreen[int | None]):
    """Returns the index of the chosen row, or None."""

    DEFAULT_CSS = """
    ChoiceScreen {
        align: right top;
        background: $background 0%;
    }
    ChoiceScreen > Vertical {
        width: 60;
        max-width: 100%;
        height: 100%;
        background: $panel;
        border-left: solid $primary;
        padding: 0 1;
    }
    ChoiceScreen #keys {
        dock: bottom;
    }
    ChoiceScreen .title {
        color: $primary;
        text-style: bold;
        height: auto;
        margin: 1 1;
    }
    ChoiceScreen .words {
        height: auto;
        max-height: 60%;
        margin: 0 1 1 1;
        scrollbar-size-vertical: 1;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,t,x", "dismiss(None)", "close"),
    ]

    def __init__(
        self,
        title: str,
        rows: Sequence[str],
        *,
        words: str = "",
        current: int | None = None,
        letters: str = "",
        highlighted: Callable[[int], None] | None = None,
    ) -> None:
        """Show a title, words below it, and rows with the cursor on ``current``.

        Each of ``letters`` chooses the row of its place. ``highlighted`` is called when the cursor
        moves.
        """
        super().__init__()
        self._title = title
        self._words = words
        self._letters = letters
        self.choices = Choices([clean(row) for row in rows], current, letters)
        self._highlighted = highlighted

    def compose(self) -> ComposeResult:
        """Lay out a panel at the right edge."""
        with Vertical():
            yield Static(Content(clean(self._title)), classes="title")
            if self._words:
                with VerticalScroll(classes="words"):
                    yield Static(Content(clean(self._words)))
            yield self.choices
        yield KeyBar([*(Choices.BINDINGS if self.choices.rows else ()), *self.BINDINGS])

    def on_mount(self) -> None:
        """Focus the rows."""
        self.choices.focus()

    def on_option_list_option_highlighted(self, message: Choices.OptionHighlighted) -> None:
        """Report where the cursor is."""
        if self._highlighted is not None:
            self._highlighted(message.option_index)

    def on_option_list_option_selected(self, message: Choices.OptionSelected) -> None:
        """Return the chosen row."""
        self.dismiss(message.option_index)

    def on_key(self, event: events.Key) -> None:
        """Choose the row of a letter."""
        if event.character and event.character in self._letters:
            event.stop()
            self.dismiss(self._letters.index(event.character))
