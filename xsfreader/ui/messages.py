"""What the parts of the screen tell one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from xsfreader.errors import XsfreaderError
    from xsfreader.library import ParsedItem
    from xsfreader.model import Progress, SyncReport, View


class PostChosen(Message):
    """The list's cursor came to rest on a post: show it beside."""

    def __init__(self, permalink: str) -> None:
        super().__init__()
        self.permalink = permalink


class PostPrepared(Message):
    """A post was parsed; ``parsed`` is None where that failed."""

    def __init__(self, permalink: str, parsed: ParsedItem | None) -> None:
        super().__init__()
        self.permalink = permalink
        self.parsed = parsed


class PostOpened(Message):
    """A post of the list was opened for reading."""

    def __init__(self, permalink: str) -> None:
        super().__init__()
        self.permalink = permalink


class ViewChosen(Message):
    """A view of the list was asked for."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view


class LinkChosen(Message):
    """A link of the post shown was clicked; ``index`` is its place among the links."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index


class PictureChosen(Message):
    """A picture of the post was clicked; ``index`` is its place among the images."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index


class PicturesFetched(Message):
    """Fetching all images ended; ``words`` tell how."""

    def __init__(self, words: str, *, alert: bool = False) -> None:
        super().__init__()
        self.words = words
        self.alert = alert


class Scrolled(Message):
    """The article stands at another place; only the last of several matters."""

    def can_replace(self, message: Message) -> bool:
        """Let a later one stand for this one."""
        return isinstance(message, Scrolled)


class SyncProgress(Message):
    """How far the sync is; only the last of several matters."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress

    def can_replace(self, message: Message) -> bool:
        """Let a later one stand for this one."""
        return isinstance(message, SyncProgress)


class SyncDone(Message):
    """A sync ended well."""

    def __init__(self, report: SyncReport, *, quiet: bool = False) -> None:
        super().__init__()
        self.report = report
        self.quiet = quiet
        """Whether nobody asked for it, so that "nothing new" needs no word."""


class ArchiveChanged(Message):
    """Posts came, changed or went; for whatever panel shows some of them."""


class SyncFailed(Message):
    """A sync ended in an error that a person should hear of."""

    def __init__(self, error: XsfreaderError) -> None:
        super().__init__()
        self.error = error
