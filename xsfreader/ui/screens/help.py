"""Help: the current keys, filtered as one types."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from xsfreader.text import fold
from xsfreader.ui.event_errors import ShowsErrors
from xsfreader.ui.input import MOST_TYPED
from xsfreader.ui.keymap import key_shown
from xsfreader.ui.screens.dismiss_once import DismissOnce
from xsfreader.ui.widgets.bars import KeyBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from textual.app import ComposeResult

    from xsfreader.ui.keymap import Action

TWO_COLUMNS = 120
"""Columns of the terminal from which the help has two."""
BESIDE_TEXT = 4
"""Rows of the terminal that border, input and footer take."""
MOST_KEYS = 18
"""Cells for the keys of an action."""


class HelpScreen(DismissOnce, ShowsErrors, ModalScreen[None]):
    """All actions by group, with their keys."""

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        background: $background 60%;
    }
    HelpScreen > Vertical {
        width: 76;
        max-width: 100%;
        height: auto;
        max-height: 100%;
        padding: 0 2;
        border: round $primary;
        border-title-color: $primary;
        border-title-style: bold;
        background: $panel;
    }
    HelpScreen.two > Vertical {
        width: 136;
    }
    HelpScreen Input, HelpScreen Input:focus {
        height: 1;
        border: none;
        padding: 0;
        background: $panel;
        background-tint: $panel 0%;
    }
    HelpScreen VerticalScroll {
        height: auto;
        scrollbar-size-vertical: 1;
    }
    HelpScreen Static {
        height: auto;
    }
    HelpScreen #keys {
        dock: bottom;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "scroll('down')", "down", priority=True),
        Binding("up", "scroll('up')", "up", priority=True),
        Binding("pagedown", "scroll('page_down')", "page", priority=True),
        Binding("pageup", "scroll('page_up')", "page up", priority=True),
        Binding("escape,question_mark,enter", "dismiss", "close", priority=True),
    ]

    def __init__(self, title: str, actions: Sequence[Action], words: str) -> None:
        """Show these actions, and some words below them."""
        super().__init__()
        self._title = title
        self._actions = actions
        self._words = words
        self._text = Static()
        self._fitted = (0, False)
        """The width of the keys, and whether there are two columns."""

    def compose(self) -> ComposeResult:
        """Show an input, and text that scrolls."""
        with Vertical() as panel:
            panel.border_title = self._title
            yield Input(placeholder="Type to filter", max_length=MOST_TYPED)
            with VerticalScroll(can_focus=False):
                yield self._text
        yield KeyBar(self.BINDINGS)

    def on_mount(self) -> None:
        """Focus the input."""
        self.query_one(Input).focus()
        self._fit()

    def on_resize(self) -> None:
        """Fit the columns."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        width, height = self.app.size
        # As much as border, input and keys leave: with a height of its own it would not scroll.
        for scroll in self.query(VerticalScroll):
            scroll.styles.max_height = max(1, height - BESIDE_TEXT)
        fitted = (min(MOST_KEYS, width // 3), width >= TWO_COLUMNS)
        if fitted != self._fitted:
            self._fitted = fitted
            self.set_class(fitted[1], "two")
            # There is none if help was closed meanwhile.
            for line in self.query(Input):
                self._show(line.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what has the words typed."""
        event.stop()
        self._show(event.value)

    def _show(self, typed: str) -> None:
        """Show the actions with all these words; a letter by itself is a key."""
        shown = []
        for action in self._actions:
            keys = " ".join(map(key_shown, action.keys)) or "(no key)"
            text = fold(f"{action.group} {action.label} {action.help}")
            if all(
                word in keys.split() or (len(word) > 1 and fold(word) in text)
                for word in typed.split()
            ):
                shown.append((action, keys))
        groups = [
            (len(held) + 2, self._table(name, held))
            for name, each in groupby(shown, key=lambda pair: pair[0].group)
            for held in [list(each)]
        ]
        words = Text(self._words if groups else "No matches")
        self._text.update(Group(self._columns(groups), words))
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def _columns(self, groups: Sequence[tuple[int, Group]]) -> RenderableType:
        """Put the groups below one another, or the second half beside the first."""
        if not self._fitted[1] or len(groups) < 2:
            return Group(*(group for _, group in groups))
        rows = [sum(lines for lines, _ in groups[:at]) for at in range(len(groups) + 1)]
        half = min(range(len(rows)), key=lambda at: max(rows[at], rows[-1] - rows[at]))
        grid = Table.grid(padding=(0, 2), expand=True)
        grid.add_column(ratio=1)
        grid.add_column(ratio=1)
        grid.add_row(*(Group(*(g for _, g in part)) for part in (groups[:half], groups[half:])))
        return grid

    def _table(self, name: str, actions: Sequence[tuple[Action, str]]) -> Group:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=self._fitted[0], style="bold")
        table.add_column(ratio=1)
        for action, keys in actions:
            table.add_row(Text(keys), Text(action.help))
        return Group(Text(name, style="bold"), table, Text())

    def action_scroll(self, where: str) -> None:
        """Scroll the text."""
        scroll = self.query_one(VerticalScroll)
        getattr(scroll, f"scroll_{where}")(animate=False)
