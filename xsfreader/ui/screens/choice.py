"""A panel with some words and rows to choose from: contents, a XEP's card, a post's XEPs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from xsfreader.safety import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult


class ChoiceScreen(ModalScreen[int | None]):
    """Ends with the index of the row chosen, or None."""

    DEFAULT_CSS = """
    ChoiceScreen {
        align: right top;
        background: $background 50%;
    }
    ChoiceScreen > Vertical {
        width: 60;
        max-width: 100%;
        height: 100%;
        background: $panel;
        border-left: solid $primary;
        padding: 0 1;
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
    }
    ChoiceScreen OptionList, ChoiceScreen OptionList:focus {
        height: 1fr;
        border: none;
        padding: 0;
        background: $panel;
        background-tint: $foreground 0%;
        scrollbar-size-vertical: 1;
    }
    ChoiceScreen OptionList > .option-list--option-highlighted,
    ChoiceScreen OptionList:focus > .option-list--option-highlighted {
        background: $primary 35%;
        color: $foreground;
        text-style: bold;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,t,x", "dismiss(None)", "Close"),
        Binding("j", "list('cursor_down')", "Down", show=False),
        Binding("k", "list('cursor_up')", "Up", show=False),
        Binding("space,d", "list('page_down')", "Page", show=False),
        Binding("b,u", "list('page_up')", "Page back", show=False),
        Binding("g", "list('first')", "Top", show=False),
        Binding("G", "list('last')", "Bottom", show=False),
    ]

    def __init__(
        self,
        title: str,
        rows: Sequence[str],
        *,
        words: str = "",
        current: int | None = None,
        highlighted: Callable[[int], None] | None = None,
    ) -> None:
        """Show a title, words below it, and rows with the cursor on ``current``.

        ``highlighted`` hears where the cursor goes.
        """
        super().__init__()
        self._title = title
        self._words = words
        self._rows = rows
        self._current = current
        self._highlighted = highlighted

    def compose(self) -> ComposeResult:
        """Lay out a panel at the right edge."""
        with Vertical():
            yield Static(Content(clean(self._title)), classes="title")
            if self._words:
                yield Static(Content(clean(self._words)), classes="words")
            yield OptionList(*[Content(clean(row)) for row in self._rows])

    def on_mount(self) -> None:
        """Put the cursor on the current row."""
        options = self.query_one(OptionList)
        options.highlighted = self._current
        options.focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell where the cursor is."""
        event.stop()
        if self._highlighted is not None:
            self._highlighted(event.option_index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """End with the row chosen."""
        event.stop()
        self.dismiss(event.option_index)

    def action_list(self, action: str) -> None:
        """Move the list's cursor."""
        getattr(self.query_one(OptionList), f"action_{action}")()
