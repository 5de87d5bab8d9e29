"""Movement: in the list, in the post, between the two and between posts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from xsfreader.model import View
from xsfreader.ui.places import same_heading

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.ui.reader import ReaderScreen


class Moving:
    """What the keys of movement do on the reader's screen."""

    def __init__(self, screen: ReaderScreen) -> None:
        self.screen = screen

    @property
    def doings(self) -> dict[str, Callable[[], object]]:
        """What each action of movement does, by its id."""
        return {
            "line-down": lambda: self.move(1),
            "line-up": lambda: self.move(-1),
            "page-down": lambda: self.move_page(1),
            "page-up": lambda: self.move_page(-1),
            "half-page-down": lambda: self.move_page(0.5),
            "half-page-up": lambda: self.move_page(-0.5),
            "top": lambda: self.move_end(bottom=False),
            "bottom": lambda: self.move_end(bottom=True),
            "next-heading": lambda: self.step_heading(1),
            "previous-heading": lambda: self.step_heading(-1),
            "pane-right": self.go_right,
            "pane-left": self.go_left,
            "next-link": lambda: self.step_link(1),
            "previous-link": lambda: self.step_link(-1),
            "open": self.open,
            "back": self.back,
            "next-post": lambda: self.step(1),
            "previous-post": lambda: self.step(-1),
            "next-unread": lambda: self.step(1, unread=True),
            "previous-unread": lambda: self.step(-1, unread=True),
            **{f"view-{view.value}": partial(self.show_view, view) for view in View},
            "translation": self.translate,
            "zen": self.zen,
        }

    def _moved(self) -> None:
        """Count the post as read, or show the one that the list's cursor came to.

        The list says so too, but later: the next key may be for the post already, and list
        and post change in one frame.
        """
        if self.screen.reading:
            self.screen.marking.read_now()
        else:
            self.screen.following.follow()

    def move(self, lines: int) -> None:
        """Move by lines or rows; in a post that counts as reading it."""
        self.screen.pane.move(lines)
        self._moved()

    def move_page(self, pages: float) -> None:
        """Move by pages or halves of one."""
        self.screen.pane.move_page(pages)
        self._moved()

    def move_end(self, *, bottom: bool) -> None:
        """Move to the end or the start."""
        if self.screen.reading:
            self.screen.links.remember()
        self.screen.pane.move_end(bottom=bottom)
        self._moved()

    def step_heading(self, direction: int) -> None:
        """Go to the next heading of the post."""
        if not self.screen.article.step_heading(direction):
            self.screen.status.say("no more headings this way")

    def step_link(self, direction: int) -> None:
        """Go to the next link of the post; from the list, go to the post."""
        if self.screen.reading:
            self.screen.links.step(direction)
        else:
            self.screen.focus_pane(reading=True)

    def go_right(self) -> None:
        """Open the fold, or go to the post."""
        if not self.screen.reading and not self.screen.posts.inwards():
            self.open()

    def go_left(self) -> None:
        """Go to the list; in it, close the fold."""
        if self.screen.reading:
            self.screen.focus_pane(reading=False)
        else:
            self.screen.posts.outwards()

    def open(self) -> None:
        """Open the fold or the post under the cursor, or follow the link one stands on."""
        screen = self.screen
        entry = screen.posts.entry
        if screen.reading:
            if screen.article.current_link >= 0:
                screen.links.follow(screen.article.current_link)
        elif entry is not None:
            screen.open_post(entry.permalink)
        else:
            screen.posts.activate()

    def back(self) -> None:
        """Go one level back: from selected text, zen, matches, the link, the post."""
        screen = self.screen
        if screen.get_selected_text():
            screen.clear_selection()
        elif screen.has_class("zen"):
            screen.remove_class("zen")
        elif screen.finding.active or screen.article.current_link >= 0:
            screen.finding.leave(back=False)
            screen.status.say("")
        elif screen.reading:
            screen.focus_pane(reading=False)
        elif screen.posts.filtered:
            screen.asking.show_all()

    def step(self, direction: int, *, unread: bool = False) -> None:
        """Go to the next post of the list in that direction."""
        screen = self.screen
        if not screen.posts.step(direction, unread=unread):
            what = "unread post" if unread else "post"
            way = "down" if direction > 0 else "up"
            screen.status.say(f"no {what} further {way} this list")
        else:
            screen.following.follow()

    def show_view(self, view: View) -> None:
        """Show the list in another order, the cursor on the same post where it is there."""
        screen = self.screen
        shown = screen.shown_entry
        again = view is screen.posts.view and not screen.posts.filtered
        opened = screen.posts.tree_of_posts.opened if again else frozenset()
        screen.posts.show(view, shown, opened=opened)
        screen.focus_pane(reading=False)
        entry = screen.posts.entry
        if entry is not None and entry.permalink != shown:
            screen.links.remember()
            screen.show_post(entry.permalink)

    def translate(self) -> None:
        """Show the post in its next language, at the same heading."""
        screen = self.screen
        if screen.permalink is None:
            return
        other = screen.library.next_translation(screen.permalink)
        if other is None:
            screen.status.say("this post is there in one language only")
            return
        was, place = screen.article.document, screen.article.place
        screen.links.remember()
        screen.show_post(other, from_top=True)
        now = screen.article.document
        if was is not None and now is not None:
            screen.article.jump(same_heading(was, now, place))

    def zen(self) -> None:
        """Show the text alone, or all again."""
        zen = not self.screen.has_class("zen")
        self.screen.focus_pane(reading=True)
        self.screen.set_class(zen, "zen")
