"""Where a reader came from: posts and the places in them, back and forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xsfreader.model import Place

LONGEST = 500


class Visit(NamedTuple):
    """A post and the place in it.

    ``search`` is the query that led on from there, and the permalink of the result it led to.
    """

    permalink: str
    place: Place
    search: tuple[str, str] | None = None


class History:
    """Two stacks of visits, as a browser keeps them."""

    def __init__(self) -> None:
        self.behind: list[Visit] = []
        self.ahead: list[Visit] = []

    def leave(self, visit: Visit) -> None:
        """Go somewhere new from here; what was ahead is gone."""
        if not self.behind or self.behind[-1] != visit:
            self.behind.append(visit)
            del self.behind[:-LONGEST]
        self.ahead.clear()

    def back(self, here: Visit) -> Visit | None:
        """Go back; None where this is the first."""
        return self._turn(self.behind, self.ahead, here)

    def forward(self, here: Visit) -> Visit | None:
        """Go forward again; None where this is the last."""
        return self._turn(self.ahead, self.behind, here)

    @staticmethod
    def _turn(source: list[Visit], target: list[Visit], here: Visit) -> Visit | None:
        while source:
            visit = source.pop()
            if visit != here:
                target.append(here)
                return visit
        return None
