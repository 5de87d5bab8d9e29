"""Find in the post: as one types, match by match, and back to where one was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup import find, find_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xsfreader.markup import Match
    from xsfreader.model import Place
    from xsfreader.ui.reader import ReaderScreen


class Finding:
    """Matches in the post shown."""

    def __init__(self, screen: ReaderScreen) -> None:
        self.screen = screen
        self.needle = ""
        self.matches: Sequence[Match] = ()
        self.current = -1
        self._from: Place | None = None

    @property
    def words(self) -> str:
        """Which match one is at, of how many; empty where nothing is looked for."""
        return f"{self.needle}: {self.current + 1}/{len(self.matches)}" if self.matches else ""

    @property
    def active(self) -> bool:
        """Whether matches are marked."""
        return bool(self.matches)

    def begin(self) -> None:
        """Remember where one is, to come back to."""
        self._from = self.screen.article.place

    def type(self, needle: str) -> None:
        """Mark what matches, and go to the first from where one began."""
        self.needle = needle
        document = self.screen.article.document
        self.matches = find(document, needle) if document is not None and needle else ()
        self.current = self._first_from(self._from) if self.matches else -1
        if self.matches:
            self._show()
        else:
            self.screen.article.light()
            if self._from is not None:
                self.screen.article.jump(self._from)
            self.screen.status.say(f"“{needle}” is not in this post" if needle else "")

    def mark(self, needles: Sequence[str]) -> None:
        """Mark what a search looked for, and go to the first of it."""
        document = self.screen.article.document
        self.matches = find_words(document, needles) if document is not None else ()
        self.needle = " ".join(needles)
        self.current = 0 if self.matches else -1
        if self.matches:
            self._show()

    def _first_from(self, place: Place | None) -> int:
        if place is not None:
            for index, match in enumerate(self.matches):
                if (match.block, match.start) >= (place.block, place.offset):
                    return index
        return 0

    def step(self, direction: int) -> None:
        """Go to the next match, round the end where need be, and say so."""
        if not self.matches:
            self.screen.status.say("nothing looked for: / finds in the post")
            return
        at = self.current + direction
        around = not 0 <= at < len(self.matches)
        self.current = at % len(self.matches)
        self._show(", from the top again" if around and direction > 0
                   else ", from the end again" if around else "")  # fmt: skip

    def _show(self, words: str = "") -> None:
        article = self.screen.article
        article.light(self.matches, self.current)
        article.show_match(self.matches[self.current])
        self.screen.status.say(self.words + words)

    def leave(self, *, back: bool) -> None:
        """Take the marks away; ``back`` returns to where one began."""
        self.matches, self.current, self.needle = (), -1, ""
        self.screen.article.light()
        if back and self._from is not None:
            self.screen.article.jump(self._from)
        self._from = None
