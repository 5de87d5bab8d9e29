"""Search the archive as you type, in a thread."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from xsfreader.errors import XsfreaderError
from xsfreader.ui.event_errors import ShowsErrors
from xsfreader.ui.history import Typed
from xsfreader.ui.input import MOST_TYPED, PendingInput
from xsfreader.ui.screens.dismiss_once import DismissOnce
from xsfreader.ui.widgets.bars import Key, KeyBar, shown_keys
from xsfreader.ui.widgets.panes import WIDE as TWO_PANES
from xsfreader.ui.widgets.results import Results
from xsfreader.ui.widgets.search_parts import HitPreview, SearchHeader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult

    from xsfreader.library import Library
    from xsfreader.model import Hit, SectionHit
    from xsfreader.ui.keymap import Action

LIMIT = 200
FIRST = 40
"""Results that are read at once; the others follow if no key does."""
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


class Found(Message):
    """The first hits of a query, and the number of all."""

    def __init__(
        self, generation: int, hits: Sequence[Hit | SectionHit], count: int = 0, problem: str = ""
    ) -> None:
        super().__init__()
        self.generation = generation
        self.hits = hits
        self.count = count
        self.problem = problem


class FoundMore(Message):
    """The other hits, or the error that prevented them."""

    def __init__(
        self, generation: int, hits: Sequence[Hit | SectionHit], problem: str = ""
    ) -> None:
        super().__init__()
        self.generation = generation
        self.hits = hits
        self.problem = problem


class SearchScreen(
    PendingInput, DismissOnce, ShowsErrors, ModalScreen[tuple[str, str] | str | None]
):
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
        self.generation = 0
        self._at = at
        self._answered = 0
        """The generation of the results shown."""
        self._waiting: list[Callable[[], None]] = []
        """What keys do once the results are there."""
        self.input = Input(
            query,
            placeholder="search the archive",
            select_on_focus=False,
            max_length=max(MOST_TYPED, len(query)),
        )
        self.found = Static(WORDS, id="found", markup=False)
        self.header = SearchHeader()
        self.results = Results()
        self.preview = HitPreview(library)
        self._queries: queue.Queue[tuple[int, str]] = queue.Queue()

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
        """Start the search thread."""
        self.run_worker(self._work, thread=True, group="search", description="search")
        if self._at:
            self.set_focus(self.results)
        if self.query_text:
            self._ask(self.query_text, self._at)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search at every key."""
        event.stop()
        if event.value != self.query_text:
            self._ask(event.value)

    def _ask(self, text: str, at: str = "") -> None:
        self.query_text = text
        self.generation += 1
        self._at = at
        self._waiting.clear()
        self._queries.put((self.generation, text))

    def _work(self) -> None:
        try:
            self._search_now()
        except XsfreaderError as error:
            # The archive can't be opened again.
            self.post_message(Found(self.generation, (), problem=str(error)))

    def _search_now(self) -> None:
        worker = get_current_worker()
        generation, text = 0, ""
        rest: Sequence[int] = ()
        with self.library.clone() as library:
            while not worker.is_cancelled:
                try:
                    generation, text = self._queries.get(timeout=0.1)
                except queue.Empty:
                    if rest:
                        self._answer_rest(library, generation, text, rest)
                        rest = ()
                    continue
                while not self._queries.empty():
                    generation, text = self._queries.get()
                rest = self._answer(library, generation, text)

    def _answer(self, library: Library, generation: int, text: str) -> Sequence[int]:
        """Post the first hits; return the ids of the others."""
        try:
            ids = library.search_ids(text, LIMIT)
            hits = library.read_hits(ids[:FIRST], text)
            problem = library.query_problem(text, found=bool(ids))
        except XsfreaderError as error:
            self.post_message(Found(generation, (), problem=str(error)))
            return ()
        self.post_message(Found(generation, hits, len(ids), problem))
        return ids[FIRST:]

    def _answer_rest(
        self, library: Library, generation: int, text: str, ids: Sequence[int]
    ) -> None:
        try:
            self.post_message(FoundMore(generation, library.read_hits(ids, text)))
        except XsfreaderError as error:
            self.post_message(FoundMore(generation, (), str(error)))

    def on_found(self, message: Found) -> None:
        """Show the first hits, unless the query has changed."""
        if message.generation != self.generation:
            return
        self.results.show(message.hits, idle=not self.query_text.strip())
        self._seek()
        self._show_chosen()
        self._answered = message.generation
        count = f"{message.count}{'+' if message.count == LIMIT else ''} found"
        if not self.query_text.strip():
            words = WORDS
        elif message.problem:
            words = f"{message.problem} · {count} without it" if message.count else message.problem
        else:
            words = count if message.count else NOTHING
        self._say(words)
        waiting, self._waiting = self._waiting, []
        for do in waiting:
            if self.is_current:
                do()

    def _say(self, words: str) -> None:
        """Show what was found, in more lines only where it needs them: that is a layout."""
        room = self.app.size.width - 2
        self.found.update(words, layout=cell_len(words) > room or self.found.size.height > 1)

    def _seek(self) -> None:
        """Move the cursor to the result to start at, once it is loaded."""
        if self._at and self.results.seek(self._at):
            self._at = ""

    def is_pending(self, typed: events.Key | events.Paste) -> bool:
        """Let keys wait while one before them waits for the results."""
        return bool(self._waiting)

    def _with_results(self, do: Callable[[], None]) -> None:
        """Call a function once the results of the query are there."""
        self._at = ""
        if self._answered == self.generation:
            do()
        else:
            self._waiting.append(do)

    def on_found_more(self, message: FoundMore) -> None:
        """Add the other hits, unless the query has changed."""
        if message.generation == self.generation:
            self.results.add(message.hits)
            self._seek()
            self._show_chosen()
            if message.problem:
                self._say(message.problem)

    def on_sync_archive_changed(self) -> None:
        """Search the changed archive, the cursor on the same post."""
        hit = self.results.hit
        at = hit.target if hit is not None else ""
        if self.query_text.strip() and not self._waiting:
            self._ask(self.query_text, at)

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
        self._choose()

    def _choose(self) -> None:
        if (hit := self.results.hit) is not None:
            self._typed.add(self.query_text)
            self.dismiss((hit.target, self.query_text))

    def action_choose(self) -> None:
        """Open the result under the cursor, once it is there."""
        self._with_results(self._choose)

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
        if self.focused is self.input and not self._waiting and self._recall(rows):
            return

        def move() -> None:
            self.results.move(rows)
            self._show_chosen()

        self._with_results(move)
