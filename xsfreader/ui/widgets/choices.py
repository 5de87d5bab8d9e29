"""A list of choices; long rows are wrapped, with their continuation indented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from xsfreader.markup.wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions

HANGING = 2
"""Cells by which the lines of a row after its first are indented."""
PAGING = ("page_down", "page_up")


@dataclass
class Row:
    """The text of a row, without control characters."""

    text: str

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yield the lines at a width."""
        indent = " " * (len(self.text) - len(self.text.lstrip()) + HANGING)
        pieces = wrap(self.text, max(1, options.max_width - len(indent)))
        lines = [self.text[start:end] for start, end in pieces]
        yield Text(f"\n{indent}".join(lines), overflow="crop")


class Choices(OptionList):
    """Rows with a cursor and the keys of the app; without a cursor, none is highlighted."""

    DEFAULT_CSS = """
    Choices, Choices:focus {
        height: 1fr;
        border: none;
        padding: 0;
        background: $panel;
        background-tint: $panel 0%;
        scrollbar-size-vertical: 1;
        scrollbar-background: $panel;
        scrollbar-background-hover: $panel;
        scrollbar-background-active: $panel;
    }
    Choices > .option-list--option {
        padding: 0 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "down"),
        Binding("k,up", "cursor_up", "up"),
        Binding("enter", "select", "choose"),
        Binding("space,d,pagedown", "page_down", "Page", show=False),
        Binding("b,u,pageup", "page_up", "Page back", show=False),
        Binding("g,home", "first", "Top", show=False),
        Binding("G,end", "last", "Bottom", show=False),
    ]

    def __init__(self, rows: Sequence[str], cursor: int | None, letters: str) -> None:
        """Put the cursor on a row; the ``letters`` are used for something else."""
        super().__init__(*(Option(Row(row)) for row in rows))
        self.rows = rows
        self.highlighted = cursor
        self._letters = letters

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's own cursor belongs: the first line of the highlighted row."""
        first = self.content_region.offset + Offset(1, 0)
        spots = (first + Offset(0, y) for y in range(self.size.height))
        at = self.screen.get_style_at
        return next((s for s in spots if at(*s).meta.get("option") == self.highlighted), first)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Don't turn pages with keys that choose a row, nor in a window without room for one.

        Textual fails there, as it has laid out no rows.
        """
        if action in PAGING and (self._letters or not self.scrollable_content_region):
            return False
        return super().check_action(action, parameters)
