"""Search the archive as you type."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from xsfreader.errors import XsfreaderError
from xsfreader.ui.event_errors import ShowsErrors
from xsfreader.ui.history import Typed
from xsfreader.ui.input import MOST_TYPED
from xsfreader.ui.screens.dismiss_once import DismissOnce
from xsfreader.ui.widgets.bars import Key, KeyBar, shown_keys
from xsfreader.ui.widgets.panes import WIDE as TWO_PANES
from xsfreader.ui.widgets.results import Results
from xsfreader.ui.widgets.search_parts import HitPreview, SearchHeader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult

    from xsfreader.library import Library
    from xsfreader.ui.keymap import Action

LIMIT = 200
WORDS = "Titles, texts, authors and categories, found as you type"
NOTHING = "No matches; try fewer words, or only the beginning of one"
LEAVING = frozenset({"history-back", "history-forward"})
"""Actions that close the search when the results have the keys."""
TYPING = frozenset({"find", "search"})
"""Actions that then return to the line to type in."""
MOVES = {
    "line-down": 1,
    "line-up": -1,
    "page-down": 10,
    "page-up": -10,
    "top": -LIMIT,
    "bottom": LIMIT,
}
"""Actions that then move the cursor, by so many results."""


class SearchScreen(DismissOnce, ShowsErrors, ModalScreen[tuple[str, str] | str | None]):
    """An input line and its results.

    Returns what opens and the query, or the id of an action to run after it.
    """

    DEFAULT_CSS = """
    SearchScreen {
        background: $background;
        color: $foreground;
    }
    SearchScreen Input, SearchScreen Input:focus {
        height: 1;
        border: none;
        padding: 0 1;
        background: $panel;
        background-tint: $panel 0%;
    }
    SearchScreen SearchHeader {
        height: 1;
        background: $panel;
    }
    SearchScreen HitPreview {
        display: none;
    }
    SearchScreen Results {
        width: 100%;
    }
    SearchScreen.two Results {
        width: 50%;
    }
    SearchScreen.two HitPreview {
        display: block;
    }
    SearchScreen #found {
        height: auto;
        padding: 0 1;
        color: $quiet;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", "next", priority=True),
        Binding("up,ctrl+p", "move(-1)", "previous", priority=True),
        Binding("pagedown", "move(10)", "page", priority=True),
        Binding("pageup", "move(-10)", "page up", priority=True),
        Binding("enter", "choose", "open"),
        Binding("escape", "leave", "back"),
    ]

    def __init__(
        self,
        library: Library,
        actions: Mapping[str, Action],
        queries: list[str],
        query: str = "",
        at: str = "",
    ) -> None:
        """Start with a query, the cursor on the result ``at``.

        If that is given the results have the keys, which do then what ``actions`` say.
        ``queries`` were searched for before.
        """
        super().__init__()
        self.library = library
        self._typed = Typed(queries)
        self._result_keys = {
            key: name
            for name in (*LEAVING, *TYPING, *MOVES, "open", "back")
            for key in actions[name].keys
        }
        self._key_bar = KeyBar(self.BINDINGS)
        self._typing_key = Key(next(iter(actions["find"].keys), "tab"), "type")
        self.query_text = query
        self._at = at
        self.input = Input(
            query,
            placeholder="Search the archive",
            select_on_focus=False,
            max_length=max(MOST_TYPED, len(query)),
        )
        self.found = Static(WORDS, id="found", markup=False)
        self.header = SearchHeader()
        self.results = Results()
        self.preview = HitPreview(library)

    def compose(self) -> ComposeResult:
        """Show the input, the number of results, the results and the post chosen."""
        yield self.header
        yield self.input
        yield self.found
        with Horizontal():
            yield self.results
            yield self.preview
        yield self._key_bar

    def on_descendant_focus(self) -> None:
        """Offer the key that returns to the line to type in, where it does."""
        keys = shown_keys(self.BINDINGS)
        if self.focused is self.results:
            keys.insert(-1, self._typing_key)
        self._key_bar.offer(keys)

    def on_resize(self, event: events.Resize) -> None:
        """Show the post beside the results where there is room."""
        self.set_class(event.size.width >= TWO_PANES, "two")
        self.call_after_refresh(self._show_chosen)

    def _show_chosen(self) -> None:
        """Show the post under the cursor."""
        self.preview.show_soon(self.results.hit, self.query_text)

    def on_mount(self) -> None:
        """Show the results of the query to start with."""
        if self._at:
            self.set_focus(self.results)
        if self.query_text:
            self._show_results(self.query_text, self._at)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search at every key."""
        event.stop()
        if event.value != self.query_text:
            self._show_results(event.value)

    def _show_results(self, text: str, at: str = "") -> None:
        """Show what is found, the cursor on the result ``at``."""
        self.query_text, library = text, self.library
        ids: Sequence[int] = ()
        try:
            ids = library.search_ids(text, LIMIT)
            problem = library.query_problem(text, found=bool(ids))
        except XsfreaderError as error:
            problem = str(error)
        idle = not text.strip()
        self.results.show(ids, lambda some: library.read_hits(some, text), idle=idle)
        if at:
            self.results.seek(at)
        self._show_chosen()
        count = f"{len(ids)}{'+' if len(ids) == LIMIT else ''} found"
        if idle:
            self.found.update(WORDS)
        elif problem:
            self.found.update(f"{problem} · {count} without it" if ids else problem)
        else:
            self.found.update(count if ids else NOTHING)

    def on_results_failed(self, message: Results.Failed) -> None:
        """Say why results can't be read."""
        self.found.update(str(message.error))

    def on_sync_archive_changed(self) -> None:
        """Search the changed archive, the cursor on the same post."""
        hit = self.results.hit
        at = hit.target if hit is not None else ""
        if self.query_text.strip():
            self._show_results(self.query_text, at)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the result under the cursor."""
        event.stop()
        self.action_choose()

    def on_key(self, event: events.Key) -> None:
        """Run a key's action while the results have the keys."""
        name = self._result_keys.get(event.key)
        if name is None or self.focused is not self.results:
            return
        event.stop()
        if name in LEAVING:
            self.dismiss(name)
        elif name in TYPING:
            self.set_focus(self.input)
        elif name in MOVES:
            self.action_move(MOVES[name])
        elif name == "open":
            self.action_choose()
        else:
            self.action_leave()

    def on_results_chosen(self) -> None:
        """Open the result that was clicked."""
        self.action_choose()

    def action_choose(self) -> None:
        """Open the result under the cursor."""
        if (hit := self.results.hit) is not None:
            self._typed.add(self.query_text)
            self.dismiss((hit.target, self.query_text))

    def _recall(self, rows: int) -> bool:
        """Show a search before; False if the cursor can move instead."""
        results = self.results
        stays = results.cursor == 0 if rows < 0 else not results.hits
        text = self._typed.step(rows, self.input.value) if stays and abs(rows) == 1 else None
        if text is not None:
            self.input.value = text
            self.input.cursor_position = len(text)
        return text is not None

    def action_leave(self) -> None:
        """Close the search."""
        self._typed.add(self.query_text)
        self.dismiss(None)

    def action_move(self, rows: int) -> None:
        """Move the cursor of the results; up from the first is the search before."""
        if self.focused is self.input and self._recall(rows):
            return
        self.results.move(rows)
        self._show_chosen()
