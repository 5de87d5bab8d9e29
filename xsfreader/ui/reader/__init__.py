"""The screen one reads on: the list, the post beside it, and the lines around them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.widgets import Static

from xsfreader.errors import XsfreaderError
from xsfreader.text import clean
from xsfreader.ui.images.gallery import Gallery
from xsfreader.ui.keymap import key_shown
from xsfreader.ui.prefetch import Preparing
from xsfreader.ui.reader import session
from xsfreader.ui.reader.dialogs import Asking
from xsfreader.ui.reader.external import Outside
from xsfreader.ui.reader.find import Finding
from xsfreader.ui.reader.links import Linking
from xsfreader.ui.reader.marks import Marking
from xsfreader.ui.reader.navigation import Moving
from xsfreader.ui.reader.panels import Panels
from xsfreader.ui.reader.preview import Following
from xsfreader.ui.reader.sync import Syncer
from xsfreader.ui.screens.frugal import Frugal
from xsfreader.ui.tells import Tells
from xsfreader.ui.widgets.article import ArticleView
from xsfreader.ui.widgets.bars import HeaderBar, KeyBar, StatusBar, ViewTabs
from xsfreader.ui.widgets.panes import LEAST, Panes, Sidebar, fit
from xsfreader.ui.widgets.post_list import PostList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.geometry import Size
    from textual.timer import Timer

    from xsfreader.library import Library
    from xsfreader.ui.images.loader import ImageLoaded
    from xsfreader.ui.images.terminal import Display
    from xsfreader.ui.keymap import Action
    from xsfreader.ui.messages import (
        LinkChosen,
        PictureChosen,
        PicturesFetched,
        PostChosen,
        PostOpened,
        PostPrepared,
        Scrolled,
        SyncDone,
        SyncFailed,
        SyncProgress,
        ViewChosen,
    )
    from xsfreader.ui.widgets.prompt import Prompt

STEPS = ("next-post", "previous-post", "next-unread", "previous-unread", "line-down", "line-up")
REST_SECONDS = 1.0
"""How long the text must rest before the place is kept against a crash."""
LISTING_KEYS = ("open", "line-down", "line-up", "find", "search", "star", "toggle-read", "sync",
                "help", "quit")  # fmt: skip
READING_KEYS = ("pane-left", "page-down", "next-post", "hints", "find", "contents", "search",
                "star", "help", "quit")  # fmt: skip


class ReaderScreen(Frugal, Tells, Screen[None], inherit_bindings=False):
    """List and post, side by side or one at a time."""

    AUTO_FOCUS = ""

    def __init__(
        self,
        library: Library,
        shown: Library,
        actions: Sequence[Action],
        *,
        offline: bool,
        fresh: bool,
        display: Display,
    ) -> None:
        """Show ``shown``, which is the guide while ``library`` is still empty.

        ``fresh`` forgets where the app was left; ``display`` is what pictures are drawn with.
        """
        super().__init__()
        self.library = shown
        self.actions = actions
        self.permalink: str | None = None
        self.reading = False
        """Whether the keys go to the post rather than to the list."""
        self.path = ""
        """Where the post shown lies in its source, which its permalink may leave."""
        self.awaited: Library | None = None
        """The archive that came while a page of the guide was being read."""
        self.touched = False
        """Whether a post was read since the start."""
        self.header = HeaderBar()
        self.posts = PostList(shown)
        self.tabs = ViewTabs(self.posts)
        self.article = ArticleView(library.config.width)
        self.status = StatusBar()
        self.keys = KeyBar()
        self._fresh = fresh
        self._session = ""
        self._rest: Timer | None = None
        self.syncer = Syncer(self, library, offline=offline)
        self.marking = Marking(self)
        self.links = Linking(self)
        self.finding = Finding(self)
        self.panels = Panels(self)
        self.moving = Moving(self)
        self.following = Following(self)
        self.preparing = Preparing(self)
        self.asking = Asking(self)
        self.outside = Outside(self)
        self.gallery = self.article.gallery = Gallery(self, display, offline=offline)

    def compose(self) -> ComposeResult:
        """Two panes between a header, a status line and the keys."""
        yield self.header
        with Panes(id="panes"):
            with Sidebar(id="sidebar"):
                yield self.tabs
                yield self.posts
            yield self.article
        yield self.status
        yield self.keys

    def on_mount(self) -> None:
        """Open where the app was left, else on the newest unread post."""
        self._fit(self.app.size.width, self.app.size.height)
        self.start()
        self.syncer.start()
        for warning in self.syncer.library.warnings[:1]:
            self.status.say(warning, alert=True, seconds=math.inf)

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        """Let go of what a panel leaves, once this screen is there again."""
        if self._resumed:
            self.set_timer(0.03, self._rest_from_panel)

    def _rest_from_panel(self) -> None:
        """Do what waited for a panel to close and for what was chosen in it to be done."""
        self.syncer.switch_if_free()
        self.panels.let_go()

    def start(self) -> None:
        """Show the post left last, or the newest unread one, the list beside it."""
        left = None if self._fresh else session.Session.read(self.library.session())
        self.posts.library = self.library
        if left is not None and session.restore(self, left):
            self.refresh_counts()
            return
        first = self.library.newest_unread()
        self.posts.use(self.library, first.permalink if first else None)
        if first is not None:
            self.show_post(first.permalink)
        self.refresh_counts()
        self.focus_pane(reading=self.has_class("narrow") and first is not None)

    # Panes

    def on_resize(self, event: events.Resize) -> None:
        """Choose one pane or two; other links may be in sight, so letters on them go."""
        self._fit(event.size.width, event.size.height)
        # What a tiny window hid has lost the focus.
        self.call_after_refresh(self._keep_focus)
        if self.links.hinting:
            self.links.end_hints()
            self.status.say("")

    def _keep_focus(self) -> None:
        if self.focused is None and not self.has_class("tiny"):
            self.focus_pane(reading=self.reading)

    def _screen_resized(self, size: Size) -> None:
        """Lie still below a panel that opens, where Textual would lay out all anew."""
        if size != self._compositor.size or self.is_active:
            super()._screen_resized(size)

    def _fit(self, width: int, height: int) -> None:
        """Take the classes for a size and pane, all at once: a change restyles every widget."""
        fitting = fit(width, height, reading=self.reading, zen=self.has_class("zen"))
        classes = (self.classes - fitting.keys()) | {name for name, on in fitting.items() if on}
        if fitting["tiny"] and not self.query("#room"):
            self.mount(Static(f"xsfreader needs {LEAST[0]}x{LEAST[1]}: make room", id="room"))
        if classes != self.classes:
            self.set_classes(classes)

    @property
    def pane(self) -> PostList | ArticleView:
        """The pane that the keys move."""
        return self.article if self.reading else self.posts

    def focus_pane(self, *, reading: bool) -> None:
        """Give the keys to the post, or to the list; whatever was asked is left so."""
        self.asking.end()
        self.reading = reading
        if not reading and self.syncer.switch_if_free():
            return
        self._fit(self.app.size.width, self.app.size.height)
        self.set_focus(self.article if reading else self.posts)
        ids = READING_KEYS if reading else LISTING_KEYS
        by_id = {action.id: action for action in self.actions}
        self.keys.offer([by_id[name] for name in ids])

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follow a click into the other pane, unless the focus has moved on since."""
        if event.widget in (self.article, self.posts) and event.widget is self.focused:
            reading = event.widget is self.article
            if reading != self.reading or self.asking.open:
                self.focus_pane(reading=reading)

    # The post

    def show_post(self, permalink: str, *, from_top: bool = False) -> None:
        """Show a post where it was left, or from its top."""
        self.keep_place()
        try:
            document = self.library.document(permalink)
            place = None if from_top else self.library.marks(permalink).place
        except XsfreaderError as error:
            self.status.say(str(error), alert=True)
            return
        self.permalink = permalink
        self.path = self.library.post(permalink).path
        self.finding.leave(back=False)
        self.article.show(document, place)
        self.status.say("")
        self.show_where()
        self.preparing.soon()

    def read_post(self, permalink: str, *, from_top: bool = False) -> None:
        """Show a post for reading, the list's cursor on it where the list holds it."""
        self.show_post(permalink, from_top=from_top)
        self.posts.reveal(self.library.entry_permalink(permalink))
        self.focus_pane(reading=True)
        self.marking.read_now()

    @property
    def shown_entry(self) -> str | None:
        """The permalink under which the list has the post shown, in its best language."""
        return self.library.entry_permalink(self.permalink) if self.permalink else None

    def reveal_shown(self) -> None:
        """Bring the list's cursor to the post shown, where the list holds it."""
        if (entry := self.shown_entry) is not None:
            self.posts.reveal(entry)

    def keep_place(self) -> None:
        """Remember where in the post the reader is, and how the screen stands."""
        permalink, place = self.permalink, self.article.place
        if permalink is not None and self.article.page is not None:
            self.marking.attempt(lambda: self.library.set_place(permalink, place))
        now = session.current(self).text()
        if now != self._session and permalink is not None:
            self._session = now
            self.marking.attempt(lambda: self.library.keep_session(now))

    def refresh_counts(self) -> None:
        """Show how many posts there are, and how many are unread."""
        self.header.name_shown = "Guide" if self.library.is_guide else "XSF Blog"
        posts = self.library.count()
        self.header.posts = f"{posts} post" if posts == 1 else f"{posts} posts"
        self.header.unread = f"{self.library.unread_count()} unread"

    def show_where(self) -> None:
        """Show how far one has read."""
        self.status.where = f"{self.article.percent} %"

    # What the parts say

    def on_post_chosen(self, message: PostChosen) -> None:
        """Show the post under the list's cursor."""
        entry = self.posts.entry
        if entry is not None and entry.permalink == message.permalink:
            self.following.follow()

    def on_post_prepared(self, message: PostPrepared) -> None:
        """Take in a post parsed beside the screen."""
        self.following.prepared(message)

    def on_post_opened(self, message: PostOpened) -> None:
        """Open the post that was clicked."""
        self.open_post(message.permalink)

    def open_post(self, permalink: str) -> None:
        """Go to a post of the list to read it."""
        if permalink != self.permalink:
            self.show_post(permalink)
        self.focus_pane(reading=True)
        self.marking.read_now()

    def on_view_chosen(self, message: ViewChosen) -> None:
        """Show the list in another order."""
        self.moving.show_view(message.view)

    def on_scrolled(self, _message: Scrolled) -> None:
        """Show how far one has read; once the reader rests there, keep the place."""
        self.show_where()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_SECONDS, self.keep_place)
        self.gallery.look_soon()

    def on_link_chosen(self, message: LinkChosen) -> None:
        """Follow a clicked link."""
        self.links.follow(message.index)

    def on_picture_chosen(self, message: PictureChosen) -> None:
        """Open a clicked picture."""
        self.gallery.show(message.index)

    def on_image_loaded(self, message: ImageLoaded) -> None:
        """Show a picture that was fetched and drawn."""
        self.gallery.came(message)

    def on_pictures_fetched(self, message: PicturesFetched) -> None:
        """Say what came of fetching all images."""
        self.syncer.pictures_fetched(message.words, alert=message.alert)
        self.gallery.synced()

    def on_unmount(self) -> None:
        """Leave no pictures in the terminal's memory."""
        self.gallery.forget()

    def on_prompt_typed(self, message: Prompt.Typed) -> None:
        """Pass on what is typed."""
        self.asking.typed(message.text)

    async def on_prompt_left(self, message: Prompt.Left) -> None:
        """End the question."""
        removed = self.asking.end(kept=message.kept)
        if removed is not None:
            await removed

    def on_text_selected(self) -> None:
        """Tell which key copies."""
        key = next((a.keys[0] for a in self.actions if a.id == "copy" and a.keys), "")
        if self.get_selected_text():
            self.status.say(f"{key_shown(key)} copies what is selected")

    def on_sync_progress(self, message: SyncProgress) -> None:
        """Show how far the sync is."""
        self.syncer.show_progress(message.progress)

    def on_sync_done(self, message: SyncDone) -> None:
        """Take in what is new."""
        self.syncer.done(message)
        self.gallery.synced()

    def on_sync_failed(self, message: SyncFailed) -> None:
        """Say what went wrong, and how to try again."""
        self.syncer.failed(message.error)

    def takes(self, event: events.Key) -> bool:
        """Take a key that is no command: a letter of a link's hint."""
        hinting = self.links.hinting
        if hinting:
            self.marking.attempt(lambda: self.links.type_hint(event.key, event.character or ""))
        return hinting

    # What the keys do

    @property
    def doings(self) -> dict[str, Callable[[], object]]:
        """What each action does here, by its id."""
        return {
            **self.moving.doings,
            "history-back": lambda: self.links.turn(back=True),
            "history-forward": lambda: self.links.turn(back=False),
            "find": self.asking.find,
            "find-next": lambda: self.finding.step(1),
            "find-previous": lambda: self.finding.step(-1),
            "search": self.panels.search,
            "hints": self.links.hint,
            "contents": self.panels.contents,
            "xep": self.panels.xeps,
            "image": self.gallery.show,
            "browser": self.outside.browse,
            "copy": self.outside.copy,
            "pipe": self.asking.pipe,
            "source": self.outside.page_source,
            "suspend": self.app.action_suspend_process,
            "palette": self.panels.palette,
            "theme": self.panels.themes,
            "toggle-read": self.marking.toggle_read,
            "star": self.marking.toggle_star,
            "mark-all-read": self.marking.ask_all_read,
            "sync": lambda: self.syncer.run(asked=True),
            "help": self.panels.help,
        }

    def action_do(self, name: str) -> None:
        """Do what a key asks for, with the post that the list's cursor is on.

        What the key before answered goes, once this one has none of its own. In a window too
        small to show anything nothing is done.
        """
        if self.has_class("tiny"):
            return

        def do() -> None:
            if name not in STEPS:
                self.following.catch_up()
            self.doings[name]()

        answered = self.status.said
        self.marking.attempt(do)
        if self.status.said == answered and self.status.is_seen:
            link = self.links.link(self.article.current_link)
            words = self.finding.words if link is None else self.links.describe(link)
            if clean(words) != self.status.text:
                self.status.say(words, whole=link is not None)
