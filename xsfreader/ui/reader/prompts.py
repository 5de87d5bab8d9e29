"""Ask for a text in place of the footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.ui.reader.base import Part
from xsfreader.ui.widgets.bars import shown_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.await_remove import AwaitRemove

    from xsfreader.ui.reader.base import ReaderBase


class Prompts(Part):
    """Opens and ends the prompt; there is one at a time."""

    def __init__(self, screen: ReaderBase) -> None:
        super().__init__(screen)
        self._keep_unfinished = True
        self._texts: dict[str, list[str]] = {}
        """What was typed, by what was asked for."""
        self._changed: Callable[[str], None] = lambda _text: None
        self._answered: Callable[[str | None], None] = lambda _text: None

    def ask(
        self,
        words: str,
        changed: Callable[[str], None],
        answered: Callable[[str | None], None],
        *,
        text: str = "",
        keep_unfinished: bool = True,
    ) -> None:
        """Ask for a text, beginning with ``text``.

        Call ``changed`` at every change and ``answered`` at the end, with None if it was
        cancelled. If another pane takes the focus, the text so far is the answer, unless
        ``keep_unfinished`` is False.
        """
        from xsfreader.ui.widgets.prompt import Prompt

        screen = self.screen
        if screen.prompt is not None:
            screen.set_focus(screen.prompt)
            return
        self._changed, self._answered = changed, answered
        self._keep_unfinished = keep_unfinished
        screen.prompt = Prompt(words, text, self._texts.setdefault(words, []))
        # It takes most of the key bar's row, so that the list stays in place.
        screen.key_bar.add_class("beside")
        screen.key_bar.offer(shown_keys(Prompt.BINDINGS))
        screen.query_one("#foot").mount(screen.prompt, before=screen.key_bar)
        screen.set_focus(screen.prompt, scroll_visible=False)

    def change(self, text: str) -> None:
        """Take what was typed so far."""
        self.screen.attempt(lambda: self._changed(text))

    def end(self, *, kept: bool | None = None) -> AwaitRemove | None:
        """End the prompt, if there is one; ``kept`` says whether the text is the answer.

        Awaiting the result removes the prompt within the same frame.
        """
        screen, prompt = self.screen, self.screen.prompt
        if prompt is None:
            return None
        kept = self._keep_unfinished if kept is None else kept
        screen.prompt = None
        prompt.typed.add(prompt.value)
        screen.attempt(lambda: self._answered(prompt.value if kept else None))
        # Before it is removed: Textual would move the focus to the next widget.
        screen.focus_pane(reading=screen.reading)
        screen.key_bar.remove_class("beside")
        return prompt.remove()
