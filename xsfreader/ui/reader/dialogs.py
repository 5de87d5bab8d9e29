"""What opens over the reader's screen: help, contents, XEPs, search, images, themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.model import Place, View, specification_number, split_target
from xsfreader.ui.keymap import Where
from xsfreader.ui.places import relocate_place
from xsfreader.ui.reader.base import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.ui.reader.base import ReaderBase
    from xsfreader.ui.reader.copying import Copying
    from xsfreader.ui.reader.external import External
    from xsfreader.ui.reader.find import Find

HELP_WORDS = (
    "In the list, ● is unread, ★ starred, ~ changed since it was read.\n"
    "3/19 on a heading: 3 unread of 19 posts.\n"
    "The built-in guide says more: xsfreader --source guide"
)


class Dialogs(Part):
    """Opens dialogs, and does what is chosen in them."""

    def __init__(
        self, screen: ReaderBase, find: Find, external: External, copying: Copying
    ) -> None:
        super().__init__(screen)
        self._copying = copying
        self._find = find
        self._queries: list[str] = []
        """What was searched for."""
        self._external = external

    # Lists to choose from

    def help(self) -> None:
        """Show the keys of this pane."""
        from xsfreader.ui.screens.help import HelpScreen

        where = Where.POST if self.screen.reading else Where.LIST
        actions = [a for a in self.screen.actions.values() if a.where in (Where.ANYWHERE, where)]
        title = "Keys in the post" if self.screen.reading else "Keys in the list"
        self.screen.app.push_screen(HelpScreen(title, actions, HELP_WORDS))

    def contents(self) -> None:
        """Show the headings of the post, once all are there, and go to the one chosen."""
        screen, document = self.screen, self.screen.article.document
        if screen.article.growing:
            screen.article.when_whole(self.contents)
            return
        if document is None or not document.headings:
            screen.status.say(f"This {screen.noun} has no headings")
            return
        headings = document.headings
        top = min(heading.level for heading in headings)
        rows = ["  " * (heading.level - top) + heading.text for heading in headings]
        here = screen.article.place.block
        current = max((i for i, h in enumerate(headings) if h.block <= here), default=0)

        def go(choice: int) -> None:
            screen.remember_place()
            screen.focus_pane(reading=True)
            place = Place(headings[choice].block)
            if (now := screen.article.document) is not None:
                # It may have changed meanwhile.
                place = relocate_place(document, now, place)
            screen.article.jump(place)

        screen.choose("Contents", rows, go, current=current)

    def xeps(self) -> None:
        """Show the card of the XEP of the current link, else list the post's XEPs."""
        screen, link = self.screen, self.screen.current_link
        if link is not None and link.xep is not None:
            self.xep_card(link.xep)
            return
        if screen.specification is not None:
            self.xep_card(screen.specification)
            return
        numbers = screen.library.post(screen.item_id).xeps if screen.item_id else ()
        if not numbers:
            screen.status.say("This post mentions no XEPs")
            return
        rows = [screen.library.xep_line(n) or f"XEP-{n:04}" for n in numbers]

        def go(choice: int) -> None:
            self.xep_card(numbers[choice], cancelled=self.xeps)

        screen.choose("XEPs in this post", rows, go)

    def xep_card(self, number: int, *, cancelled: Callable[[], None] = lambda: None) -> None:
        """Show what is known of a XEP, to open its specification or a post that mentions it.

        Call ``cancelled`` if none of them is chosen.
        """
        library = self.screen.library
        entries = library.posts_with_xep(number)
        first_language = library.languages[0]
        rows = [
            f"{entry.day}  {entry.title}"
            + (f"  {entry.language}" if entry.language != first_language else "")
            for entry in entries
        ]
        title, words = library.xep_card(number)
        first = ["Read the specification"] if library.reads_specifications else []
        if first:
            words = words.removesuffix("Posts that mention it:") + "The specification, and posts:"

        def go(choice: int) -> None:
            if choice < len(first):
                self.screen.open_specification(number)
            else:
                self.screen.go_to(entries[choice - len(first)].permalink)

        self.screen.choose(title, first + rows, go, words=words, cancelled=cancelled)

    def problems(self) -> None:
        """List the unreadable files with the reasons; the path chosen is copied."""
        screen = self.screen
        problems = screen.library.problems()
        if not problems:
            screen.status.say("No unreadable files")
            return

        def copy(choice: int) -> None:
            self._copying.copy_text(problems[choice].path, "Path")

        rows = [f"{file.path}: {file.reason}" for file in problems]
        words = "They are not in the list. Enter copies a path."
        screen.choose("Unreadable files", rows, copy, words=words)

    def themes(self) -> None:
        """Choose a theme, with a preview, and save it."""
        screen, app = self.screen, self.screen.app
        before = app.theme
        names = sorted(app.available_themes, key=lambda name: (not name.startswith("xsf"), name))

        def use(name: str) -> None:
            app.theme = name

        def keep(choice: int) -> None:
            use(names[choice])
            screen.library.keep_theme(names[choice])

        screen.choose(
            "Theme",
            names,
            keep,
            current=names.index(before),
            cancelled=lambda: use(before),
            highlighted=lambda choice: use(names[choice]),
        )

    # Whole screens

    def search(self, query: str = "", at: str = "") -> None:
        """Search the archive; the post chosen opens at its first match.

        ``at`` is the target of the result to begin at. From the list by XEP the specifications
        are searched.
        """
        from xsfreader.ui.screens.search import SearchScreen

        screen = self.screen
        if not query and screen.posts.view is View.XEP and screen.library.reads_specifications:
            query = "in:xeps "

        def go(choice: tuple[str, str] | str | None) -> None:
            if isinstance(choice, str):
                screen.action_do(choice)
            if choice is None or isinstance(choice, str):
                return
            target, query = choice
            screen.remember_place(search=(query, target))
            item_id, section = split_target(target)
            if specification_number(item_id) is not None:
                screen.go_to(item_id, section, remember=False)
                screen.article.when_whole(lambda: self._find_in_section(query, section))
            elif screen.read_item(target, Place(0), remember=False):
                self._find.find_hits(query)

        screen.open_dialog(
            SearchScreen(screen.library, screen.actions, self._queries, query, at), go
        )

    def _find_in_section(self, query: str, section: str) -> None:
        document = self.screen.article.document
        if document is not None:
            self._find.find_hits(query, document.anchors.get(section))

    def palette(self) -> None:
        """Open the palette."""
        from xsfreader.ui.screens.palette import Palette

        self.screen.app.push_screen(Palette())

    def image(self, index: int | None = None) -> None:
        """Show an image at full size: that one, or the one nearest to what is in view."""
        screen, document = self.screen, self.screen.article.document
        if document is None or not document.images:
            screen.status.say(f"This {screen.noun} has no images")
            return
        if index is None:
            index = screen.gallery.nearest()
        image = document.images[index]
        if screen.gallery.disabled:
            screen.status.say(screen.gallery.disabled)
        elif image.site_path is None:
            self._external.open_url(image.url)
        else:
            from xsfreader.ui.screens.image import ImageScreen

            def closed(url: str | None) -> None:
                screen.gallery.viewer = None
                screen.gallery.schedule()
                if url is not None:
                    self._external.open_url(url)

            viewer = ImageScreen(screen.gallery, document.images, index)
            screen.gallery.viewer = viewer.refresh_image
            screen.open_dialog(viewer, closed)
