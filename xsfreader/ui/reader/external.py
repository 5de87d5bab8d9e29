"""Hand the post to other programs: browser, a command, a pager."""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from xsfreader.markup import LinkKind, plain_text
from xsfreader.text import clean, split_command
from xsfreader.ui.opener import (
    command,
    in_terminal,
    may_end_unread,
    missing,
    shell_sign,
    start,
    variable_command,
)
from xsfreader.ui.reader.base import Part
from xsfreader.ui.signals import interruptible, keys_for_child, signal_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xsfreader.markup import Document
    from xsfreader.ui.reader.base import ReaderBase
    from xsfreader.ui.reader.copying import Copying
    from xsfreader.ui.reader.prompts import Prompts

GRACE_SECONDS = 2.0
"""How long a program that is asked to end, as the app ends, may take for it."""
_DEFAULT_PAGER = "more.com" if os.name == "nt" else "less"
PIPE_WIDTH = 80
"""Columns of the text that a command is given."""


class External(Part):
    """Runs other programs on the post shown."""

    def __init__(self, screen: ReaderBase, prompts: Prompts, copying: Copying) -> None:
        super().__init__(screen)
        self._copying = copying
        self._prompts = prompts

    def browse(self) -> None:
        """Open the post's page in the browser; at a link to a XEP, that one's."""
        link = self.screen.current_link if self.screen.reading else None
        if link is not None and link.kind is LinkKind.XEP:
            self.open_url(link.url)
        elif (url := self._copying.address()) is not None:
            self.open_url(url)

    def open_url(self, url: str) -> None:
        """Open a URL in the program for it, or copy it if that can't be done."""
        words = command(url, self.screen.library.config.openers)
        problem = "No browser found" if words is None else missing(words)
        if words is not None and not problem:
            if in_terminal(words):
                self.run(words)
                return
            problem = start(words)
        if problem:
            self._copying.copy_text(url, f"{problem}; link")
        else:
            self.screen.status.say(f"Opened {url}")

    def pipe(self) -> None:
        """Ask for a command, and give it the post's text."""
        document = self.screen.article.document
        self._prompts.ask(
            f"Pipe the {self.screen.noun} to a command",
            lambda _text: None,
            lambda text: self._pipe(text, document),
            keep_unfinished=False,
        )

    def _pipe(self, command: str | None, document: Document | None) -> None:
        """Give a post's text to a command, and show its output until Enter is pressed."""
        if not command or document is None:
            return
        try:
            words = split_command(command)
        except ValueError as error:
            self.screen.status.say(f"{command}: {error}", alert=True)
            return
        if sign := shell_sign(command):
            why = f"{sign} has no effect without a shell: use sh -c '…'"
            self.screen.status.say(why, alert=True)
        elif words:
            self.run(words, text=plain_text(document, PIPE_WIDTH), wait=True)

    def show_source(self) -> None:
        """Show the post's Markdown in the pager or editor, read-only."""
        item_id = self.screen.item_id
        if item_id is None:
            return
        words = variable_command("PAGER", "EDITOR") or [_DEFAULT_PAGER]
        body = "\n".join(map(clean, self.screen.library.item(item_id).text.split("\n")))
        try:
            with tempfile.TemporaryDirectory(prefix="xsfreader-") as folder:
                kind = "post.md" if self.screen.specification is None else "specification.xml"
                file = Path(folder) / kind
                file.write_text(body, encoding="utf-8")
                file.chmod(0o400)
                self.run([*words, str(file)], wait=may_end_unread(words))
        except OSError as error:
            why = f"can't write a temporary file: {error.strerror or error}"
            self.screen.status.say(why, alert=True)

    def run(self, words: Sequence[str], *, text: str | None = None, wait: bool = False) -> None:
        """Run a command in the terminal: an argument list, no shell."""
        try:
            with self.screen.app.suspend():
                outcome, failed = _run_in_terminal(words, text, wait=wait)
        except SuspendNotSupported:
            outcome, failed = "Can't run another program in this terminal", True
        self.screen.status.say(outcome, alert=failed)


def _run_in_terminal(words: Sequence[str], text: str | None, *, wait: bool) -> tuple[str, bool]:
    """Run a command; return how it ended, and whether that is a failure.

    With ``wait``, its output stays until Enter is pressed. It must not raise: the app would stay
    suspended.
    """
    outcome, failed = f"{words[0]} was interrupted", False
    with suppress(KeyboardInterrupt), interruptible():
        outcome, failed = _run_program(words, text)
        if wait:
            # A terminal may send anything, and end.
            with suppress(EOFError, OSError, UnicodeError):
                input(f"— {clean(outcome)}; press Enter to return to xsfreader — ")
    return outcome, failed


def _run_program(words: Sequence[str], text: str | None) -> tuple[str, bool]:
    pipe = None if text is None else subprocess.PIPE
    try:
        with (
            keys_for_child(),
            subprocess.Popen(words, stdin=pipe, text=True, errors="replace") as process,  # noqa: S603
        ):
            try:
                process.communicate(text)
            except KeyboardInterrupt:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(GRACE_SECONDS)
                raise
    except OSError as error:
        return f"{words[0]}: {error.strerror or error}", True
    except ValueError as error:
        return f"{words[0]}: {error}", True
    code = process.returncode
    if code < 0:
        return f"{words[0]} was ended by {signal_name(-code)}", False
    return f"{words[0]} finished{f' with exit status {code}' if code else ''}", False
