"""What jobs report: how far they are, and what became of them."""

from typing import NamedTuple


class UnreadableFile(NamedTuple):
    """A file that is no post, or too large, or unreadable on disk."""

    path: str
    reason: str
    """One line, a clause: ``front matter is not closed``."""


class Progress(NamedTuple):
    """How far a sync has come."""

    stage: str
    """The current step, as shown to the reader: ``fetching posts``."""
    done: int = 0
    total: int | None = None
    """None if unknown."""
    unit: str = ""
    """``bytes``, ``posts``… or nothing."""


class SyncReport(NamedTuple):
    """The result of a sync."""

    snapshot: str
    total: int
    """Posts in the archive now."""
    new: int = 0
    changed: int = 0
    removed: int = 0
    translations: int = 0
    """Of the new posts, those that are no rows of their own in the list."""
    unreadable: tuple[UnreadableFile, ...] = ()
    """Every unreadable file of the snapshot, known before or not."""

    def news(self) -> str:
        """Say what is not as it was, and leave out what there is none of."""
        parts = (
            (self.new, self._new),
            (self.changed, f"{self.changed} changed"),
            (self.removed, f"{self.removed} removed"),
        )
        news = [words for count, words in parts if count] or ["Nothing new"]
        return ", ".join(news) + self._problems

    def summary(self) -> str:
        """Return the outcome in one line."""
        posts = f"{self.total} post{'' if self.total == 1 else 's'}"
        counts = f"{self._new}, {self.changed} changed, {self.removed} removed"
        return f"{posts}, {counts}{self._problems}"

    @property
    def _new(self) -> str:
        count = self.translations
        also = f" ({count} translation{'' if count == 1 else 's'})" if count else ""
        return f"{self.new} new{also}"

    @property
    def _problems(self) -> str:
        return f", {len(self.unreadable)} unreadable" if self.unreadable else ""


class FetchReport(NamedTuple):
    """The outcome of fetching all images, or all specifications."""

    what: str
    """What was fetched, in the singular: ``image``."""
    fetched: int = 0
    cached: int = 0
    """Fetched before."""
    failed: int = 0

    def summary(self) -> str:
        """Return the outcome in one line."""
        words = f"{self.fetched} {self.what}{'' if self.fetched == 1 else 's'} fetched"
        words += f", {self.cached} already cached"
        return words + (f", {self.failed} could not be fetched" if self.failed else "")


class MarksReport(NamedTuple):
    """The outcome of bringing marks to the reader's own account and from there."""

    received: int = 0
    """Posts whose marks other machines changed."""
    sent: int = 0
    """Posts whose marks the account didn't have yet."""

    def summary(self) -> str:
        """Return the outcome in one line."""
        if not (self.received or self.sent):
            return "Marks are the same everywhere"
        return f"Marks of {self.received} posts received, of {self.sent} sent"
