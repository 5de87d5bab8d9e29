"""Search the archive: results as one types, off the screen's own thread."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from xsfreader.errors import XsfreaderError
from xsfreader.safety import clean
from xsfreader.ui.looks import LOOKS
from xsfreader.ui.strips import PaintedStrip, fit
from xsfreader.ui.widgets.painted import PaintedView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style
    from textual import events
    from textual.app import ComposeResult
    from textual.strip import Strip

    from xsfreader.library import Library
    from xsfreader.model import Hit

LIMIT = 200
FIRST = 40
"""Results that are there at once; the others come when no key follows."""
ROWS = 2
"""Rows of the screen that a result takes."""
INDENT = 13
"""Cells before a snippet: as many as the day before a title."""
HELP = (
    'words in any order · "a phrase" · begin… · author: category: xep:384 lang:de '
    "before:2015 after:2020-06 is:unread is:starred"
)


class Found(Message):
    """The answer to one state of the query: the first hits, and how many there are in all."""

    def __init__(
        self, generation: int, hits: Sequence[Hit], count: int = 0, problem: str = ""
    ) -> None:
        super().__init__()
        self.generation = generation
        self.hits = hits
        self.count = count
        self.problem = problem


class FoundMore(Message):
    """The rest of the hits, or why there are no more."""

    def __init__(self, generation: int, hits: Sequence[Hit], problem: str = "") -> None:
        super().__init__()
        self.generation = generation
        self.hits = hits
        self.problem = problem


class Results(PaintedView):
    """What was found: title and a stretch of text each, with a cursor."""

    LOOKS = LOOKS["results"]

    def __init__(self) -> None:
        super().__init__()
        self.hits: Sequence[Hit] = ()
        self.cursor = 0

    def show(self, hits: Sequence[Hit], permalink: str = "") -> None:
        """Show these, the cursor on that post where it is among them, else on the first."""
        self.hits = hits
        places = (at for at, hit in enumerate(hits) if hit.post.permalink == permalink)
        self.cursor = next(places, 0)
        self.set_height(len(hits) * ROWS)
        self.scroll_to(y=0, animate=False)
        self._bring_in_sight()
        self.refresh()

    def add(self, hits: Sequence[Hit]) -> None:
        """Show more below those that are there."""
        self.hits = [*self.hits, *hits]
        self.set_height(len(self.hits) * ROWS)

    def move(self, rows: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(self.cursor + rows, len(self.hits) - 1))
        self._bring_in_sight()
        self.refresh()

    def _bring_in_sight(self) -> None:
        top, height = self.scroll_offset.y, self.size.height
        if self.cursor * ROWS < top:
            self.scroll_to(y=self.cursor * ROWS, animate=False)
        elif (self.cursor + 1) * ROWS > top + height:
            self.scroll_to(y=(self.cursor + 1) * ROWS - height, animate=False)

    def fit_size(self) -> None:
        """Keep the cursor in sight when the window changes."""
        self.set_height(len(self.hits) * ROWS)
        self._bring_in_sight()

    class Chosen(Message):
        """A result was clicked."""

    def on_click(self, event: events.Click) -> None:
        """Open the result under the mouse."""
        index = (event.y + self.scroll_offset.y) // ROWS
        if index < len(self.hits):
            self.cursor = index
            self.refresh()
            self.post_message(self.Chosen())

    def render_line(self, y: int) -> Strip:
        """Paint one row of a result."""
        base, width = self.look(), self.room
        index, row = divmod(y + self.scroll_offset.y, ROWS)
        if index >= len(self.hits):
            return PaintedStrip.blank(width, base)
        hit = self.hits[index]
        if index == self.cursor:
            base += self.look("cursor")
        if row == 0:
            day = f" {hit.post.day}  "
            about = " · ".join(map(clean, hit.post.categories))
            tag = "" if hit.post.language == "en" else f"{clean(hit.post.language)}  "
            tail = f"  {tag}{about} " if width > 60 else f" {tag}"
            room = max(10, width - len(day) - len(tail))
            segments = [
                Segment(day, base + self.look("quiet")),
                Segment(fit(clean(hit.post.title), room), base + self.look("title")),
                Segment(tail, base + self.look("quiet")),
            ]
        else:
            segments = self._snippet(hit, base)
        if Segment.get_line_length(segments) > width:
            end = Segment("…", base + self.look("quiet"))
            segments = [*Segment.adjust_line_length(segments, width - 1), end]
        return PaintedStrip.fitted(segments, width, base)

    def _snippet(self, hit: Hit, base: Style) -> list[Segment]:
        quiet, match = base + self.look("quiet"), base + self.look("match")
        segments = [Segment(" " * INDENT, base)]
        at, room = 0, self.room - INDENT
        if hit.marks and hit.marks[0][1] > room:
            # In a narrow window the first hit would be cut off.
            first = hit.marks[0][0]
            space = hit.snippet.find(" ", max(0, first - room // 2), first)
            at = first if space < 0 else space + 1
            segments.append(Segment("…", quiet))
        for start, end in hit.marks:
            segments += [
                Segment(clean(hit.snippet[at:start]), quiet),
                Segment(clean(hit.snippet[start:end]), match),
            ]
            at = end
        return [*segments, Segment(clean(hit.snippet[at:]), quiet)]


class SearchScreen(ModalScreen[tuple[str, str] | None]):
    """A line to type in and what it finds; ends with a permalink and the query."""

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
    }
    SearchScreen #found {
        height: 1;
        padding: 0 1;
        color: $foreground 60%;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("down,ctrl+n", "move(1)", "Next", priority=True),
        Binding("up,ctrl+p", "move(-1)", "Previous", priority=True),
        Binding("pagedown", "move(10)", "Page", priority=True),
        Binding("pageup", "move(-10)", "Page back", priority=True),
    ]

    def __init__(self, library: Library, query: str = "", at: str = "") -> None:
        """Begin with a query, the cursor on the post whose permalink is ``at``."""
        super().__init__()
        self.library = library
        self.query_text = query
        self.generation = 0
        self._at = at
        self._answered = 0
        """The generation that the results are of."""
        self._waiting: list[Callable[[], None]] = []
        """What keys ask of results that are still looked for."""
        self.input = Input(query, placeholder="search the archive", select_on_focus=False)
        self.found = Static(HELP, id="found", markup=False)
        self.results = Results()
        self._queries: queue.Queue[tuple[int, str]] = queue.Queue()

    def compose(self) -> ComposeResult:
        """A line to type in, a line on what was found, the results."""
        yield self.input
        yield self.found
        yield self.results

    def on_mount(self) -> None:
        """Start the thread that searches."""
        self.run_worker(self._work, thread=True, group="search", description="search")
        if self.query_text:
            self._ask(self.query_text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search anew at every key."""
        event.stop()
        if event.value != self.query_text:
            self._ask(event.value)

    def _ask(self, text: str) -> None:
        self.query_text = text
        self.generation += 1
        self._waiting.clear()
        self._queries.put((self.generation, text))

    def _work(self) -> None:
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
        """Tell of the first hits; give the ids of the others."""
        try:
            ids = library.ranked(text, LIMIT)
            hits = library.hits(ids[:FIRST], text)
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
            self.post_message(FoundMore(generation, library.hits(ids, text)))
        except XsfreaderError as error:
            self.post_message(FoundMore(generation, (), str(error)))

    def on_found(self, message: Found) -> None:
        """Show an answer, unless the query has moved on."""
        if message.generation != self.generation:
            return
        self.results.show(message.hits, self._at)
        self._at = ""
        self._answered = message.generation
        count = message.count
        if message.problem or not self.query_text.strip():
            words = message.problem or HELP
            if count:
                words += f" · {count}{'+' if count == LIMIT else ''} found without it"
        elif not count:
            words = "nothing found: fewer words, or the start of one, find more"
        else:
            words = f"{count}{'+' if count == LIMIT else ''} found · Enter opens · Esc goes back"
        self.found.update(words, layout=False)
        # The letter's own frame is just out, and the next one would wait.
        self.call_later(self._on_timer_update)
        waiting, self._waiting = self._waiting, []
        for do in waiting:
            do()

    def _with_results(self, do: Callable[[], None]) -> None:
        """Do it with what the query finds, as soon as that is there."""
        if self._answered == self.generation:
            do()
        else:
            self._waiting.append(do)

    def on_found_more(self, message: FoundMore) -> None:
        """Put the rest below, unless the query has moved on."""
        if message.generation == self.generation:
            self.results.add(message.hits)
            if message.problem:
                self.found.update(message.problem, layout=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the result under the cursor."""
        event.stop()
        self._with_results(self._choose)

    def on_results_chosen(self) -> None:
        """Open the result that was clicked."""
        self._choose()

    def _choose(self) -> None:
        if self.results.hits:
            hit = self.results.hits[self.results.cursor]
            self.dismiss((hit.post.permalink, self.query_text))

    def action_leave(self) -> None:
        """Go back to where one was."""
        self.dismiss(None)

    def action_move(self, rows: int) -> None:
        """Move the cursor of the results."""
        self._with_results(lambda: self.results.move(rows))
