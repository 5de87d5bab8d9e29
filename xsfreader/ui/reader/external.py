"""The post taken elsewhere: browser, clipboard, a command, a pager."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from xsfreader.markup import layout, to_plain_text
from xsfreader.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xsfreader.markup import Document
    from xsfreader.ui.reader import ReaderScreen

PIPE_WIDTH = 80
"""Columns of the text that a command is given."""


class Outside:
    """Hands the post shown to other programs."""

    def __init__(self, screen: ReaderScreen) -> None:
        self.screen = screen

    def browse(self) -> None:
        """Open the post's page in the browser."""
        if (url := self._url()) is not None:
            self.screen.links.open_outside(url)

    def _url(self) -> str | None:
        """The post's address; says why there is none."""
        if self.screen.permalink is None:
            return None
        if self.screen.library.is_guide:
            self.screen.status.say("this page is built in: it has no address")
            return None
        return self.screen.library.item(self.screen.permalink).url

    def copy(self) -> None:
        """Copy the selected text, else the post's address."""
        selected = self.screen.get_selected_text()
        if selected:
            self.screen.app.copy_to_clipboard(selected)
            self.screen.clear_selection()
            self.screen.status.say(f"copied {len(selected)} characters")
        elif (url := self._url()) is not None:
            self.screen.app.copy_to_clipboard(url)
            self.screen.status.say(f"copied {url}")

    def pipe(self, command: str | None, document: Document | None) -> None:
        """Give a post's text to a command, and show what it prints until Enter."""
        if not command or document is None:
            return
        try:
            words = shlex.split(command)
        except ValueError as error:
            self.screen.status.say(f"{command}: {error}", alert=True)
            return
        if words:
            self.run(words, text=to_plain_text(layout(document, PIPE_WIDTH)), wait=True)

    def page_source(self) -> None:
        """Show the post's Markdown in the pager or editor, to read only."""
        permalink = self.screen.permalink
        if permalink is None:
            return
        program = os.environ.get("PAGER") or os.environ.get("EDITOR") or "less"
        body = "\n".join(map(clean, self.screen.library.item(permalink).text.split("\n")))
        with tempfile.TemporaryDirectory(prefix="xsfreader-") as folder:
            file = Path(folder) / "post.md"
            file.write_text(body, encoding="utf-8")
            file.chmod(0o400)
            self.run([*shlex.split(program), str(file)])

    def run(self, words: Sequence[str], *, text: str | None = None, wait: bool = False) -> None:
        """Lend the terminal to a command: an argument list, no shell."""
        try:
            with self.screen.app.suspend():
                outcome, failed = _run(words, text)
                if wait:
                    with suppress(EOFError, KeyboardInterrupt):
                        input(f"— {outcome}; Enter goes back to xsfreader — ")
        except SuspendNotSupported:
            outcome, failed = "this terminal can't be lent to another program", True
        self.screen.status.say(outcome, alert=failed)


def _run(words: Sequence[str], text: str | None) -> tuple[str, bool]:
    """Run a command; in what it ended, and whether that is a failure.

    Nothing may escape: the terminal would stay lent.
    """
    try:
        done = subprocess.run(words, input=text, text=True, check=False)  # noqa: S603
    except OSError as error:
        return f"{words[0]}: {error.strerror or error}", True
    except KeyboardInterrupt:
        return f"{words[0]} was interrupted", False
    return f"{words[0]} ended" + (f" with exit {done.returncode}" if done.returncode else ""), False
