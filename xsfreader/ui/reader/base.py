"""What the parts of the reader's screen share: library, widgets, and what they may ask for."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, TypeVar

from textual.screen import Screen

from xsfreader.errors import XsfreaderError
from xsfreader.model import pull_request, specification_number
from xsfreader.text import clean
from xsfreader.ui.history import History, Visit
from xsfreader.ui.images.gallery import Gallery
from xsfreader.ui.keymap import key_shown
from xsfreader.ui.parsing import parse_in_thread
from xsfreader.ui.widgets.article import ArticleView
from xsfreader.ui.widgets.bars import HeaderBar, KeyBar, Notice, StatusBar, ViewTabs
from xsfreader.ui.widgets.growing import START
from xsfreader.ui.widgets.post_list import PostList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.worker import Worker

    from xsfreader.library import Library
    from xsfreader.library.job_events import Event
    from xsfreader.library.jobs import Job
    from xsfreader.markup import Document, Link
    from xsfreader.model import Place
    from xsfreader.ui.images.terminal import Display
    from xsfreader.ui.keymap import Action
    from xsfreader.ui.widgets.prompt import Prompt

T = TypeVar("T")
MOST_BRANCH = 30
"""Characters of a branch's name in the header."""


class ReaderBase(Screen[None], inherit_bindings=False):
    """The reader's screen as its parts know it.

    What they need of the whole screen is an abstract method here. A part that needs another one
    gets it when it is made.
    """

    def __init__(
        self, library: Library, actions: Sequence[Action], display: Display, *, offline: bool
    ) -> None:
        super().__init__()
        self.library = library
        self.actions = {action.id: action for action in actions}
        """The rows of the table with the keys in force, by id."""
        self.item_id: str | None = None
        """Id of the item shown."""
        self.awaited: str | None = None
        """Id of the item shown while its text, a very long one, is parsed in a thread."""
        self.source_path = ""
        """Path of the post shown in its source; it stays when the permalink changes."""
        self.reading = False
        """Whether the keys go to the article rather than to the list."""
        self.has_read = False
        """Whether a post was read since the start."""
        self.prompt: Prompt | None = None
        """The line that asks for a text, while there is one."""
        self.list_width = library.list_width()
        """Width of the list beside the post, in cells; 0 for what the window's width suggests."""
        self.history = History()
        self.header = HeaderBar()
        self.posts = PostList(library, self.key_of)
        self.tabs = ViewTabs(self.posts)
        self.notice = Notice()
        self.article = ArticleView(library.config.width)
        self.status = StatusBar()
        self.key_bar = KeyBar()
        self.gallery = Gallery(
            self,
            self.article,
            lambda: self.library,
            display,
            offline=offline,
            key=self.key_of("image"),
        )
        self.article.gallery = self.gallery

    # What the screen itself does

    @abstractmethod
    def action_do(self, name: str) -> None:
        """Run an action of the table."""

    @abstractmethod
    def leave_item(self) -> None:
        """Save the place in the item shown, and end what belongs to it."""

    @abstractmethod
    def mark_read(self) -> None:
        """Mark the item shown as read, as it was opened."""

    @abstractmethod
    def find_again(self) -> None:
        """Find in what was parsed since as well."""

    @abstractmethod
    def end_hints(self) -> None:
        """End the hints, if there are any."""

    @abstractmethod
    def open_specification(self, number: int, fragment: str = "") -> None:
        """Read a specification, which is fetched first if it isn't held."""

    @abstractmethod
    def focus_pane(self, *, reading: bool) -> None:
        """Give the keys to the article or to the list, and end a prompt."""

    @abstractmethod
    def offer_keys(self) -> None:
        """Show the keys that apply now in the footer."""

    @abstractmethod
    def fit_list(self) -> None:
        """Give the list its width."""

    # What is the same for all parts

    def key_of(self, action_id: str) -> str:
        """Return the first key of an action, as the screen shows it; empty if it has none."""
        keys = self.actions[action_id].keys
        return key_shown(keys[0]) if keys else ""

    def attempt(self, do: Callable[[], object]) -> bool:
        """Do something that may fail; show an error in the status line and return False."""
        try:
            do()
        except XsfreaderError as error:
            self.status.say(str(error), alert=True)
            return False
        return True

    def run_job(self, job: Job, take: Callable[[Event], None], *, group: str) -> Worker[None]:
        """Run a child process in place of the last one of its group; ``take`` gets its events."""
        work = job.run(lambda event: self.attempt(lambda: take(event)))
        return self.run_worker(work, group=group, exclusive=True)

    def open_dialog(self, dialog: Screen[T], then: Callable[[T | None], None]) -> None:
        """Open a dialog, and do something with its result."""

        def closed(result: T | None) -> None:
            self.attempt(lambda: then(result))

        self.app.push_screen(dialog, closed)

    def choose(
        self,
        title: str,
        rows: Sequence[str],
        chosen: Callable[[int], None],
        *,
        words: str = "",
        current: int = 0,
        letters: str = "",
        cancelled: Callable[[], None] = lambda: None,
        highlighted: Callable[[int], None] | None = None,
    ) -> None:
        """Let the reader choose a row, the cursor on ``current``, and do something with it.

        ``letters`` choose a row each.
        """
        from xsfreader.ui.screens.choice import ChoiceScreen

        def closed(choice: int | None) -> None:
            if choice is None:
                cancelled()
            else:
                chosen(choice)

        at = current if rows else None
        dialog = ChoiceScreen(
            title,
            rows,
            words=words,
            current=at,
            letters=letters,
            highlighted=highlighted,
        )
        self.open_dialog(dialog, closed)

    @property
    def pane(self) -> PostList | ArticleView:
        """The pane that has the keys."""
        return self.article if self.reading else self.posts

    def link(self, index: int) -> Link | None:
        """Return a link of the item shown."""
        document = self.article.document
        if document is None or not 0 <= index < len(document.links):
            return None
        return document.links[index]

    @property
    def current_link(self) -> Link | None:
        """The link under the cursor of the article."""
        return self.link(self.article.current_link)

    @property
    def here(self) -> Visit | None:
        """The item shown and the place in it."""
        return Visit(self.item_id, self.article.place) if self.item_id else None

    def remember_place(self, *, search: tuple[str, str] | None = None) -> None:
        """Add the place to the history; ``search`` is the query and the result that led on."""
        if self.here is not None:
            self.history.leave(self.here._replace(search=search))

    # The item shown

    def show_item(self, item_id: str, place: Place | None = None, *, remember: bool = True) -> bool:
        """Show an item at a place, else where it was left; report an error and return False.

        ``remember`` adds the place in the item shown before to the history.
        """
        try:
            slow = self.library.is_slow_to_open(item_id)
            parser = self.library.parser(item_id)
            document = (
                None if slow else parser.document if parser else self.library.document(item_id)
            )
            place = place or self.library.marks(item_id).place
            path = self.library.path(item_id)
        except XsfreaderError as error:
            self.status.say(str(error), alert=True)
            return False
        if remember and item_id != self.item_id:
            self.remember_place()
        self.leave_item()
        self.item_id, self.source_path = item_id, path
        self.awaited = None
        changed = self.library.is_changed(item_id)
        self.notice.say("The text of this post has changed since you read it" if changed else "")
        if document is None:
            self.article.wait(place)
            self.await_item(item_id)
            self.status.say("Opening a very long post…")
        else:
            self.article.show(document, place, parser)
            self.status.say("")
        if parser is not None:
            self.article.when_whole(lambda: self._take_whole(item_id))
        self.show_position()
        return True

    def _take_whole(self, item_id: str) -> None:
        """Keep what was parsed while it was shown, and find in all of it."""
        document = self.article.document
        if document is not None:
            self.attempt(lambda: self.library.cache_whole(item_id, document))
        self.find_again()

    def await_item(self, item_id: str) -> None:
        """Show an item, or its newer version, once a thread has parsed it."""
        self.awaited = item_id
        parse_in_thread(self, self.library, item_id)

    def show_awaited(self) -> None:
        """Show the item that was waited for, or its newer version."""
        if self.awaited is None or self.awaited != self.item_id:
            return
        waiting, self.awaited = self.article.document is None, None
        document = self.library.document(self.item_id)
        if waiting:
            self.article.show(document, self.article.place)
            self.status.say("")
        elif document != self.article.document:
            self.update_item(document)

    def update_item(self, document: Document) -> None:
        """Show a newer version of the item shown: hints end, as links are others by number."""
        self.end_hints()
        self.article.update(document)
        self.find_again()

    def read_item(self, item_id: str, place: Place | None = None, *, remember: bool = True) -> bool:
        """Show an item, give it the keys and mark it read; False if it could not be shown."""
        if not self.show_item(item_id, place, remember=remember):
            return False
        self.posts.reveal(self.library.entry_permalink(item_id))
        self.focus_pane(reading=True)
        self.mark_read()
        return True

    def show_position(self) -> None:
        """Show how far the article is read, where it is in sight."""
        self.status.where = "" if self.has_class("listing") else f"{self.article.percent} %"

    def go_to(self, item_id: str, fragment: str = "", *, remember: bool = True) -> None:
        """Go to an item, or to a heading in it, and remember the place before."""
        if item_id == self.item_id:
            if remember:
                self.remember_place()
        elif not self.read_item(item_id, START if fragment else None, remember=remember):
            return
        document = self.article.document
        if fragment and document is not None:
            self.article.until(lambda: self._arrive(fragment))

    def _arrive(self, fragment: str) -> bool:
        """Go to a heading, or say that there is none; return False while it may still come."""
        document, article = self.article.document, self.article
        place = document.anchors.get(fragment) if document is not None else None
        if place is not None:
            article.jump(place)
        elif not article.growing:
            self.status.say(f"No section #{clean(fragment)} here")
        return place is not None or not article.growing

    @property
    def specification(self) -> int | None:
        """The number of the specification shown; None for a post."""
        return specification_number(self.item_id or "")

    @property
    def noun(self) -> str:
        """What the item shown is, for messages."""
        return "post" if self.specification is None else "specification"

    @property
    def shown_entry(self) -> str | None:
        """The permalink under which the list has the post shown, in its best language."""
        return self.library.entry_permalink(self.item_id) if self.item_id else None

    def reveal_shown(self) -> None:
        """Move the list's cursor to the post shown, if the list has it."""
        if (entry := self.shown_entry) is not None:
            self.posts.reveal(entry)

    def filter_list(self, text: str) -> None:
        """Show only the posts with these words in title, author or category."""
        self.posts.filter(text)

    def clear_filter(self) -> None:
        """Show all posts of the list, the cursor on the one shown."""
        self.filter_list("")
        self.reveal_shown()

    def refresh_counts(self) -> None:
        """Show what is read, the number of posts, of unread ones and of unreadable files."""
        self.header.name_shown = _name_of(self.library)
        self.header.posts = count_posts(self.library.count())
        self.header.unread = f"{self.library.unread_count()} unread"
        self.header.problems_key = self.key_of("problems")
        self.header.problems = len(self.library.problems())


def _name_of(library: Library) -> str:
    """Return the name of what is read, for the header."""
    name = "Guide" if library.is_guide else "XSF Blog"
    if number := pull_request(library.branch):
        return f"{name}, pull request {number}"
    return f"{name}, {clean(library.branch)[:MOST_BRANCH]}" if library.branch else name


def count_posts(count: int) -> str:
    """Write a number of posts."""
    return f"{count} post" if count == 1 else f"{count} posts"


class Part:
    """A part of the reader's screen: its actions, its messages, its state."""

    def __init__(self, screen: ReaderBase) -> None:
        self.screen = screen
