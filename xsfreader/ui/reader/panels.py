"""What opens over the reader's screen: help, contents, XEPs, search."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, TypeVar

from textual._styles_cache import StylesCache

from xsfreader.model import Place
from xsfreader.ui.keymap import Where

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from xsfreader.ui.reader import ReaderScreen

T = TypeVar("T")
HELP_WORDS = "The built-in guide tells more: xsfreader --source guide"


class Panels:
    """Opens panels and does what is chosen in them."""

    def __init__(self, screen: ReaderScreen) -> None:
        self.screen = screen

    def let_go(self) -> None:
        """Look for the garbage that a closed panel is, which would be found at some later key.

        Textual keeps the lines of its last thousand widgets, closed ones included.
        """
        StylesCache.get_inner_outer.cache_clear()
        gc.collect()

    def _open(self, panel: Screen[T], then: Callable[[T | None], None]) -> None:
        """Open a panel, and do something with what it ends with; a failure is told."""

        def ended(result: T | None) -> None:
            self.screen.marking.attempt(lambda: then(result))

        self.screen.app.push_screen(panel, ended)

    def help(self) -> None:
        """Show the keys in force in this pane."""
        from xsfreader.ui.screens.help import HelpScreen

        where = Where.POST if self.screen.reading else Where.LIST
        actions = [a for a in self.screen.actions if a.where in (Where.ANYWHERE, where)]
        self.screen.app.push_screen(HelpScreen(actions, HELP_WORDS))

    def contents(self) -> None:
        """Show the headings of the post; the one chosen is gone to."""
        from xsfreader.ui.screens.choice import ChoiceScreen

        screen, document = self.screen, self.screen.article.document
        if document is None or not document.headings:
            screen.status.say("this post has no headings")
            return
        headings = document.headings
        top = min(heading.level for heading in headings)
        rows = ["  " * (heading.level - top) + heading.text for heading in headings]
        here = screen.article.place.block
        current = max((i for i, h in enumerate(headings) if h.block <= here), default=0)

        def go(choice: int | None) -> None:
            if choice is not None:
                screen.links.remember()
                screen.focus_pane(reading=True)
                screen.article.jump(Place(headings[choice].block))

        self._open(ChoiceScreen("Contents", rows, current=current), go)

    def xeps(self) -> None:
        """Open the card of the XEP of the link one is on, else list the post's XEPs."""
        link = self.screen.links.link(self.screen.article.current_link)
        if link is not None and link.xep is not None:
            self.card(link.xep)
            return
        from xsfreader.ui.screens.choice import ChoiceScreen

        permalink = self.screen.permalink
        numbers = self.screen.library.post(permalink).xeps if permalink else ()
        if not numbers:
            self.screen.status.say("this post mentions no XEP")
            return
        rows = [self.screen.library.xep_line(n) or f"XEP-{n:04}" for n in numbers]

        def go(choice: int | None) -> None:
            if choice is not None:
                self.card(numbers[choice], left=self.xeps)

        self._open(ChoiceScreen("XEPs in this post", rows, current=0), go)

    def card(self, number: int, *, left: Callable[[], None] | None = None) -> None:
        """Show what is known of a XEP, and every post that mentions it, to open.

        ``left`` is done where none of them is chosen.
        """
        from xsfreader.ui.screens.choice import ChoiceScreen

        library = self.screen.library
        entries = library.posts_with_xep(number)
        first_language = library.languages[0]
        rows = [
            f"{entry.day}  {entry.title}"
            + (f"  {entry.language}" if entry.language != first_language else "")
            for entry in entries
        ]
        title, words = library.xep_card(number)

        def go(choice: int | None) -> None:
            if choice is not None:
                self.screen.links.go(entries[choice].permalink)
            elif left is not None:
                left()

        first = 0 if rows else None
        self._open(ChoiceScreen(title, rows, words=words, current=first), go)

    def search(self, query: str = "", at: str = "") -> None:
        """Search the archive; the post chosen opens at its first hit.

        ``at`` is the permalink of the result to begin at.
        """
        from xsfreader.ui.screens.search import SearchScreen

        screen = self.screen

        def go(choice: tuple[str, str] | None) -> None:
            if choice is None:
                return
            permalink, asked = choice
            screen.links.remember(search=(asked, permalink))
            screen.read_post(permalink, from_top=True)
            screen.finding.mark(screen.library.words_of(asked))

        self._open(SearchScreen(screen.library, query, at), go)

    def palette(self) -> None:
        """Open the palette."""
        from xsfreader.ui.screens.palette import Everything, Palette

        self.screen.app.push_screen(
            Palette(providers=[Everything], placeholder="action, category, XEP or title")
        )

    def themes(self) -> None:
        """Choose a theme, seeing it at once; it is kept."""
        from xsfreader.ui.screens.choice import ChoiceScreen

        screen, app = self.screen, self.screen.app
        before = app.theme
        names = sorted(app.available_themes, key=lambda name: (not name.startswith("xsf"), name))

        def go(choice: int | None) -> None:
            app.theme = before if choice is None else names[choice]
            if choice is not None:
                screen.marking.attempt(lambda: screen.library.keep_theme(names[choice]))

        def show(choice: int) -> None:
            app.theme = names[choice]

        self._open(ChoiceScreen("Theme", names, current=names.index(before), highlighted=show), go)
