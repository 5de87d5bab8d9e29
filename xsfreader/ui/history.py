"""The history of the places visited, back and forward, and of what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xsfreader.model import Place

LONGEST = 500


class Visit(NamedTuple):
    """An item and the place in it.

    ``search`` is the query that led on from there, and the permalink of the result it led to.
    """

    item_id: str
    place: Place
    search: tuple[str, str] | None = None


class History:
    """Two stacks of visits, as in a browser."""

    def __init__(self) -> None:
        self.behind: list[Visit] = []
        self.ahead: list[Visit] = []

    def leave(self, visit: Visit) -> None:
        """Add a visit to go back to, and forget what was ahead; the same one twice is one."""
        if self.behind and self.behind[-1] == visit:
            self.behind.pop()
        self.behind.append(visit)
        del self.behind[:-LONGEST]
        self.ahead.clear()

    def back(self, here: Visit) -> Visit | None:
        """Go back; None if there is nothing to go back to."""
        return self._turn(self.behind, self.ahead, here)

    def forward(self, here: Visit) -> Visit | None:
        """Go forward again; None if there is nothing to go forward to."""
        return self._turn(self.ahead, self.behind, here)

    @staticmethod
    def _turn(source: list[Visit], target: list[Visit], here: Visit) -> Visit | None:
        while source:
            visit = source.pop()
            if visit != here:
                target.append(here)
                return visit
        return None


class Typed:
    """Texts typed before, to step through; ``texts`` outlives the line they are typed in."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self._at = len(texts)
        self._now = ""
        """What was being typed before the first step."""

    def step(self, direction: int, text: str) -> str | None:
        """Return the older (-1) or newer (1) text than ``text``; None if there is none."""
        at = self._at + direction
        if not 0 <= at <= len(self._texts):
            return None
        if self._at == len(self._texts):
            self._now = text
        self._at = at
        return self._texts[at] if at < len(self._texts) else self._now

    def add(self, text: str) -> None:
        """Keep a text as the newest, and once."""
        if text.strip():
            if text in self._texts:
                self._texts.remove(text)
            self._texts.append(text)
            del self._texts[:-LONGEST]
