"""Links of the item shown: stepping through them, describing and following them, hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup import LinkKind
from xsfreader.ui.hints import labels
from xsfreader.ui.reader.base import Part

if TYPE_CHECKING:
    from xsfreader.markup import Link
    from xsfreader.ui.reader.base import ReaderBase
    from xsfreader.ui.reader.external import External


class Links(Part):
    """Follows links, by cursor, click or hint."""

    def __init__(self, screen: ReaderBase, external: External) -> None:
        super().__init__(screen)
        self._external = external
        self._hints: dict[str, int] = {}
        """Index of a link by its hint; empty while there are no hints."""
        self._typed = ""

    def describe(self, link: Link) -> str:
        """Describe in a line where a link really leads."""
        target = link.url.removeprefix("https://")
        if link.kind is LinkKind.DOUBTFUL:
            return f"link: {link.href} · not a valid link"
        if link.kind is LinkKind.FRAGMENT:
            return f"link: #{link.fragment} in this post"
        if link.kind is LinkKind.XEP and link.xep is not None:
            about = self.screen.library.xep_line(link.xep)
            return f"{about} · {target}" if about else f"link: {target}"
        if link.kind is LinkKind.SITE:
            permalink = self.screen.library.item_at(link.url)
            if permalink is not None:
                post = self.screen.library.post(permalink)
                return f"link: {post.title} · {post.day}"
        return f"link: {target}"

    def follow(self, index: int) -> None:
        """Follow a link: to a post or heading in the app, or to a URL outside."""
        screen, link = self.screen, self.screen.link(index)
        if link is None:
            return
        if link.kind is LinkKind.DOUBTFUL:
            screen.app.copy_to_clipboard(link.href)
            screen.status.say(f"Not a valid link; text copied: {link.href}")
        elif link.kind is LinkKind.FRAGMENT:
            screen.go_to(screen.item_id or "", link.fragment)
        elif link.kind is LinkKind.SITE and (post := screen.library.item_at(link.url)):
            screen.go_to(post, "" if post.endswith(f"#{link.fragment}") else link.fragment)
        else:
            self._external.open_url(link.url)

    def step(self, direction: int) -> None:
        """Go to the next or previous link, and describe it; from the list, go to the article."""
        if not self.screen.reading:
            self.screen.focus_pane(reading=True)
            return
        link = self.screen.link(self.screen.article.step_link(direction))
        if link is not None:
            self.screen.status.say(self.describe(link))
        else:
            self.screen.status.say("No more links")

    # Hints

    @property
    def hinting(self) -> bool:
        """Whether the links on screen have hints, and letters follow them."""
        return bool(self._hints)

    def show_hints(self) -> None:
        """Put a hint on every link on screen."""
        screen = self.screen
        if not screen.reading:
            screen.focus_pane(reading=True)
        visible = [link for link, _, _ in screen.article.visible_links()]
        if not visible:
            screen.status.say("No links on screen")
            return
        self._typed = ""
        self._hints = dict(zip(labels(len(visible)), visible, strict=False))
        self._show()
        screen.status.say("Type a link's letters; Esc cancels")

    def type_hint(self, key: str, character: str) -> None:
        """Take a key while the links have hints."""
        if key == "backspace":
            self._typed = self._typed[:-1]
        elif len(character) == 1 and any(
            hint.startswith(self._typed + character) for hint in self._hints
        ):
            self._typed += character
        else:
            self.end_hints()
            self.screen.status.say("" if key == "escape" else "No link has these letters")
            return
        if self._typed in self._hints:
            index = self._hints[self._typed]
            self.end_hints()
            self.screen.status.say("")
            self.follow(index)
        else:
            self._show()

    def _show(self) -> None:
        self.screen.article.hint(
            {link: hint for hint, link in self._hints.items() if hint.startswith(self._typed)}
        )

    def end_hints(self) -> None:
        """Remove the hints."""
        self._hints = {}
        self.screen.article.hint({})
