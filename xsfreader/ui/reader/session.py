"""Where the app was left: view, groups, post and pane, saved as one setting of the state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.model import View
from xsfreader.ui.reader.base import Part

if TYPE_CHECKING:
    from xsfreader.ui.reader.base import ReaderBase

MOST_GROUPS = 200
"""Open groups that are saved."""


class ScreenState(NamedTuple):
    """What restores the screen; the place in the post is saved with the post."""

    view: str = View.DATE.value
    permalink: str = ""
    reading: bool = False
    folds: tuple[str, ...] = ()
    """Keys of the open groups."""

    def to_text(self) -> str:
        """Serialize it."""
        return json.dumps(self._asdict())

    @classmethod
    def parse(cls, text: str | None) -> ScreenState | None:
        """Parse what ``to_text`` wrote; None for anything else."""
        try:
            data = json.loads(text or "")
            state = cls(
                View(data["view"]).value,
                str(data["permalink"]),
                bool(data["reading"]),
                tuple(map(str, data["folds"])),
            )
        except (ValueError, TypeError, KeyError):
            return None
        return state if state.permalink else None


class Session(Part):
    """Saves the state of the screen, and restores it at the next start."""

    def __init__(self, screen: ReaderBase, *, fresh: bool, target: str) -> None:
        """Do not restore it if ``fresh``; open at ``target`` first."""
        super().__init__(screen)
        self._fresh = fresh
        self._target = target
        self._saved = ""

    def open(self) -> None:
        """Restore the screen, else show the newest unread post."""
        screen = self.screen
        screen.posts.library = screen.library
        saved = None if self._fresh else ScreenState.parse(screen.library.session())
        permalink = screen.library.item_at(saved.permalink) if saved is not None else None
        if saved is None or permalink is None:
            self._begin()
        else:
            self._restore(saved, permalink)
        if self._target:
            self._open_target()
        screen.refresh_counts()

    def _open_target(self) -> None:
        """Read the post that the command line names, at a heading if it names one."""
        permalink, _, fragment = self._target.partition("#")
        self._target = ""
        place = None
        if fragment:
            place = self.screen.library.document(permalink).anchors.get(fragment)
        self.screen.read_item(permalink, place)

    def _begin(self) -> None:
        screen = self.screen
        first = screen.library.newest_unread()
        screen.posts.use(screen.library, first.permalink if first else None)
        if first is not None:
            screen.show_item(first.permalink)
        screen.focus_pane(reading=screen.has_class("narrow") and first is not None)

    def _restore(self, saved: ScreenState, permalink: str) -> None:
        screen = self.screen
        screen.posts.show(
            View(saved.view),
            screen.library.entry_permalink(permalink),
            opened=frozenset(saved.folds),
        )
        screen.show_item(permalink)
        screen.focus_pane(reading=saved.reading or screen.has_class("narrow"))

    def save(self) -> None:
        """Save the place in the post and the state of the screen."""
        screen, permalink, place = self.screen, self.screen.item_id, self.screen.article.place
        if permalink is None:
            return
        if screen.article.page.lines:
            screen.attempt(lambda: screen.library.set_place(permalink, place))
        groups = sorted(screen.posts.tree_of_posts.opened)[:MOST_GROUPS]
        view = screen.posts.view.value
        text = ScreenState(view, permalink, screen.reading, tuple(groups)).to_text()
        if text != self._saved:
            self._saved = text
            screen.attempt(lambda: screen.library.keep_session(text))
