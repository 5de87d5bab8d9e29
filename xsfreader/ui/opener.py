"""Open a URL in the program for it: an argument list, never a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
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
PRINTERS = frozenset({"cat", "bat", "batcat", "more", "more.com"})
"""Pagers that end once all is printed, or may do so."""
SHELL_SIGNS = frozenset({"|", "||", "&&", "&", ";", ">", ">>", "<"})


def in_terminal(words: list[str]) -> bool:
    """Check whether a command needs the terminal."""
    return Path(words[0]).name in TEXT_BROWSERS


def variable_command(*variables: str) -> list[str]:
    """Return the words of the first of these environment variables that isn't blank.

    Raises ConfigError if its quotes don't match.
    """
    for variable in variables:
        words = _words(variable, os.environ.get(variable, ""))
        if words and words[0]:
            return words
    return []


def _words(variable: str, value: str) -> list[str]:
    try:
        return split_command(value)
    except ValueError as error:
        raise ConfigError(f"${variable} is not a command: {value}: {error}") from None


def _browser() -> list[str] | None:
    """Return the first command of $BROWSER whose program is there, with ``{}`` for the link.

    By convention these are separated by colons, and have ``%s`` for the link.
    """
    values = os.environ.get("BROWSER", "").split(os.pathsep)
    commands = [words for value in values if (words := _words("BROWSER", value)) and words[0]]
    found = next((words for words in commands if not missing(words)), next(iter(commands), None))
    return found and [word.replace("%s", "{}") for word in found]


def may_end_unread(words: list[str]) -> bool:
    """Whether a pager may end, and its screen go, before its text was read.

    ``less -F``, which many have in $LESS, does so with a short text.
    """
    name = Path(words[0]).name
    options = [*os.environ.get("LESS", "").split(), *words[1:]]
    return name in PRINTERS or (
        name == "less"
        and any(o.startswith("--quit-") or (o[:2] != "--" and "F" in o) for o in options)
    )


def shell_sign(command: str) -> str:
    """Return what only a shell would understand in a command, empty if there is nothing."""
    import shlex

    with suppress(ValueError):
        # Quotes stay, so that a quoted sign is a word like any other.
        words = shlex.split(command, posix=False)
        return next((word for word in words if word in SHELL_SIGNS), "")
    return ""


def command(url: str, openers: Mapping[str, tuple[str, ...]]) -> list[str] | None:
    """Build the command that opens a URL; None if it must not be opened or none is known.

    Raises ConfigError if $BROWSER is not a command.
    """
    scheme = url.partition(":")[0].lower()
    if scheme not in SCHEMES or not url.isprintable() or any(c.isspace() for c in url):
        return None
    words = openers.get(scheme) or PLATFORM.get(sys.platform)
    if words is None:
        if browser := _browser():
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
