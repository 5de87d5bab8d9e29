"""Questions in the place of the status line: what to find, where to pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.await_remove import AwaitRemove

    from xsfreader.ui.reader import ReaderScreen
    from xsfreader.ui.widgets.prompt import Prompt


class Asking:
    """Asks one thing at a time."""

    def __init__(self, screen: ReaderScreen) -> None:
        self.screen = screen
        self.text = ""
        self._prompt: Prompt | None = None
        self._keeps = True
        self._typed: Callable[[str], None] = lambda _text: None
        self._done: Callable[[str | None], None] = lambda _text: None

    def ask(
        self,
        words: str,
        typed: Callable[[str], None],
        done: Callable[[str | None], None],
        *,
        text: str = "",
        keeps: bool = True,
    ) -> None:
        """Ask; ``typed`` hears every change, ``done`` the answer or None.

        ``text`` is there to begin with; what is typed is the answer, too, where somebody turns
        elsewhere without an end to it, unless it ``keeps`` nothing.
        """
        from xsfreader.ui.widgets.prompt import Prompt

        if self._prompt is not None:
            self.screen.set_focus(self._prompt)
            return
        self.text, self._typed, self._done, self._keeps = text, typed, done, keeps
        self._prompt = Prompt(words, text)
        # In the place of the keys, which do nothing now: no line of the list moves.
        self.screen.keys.add_class("away")
        self.screen.mount(self._prompt, before=self.screen.status)
        self.screen.set_focus(self._prompt, scroll_visible=False)

    def typed(self, text: str) -> None:
        """Take what is typed."""
        self.text = text
        self._typed(text)

    @property
    def open(self) -> bool:
        """Whether something is asked."""
        return self._prompt is not None

    def end(self, *, kept: bool | None = None) -> AwaitRemove | None:
        """End the question, if there is one; ``kept`` takes what was typed for the answer.

        Whoever awaits what it gives has the prompt gone in the same frame.
        """
        kept = self._keeps if kept is None else kept
        prompt, self._prompt = self._prompt, None
        if prompt is None:
            return None
        self._done(self.text if kept else None)
        # First: what is removed with the focus hands it to whatever lies next.
        self.screen.focus_pane(reading=self.screen.reading)
        self.screen.keys.remove_class("away")
        return prompt.remove()

    def find(self) -> None:
        """Ask what to find: in the post, or in the list where the keys go there."""
        if self.screen.reading:
            self.screen.finding.begin()
            self.ask("find in this post", self.screen.finding.type, self._found)
        else:
            filtered = self.screen.posts.filtered
            self.ask("title, author or category", self._filter, self._filtered, text=filtered)

    def _filter(self, text: str) -> None:
        self.screen.posts.filter(text)
        self.screen.preparing.soon()

    def show_all(self) -> None:
        """Take the list's filter away; the cursor is on the post shown."""
        self._filter("")
        self.screen.reveal_shown()

    def _found(self, text: str | None) -> None:
        if text is None:
            self.screen.finding.leave(back=True)
            self.screen.status.say("")
        else:
            self.screen.marking.read_now()

    def _filtered(self, text: str | None) -> None:
        """Show the post that the cursor came to, or be back at the one shown."""
        if text is None:
            self.show_all()
        else:
            self.screen.following.follow()

    def pipe(self) -> None:
        """Ask for a command that is given the post's text."""
        pipe, document = self.screen.outside.pipe, self.screen.article.document
        self.ask(
            "pipe the post to a command",
            lambda _text: None,
            lambda text: pipe(text, document),
            keeps=False,
        )
