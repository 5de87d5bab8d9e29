"""Open a URL in the program for it: an argument list, never a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from xsfreader.config import SCHEMES
from xsfreader.errors import ConfigError
from xsfreader.text import split_command

if TYPE_CHECKING:
    from collections.abc import Mapping

PLATFORM = {"darwin": ("open", "{}"), "win32": ("rundll32", "url.dll,FileProtocolHandler", "{}")}
UNIX = ("xdg-open", "gio", "wslview", "x-www-browser", "www-browser")
TEXT_BROWSERS = frozenset({"lynx", "w3m", "links", "links2", "elinks", "browsh", "chawan", "cha"})


def in_terminal(words: list[str]) -> bool:
    """Check whether a command needs the terminal."""
    return Path(words[0]).name in TEXT_BROWSERS


def variable_command(*variables: str) -> list[str]:
    """Return the words of the first of these environment variables that isn't blank.

    Raises ConfigError if its quotes don't match.
    """
    for variable in variables:
        value = os.environ.get(variable, "")
        try:
            words = split_command(value)
        except ValueError as error:
            raise ConfigError(f"${variable} is not a command: {value}: {error}") from None
        if words and words[0]:
            return words
    return []


def command(url: str, openers: Mapping[str, tuple[str, ...]]) -> list[str] | None:
    """Build the command that opens a URL; None if it must not be opened or none is known.

    Raises ConfigError if $BROWSER is not a command.
    """
    scheme = url.partition(":")[0].lower()
    if scheme not in SCHEMES or not url.isprintable() or any(c.isspace() for c in url):
        return None
    words = openers.get(scheme) or PLATFORM.get(sys.platform)
    if words is None:
        if browser := variable_command("BROWSER"):
            words = tuple(browser)
        elif os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            found = next((name for name in UNIX if shutil.which(name)), None)
            words = (found, "open", "{}") if found == "gio" else (found,) if found else None
    if words is None:
        return None
    if any("{}" in word for word in words):
        return [word.replace("{}", url) for word in words]
    return [*words, url]


def missing(words: list[str]) -> str:
    """Return in words that a program is missing; empty if it is there."""
    return "" if shutil.which(words[0]) else f"{words[0]}: command not found"


def start(words: list[str]) -> str:
    """Start a program that has a window of its own; return why it can't be, empty if it was."""
    try:
        subprocess.Popen(  # noqa: S603 - an argument list of the user's own and an allowed scheme
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return f"{words[0]}: {error.strerror or error}"
    return ""
