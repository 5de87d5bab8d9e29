"""The palette: every action, category, XEP and title, found by a few letters."""

from __future__ import annotations

import asyncio
import contextlib
import re
from functools import partial
from typing import TYPE_CHECKING

from textual import events
from textual.command import CommandPalette, DiscoveryHit, Hit, Provider
from textual.content import Content
from textual.fuzzy import Matcher

from xsfreader.model import View
from xsfreader.text import clean, fold
from xsfreader.ui.input import PendingInput
from xsfreader.ui.keymap import key_shown
from xsfreader.ui.reader import ReaderScreen
from xsfreader.ui.screens.closing import DismissOnce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.await_complete import AwaitComplete
    from textual.command import Hits

    from xsfreader.library import Library

LEAST_LETTERS = 2
MOST_HITS = 30

Command = tuple[str, str, "Callable[[], object]"]
"""Words, help, and what it does."""


class Palette(PendingInput, DismissOnce, CommandPalette):
    """The palette, ready for keys that come before what they are for."""

    def is_pending(self, typed: events.Key | events.Paste) -> bool:
        """Let keys that choose or close wait for what the letters before them find."""
        if isinstance(typed, events.Paste) or typed.is_printable:
            return False
        return any(
            worker.node is self
            and worker.group == self._GATHER_COMMANDS_GROUP
            and not worker.is_finished
            for worker in self.app.workers
        )

    def _action_command_list(self, action: str) -> None:
        # A list that was not on the screen yet has no pages.
        with contextlib.suppress(KeyError):
            super()._action_command_list(action)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close, and gather nothing more: there is no list for it any longer."""
        self._cancel_gather_commands()
        return super().dismiss(result)


class Everything(Provider):
    """All that the palette offers on the reader's screen."""

    _found: list[Command] | None = None

    @property
    def reader(self) -> ReaderScreen | None:
        """The screen the palette was called from."""
        return self.screen if isinstance(self.screen, ReaderScreen) else None

    async def discover(self) -> Hits:
        """Offer the actions before anything is typed."""
        for words, about, do in self._actions():
            yield DiscoveryHit(Content(words), do, words, about)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        reader = self.reader
        if reader is None or len(query) < LEAST_LETTERS:
            return
        if self._found is None:
            library = await asyncio.to_thread(_read, reader.library)
            self._found = [*self._actions(), *self._places(library)]
        found = await asyncio.to_thread(best, self._found, query)
        for score, (words, about, do) in found[:MOST_HITS]:
            yield Hit(score, Content(words), do, words, about)

    def _actions(self) -> Iterator[Command]:
        reader = self.reader
        if reader is None:
            return
        doings: dict[str, Callable[[], object]] = {
            name: partial(reader.action_do, name) for name in reader.doings
        }
        doings["quit"] = partial(reader.app.run_action, "quit")
        for action in reader.actions:
            if action.id in doings and action.id != "palette":
                keys = " ".join(map(key_shown, action.keys))
                yield f"{action.label}: {action.help}  ({keys})", action.group, doings[action.id]

    def _places(
        self, found: tuple[list[str], list[str], list[tuple[str, str]]]
    ) -> Iterator[Command]:
        reader = self.reader
        if reader is None:
            return
        categories, xeps, titles = found
        for name in categories:
            yield f"Category {clean(name)}", "List", partial(_category, reader, name)
        for line in xeps:
            number = int(line.split()[0].removeprefix("XEP-"))
            yield clean(line), "XEP", partial(reader.panels.card, number)
        for title, permalink in titles:
            yield clean(title), "Post", partial(reader.links.go, permalink)


def best(commands: Sequence[Command], query: str) -> list[tuple[float, Command]]:
    """Score what matches a query, the best first.

    What is named so comes first, then what begins with the query, what has words that begin so,
    what holds them anywhere, and what only holds the letters.
    """
    matchers = [Matcher(spelled) for spelled in spellings(query)]
    wanted = fold(query).split()
    found = []
    for command in commands:
        score = max(matcher.match(command[0]) for matcher in matchers)
        text = " " + re.sub(r"[^\w]+", " ", fold(command[0]))
        held = all(word in text for word in wanted)
        begun = all(f" {word}" in text for word in wanted)
        first = text.startswith(f" {' '.join(wanted)}")
        named = fold(command[0].partition(":")[0]) == " ".join(wanted)
        if score > 0 or held:
            # Textual sorts by score, which is some tens at most for letters alone.
            found.append((score + 1000 * (held + begun + first + named), command))
    return sorted(found, key=lambda each: -each[0])


def spellings(query: str) -> list[str]:
    """A query, and where it names a XEP loosely (``xep 45``) also as its line begins."""
    xep = re.fullmatch(r"xep[\s-]*0*([1-9]\d{0,3})", query.strip(), re.ASCII | re.IGNORECASE)
    return [query, f"XEP-{int(xep[1]):04}", f"xep{xep[1]}"] if xep else [query]


def _read(library: Library) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    with library.clone() as own:
        categories = [fold.label for fold in own.folds(View.CATEGORY)]
        xeps = [own.xep_line(n) or f"XEP-{n:04}" for n, _ in own.mentioned_xeps()]
        titles = [(entry.title, entry.permalink) for entry in own.entries(View.DATE, None)]
    return categories, xeps, titles


def _category(reader: ReaderScreen, name: str) -> None:
    reader.moving.show_view(View.CATEGORY)
    reader.posts.reveal_fold(name)
