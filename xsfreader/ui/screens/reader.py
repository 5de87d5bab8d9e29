"""The screen one reads on: the list, the post beside it, and the lines around them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from xsfreader.errors import XsfreaderError
from xsfreader.model import View
from xsfreader.ui.keys import Where
from xsfreader.ui.opener import open_url
from xsfreader.ui.syncing import Syncer
from xsfreader.ui.widgets.article import ArticleView
from xsfreader.ui.widgets.bars import HeaderBar, KeyBar, StatusBar, ViewTabs
from xsfreader.ui.widgets.post_list import PostList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from xsfreader.library import Library
    from xsfreader.ui.keys import Action
    from xsfreader.ui.messages import (
        LinkChosen,
        PostChosen,
        PostOpened,
        Scrolled,
        SyncDone,
        SyncFailed,
        SyncProgress,
        ViewChosen,
    )

TWO_PANES = 90
WIDE = 130
SHORT = 14
LEAST = (40, 10)


class ReaderScreen(Screen[None]):
    """List and post, side by side or one at a time."""

    AUTO_FOCUS = ""

    def __init__(
        self, library: Library, shown: Library, actions: Sequence[Action], *, offline: bool
    ) -> None:
        """Show ``shown``, which is the guide while ``library`` is still empty."""
        super().__init__()
        self.library = shown
        self.actions = actions
        self.permalink: str | None = None
        self.touched = False
        """Whether a key was pressed since the start."""
        self.syncer = Syncer(self, library, offline=offline)
        self.header = HeaderBar()
        self.tabs = ViewTabs()
        self.posts = PostList(shown)
        self.article = ArticleView(library.config.width)
        self.status = StatusBar()
        self.keys = KeyBar()

    def compose(self) -> ComposeResult:
        """Two panes between a header, a status line and the keys."""
        yield self.header
        with Horizontal(id="panes"):
            with Vertical(id="sidebar"):
                yield self.tabs
                yield self.posts
            yield self.article
        yield self.status
        yield self.keys
        yield Static(f"xsfreader needs {LEAST[0]}x{LEAST[1]}: make the window larger", id="room")

    def on_mount(self) -> None:
        """Open on the newest unread post."""
        self._fit(self.app.size.width, self.app.size.height)
        self.start()
        self.syncer.start()

    def start(self) -> None:
        """Show the newest unread post, the list beside it."""
        first = self.library.newest_unread()
        self.posts.use(self.library, first.permalink if first else None)
        if first is not None:
            self.show_post(first.permalink)
        self.refresh_counts()
        self.focus_pane(reading=self.has_class("narrow") and first is not None)

    # Panes

    def on_resize(self, event: events.Resize) -> None:
        """Choose one pane or two."""
        self._fit(event.size.width, event.size.height)

    def _fit(self, width: int, height: int) -> None:
        self.set_class(width < TWO_PANES, "narrow")
        self.set_class(width >= WIDE, "wide")
        self.set_class(height < SHORT, "short")
        self.set_class(width < LEAST[0] or height < LEAST[1], "tiny")

    @property
    def reading(self) -> bool:
        """Whether the keys go to the post rather than to the list."""
        return self.has_class("reading")

    def focus_pane(self, *, reading: bool) -> None:
        """Give the keys to the post, or to the list."""
        self.set_class(reading, "reading")
        self.set_class(not reading, "listing")
        self.set_focus(self.article if reading else self.posts)
        self.offer_keys()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follow a click into the other pane."""
        if event.widget in (self.article, self.posts):
            reading = event.widget is self.article
            if reading != self.reading:
                self.focus_pane(reading=reading)

    def offer_keys(self) -> None:
        """Show the keys that matter in this pane."""
        ids = READING_KEYS if self.reading else LISTING_KEYS
        by_id = {action.id: action for action in self.actions}
        self.keys.offer([by_id[name] for name in ids if name in by_id])

    # The post

    def show_post(self, permalink: str) -> None:
        """Show a post where it was left."""
        self.keep_place()
        try:
            document = self.library.document(permalink)
            marks = self.library.marks(permalink)
        except XsfreaderError as error:
            self.status.say(str(error), alert=True)
            return
        self.permalink = permalink
        self.article.show(document, marks.place)
        self.status.say("")
        self.show_where()

    def keep_place(self) -> None:
        """Remember where in the post the reader is."""
        permalink, place = self.permalink, self.article.place
        if permalink is not None and self.article.page is not None:
            self.try_to(lambda: self.library.set_place(permalink, place))

    def mark_read(self) -> None:
        """Count the post shown as read."""
        self.touched = True
        entry = self.posts.entry_of(self.permalink) if self.permalink else None
        if self.permalink is not None and not (entry and entry.read):
            self.set_read(self.permalink, read=True)

    def set_read(self, permalink: str, *, read: bool) -> None:
        """Mark a post, and show it in the list and the header."""
        if self.try_to(lambda: self.library.set_read(permalink, read=read)):
            self.posts.marked(permalink, read=read)
            self.refresh_counts()

    def try_to(self, change: Callable[[], None]) -> bool:
        """Change the reader's state; where that fails, say so and go on."""
        try:
            change()
        except XsfreaderError as error:
            self.status.say(str(error), alert=True)
            return False
        return True

    def refresh_counts(self) -> None:
        """Show how many posts there are, and when they were fetched."""
        unread = self.library.unread_count()
        name = "Guide" if self.library.is_guide else "XSF Blog"
        self.header.name_shown = name
        self.header.counts = f"{self.library.count()} posts, {unread} unread"
        self.header.refresh()

    def show_where(self) -> None:
        """Show how far one has read."""
        self.status.where = f"{self.article.percent} %"

    def take_in_news(self) -> None:
        """Show what a sync brought; what the reader looks at stays where it is."""
        self.posts.reload()
        self.refresh_counts()
        if self.permalink is not None:
            try:
                document = self.library.document(self.permalink)
            except XsfreaderError:
                return
            if document != self.article.document:
                self.article.update(document)

    # What the parts say

    def on_post_chosen(self, message: PostChosen) -> None:
        """Show the post under the list's cursor."""
        if message.permalink != self.permalink:
            self.show_post(message.permalink)
            if self.reading:
                self.mark_read()

    def on_post_opened(self, message: PostOpened) -> None:
        """Go to the post to read it."""
        if message.permalink != self.permalink:
            self.show_post(message.permalink)
        self.focus_pane(reading=True)
        self.mark_read()

    def on_view_chosen(self, message: ViewChosen) -> None:
        """Show the list in another order."""
        self.show_view(message.view)

    def on_scrolled(self, _message: Scrolled) -> None:
        """Show how far one has read."""
        self.show_where()

    def on_link_chosen(self, message: LinkChosen) -> None:
        """Follow a clicked link."""
        self.follow(message.index)

    def on_sync_progress(self, message: SyncProgress) -> None:
        """Show how far the sync is."""
        self.syncer.show_progress(message.progress)

    def on_sync_done(self, message: SyncDone) -> None:
        """Take in what is new."""
        self.syncer.done(message)

    def on_sync_failed(self, message: SyncFailed) -> None:
        """Say what went wrong, and how to try again."""
        self.syncer.failed(message.error)

    # What the keys do

    @property
    def doings(self) -> dict[str, Callable[[], object]]:
        """What each action does here, by its id."""
        return {
            "line-down": lambda: self.move(1),
            "line-up": lambda: self.move(-1),
            "page-down": lambda: self.move_page(1),
            "page-up": lambda: self.move_page(-1),
            "half-page-down": lambda: self.move_page(0.5),
            "half-page-up": lambda: self.move_page(-0.5),
            "top": lambda: self.pane.move_end(bottom=False),
            "bottom": self.move_bottom,
            "pane-right": self.go_right,
            "pane-left": self.go_left,
            "open": self.open,
            "back": self.back,
            "next-post": lambda: self.step(1),
            "previous-post": lambda: self.step(-1),
            "next-unread": lambda: self.step(1, unread=True),
            "previous-unread": lambda: self.step(-1, unread=True),
            **{f"view-{view.value}": partial(self.show_view, view) for view in View},
            "toggle-read": self.toggle_read,
            "star": self.star,
            "browser": self.browse,
            "copy": self.copy_url,
            "sync": lambda: self.syncer.run(asked=True),
            "help": self.help,
        }

    def action_do(self, name: str) -> None:
        """Do what a key asks for."""
        self.doings[name]()

    @property
    def pane(self) -> PostList | ArticleView:
        """The pane that the keys move."""
        return self.article if self.reading else self.posts

    def move(self, lines: int) -> None:
        """Move by lines or rows; in a post that counts as reading it."""
        self.pane.move(lines)
        if self.reading:
            self.mark_read()

    def move_page(self, pages: float) -> None:
        """Move by pages or halves of one."""
        self.pane.move_page(pages)
        if self.reading:
            self.mark_read()

    def move_bottom(self) -> None:
        """Move to the end."""
        self.pane.move_end(bottom=True)
        if self.reading:
            self.mark_read()

    def go_right(self) -> None:
        """Open the fold, or go to the post."""
        if not self.reading and not self.posts.inwards():
            self.posts.activate()

    def go_left(self) -> None:
        """Go to the list; in it, close the fold."""
        if self.reading:
            self.focus_pane(reading=False)
        else:
            self.posts.outwards()

    def open(self) -> None:
        """Open the fold or the post under the cursor, or follow the link one stands on."""
        if not self.reading:
            self.posts.activate()
        elif self.article.current_link >= 0:
            self.follow(self.article.current_link)

    def back(self) -> None:
        """Go one level back: from the post to the list."""
        if self.reading:
            self.focus_pane(reading=False)

    def step(self, direction: int, *, unread: bool = False) -> None:
        """Go to the next post of the list in that direction."""
        if not self.posts.step(direction, unread=unread):
            what = "unread post" if unread else "post"
            self.status.say(f"no {what} further {'down' if direction > 0 else 'up'} this list")

    def show_view(self, view: View) -> None:
        """Show the list in another order, the cursor on the same post."""
        self.tabs.view = view
        self.posts.show(view, self.permalink)
        self.focus_pane(reading=False)

    def toggle_read(self) -> None:
        """Mark the post as read, or as unread."""
        if self.permalink is not None:
            self.set_read(self.permalink, read=not self.library.marks(self.permalink).read)

    def star(self) -> None:
        """Star the post, or take its star away."""
        if self.permalink is None:
            return
        permalink, starred = self.permalink, not self.library.marks(self.permalink).starred
        if self.try_to(lambda: self.library.set_starred(permalink, starred=starred)):
            self.posts.marked(permalink, starred=starred)
            self.status.say("starred" if starred else "star taken away")

    def follow(self, index: int) -> None:
        """Follow a link of the post shown."""
        document = self.article.document
        if document is not None and 0 <= index < len(document.links):
            self.open_outside(document.links[index].url)

    def open_outside(self, url: str) -> None:
        """Hand a URL to the platform, or copy it where nothing here can open it."""
        if open_url(url, self.library.config.openers):
            self.status.say(f"opened {url}")
        else:
            self.app.copy_to_clipboard(url)
            self.status.say(f"nothing here opens it, so copied: {url}")

    def browse(self) -> None:
        """Open the post's page in the browser."""
        if self.permalink is not None:
            self.open_outside(self.library.post(self.permalink).url)

    def copy_url(self) -> None:
        """Copy the post's address."""
        if self.permalink is not None:
            url = self.library.post(self.permalink).url
            self.app.copy_to_clipboard(url)
            self.status.say(f"copied {url}")

    def help(self) -> None:
        """Show the keys in force."""
        from xsfreader.ui.screens.help import HelpScreen

        where = Where.POST if self.reading else Where.LIST
        actions = [a for a in self.actions if a.where in (Where.ANYWHERE, where)]
        self.app.push_screen(HelpScreen(actions, HELP_WORDS))


HELP_WORDS = "The built-in guide tells more: xsfreader --source guide"
LISTING_KEYS = ("open", "line-down", "line-up", "star", "toggle-read", "view-category", "sync",
                "help", "quit")  # fmt: skip
READING_KEYS = ("pane-left", "page-down", "next-post", "previous-post", "star", "browser", "copy",
                "help", "quit")  # fmt: skip
