"""What opens over the reader's screen: prompt, help, contents, XEPs, search, images, themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.model import Place
from xsfreader.ui.keymap import Where
from xsfreader.ui.reader.base import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.await_remove import AwaitRemove

    from xsfreader.ui.reader.base import ReaderBase

HELP_WORDS = "The built-in guide says more: xsfreader --source guide"


class Dialogs(Part):
    """Opens dialogs, and does what is chosen in them."""

    def __init__(self, screen: ReaderBase) -> None:
        super().__init__(screen)
        self._text = ""
        self._keep_unfinished = True
        self._changed: Callable[[str], None] = lambda _text: None
        self._answered: Callable[[str | None], None] = lambda _text: None

    # The prompt

    def ask(
        self,
        words: str,
        changed: Callable[[str], None],
        answered: Callable[[str | None], None],
        *,
        text: str = "",
        keep_unfinished: bool = True,
    ) -> None:
        """Ask for a text in place of the status line; see ``ReaderBase.ask``."""
        from xsfreader.ui.widgets.prompt import Prompt

        screen = self.screen
        if screen.prompt is not None:
            screen.set_focus(screen.prompt)
            return
        self._text, self._changed, self._answered = text, changed, answered
        self._keep_unfinished = keep_unfinished
        screen.prompt = Prompt(words, text)
        # It takes the row of the key bar, which is of no use now, so that the list stays in place.
        screen.key_bar.add_class("away")
        screen.mount(screen.prompt, before=screen.status)
        screen.set_focus(screen.prompt, scroll_visible=False)

    def change_prompt(self, text: str) -> None:
        """Take what was typed so far."""
        self._text = text
        self.screen.attempt(lambda: self._changed(text))

    def end_prompt(self, *, kept: bool | None = None) -> AwaitRemove | None:
        """End the prompt, if there is one; ``kept`` says whether the text is the answer.

        Awaiting the result removes the prompt within the same frame.
        """
        screen, prompt = self.screen, self.screen.prompt
        kept = self._keep_unfinished if kept is None else kept
        screen.prompt = None
        if prompt is None:
            return None
        screen.attempt(lambda: self._answered(self._text if kept else None))
        # Before it is removed: Textual would move the focus to the next widget.
        screen.focus_pane(reading=screen.reading)
        screen.key_bar.remove_class("away")
        return prompt.remove()

    # Lists to choose from

    def help(self) -> None:
        """Show the keys of this pane."""
        from xsfreader.ui.screens.help import HelpScreen

        where = Where.POST if self.screen.reading else Where.LIST
        actions = [a for a in self.screen.actions if a.where in (Where.ANYWHERE, where)]
        self.screen.app.push_screen(HelpScreen(actions, HELP_WORDS))

    def contents(self) -> None:
        """Show the headings of the post, and go to the one chosen."""
        from xsfreader.ui.screens.choice import ChoiceScreen

        screen, document = self.screen, self.screen.article.document
        if document is None or not document.headings:
            screen.status.say("This post has no headings")
            return
        headings = document.headings
        top = min(heading.level for heading in headings)
        rows = ["  " * (heading.level - top) + heading.text for heading in headings]
        here = screen.article.place.block
        current = max((i for i, h in enumerate(headings) if h.block <= here), default=0)

        def go(choice: int | None) -> None:
            if choice is not None:
                screen.remember_place()
                screen.focus_pane(reading=True)
                screen.article.jump(Place(headings[choice].block))

        screen.open_dialog(ChoiceScreen("Contents", rows, current=current), go)

    def xeps(self) -> None:
        """Show the card of the XEP of the current link, else list the post's XEPs."""
        screen, link = self.screen, self.screen.current_link
        if link is not None and link.xep is not None:
            self.xep_card(link.xep)
            return
        from xsfreader.ui.screens.choice import ChoiceScreen

        numbers = screen.library.post(screen.item_id).xeps if screen.item_id else ()
        if not numbers:
            screen.status.say("This post mentions no XEPs")
            return
        rows = [screen.library.xep_line(n) or f"XEP-{n:04}" for n in numbers]

        def go(choice: int | None) -> None:
            if choice is not None:
                self.xep_card(numbers[choice], cancelled=self.xeps)

        screen.open_dialog(ChoiceScreen("XEPs in this post", rows, current=0), go)

    def xep_card(self, number: int, *, cancelled: Callable[[], None] | None = None) -> None:
        """Show what is known of a XEP, and the posts that mention it, to open one.

        Call ``cancelled`` if none of them is chosen.
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
                self.screen.go_to(entries[choice].permalink)
            elif cancelled is not None:
                cancelled()

        current = 0 if rows else None
        self.screen.open_dialog(ChoiceScreen(title, rows, words=words, current=current), go)

    def themes(self) -> None:
        """Choose a theme, with a preview, and save it."""
        from xsfreader.ui.screens.choice import ChoiceScreen

        screen, app = self.screen, self.screen.app
        before = app.theme
        names = sorted(app.available_themes, key=lambda name: (not name.startswith("xsf"), name))

        def choose(choice: int | None) -> None:
            app.theme = before if choice is None else names[choice]
            if choice is not None:
                screen.library.keep_theme(names[choice])

        def preview(choice: int) -> None:
            app.theme = names[choice]

        dialog = ChoiceScreen("Theme", names, current=names.index(before), highlighted=preview)
        screen.open_dialog(dialog, choose)

    # Whole screens

    def search(self, query: str = "", at: str = "") -> None:
        """Search the archive; the post chosen opens at its first match.

        ``at`` is the permalink of the result to begin at.
        """
        from xsfreader.ui.screens.search import SearchScreen

        screen = self.screen

        def go(choice: tuple[str, str] | None) -> None:
            if choice is None:
                return
            permalink, query = choice
            screen.remember_place(search=(query, permalink))
            if screen.read_item(permalink, from_top=True):
                screen.highlight_words(screen.library.query_words(query))

        screen.open_dialog(SearchScreen(screen.library, query, at), go)

    def palette(self) -> None:
        """Open the palette."""
        from xsfreader.ui.screens.palette import Palette

        self.screen.app.push_screen(Palette())

    def image(self, index: int | None = None) -> None:
        """Show an image at full size: that one, or the one nearest to what is in view."""
        screen, document = self.screen, self.screen.article.document
        if document is None or not document.images:
            screen.status.say("This post has no images")
            return
        if index is None:
            index = screen.gallery.nearest()
        image = document.images[index]
        if screen.gallery.disabled:
            screen.status.say(screen.gallery.disabled)
        elif image.site_path is None:
            screen.open_url(image.url)
        else:
            from xsfreader.ui.screens.image import ImageScreen

            def closed(url: str | None) -> None:
                screen.gallery.viewer = None
                screen.gallery.schedule()
                if url is not None:
                    screen.open_url(url)

            viewer = ImageScreen(screen.gallery, document.images, index)
            screen.gallery.viewer = viewer.refresh_image
            screen.open_dialog(viewer, closed)
