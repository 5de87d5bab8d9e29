"""XEPs: what the XSF lists about them, and which posts mention them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.library.base import Base
from xsfreader.model import Group, View
from xsfreader.text import fold

if TYPE_CHECKING:
    from xsfreader.model import Entry, Xep

OTHER_XEPS = "other"
"""Key of the group with the XEPs that no post mentions."""


class Xeps(Base):
    """The part of the library with XEPs."""

    def posts_with_xep(self, number: int) -> list[Entry]:
        """List the posts that mention a XEP, newest first."""
        return self._store.entries(View.XEP, str(number), self.languages, self.today)

    def listed_xeps(self) -> list[tuple[int, int]]:
        """Return all XEPs with the number of entries that mention them, by number.

        Those that are mentioned come first, then those that only the XSF's list has.
        """
        return [(int(group.key), group.total) for group in self._all_xeps()]

    def _all_xeps(self) -> list[Group]:
        """Return a group for each XEP, in the same order."""
        titles = self._store.xep_titles()
        mentioned = self._store.groups(View.XEP, None, self.languages, self.today)
        known = {int(group.key) for group in mentioned}
        others = [Group(str(each), "", 0, 0, 0) for each in titles if each not in known]
        return [
            group._replace(label=f"{int(group.key):04} {titles.get(int(group.key), '')}".rstrip())
            for group in [*mentioned, *others]
        ]

    def xep_groups(self, parent: str | None, words: str) -> list[Group]:
        """Return the groups of the list by XEP: those that posts mention, one for all others.

        With ``words`` it is all those with these words in number or title.
        """
        every = self._all_xeps()
        if words:
            wanted = fold(words).split()
            texts = (fold(f"xep-{group.label} xep-{group.key}") for group in every)
            every = [
                group
                for group, text in zip(every, texts, strict=True)
                if all(word in text for word in wanted)
            ]
            return [group for group in every if group.total or self.reads_specifications]
        mentioned = [group for group in every if group.total]
        others = [group._replace(depth=1) for group in every if not group.total]
        if parent is not None:
            return others if parent == OTHER_XEPS else []
        if others and self.reads_specifications:
            label = f"{len(others)} more, in no post"
            mentioned.append(Group(OTHER_XEPS, label, 0, 0, 0, has_groups=True))
        return mentioned

    def xep_keys(self, number: int) -> tuple[str, ...]:
        """Return the keys of the groups that contain a specification, outermost first."""
        return (str(number),) if self.posts_with_xep(number) else (OTHER_XEPS, str(number))

    def xep_list_problem(self) -> str:
        """Say what to do if the XSF's list of XEPs is missing; else empty."""
        if self._store.xep_titles() or not self.config.xep_list:
            return ""
        todo = (
            "sync once with a network"
            if self.may_ask("xep_list")
            else "name it in the setting xep_list"
        )
        return f"The XSF's list of XEPs is missing: {todo}"

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
            words = self.xep_list_problem() or "The XSF's list doesn't contain this XEP."
            return f"XEP-{number:04}", words + "\n\nPosts that mention it:"
        words = f"{xep.status} · {xep.type} · version {xep.version} of {xep.revised}\n\n"
        words += xep.abstract + "\n"
        if xep.superseded_by:
            others = ", ".join(f"XEP-{other:04}" for other in xep.superseded_by)
            words += f"\nSuperseded by {others}\n"
        return f"XEP-{number:04} {xep.title}", words + "\nPosts that mention it:"
