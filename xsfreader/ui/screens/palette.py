"""The palette: find any action, category, XEP or title by a few letters."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from textual import events
from textual.binding import Binding
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Provider
from textual.content import Content
from textual.widgets import Input

from xsfreader.errors import XsfreaderError
from xsfreader.model import View
from xsfreader.text import clean, fold
from xsfreader.ui.event_errors import ShowsErrors
from xsfreader.ui.input import MOST_TYPED, PendingInput
from xsfreader.ui.keymap import key_shown
from xsfreader.ui.screens.dismiss_once import DismissOnce
from xsfreader.ui.widgets.bars import KeyBar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.await_complete import AwaitComplete
    from textual.command import Hits

    from xsfreader.library import Library
    from xsfreader.ui.keymap import Action

KEYS = (
    Binding("down", "", "next"),
    Binding("up", "", "previous"),
    Binding("enter", "", "run"),
    Binding("escape", "", "close"),
)
"""What Textual binds, for the footer."""
LEAST_LETTERS = 2
MOST_HITS = 30

FIRST = (
    *("search", "find", "next-unread", "star", "toggle-read", "contents", "hints", "xep"),
    *("browser", "sync", "mark-all-read", "theme", "help"),
)
"""The actions that are used most."""

Command = tuple[str, "Callable[[], object]"]
"""Text, and what to call."""


class Names(NamedTuple):
    """What the palette offers besides the actions."""

    categories: list[str]
    xeps: list[str]
    """A line for each XEP, which begins with its number."""
    titles: list[tuple[str, str]]
    """Title and permalink of each post."""


class Host(Protocol):
    """What the palette needs of the screen it opens over."""

    library: Library
    actions: Mapping[str, Action]

    def action_do(self, name: str) -> None:
        """Run an action by its id."""

    def show_category(self, name: str) -> None:
        """Show the list by category, the cursor on this one."""

    def show_xep(self, number: int) -> None:
        """Show the card of a XEP."""

    def go_to(self, item_id: str) -> None:
        """Go to an item."""


class Palette(PendingInput, DismissOnce, ShowsErrors, CommandPalette):
    """Textual's palette, with keys that wait for what the letters before them find."""

    DEFAULT_CSS = """
    Palette #keys {
        dock: bottom;
    }
    """

    def __init__(self) -> None:
        super().__init__(providers=[Commands], placeholder="Action, category, XEP or title")

    def compose(self) -> ComposeResult:
        """Add the keys below."""
        yield from super().compose()
        yield KeyBar(KEYS)

    def on_mount(self) -> None:
        """Limit what can be typed."""
        self.query_one(Input).max_length = MOST_TYPED

    def is_pending(self, typed: events.Key | events.Paste) -> bool:
        """Let keys that choose or close wait until the search has ended."""
        if isinstance(typed, events.Paste) or typed.is_printable:
            return False
        return any(worker.node is self and not worker.is_finished for worker in self.app.workers)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable moving in the list until it is on the screen: Textual would raise KeyError."""
        if action == "command_list":
            return any(commands.size for commands in self.query(CommandList))
        return super().check_action(action, parameters)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close, and cancel the search."""
        self.workers.cancel_node(self)
        return super().dismiss(result)


class Commands(Provider):
    """Finds commands: actions, categories, XEPs and titles."""

    _commands: list[Command] | None = None

    @property
    def host(self) -> Host:
        """The screen under the palette."""
        return cast("Host", self.screen)

    async def discover(self) -> Hits:
        """Offer the actions before anything is typed."""
        for words, do in self._actions():
            yield DiscoveryHit(Content(words), do, words)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        if len(query) < LEAST_LETTERS:
            for score, (words, do) in best([*self._actions()], query):
                yield Hit(score, Content(words), do, words)
            return
        if self._commands is None:
            try:
                names = await asyncio.to_thread(_read_names, self.host.library)
            except XsfreaderError as error:
                # Raised here, nobody would see it.
                self.app.show_error(error)  # type: ignore[attr-defined]
                names = Names([], [], [])
            self._commands = [*self._actions(), *self._places(names)]
        found = await asyncio.to_thread(best, self._commands, query)
        for score, (words, do) in found[:MOST_HITS]:
            yield Hit(score, Content(words), do, words)

    def _actions(self) -> Iterator[Command]:
        """List the actions, first those that are used most, last those that move."""
        actions = self.host.actions
        others = [name for name in actions if name not in (*FIRST, "palette")]
        others.sort(key=lambda name: actions[name].group == "Move")
        for name in (*FIRST, *others):
            action = actions[name]
            keys = " ".join(map(key_shown, action.keys))
            do = partial(self.host.action_do, name)
            yield f"{action.label}: {action.help}  ({keys})", do

    def _places(self, names: Names) -> Iterator[Command]:
        host = self.host
        for name in names.categories:
            yield f"Category {clean(name)}", partial(host.show_category, name)
        for line in names.xeps:
            number = int(line.split()[0].removeprefix("XEP-"))
            yield clean(line), partial(host.show_xep, number)
        for title, permalink in names.titles:
            yield clean(title), partial(host.go_to, permalink)


def best(commands: Sequence[Command], query: str) -> list[tuple[float, Command]]:
    """Score the commands that have all words of a query, best matches first.

    The order is: the query is the name, begins it, begins words of it, is anywhere in it. A
    letter by itself must begin a word.
    """
    spelled = [_plain(each) for each in spellings(query)]
    found = [(max(_score(command[0], words) for words in spelled), command) for command in commands]
    return sorted((each for each in found if each[0]), key=lambda each: -each[0])


def _score(text: str, query: str) -> float:
    plain = " " + _plain(text)
    words = query.split()
    if not all((word if len(word) > 1 else f" {word}") in plain for word in words):
        return 0
    begun = all(f" {word}" in plain for word in words)
    named = _plain(text.partition(":")[0]) == query
    return 1.0 + begun + plain.startswith(f" {query}") + named


def _plain(text: str) -> str:
    """Write a text in small letters, with single spaces for punctuation."""
    return re.sub(r"[\W_]+", " ", fold(text)).strip()


def spellings(query: str) -> list[str]:
    """A query, and where it names a XEP loosely (``xep 45``) also as its line begins."""
    xep = re.fullmatch(r"xep[\s-]*0*([1-9]\d{0,3})", query.strip(), re.ASCII | re.IGNORECASE)
    return [query, f"xep {int(xep[1]):04}", f"xep {xep[1]}"] if xep else [query]


def _read_names(library: Library) -> Names:
    with library.clone() as own:
        return Names(
            [group.label for group in own.groups(View.CATEGORY)],
            [own.xep_line(n) or f"XEP-{n:04}" for n, _ in own.listed_xeps()],
            [(entry.title, entry.permalink) for entry in own.entries(View.DATE, None)],
        )
