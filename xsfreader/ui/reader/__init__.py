"""The screen to read on: the list, the post beside it, and the lines around them."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.widgets import Static

from xsfreader.model import View, specification_number
from xsfreader.text import clean
from xsfreader.ui.event_errors import ShowsErrors
from xsfreader.ui.images.gallery import Gallery
from xsfreader.ui.images.loader import Loader
from xsfreader.ui.parsing import Parsed
from xsfreader.ui.reader.base import ReaderBase
from xsfreader.ui.reader.copying import Copying
from xsfreader.ui.reader.dialogs import Dialogs
from xsfreader.ui.reader.external import External
from xsfreader.ui.reader.find import Find
from xsfreader.ui.reader.links import Links
from xsfreader.ui.reader.marks import Marks
from xsfreader.ui.reader.navigation import Navigation
from xsfreader.ui.reader.preview import Preview
from xsfreader.ui.reader.prompts import Prompts
from xsfreader.ui.reader.session import Session
from xsfreader.ui.reader.specifications import Specifications
from xsfreader.ui.reader.sync import Sync
from xsfreader.ui.reader.travelling import Travelling
from xsfreader.ui.widgets.article import ArticleView
from xsfreader.ui.widgets.bars import Key, ViewTabs
from xsfreader.ui.widgets.panes import LEAST, Panes, PostPane, Sidebar, fit, list_width
from xsfreader.ui.widgets.post_list import PostList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.geometry import Offset
    from textual.timer import Timer
    from textual.widget import Widget
    from textual.widgets import Input

    from xsfreader.library import Library
    from xsfreader.ui.images.terminal import Display
    from xsfreader.ui.keymap import Action
    from xsfreader.ui.widgets.prompt import Prompt

STEPS = ("next-post", "previous-post", "next-unread", "previous-unread", "line-down", "line-up")
"""Actions that may skip a post that is not shown yet."""
REST_SECONDS = 1.0
"""How long the text must rest before the place is saved, in case of a crash."""
LISTING_KEYS = (
    *("open", "line-down", "line-up", "find", "search", "star", "toggle-read", "sync"),
    *("next-unread", "mark-all-read", "palette", "theme", "help", "quit"),
)
READING_KEYS = (
    *("pane-left", "page-down", "next-post", "hints", "find", "contents", "search", "star"),
    *("copy", "xep", "translation", "zen", "image", "browser", "next-unread", "help", "quit"),
)
POST_KEYS = ("star", "translation", "image")
"""Not for a specification."""


class ReaderScreen(ShowsErrors, ReaderBase, inherit_bindings=False):
    """List and post, side by side or one at a time."""

    AUTO_FOCUS = ""
    BLANK = True

    def __init__(
        self,
        library: Library,
        shown: Library,
        actions: Sequence[Action],
        *,
        offline: bool,
        fresh: bool,
        target: str,
        display: Display,
    ) -> None:
        """Show ``shown``, which is the guide while ``library`` is still empty.

        ``fresh`` ignores where the app was left; ``target`` is a permalink to open, with or
        without a fragment; ``display`` draws images.
        """
        super().__init__(shown, actions, display, offline=offline)
        self._rest: Timer | None = None
        self.session = Session(self, fresh=fresh, target=target)
        self.prompts = Prompts(self)
        self.marks = Marks(self)
        self.copying = Copying(self)
        self.external = External(self, self.prompts, self.copying)
        self.links = Links(self, self.external, self.copying)
        self.preview = Preview(self, self.marks)
        self.find = Find(self, self.prompts, self.marks, self.preview)
        self.dialogs = Dialogs(self, self.find, self.external, self.copying)
        self.navigation = Navigation(
            self, self.marks, self.preview, self.links, self.find, self.dialogs
        )
        self.travelling = Travelling(self, library, offline=offline)
        self.sync = Sync(self, self.session, self.travelling, library, offline=offline)
        self.specifications = Specifications(self, offline=offline)

    def compose(self) -> ComposeResult:
        """Put two panes between a header, a status line and the keys."""
        yield Static(f"Terminal too small: {LEAST[0]}x{LEAST[1]} needed", id="room")
        yield self.header
        with Panes(id="panes"):
            with Sidebar(id="sidebar"):
                yield self.tabs
                yield self.posts
            with PostPane(id="post"):
                yield self.notice
                yield self.article
        yield self.status
        with Horizontal(id="foot"):
            yield self.key_bar

    def on_mount(self) -> None:
        """Open where the app was left, else on the newest unread post."""
        self._fit(self.app.size.width, self.app.size.height)
        self.session.open()
        self.sync.start()
        self.travelling.start()
        for warning in self.sync.library.warnings[:1]:
            self.status.say(warning, alert=True, seconds=math.inf)

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        """Show what waited for a panel to close, once its result is dealt with."""
        self.set_timer(0.03, lambda: self.attempt(self.sync.switch_if_free))

    def on_unmount(self) -> None:
        """Remove the images from the terminal's memory."""
        self.gallery.loader.clear()

    # Actions

    def action_do(self, name: str) -> None:
        """Run an action of the table, on the post that the list's cursor is on.

        If it says nothing itself, the status line goes back to the link or match. In a window too
        small to show anything nothing is done.
        """
        if self.has_class("tiny"):
            return
        said = self.status.said
        action = self.actions[name]
        if action.part != "navigation":
            self.preview.keep()
        run = partial(getattr(getattr(self, action.part), action.method), *action.arguments)
        if action.part == "app":
            # Textual's own actions may be coroutines.
            self.app.call_later(run)
        elif name in STEPS or self.attempt(self.preview.catch_up):
            self.attempt(run)
        if self.status.said == said and self.status.is_seen:
            self.attempt(self._describe_current)
        self.offer_keys()

    def _describe_current(self) -> None:
        link = self.current_link
        found = self.find.summary if self.reading else ""
        words = found if link is None else self.links.describe(link)
        if clean(words) != self.status.text:
            self.status.say(words)

    def type_hint(self, event: events.Key) -> bool:
        """Type a letter of a link's hint; False while there are no hints."""
        hinting = self.links.hinting
        if hinting:
            self.attempt(lambda: self.links.type_hint(event.key, event.character or ""))
            self.offer_keys()
        return hinting

    # Panes

    def on_resize(self, event: events.Resize) -> None:
        """Choose one pane or two; other links may be in view, so their hints go."""
        self._fit(event.size.width, event.size.height)
        self.call_after_refresh(self._settle_size)
        self.end_hints()

    def end_hints(self) -> None:
        """End the hints, if there are any."""
        if self.links.hinting:
            self.links.end_hints()
            self.status.say("")
            self.offer_keys()

    def _settle_size(self) -> None:
        """Show the position in the new layout; a pane that a tiny window hid lost the focus."""
        if self.has_class("tiny"):
            return
        self.show_position()
        if self.focused is None:
            self.focus_pane(reading=self.reading)

    def _fit(self, width: int, height: int) -> None:
        """Set the classes for a size and pane, all at once: a change restyles every widget."""
        fitting = fit(width, height, reading=self.reading, zen=self.has_class("zen"))
        self.update_classes(fitting, animate=False)
        self.fit_list()

    def fit_list(self) -> None:
        """Give the list its width, if it is beside the post."""
        chosen = None if self.has_class("narrow") else self.list_width or None
        width = chosen and list_width(chosen, self.app.size.width)
        self.query_one(Sidebar).styles.width = width

    def focus_pane(self, *, reading: bool) -> None:
        """Give the keys to the article or to the list, and end a prompt."""
        self.prompts.end()
        self.reading = reading
        if reading:
            self.preview.keep()
        if not reading and self.sync.switch_if_free():
            return
        self._fit(self.app.size.width, self.app.size.height)
        self.set_focus(self.article if reading else self.posts)
        self.show_position()
        self.offer_keys()

    def offer_keys(self) -> None:
        """Show the keys of the pane; the one to copy is first, unless it copies the address.

        With matches the one for the next comes before it. A prompt shows its own. While links have
        letters, only those and Escape do something.
        """
        if self.prompt is not None:
            return
        if self.links.hinting:
            self.key_bar.offer([Key("escape", "cancel")])
            return
        ids = list(READING_KEYS if self.reading else LISTING_KEYS)
        if self.reading and self.specification is not None:
            ids = [name for name in ids if name not in POST_KEYS]
        actions = dict(self.actions)
        if "copy" in ids:
            target = self.copying.target
            actions["copy"] = actions["copy"]._replace(label=f"copy {target}")
            if target != "address":
                ids.sort(key=lambda name: name != "copy")
        if self.reading and self.find.matches:
            ids.insert(0, "find-next")
        offered = [actions[name] for name in ids if actions[name].keys]
        self.key_bar.offer(Key(action.keys[0], action.label) for action in offered)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follow a click into the other pane, unless the focus has moved on since."""
        if event.widget in (self.article, self.posts) and event.widget is self.focused:
            reading = event.widget is self.article
            if reading != self.reading or self.prompt is not None:
                self.focus_pane(reading=reading)

    # Items

    def leave_item(self) -> None:
        """Save the place in the item shown, and end what belongs to it."""
        self.session.save()
        self.preview.keep()
        self.find.clear()

    def find_again(self) -> None:
        """Find in what was parsed since as well."""
        self.find.refresh()

    def mark_read(self) -> None:
        """Mark the item shown as read, as it was opened."""
        self.marks.mark_shown_read()

    def open_specification(self, number: int, fragment: str = "") -> None:
        """Read a specification, which is fetched first if it isn't held."""
        self.specifications.open(number, fragment)

    # What the palette asks for

    def show_category(self, name: str) -> None:
        """Show the list by category, the cursor on this one."""
        if self.attempt(lambda: self.navigation.show_view(View.CATEGORY)):
            self.posts.reveal_group(name)

    def show_xep(self, number: int) -> None:
        """Show the card of a XEP."""
        self.attempt(lambda: self.dialogs.xep_card(number))

    # Messages

    @on(PostList.Highlighted)
    def _preview_post(self, message: PostList.Highlighted) -> None:
        entry = self.posts.entry
        if entry is not None and entry.permalink == message.permalink:
            self.attempt(self.preview.follow)

    @on(PostList.Selected)
    def _read_post(self, message: PostList.Selected) -> None:
        number = specification_number(message.permalink)
        if number is None:
            self.attempt(lambda: self.navigation.open_post(message.permalink))
        else:
            self.attempt(lambda: self.open_specification(number))

    @on(ViewTabs.Selected)
    def _show_view(self, message: ViewTabs.Selected) -> None:
        self.attempt(lambda: self.navigation.show_view(message.view))

    @on(ArticleView.Failed)
    def _report_rest(self, message: ArticleView.Failed) -> None:
        self.status.say(str(message.error), alert=True)

    @on(ArticleView.Scrolled)
    def _after_scrolling(self) -> None:
        """Show the position; save the place and load images once the text rests there."""
        self.show_position()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_SECONDS, self.session.save)
        self.gallery.schedule()

    @on(ArticleView.LinkClicked)
    def _follow_link(self, message: ArticleView.LinkClicked) -> None:
        self.attempt(lambda: self.links.follow(message.index))

    @on(ArticleView.ImageClicked)
    def _show_image(self, message: ArticleView.ImageClicked) -> None:
        self.attempt(lambda: self.dialogs.image(message.index))

    @on(Loader.ImageLoaded)
    def _take_image(self, message: Loader.ImageLoaded) -> None:
        self.gallery.take_loaded(message)

    @on(Gallery.Failed)
    def _report_gallery(self, message: Gallery.Failed) -> None:
        self.status.say(str(message.error), alert=True)

    @on(Parsed)
    def _take_parsed(self, message: Parsed) -> None:
        if message.parsed is not None:
            self.library.cache_item(message.parsed)
        if message.item_id == self.awaited:
            self.attempt(self.show_awaited)

    # The prompt is loaded only when it is needed, so its messages are handled by name.

    def on_input_changed(self, message: Input.Changed) -> None:
        """Use the text so far."""
        self.prompts.change(message.value)

    async def on_prompt_left(self, message: Prompt.Left) -> None:
        """End the prompt."""
        removed = self.prompts.end(kept=message.kept)
        if removed is not None:
            await removed

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Find what is under the mouse; a selection stays in the post, wherever it is dragged."""
        if self.article.pressed:
            x, y = self.article.nearest_cell(x, y)
        return super().get_widget_and_offset_at(x, y)

    def on_text_selected(self) -> None:
        """Say which key copies."""
        key = self.key_of("copy")
        if key and self.get_selected_text():
            self.status.say(f"Press {key} to copy the selection")
        self.offer_keys()
