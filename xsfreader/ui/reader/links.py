"""Links of the item shown: stepping through them, describing and following them; hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup import LinkKind
from xsfreader.ui.hints import labels
from xsfreader.ui.reader.base import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xsfreader.markup import Link
    from xsfreader.ui.link_positions import Spot
    from xsfreader.ui.reader.base import ReaderBase
    from xsfreader.ui.reader.copying import Copying
    from xsfreader.ui.reader.external import External


def specification_of(link: Link) -> int | None:
    """Return the number of the specification a link leads to, unless that is an old version."""
    return link.xep if link.kind is LinkKind.XEP and "/attic/" not in link.url else None


class Links(Part):
    """Follows links, by cursor, click or hint."""

    def __init__(self, screen: ReaderBase, external: External, copying: Copying) -> None:
        super().__init__(screen)
        self._external = external
        self._copying = copying
        self._hints: dict[str, Spot] = {}
        """What each hint stands for; empty while there are no hints."""
        self._typed = ""
        self._what = ""
        self._chosen: Callable[[int], None] = self.follow

    def describe(self, link: Link) -> str:
        """Describe in a line where a link really leads."""
        target = link.url.removeprefix("https://")
        if link.kind is LinkKind.DOUBTFUL:
            return f"link: {link.href} · not a valid link"
        if link.kind is LinkKind.FRAGMENT:
            return (
                f"link: #{link.fragment} {'here' if self.screen.specification else 'in this post'}"
            )
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
            self._copying.copy_text(link.href, "Not a valid link; text")
        elif link.kind is LinkKind.FRAGMENT:
            screen.go_to(screen.item_id or "", link.fragment)
        elif screen.library.reads_specifications and (number := specification_of(link)):
            screen.open_specification(number, link.fragment)
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
        """Whether links or code blocks on screen have hints, and letters choose one."""
        return bool(self._hints)

    def show_hints(self) -> None:
        """Put a hint on every link on screen, to follow one."""
        visible = self.screen.article.visible_links()
        if visible:
            self._hint(visible, "link", self.follow)
        else:
            self.screen.status.say("No links on screen")

    def copy_code(self) -> None:
        """Copy the code block on screen; of several, the one whose hint is typed."""
        visible = self.screen.article.visible_code()
        if len(visible) > 1:
            self._hint(visible, "code block", self._copying.copy_block)
        elif visible:
            self._copying.copy_block(visible[0].target)
        else:
            self.screen.status.say("No code on screen")

    def _hint(self, spots: Sequence[Spot], what: str, chosen: Callable[[int], None]) -> None:
        if not self.screen.reading:
            self.screen.focus_pane(reading=True)
        self._typed, self._what, self._chosen = "", what, chosen
        self._hints = dict(zip(labels(len(spots)), spots, strict=False))
        self._show()
        self.screen.status.say(f"Type a {what}'s letters")

    def type_hint(self, key: str, character: str) -> None:
        """Take a key while there are hints."""
        if key == "backspace":
            self._typed = self._typed[:-1]
        elif len(character) == 1 and any(
            hint.startswith(self._typed + character) for hint in self._hints
        ):
            self._typed += character
        else:
            self.end_hints()
            words = "" if key == "escape" else f"No {self._what} has these letters"
            self.screen.status.say(words)
            return
        if self._typed in self._hints:
            index = self._hints[self._typed].target
            self.end_hints()
            self.screen.status.say("")
            self._chosen(index)
        else:
            self._show()

    def _show(self) -> None:
        self.screen.article.hint(
            [(spot, hint) for hint, spot in self._hints.items() if hint.startswith(self._typed)]
        )

    def end_hints(self) -> None:
        """Remove the hints."""
        self._hints = {}
        self.screen.article.hint(())
