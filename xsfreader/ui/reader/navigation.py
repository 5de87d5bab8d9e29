"""Move in the list and in the post, between panes, between posts, and through the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.model import View
from xsfreader.ui.hints import labels_like
from xsfreader.ui.places import same_heading
from xsfreader.ui.reader.base import Part
from xsfreader.ui.widgets.growing import START
from xsfreader.ui.widgets.panes import Sidebar, list_width

if TYPE_CHECKING:
    from xsfreader.ui.reader.base import ReaderBase
    from xsfreader.ui.reader.dialogs import Dialogs
    from xsfreader.ui.reader.find import Find
    from xsfreader.ui.reader.links import Links
    from xsfreader.ui.reader.marks import Marks
    from xsfreader.ui.reader.preview import Preview


class Navigation(Part):
    """The actions that move."""

    def __init__(
        self,
        screen: ReaderBase,
        marks: Marks,
        preview: Preview,
        links: Links,
        find: Find,
        dialogs: Dialogs,
    ) -> None:
        super().__init__(screen)
        self._marks = marks
        self._preview = preview
        self._links = links
        self._find = find
        self._dialogs = dialogs

    # In the pane

    def move(self, lines: int) -> None:
        """Move by lines or rows; in a post that counts as reading it."""
        self.screen.pane.move(lines)
        self._moved()

    def move_page(self, pages: float) -> None:
        """Move by pages or halves of one."""
        self.screen.pane.move_page(pages)
        self._moved()

    def move_end(self, direction: int) -> None:
        """Move to the start or, if the direction is 1, to the end."""
        if self.screen.reading:
            self.screen.remember_place()
        self.screen.pane.move_end(bottom=direction > 0)
        self._moved()

    def _moved(self) -> None:
        """Mark the post as read, or show the one under the list's cursor.

        The list posts a message too, but later: the next key may be for that post already, and
        list and post are to change in one frame.
        """
        if self.screen.reading:
            self._marks.mark_moved_in()
        else:
            self._preview.follow()

    def step_heading(self, direction: int) -> None:
        """Go to the next or previous heading."""
        if not self.screen.article.step_heading(direction):
            self.screen.status.say("No more headings")

    # Between panes

    def go_right(self) -> None:
        """Open the group, or go to the post."""
        if not self.screen.reading and not self.screen.posts.inwards():
            self.open()

    def go_left(self) -> None:
        """Go to the list; in it, close the group."""
        if self.screen.reading:
            self.screen.focus_pane(reading=False)
        else:
            self.screen.posts.outwards()

    def open(self) -> None:
        """Open the group or post under the list's cursor, or follow the current link."""
        screen = self.screen
        entry = screen.posts.entry
        if screen.reading:
            if screen.article.current_link >= 0:
                self._links.follow(screen.article.current_link)
        elif entry is not None:
            self.open_post(entry.permalink)
        else:
            screen.posts.activate()

    def open_post(self, permalink: str) -> None:
        """Read a post of the list."""
        screen = self.screen
        if permalink == screen.item_id or screen.show_item(permalink):
            screen.focus_pane(reading=True)
            self._marks.mark_shown_read()

    def go_up(self) -> None:
        """Leave one level: selected text, zen mode, matches or the link, the post, the filter.

        In a filtered list the filter goes first, as the line above the list says.
        """
        screen = self.screen
        if screen.get_selected_text():
            screen.clear_selection()
        elif screen.has_class("zen"):
            screen.remove_class("zen")
        elif screen.posts.filtered and not screen.reading:
            screen.clear_filter()
        elif screen.article.has_highlights:
            self._find.clear()
            screen.status.say("")
        elif screen.reading:
            screen.focus_pane(reading=False)

    def toggle_zen(self) -> None:
        """Show the text alone, or everything again."""
        zen = not self.screen.has_class("zen")
        self.screen.focus_pane(reading=True)
        self.screen.set_class(zen, "zen")

    def widen_list(self, cells: int) -> None:
        """Make the list wider or narrower, and keep its width."""
        screen = self.screen
        if screen.has_class("narrow") or screen.has_class("zen"):
            screen.status.say("The list isn't beside the post here")
            return
        now = screen.query_one(Sidebar).outer_size.width
        screen.list_width = list_width(now + cells, screen.app.size.width)
        screen.library.keep_list_width(screen.list_width)
        screen.fit_list()
        screen.status.say(f"List: {screen.list_width} columns")

    # Between posts

    def step_post(self, direction: int) -> None:
        """Go to the next or previous post of the list."""
        self._step(direction, "Last post in the list", "First post in the list")

    def step_unread(self, direction: int) -> None:
        """Go to the next or previous unread post of the list."""
        last, first = "No unread posts further down", "No unread posts further up"
        self._step(direction, last, first, unread=True)

    def _step(self, direction: int, last: str, first: str, *, unread: bool = False) -> None:
        """Go to another post, or say that this is the ``last`` or ``first`` one."""
        if self.screen.posts.step(direction, unread=unread):
            self._preview.follow(step=True)
        else:
            self.screen.status.say(last if direction > 0 else first)

    def show_view(self, view: View) -> None:
        """Show the list in another order, the cursor on the same post if it is there."""
        screen = self.screen
        shown = screen.shown_entry
        again = view is screen.posts.view and not screen.posts.filtered
        opened = screen.posts.tree_of_posts.opened if again else frozenset()
        screen.posts.show(view, shown, opened=opened)
        screen.focus_pane(reading=False)
        entry = screen.posts.entry
        if entry is not None and entry.permalink != shown:
            screen.show_item(entry.permalink)
        if view is View.XEP and (problem := screen.library.xep_list_problem()):
            screen.status.say(problem)

    def show_translation(self) -> None:
        """Show the post in its other language, or in one to choose."""
        screen = self.screen
        shown = screen.item_id
        posts = (
            [each for each in screen.library.translations(shown) if each != shown] if shown else []
        )
        if len(posts) == 1:
            self._show_at_heading(posts[0])
        elif posts:
            found = [screen.library.post(each) for each in posts]
            letters = labels_like([post.language for post in found])
            rows = [
                f"{letter}  {post.language}  {post.title}"
                for letter, post in zip(letters, found, strict=True)
            ]
            screen.choose(
                "Language",
                rows,
                lambda choice: self._show_at_heading(posts[choice]),
                letters=letters,
            )
        elif shown:
            screen.status.say(f"This {screen.noun} has no translations")

    def _show_at_heading(self, other: str) -> None:
        """Show a translation at the same heading."""
        screen = self.screen
        before, place = screen.article.document, screen.article.place
        shown = screen.show_item(other, START)
        after = screen.article.document
        if shown and before is not None and after is not None:
            screen.article.jump(same_heading(before, after, place))

    # Through the history

    def go_through_history(self, direction: int) -> None:
        """Go back to the last place in the history, or forward again.

        The list keeps the keys if it has them and the post is beside it.
        """
        screen = self.screen
        turn, way = screen.history.back, "back"
        if direction > 0:
            turn, way = screen.history.forward, "forward"
        visit = turn(screen.here) if screen.here else None
        if visit is None:
            screen.status.say(f"Nothing to go {way} to")
            return
        beside = not screen.reading and not screen.has_class("narrow")
        show = screen.show_item if beside else screen.read_item
        if visit.item_id != screen.item_id:
            if not show(visit.item_id, visit.place, remember=False):
                return
            screen.reveal_shown()
        elif not beside:
            screen.focus_pane(reading=True)
        screen.article.jump(visit.place)
        if visit.search is not None:
            self._dialogs.search(*visit.search)
