"""XEPs: what the XSF's list says of them, and which posts mention them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.library.base import Base
from xsfreader.model import View

if TYPE_CHECKING:
    from xsfreader.model import Entry, Xep


class Xeps(Base):
    """The part of the library that knows XEPs."""

    def posts_with_xep(self, number: int) -> list[Entry]:
        """List the posts that mention a XEP, newest first."""
        return self._store.entries(View.XEP, str(number), self.languages, self.today)

    def mentioned_xeps(self) -> list[tuple[int, int]]:
        """Tell the XEPs that posts mention, by number, and how many entries mention each."""
        groups = self._store.groups(View.XEP, None, self.languages, self.today)
        return sorted((int(group.key), group.total) for group in groups)

    def xep(self, number: int) -> Xep | None:
        """Read what is known of a XEP."""
        return self._store.xep(number)

    def xep_line(self, number: int) -> str:
        """Tell a XEP's number, title and status in a line; empty where nothing is known."""
        xep = self._store.xep(number)
        return f"XEP-{number:04} {xep.title}, {xep.status}" if xep else ""

    def xep_card(self, number: int) -> tuple[str, str]:
        """Tell all that is known of a XEP: a title, and words in some lines."""
        xep = self._store.xep(number)
        if xep is None:
            words = "The XSF's list of XEPs is not here yet, or does not hold this one."
            return f"XEP-{number:04}", words + "\n\nPosts that mention it:"
        words = f"{xep.status} · {xep.type} · version {xep.version} of {xep.revised}\n\n"
        words += xep.abstract + "\n"
        if xep.superseded_by:
            others = ", ".join(f"XEP-{other:04}" for other in xep.superseded_by)
            words += f"\nSuperseded by {others}\n"
        return f"XEP-{number:04} {xep.title}", words + "\nPosts that mention it:"
