"""Help: the current keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from xsfreader.ui.event_errors import ShowsErrors
from xsfreader.ui.keymap import key_shown
from xsfreader.ui.screens.dismiss_once import DismissOnce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from xsfreader.ui.keymap import Action


class HelpScreen(DismissOnce, ShowsErrors, ModalScreen[None]):
    """All actions by group, with their keys."""

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        background: $background 60%;
    }
    HelpScreen > VerticalScroll {
        width: 76;
        max-width: 100%;
        height: auto;
        max-height: 100%;
        padding: 1 2;
        border: round $primary;
        background: $panel;
        scrollbar-size-vertical: 1;
    }
    HelpScreen Static {
        height: auto;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "Close"),
        Binding("j,down", "scroll('down')", "Down", show=False),
        Binding("k,up", "scroll('up')", "Up", show=False),
        Binding("space,pagedown", "scroll('page_down')", "Page", show=False),
        Binding("b,pageup", "scroll('page_up')", "Page back", show=False),
        Binding("g,home", "scroll('home')", "Top", show=False),
        Binding("G,end", "scroll('end')", "Bottom", show=False),
    ]

    def __init__(self, actions: Sequence[Action], words: str) -> None:
        super().__init__()
        self._actions = actions
        self._words = words
        self._for_keys = 0

    def compose(self) -> ComposeResult:
        """Show one column of text that scrolls."""
        with VerticalScroll():
            yield Static(self._table())

    def on_resize(self) -> None:
        """Fit the column of keys."""
        if self._for_keys != self._room_for_keys:
            self.query_one(Static).update(self._table())

    @property
    def _room_for_keys(self) -> int:
        return min(18, self.app.size.width // 3)

    def _table(self) -> Group:
        parts: list[Table | Text] = []
        self._for_keys = self._room_for_keys
        group = ""
        for action in self._actions:
            if action.group != group:
                group = action.group
                parts.append(Text(("\n" if parts else "") + group, style="bold"))
                table = Table.grid(padding=(0, 2, 0, 0))
                table.add_column(width=self._for_keys, style="bold")
                table.add_column(ratio=1)
                parts.append(table)
            keys = " ".join(key_shown(key) for key in action.keys) or "(no key)"
            table.add_row(Text(keys), Text(action.help))
        parts.append(Text(f"\n{self._words}\nEsc closes this."))
        return Group(*parts)

    def action_scroll(self, where: str) -> None:
        """Scroll the text."""
        scroll = self.query_one(VerticalScroll)
        getattr(scroll, f"scroll_{where}")(animate=False)
