"""Links of the post shown: following them, hints on them, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.errors import UnknownPostError
from xsfreader.markup import LinkKind
from xsfreader.text import clean
from xsfreader.ui.hints import labels
from xsfreader.ui.history import History, Visit
from xsfreader.ui.opener import command, in_terminal, open_url

if TYPE_CHECKING:
    from xsfreader.markup import Link
    from xsfreader.ui.reader import ReaderScreen


class Linking:
    """What the reader's screen does with links."""

    def __init__(self, screen: ReaderScreen) -> None:
        self.screen = screen
        self.history = History()
        self._hints: dict[str, int] = {}
        self._typed = ""

    # Following

    def link(self, index: int) -> Link | None:
        """Give a link of the post shown."""
        document = self.screen.article.document
        if document is None or not 0 <= index < len(document.links):
            return None
        return document.links[index]

    def tell(self, index: int) -> None:
        """Say where a link leads, before it is opened."""
        link = self.link(index)
        if link is not None:
            self.screen.status.say(self.describe(link), whole=True)

    def describe(self, link: Link) -> str:
        """Write a link's real target in a line."""
        target = link.url.removeprefix("https://")
        if link.kind is LinkKind.DOUBTFUL:
            return f"link: {link.href} · this can't be right, nothing opens it"
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
        """Follow a link: to a post or heading here, or to what is outside."""
        link = self.link(index)
        if link is None:
            return
        if link.kind is LinkKind.DOUBTFUL:
            self.screen.app.copy_to_clipboard(link.href)
            self.screen.status.say(f"no link can lead to {link.href}; copied as it stands")
        elif link.kind is LinkKind.FRAGMENT:
            self.go(self.screen.permalink or "", link.fragment)
        elif link.kind is LinkKind.SITE and (post := self.screen.library.item_at(link.url)):
            self.go(post, "" if post.endswith(f"#{link.fragment}") else link.fragment)
        else:
            self.open_outside(link.url)

    def go(self, permalink: str, fragment: str = "") -> None:
        """Go to a post, and to a heading of it, remembering where one was."""
        screen = self.screen
        self.remember()
        if permalink != screen.permalink:
            screen.read_post(permalink, from_top=bool(fragment))
        document = screen.article.document
        if fragment and document is not None:
            place = document.anchors.get(fragment)
            if place is not None:
                screen.article.jump(place)
            else:
                screen.status.say(f"#{clean(fragment)} is no place in this post")

    def open_outside(self, url: str) -> None:
        """Hand a URL to the platform, or copy it where nothing here can open it."""
        screen = self.screen
        openers = screen.library.config.openers
        words = command(url, openers)
        if words is not None and in_terminal(words):
            screen.outside.run(words)
        elif words is not None and open_url(url, openers):
            screen.status.say(f"opened {url}")
        else:
            screen.app.copy_to_clipboard(url)
            screen.status.say(f"nothing here opens it, so copied: {url}")

    # The way back

    @property
    def here(self) -> Visit | None:
        """Where the reader is."""
        permalink = self.screen.permalink
        return Visit(permalink, self.screen.article.place) if permalink else None

    def remember(self, *, search: tuple[str, str] | None = None) -> None:
        """Keep where the reader is, before going elsewhere; ``search`` leads there."""
        if self.here is not None:
            self.history.leave(self.here._replace(search=search))

    def turn(self, *, back: bool) -> None:
        """Go back to where one was, or forward again, to the exact place."""
        here = self.here
        visit = None
        if here is not None:
            visit = self.history.back(here) if back else self.history.forward(here)
        if visit is None:
            self.screen.status.say("nothing further back" if back else "nothing further on")
            return
        if visit.permalink != self.screen.permalink:
            try:
                self.screen.read_post(visit.permalink, from_top=True)
            except UnknownPostError as error:
                self.screen.status.say(str(error), alert=True)
                return
        self.screen.article.jump(visit.place)
        if visit.search is not None:
            self.screen.panels.search(*visit.search)

    # Stepping and hints

    def step(self, direction: int) -> None:
        """Go to the next link of the post, and say where it leads."""
        index = self.screen.article.step_link(direction)
        if index >= 0:
            self.tell(index)
        else:
            self.screen.status.say("no more links this way")

    @property
    def hinting(self) -> bool:
        """Whether links wear letters, and typing follows them."""
        return bool(self._hints)

    def hint(self) -> None:
        """Put letters on the links on screen."""
        if not self.screen.reading:
            self.screen.focus_pane(reading=True)
        seen = [link for link, _, _ in self.screen.article.links_in_sight()]
        if not seen:
            self.screen.status.say("no link on screen")
            return
        self._typed = ""
        self._hints = dict(zip(labels(len(seen)), seen, strict=False))
        self._show()
        self.screen.status.say("type a link's letters; Esc leaves")

    def type_hint(self, key: str, character: str) -> None:
        """Take a key while links wear letters."""
        if key == "backspace":
            self._typed = self._typed[:-1]
        elif len(character) == 1 and any(
            h.startswith(self._typed + character) for h in self._hints
        ):
            self._typed += character
        else:
            self.end_hints()
            self.screen.status.say("" if key == "escape" else "no link has these letters")
            return
        if self._typed in self._hints:
            index = self._hints[self._typed]
            self.end_hints()
            self.screen.status.say("")
            self.follow(index)
        else:
            self._show()

    def _show(self) -> None:
        shown = {
            link: label for label, link in self._hints.items() if label.startswith(self._typed)
        }
        self.screen.article.hint(shown)

    def end_hints(self) -> None:
        """Take the letters away."""
        self._hints = {}
        self.screen.article.hint({})
