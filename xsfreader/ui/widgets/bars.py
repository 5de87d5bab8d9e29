"""The lines around the panes: counts above, views, status and keys below."""

from __future__ import annotations

import textwrap
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive, var

from xsfreader.errors import one_line
from xsfreader.model import View
from xsfreader.text import clean
from xsfreader.ui.keymap import key_shown
from xsfreader.ui.render import fit, fitted
from xsfreader.ui.theme import LOOKS
from xsfreader.ui.widgets.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType
    from textual.strip import Strip

    from xsfreader.ui.widgets.post_rows import PostRows


class Bar(Painted):
    """A bar of one line or a few."""

    LOOKS = LOOKS["bar"]

    def style(self, part: str) -> Style:
        """Return the bar's style, with the style of a part added."""
        return self.look() + self.look(part) if part else self.look()

    def line(self, left: list[Segment], right: list[Segment], fill: str = " ") -> Strip:
        """Align segments left and right; the right ones are dropped if there is no room."""
        width = self.size.width
        used = sum(cell_len(s.text) for s in left)
        if used + sum(cell_len(s.text) for s in right) + 1 > width:
            right = []
        room = width - used - sum(cell_len(s.text) for s in right)
        middle = Segment(fill * max(0, room), self.style("quiet"))
        return fitted([*left, middle, *right], width, self.look())


class HeaderBar(Bar):
    """Title, number of posts and unread posts, and the time of the last sync."""

    posts: reactive[str] = reactive("")
    unread: reactive[str] = reactive("")
    sync: reactive[str] = reactive("")
    alert: var[bool] = var(default=False)
    problems: reactive[int] = reactive(0)
    """Unreadable files."""
    problems_key: var[str] = var("")
    """The key that lists them."""
    name_shown: var[str] = var("XSF Blog")

    def render_line(self, y: int) -> Strip:
        """Paint the line. If it is narrow, the state of the sync comes before the counts."""
        quiet, strong = self.style("quiet"), self.style("strong")
        left = [Segment(f" {self.name_shown} ", strong), Segment("─ ", quiet)]
        right = [Segment(f" {self.sync} ", self.style("alert" if self.alert else "quiet"))]
        right = [*right, Segment("─", quiet)] if self.sync else []
        room = self.size.width - sum(cell_len(part.text) for part in (*left, *right))
        shown = next((words for words in self._counts() if len(words) < room), "")
        return self.line([*left, Segment(shown, self.look())], right, "─")

    def _counts(self) -> Iterator[str]:
        """Yield the counts in fewer and fewer words."""
        if self.problems:
            press = f": press {self.problems_key}" if self.problems_key else ""
            files = f"{self.problems} unreadable file{'' if self.problems == 1 else 's'}"
            yield f"{self.posts}, {self.unread}, {files}{press} "
            yield f"{self.posts}, {self.unread}, {files} "
            yield f"{self.unread}, {self.problems} unreadable "
        yield f"{self.posts}, {self.unread} "
        yield f"{self.unread} "


MOST_LINES = 5
"""How many lines a message may take; in a low window a third of it, but three."""
MOST_SAID = 2000
"""Characters of a message: more than any terminal shows in so many lines."""
LAST_KEYS = 2
"""How many keys at the end of the footer are always shown."""
GAP = 2
"""Cells after each of them."""
VIEWS = (
    (View.DATE, "Date", "Date"),
    (View.CATEGORY, "Category", "Cat"),
    (View.AUTHOR, "Author", "Auth"),
    (View.XEP, "XEP", "XEP"),
    (View.STARRED, "Starred", "★"),
    (View.UNREAD, "Unread", "●"),
)


class Key(NamedTuple):
    """A key in the footer."""

    name: str
    """Textual's: ``question_mark``."""
    label: str


class ViewTabs(Bar):
    """The views of the list, to click on; while it is filtered, the filter."""

    @dataclass
    class Selected(Message):
        """A view was clicked."""

        view: View

    typing: reactive[bool] = reactive(default=False)
    """Whether the filter is in the prompt, so that it need not be here."""

    def __init__(self, posts: PostRows) -> None:
        super().__init__()
        self.posts = posts

    def on_mount(self) -> None:
        """Follow the list."""
        for what in ("view", "filtered"):
            self.watch(self.posts, what, self._follow, init=False)

    def _follow(self) -> None:
        self.refresh()

    def _names(self) -> list[tuple[View, str]]:
        room = self.size.width - 1
        long = sum(len(name) + 1 for _, name, _ in VIEWS)
        middle = long - len("Starred") - len("Unread") + 2
        if room >= long:
            return [(view, name) for view, name, _ in VIEWS]
        if room >= middle:
            return [(v, short if v in (View.STARRED, View.UNREAD) else n) for v, n, short in VIEWS]
        return [(view, short) for view, _, short in VIEWS]

    def render_line(self, y: int) -> Strip:
        """Paint the names, the current one highlighted."""
        if self.posts.filtered and not self.typing:
            name = next(name for view, name, _ in VIEWS if view is self.posts.view)
            words = f" /{clean(self.posts.filtered)}"
            left = [Segment(f" {name}", self.style("quiet")), Segment(words, self.style("strong"))]
            key = self.posts.key_of("back")
            right = [Segment(f"{key} shows all ", self.style("quiet"))] if key else []
            return self.line(left, right)
        segments = [Segment(" ", self.look())]
        for view, name in self._names():
            style = self.style("strong" if view is self.posts.view else "quiet")
            segments += [Segment(name, style), Segment(" ", self.look())]
        return fitted(segments, self.size.width, self.look())

    def on_click(self, event: events.Click) -> None:
        """Choose the view under the mouse; a filtered one becomes whole again."""
        if self.posts.filtered and not self.typing:
            self.post_message(self.Selected(self.posts.view))
            return
        cell = 1
        for view, name in self._names():
            if cell <= event.x < cell + len(name):
                self.post_message(self.Selected(view))
            cell += len(name) + 1


class StatusBar(Bar):
    """The last message or the current link on the left, the position on the right."""

    where: var[str] = var("")

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.alert = False
        self.said = 0
        """Number of messages so far, to recognise a repeated one as new."""
        self._until = 0.0
        self._lines = [""]

    def say(self, text: str, *, alert: bool = False, seconds: float = 0.0) -> None:
        """Show a message, as an alert if something went wrong.

        It may take a few lines. It goes with the next key that has no words of its own, but
        stands ``seconds`` if nobody asked for it.
        """
        self._until = time.monotonic() + seconds
        self.alert = alert
        self.said += 1
        self.text = clean(text if len(text) <= MOST_SAID else one_line(text, MOST_SAID))
        self._fit()

    @property
    def is_seen(self) -> bool:
        """Whether the next key may replace the message."""
        return time.monotonic() >= self._until

    def on_resize(self) -> None:
        """Wrap the message again."""
        self._fit()

    def _fit(self) -> None:
        width = max(10, self.size.width - 2 - len(self.where) - 2)
        self._lines = [self.text]
        if cell_len(self.text) > width and self.size.width:
            self._lines = _wrapped(self.text, width, max(3, self.app.size.height // 3))
        self.styles.height = len(self._lines)
        self.refresh()

    def watch_where(self) -> None:
        """Wrap the message for the room that is left."""
        self._fit()

    def render_line(self, y: int) -> Strip:
        """Paint a line, cut if there is no room."""
        where = f" {self.where} " if self.where and y == len(self._lines) - 1 else ""
        width = max(0, self.size.width - cell_len(where) - 1)
        words = self._lines[y] if y < len(self._lines) else ""
        words = fit(words, width) if cell_len(words) > width else words
        style = self.style("alert" if self.alert else "")
        return self.line([Segment(f" {words}", style)], [Segment(where, self.style("quiet"))])


def _wrapped(text: str, width: int, most: int) -> list[str]:
    """Wrap a text; if it takes too many lines, cut its middle, since the remedy comes last."""
    room, most = len(text), min(most, MOST_LINES)
    while len(lines := textwrap.wrap(one_line(text, room), width)) > most:
        room = min(room - width // 4, most * width)
    return lines


class Notice(Bar):
    """What happened to the post shown below it; hidden while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.display = False

    def say(self, text: str) -> None:
        """Show a text until another one or none is given."""
        if clean(text) != self.text:
            self.text = clean(text)
            self.display = bool(text)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint a line, wrapped here: Textual may show a widget without telling it its size."""
        lines = _wrapped(self.text, max(30, self.size.width - 2), 2)
        words = f" {lines[y]}" if y < len(lines) else ""
        return self.line([Segment(words, self.style("alert"))], [])


class KeyBar(Bar):
    """The most important keys that apply, to press or to click on."""

    def __init__(self, bindings: Iterable[BindingType] = ()) -> None:
        """Show those keys of a screen that are to be shown."""
        super().__init__(id="keys")
        self._keys: tuple[Key, ...] = ()
        self.offer(shown_keys(bindings))

    def offer(self, keys: Iterable[Key]) -> None:
        """Show these keys, as many as fit."""
        if self._keys != (keys := tuple(keys)):
            self._keys = keys
            self.refresh()

    def _fitting(self) -> list[Key]:
        """Choose the first keys that fit, and always the last ones: help and quit."""
        first, last = self._keys[:-LAST_KEYS], self._keys[-LAST_KEYS:]
        while len(last) > 1 and sum(map(_width, last)) > self.size.width:
            last = last[1:]
        room = self.size.width - 1 - sum(map(_width, last))
        chosen = []
        for key in first:
            room -= _width(key)
            if room < 0:
                break
            chosen.append(key)
        return [*chosen, *last]

    def render_line(self, y: int) -> Strip:
        """Paint keys and words."""
        segments = [Segment(" ", self.look())]
        for key in self._fitting():
            segments += [
                Segment(key_shown(key.name), self.style("strong")),
                Segment(f" {key.label}  ", self.style("quiet")),
            ]
        return fitted(segments, self.size.width, self.look())

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        cell = 1
        for key in self._fitting():
            if cell <= event.x < cell + _width(key) - GAP:
                self.app.simulate_key(key.name)
            cell += _width(key)


def shown_keys(bindings: Iterable[BindingType]) -> list[Key]:
    """Return the first key of each binding that is to be shown."""
    return [
        Key(each.key.partition(",")[0], each.description)
        for each in bindings
        if isinstance(each, Binding) and each.show
    ]


def _width(key: Key) -> int:
    return cell_len(key_shown(key.name)) + 1 + len(key.label) + GAP
