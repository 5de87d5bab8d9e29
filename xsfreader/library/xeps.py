"""XEPs: what the XSF lists about them, and which posts mention them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.library.base import Base
from xsfreader.model import View

if TYPE_CHECKING:
    from xsfreader.model import Entry, Xep


class Xeps(Base):
    """The part of the library with XEPs."""

    def posts_with_xep(self, number: int) -> list[Entry]:
        """List the posts that mention a XEP, newest first."""
        return self._store.entries(View.XEP, str(number), self.languages, self.today)

    def mentioned_xeps(self) -> list[tuple[int, int]]:
        """Return the XEPs that posts mention, by number, with the number of entries."""
        groups = self._store.groups(View.XEP, None, self.languages, self.today)
        return [(int(group.key), group.total) for group in groups]

    def listed_xeps(self) -> list[tuple[int, int]]:
        """Return all XEPs with the number of entries that mention them, by number.

        Those that are mentioned come first, then those that only the XSF's list has.
        """
        mentioned = self.mentioned_xeps()
        known = {number for number, _ in mentioned}
        return mentioned + [
            (xep.number, 0) for xep in self._store.xeps() if xep.number not in known
        ]

    def xep(self, number: int) -> Xep | None:
        """Read a XEP; None if the list lacks it."""
        return self._store.xep(number)

    def xep_line(self, number: int) -> str:
        """Return a XEP's number, title and status in a line; empty if the list lacks it."""
        xep = self._store.xep(number)
        return f"XEP-{number:04} {xep.title}, {xep.status}" if xep else ""

    def xep_card(self, number: int) -> tuple[str, str]:
        """Return the title and the text of a XEP's card."""
        xep = self._store.xep(number)
        if xep is None:
            words = "The list of XEPs wasn't fetched yet, or doesn't contain this one."
            return f"XEP-{number:04}", words + "\n\nPosts that mention it:"
        words = f"{xep.status} · {xep.type} · version {xep.version} of {xep.revised}\n\n"
        words += xep.abstract + "\n"
        if xep.superseded_by:
            others = ", ".join(f"XEP-{other:04}" for other in xep.superseded_by)
            words += f"\nSuperseded by {others}\n"
        return f"XEP-{number:04} {xep.title}", words + "\nPosts that mention it:"
