"""Copy text: by the terminal, and by each program for it that can be expected to work here.

The terminal alone is not enough: many ignore the sequence for it (OSC 52), and tmux does unless it
is configured to pass it on. None of them answers, so only a program can say that it has the text.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from threading import Lock
from typing import TYPE_CHECKING

from textual.app import App

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Command = tuple[str, ...]

TIMEOUT_SECONDS = 2.0
"""How long a program may take, for example to reach a display that is gone."""


def commands(environ: Mapping[str, str], platform: str) -> list[list[Command]]:
    """List the commands that take a text on standard input; of each list one is enough."""
    tmux = [("tmux", "load-buffer", "-w", "-"), ("tmux", "load-buffer", "-")]
    display: list[Command] = []
    if environ.get("WAYLAND_DISPLAY"):
        display.append(("wl-copy",))
    if environ.get("DISPLAY"):
        display += [("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")]
    if platform == "darwin":
        display.append(("pbcopy",))
    if platform == "win32" or environ.get("WSL_DISTRO_NAME"):
        display.append(("clip.exe",))
    return [each for each in (tmux if environ.get("TMUX") else [], display) if each]


def give(command: Command, text: str) -> bool:
    """Give a text to a program; return whether it took it. There is no shell between."""
    program = shutil.which(command[0])
    if program is None:
        return False
    encoding = "utf-16-le" if command[0] == "clip.exe" else "utf-8"
    try:
        done = subprocess.run(  # noqa: S603 - an argument list of our own
            [program, *command[1:]],
            input=text.encode(encoding, "replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            # For pbcopy, text is MacRoman where no locale says otherwise.
            env={**os.environ, "LC_ALL": "en_US.UTF-8"} if command[0] == "pbcopy" else None,
            timeout=TIMEOUT_SECONDS,
            # Some stay in the background to hand the text out, also when the terminal is closed.
            start_new_session=True,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


class CopyingApp(App[None]):
    """An app whose widgets, Textual's among them, copy in every way there is."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self._giving = Lock()

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text."""
        self.copy(text)

    def copy(self, text: str, then: Callable[[bool], object] = lambda _taken: None) -> None:
        """Copy a text, and call ``then`` with whether a program took it, not just the terminal."""
        super().copy_to_clipboard(text)
        found = commands(os.environ, sys.platform)
        if not found:
            then(False)
            return

        def work() -> None:
            with self._giving:
                # Not ``text``: of two copied in a row, the later one must stay.
                last = self.clipboard
                taken = [any(give(command, last) for command in each) for each in found]
            self.call_later(then, any(taken))

        self.run_worker(work, thread=True, group="clipboard", description="copy")
