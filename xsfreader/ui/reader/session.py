"""Where the app was left: view, folds, post and pane, kept as one setting of the state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.model import View

if TYPE_CHECKING:
    from xsfreader.ui.reader import ReaderScreen

MOST_FOLDS = 200


class Session(NamedTuple):
    """What brings the screen back as it was; the place in the post is kept with the post."""

    view: str = View.DATE.value
    permalink: str = ""
    reading: bool = False
    folds: tuple[str, ...] = ()

    def text(self) -> str:
        """Write it for the state."""
        return json.dumps(self._asdict())

    @classmethod
    def read(cls, text: str | None) -> Session | None:
        """Read what ``text`` wrote; None where it is nothing of the kind."""
        try:
            data = json.loads(text or "")
            session = cls(
                View(data["view"]).value,
                str(data["permalink"]),
                bool(data["reading"]),
                tuple(map(str, data["folds"])),
            )
        except (ValueError, TypeError, KeyError):
            return None
        return session if session.permalink else None


def current(screen: ReaderScreen) -> Session:
    """Tell how the screen stands now."""
    folds = sorted(screen.posts.tree_of_posts.opened)[:MOST_FOLDS]
    return Session(screen.posts.view.value, screen.permalink or "", screen.reading, tuple(folds))


def restore(screen: ReaderScreen, session: Session) -> bool:
    """Bring the screen back; False where the post it stood on is gone."""
    permalink = screen.library.item_at(session.permalink)
    if permalink is None:
        return False
    view = View(session.view)
    screen.posts.show(
        view,
        screen.library.entry_permalink(permalink),
        opened=frozenset(session.folds),
    )
    screen.show_post(permalink)
    screen.focus_pane(reading=session.reading or screen.has_class("narrow"))
    return True
