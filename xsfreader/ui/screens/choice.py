"""A panel with a list of choices: contents, a XEP's card, a post's XEPs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
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

ANSWERS = 2
"""The first bindings, which answer a question."""


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
    }
    ChoiceScreen Choices {
        background: $panel;
        scrollbar-background: $panel;
        scrollbar-background-hover: $panel;
        scrollbar-background-active: $panel;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(1)", "yes"),
        Binding("n", "answer(0)", "no"),
        Binding("j,down", "move(1)", "down"),
        Binding("k,up", "move(-1)", "up"),
        Binding("enter", "choose", "choose"),
        Binding("space,d,pagedown", "move_page(1)", "Page", show=False),
        Binding("b,u,pageup", "move_page(-1)", "Page back", show=False),
        Binding("g,home", "go(0)", "Top", show=False),
        Binding("G,end", "go(-1)", "Bottom", show=False),
        Binding("escape,q,t,x", "dismiss(None)", "close"),
    ]

    def __init__(
        self,
        title: str,
        rows: Sequence[str],
        *,
        words: str = "",
        current: int | None = None,
        question: bool = False,
        letters: str = "",
        highlighted: Callable[[int], None] | None = None,
    ) -> None:
        """Show a title, words below it, and rows with the cursor on ``current``.

        The rows of a ``question`` are No and Yes, which have the keys n and y. Each of ``letters``
        chooses the row of its place. ``highlighted`` is called when the cursor moves.
        """
        super().__init__()
        self._title = title
        self._words = words
        self._question = question
        self._letters = letters
        self.choices = Choices([clean(row) for row in rows], current)
        self._highlighted = highlighted

    def compose(self) -> ComposeResult:
        """Lay out a panel at the right edge."""
        with Vertical():
            yield Static(Content(clean(self._title)), classes="title")
            if self._words:
                yield Static(Content(clean(self._words)), classes="words")
            yield self.choices
        start = 0 if self._question else ANSWERS
        yield KeyBar(self.BINDINGS[start:] if self.choices.rows else self.BINDINGS[-1:])

    def on_mount(self) -> None:
        """Focus the rows."""
        self.choices.focus()

    def on_choices_moved(self, message: Choices.Moved) -> None:
        """Report where the cursor is."""
        if self._highlighted is not None:
            self._highlighted(message.index)

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """Return the chosen row."""
        self.dismiss(message.index)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let only a question be answered with y and n; letters don't turn pages."""
        if action == "move_page" and self._letters:
            return False
        return action != "answer" or self._question

    def on_key(self, event: events.Key) -> None:
        """Choose the row of a letter."""
        if event.character and event.character in self._letters:
            event.stop()
            self.dismiss(self._letters.index(event.character))

    def action_answer(self, row: int) -> None:
        """Choose a row at once."""
        self.dismiss(row)

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        self.choices.choose()

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.choices.move(rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by pages."""
        self.choices.move_page(pages)

    def action_go(self, row: int) -> None:
        """Move the cursor to a row; negative rows count from the end."""
        self.choices.go(row if row >= 0 else len(self.choices.rows) + row)
