"""The arguments of every command, with their help."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from xsfreader.cli.output import USAGE, tell

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from _typeshed import SupportsWrite

MAX_NUMBER = 1_000_000
SHELLS = ("bash", "zsh", "fish", "tcsh")
DESCRIPTION = (
    "The blog of the XMPP Standards Foundation in your terminal, offline. "
    "Without a command the app starts; with POST, which `show` would print, it opens there."
)


class Argument(NamedTuple):
    """An option, or a word by its place."""

    name: str
    settings: dict[str, Any]
    """For ``add_argument``."""


class Command:
    """A command and what can follow it; of several arguments in a tuple only one can be given."""

    def __init__(self, text: str, *arguments: Argument | tuple[Argument, ...]) -> None:
        self.help = text
        self.arguments = arguments


def _switch(name: str, text: str) -> Argument:
    return Argument(name, {"action": "store_true", "help": text})


def _value(name: str, metavar: str, text: str, **more: object) -> Argument:
    return Argument(name, {"metavar": metavar, "help": text, **more})


def _choice(name: str, choices: Sequence[str], text: str, **more: object) -> Argument:
    return Argument(name, {"choices": choices, "help": text, **more})


class _Parser(argparse.ArgumentParser):
    """A parser that prints as the commands do."""

    def error(self, message: str) -> NoReturn:
        """Print how it is used and what is wrong; exit."""
        for line in self.format_usage().splitlines():
            tell(line)
        tell(f"{self.prog}: error: {message}")
        raise SystemExit(USAGE)

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print the help. Raises OSError, which argparse would swallow."""
        print(self.format_help(), end="", file=file)
        sys.stdout.flush()


def _path(text: str) -> Path:
    from xsfreader.paths import with_home

    return with_home(text)


def _days(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a year, a month or a day."""
    import calendar
    import datetime as dt

    found = re.fullmatch(r"(\d{4})(?:-(0?[1-9]|1[012])(?:-(0?[1-9]|[123]\d))?)?", text, re.ASCII)
    try:
        year, month, day = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
        last = month or 12
        end = day or calendar.monthrange(year, last)[1]
        return dt.date(year, month or 1, day or 1), dt.date(year, last, end)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a date; use 2013, 2013-05 or 2013-05-17"
        ) from None


def _xep_number(text: str) -> int:
    found = re.fullmatch(r"(?:xep-?)?0*([1-9]\d{0,5})", text.strip(), re.ASCII | re.IGNORECASE)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a XEP number; try 198 or XEP-0198")
    return int(found[1])


def _given(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text[:20]) <= MAX_NUMBER:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a number from {least} to {MAX_NUMBER}"
            )
        return int(text)

    return number


OPTIONS = (
    _switch("--fresh", "open on the newest unread post, not where you left off"),
    _switch("--version", "print the version"),
)
"""Of the app."""
COMMON_OPTIONS = (
    _value(
        "--source", "URL|DIR|guide",
        "read a fork of xmpp.org by its Git URL, a folder or the built-in guide",
    ),
    _value("--branch", "NAME|pull/N", "read this branch or pull request of a Git URL"),
    _switch("--offline", "don't use the network"),
    _value("--config", "FILE", "use this configuration file", type=_path),
)  # fmt: skip
"""Of every command, before and after it."""
_JSON = _switch("--json", "print JSON")
_PLAIN = _switch("--plain", "print plain text, even on a terminal")
_YES = _switch("--yes", "don't ask")
_ALL_LANGUAGES = _switch("--all-languages", "print translations as posts of their own")
_LINKS = _switch("--links", "list the targets of its links at the end")
_WIDTH = _value("--width", "N", "width in columns", type=_at_least(20))
_PROGRESS = _choice("--progress", ("json",), "print events as lines of JSON; end when stdin closes")
COMMANDS = {
    "sync": Command(
        "fetch new posts",
        _switch("--images", "also fetch the images of all posts"),
        _switch("--xeps", "also fetch all specifications"),
        _switch("--watch", "keep running and sync whenever the folder changes"),
        _PROGRESS,
    ),
    "images": Command("fetch the images whose site paths come in as lines on stdin", _PROGRESS),
    "specifications": Command("fetch the XEPs whose numbers come in as lines on stdin", _PROGRESS),
    "list": Command(
        "list posts, newest first",
        _value("--language", "L", "only posts in this language: de"),
        _value("--category", "C", "only posts of categories with this in their name"),
        _value("--author", "A", "only posts by authors with this in their name"),
        _value("--since", "D", "only posts from this day, month or year on",
               type=lambda text: _days(text)[0]),
        _value("--until", "D", "only posts up to then: 2012, 2012-05 or 2012-05-31",
               type=lambda text: _days(text)[1]),
        _ALL_LANGUAGES,
        _switch("--unread", "only unread posts"),
        _switch("--starred", "only starred posts"),
        _JSON,
    ),
    "show": Command(
        "print a post",
        _value("post", "POST", "permalink or its end, URL, alias or Markdown file; - for stdin"),
        (_PLAIN, _switch("--markdown", "print the original Markdown"), _JSON),
        _LINKS,
        _WIDTH,
    ),
    "search": Command(
        "search, best matches first",
        _value("query", "QUERY", 'words, "phrases", author:…, in:xeps', nargs="+"),
        _value("--limit", "N", "maximum results (default 20)", type=_at_least(1), default=20),
        _ALL_LANGUAGES,
        _JSON,
    ),
    "xeps": Command(
        "list all XEPs, describe one, or print its specification",
        _value("number", "NUMBER", "198 or XEP-0198", nargs="?", type=_xep_number),
        _switch("--read", "print the specification; it is fetched if needed"),
        _JSON,
        _PLAIN,
        _LINKS,
        _WIDTH,
    ),
    "problems": Command("list the unreadable files, with reasons", _JSON),
    "state": Command(
        "export or import read marks and stars",
        _choice("what", ("export", "import"), "write or read JSON"),
        _value("file", "FILE", "a file; - or none for stdout or stdin", nargs="?"),
    ),
    "marks": Command(
        "keep read marks and stars the same on all your machines",
        _choice("what", ("status", "sync", "setup", "forget"),
                "show what is set up (default), do it now, set up your XMPP account, "
                "or remove the marks from it", nargs="?", default="status"),
        _JSON,
        _YES,
        _value("--within", "SECONDS",
               "give up after that time; the next sync goes on (default 300)",
               type=_at_least(1), default=300),
        _PROGRESS,
    ),
    "config": Command(
        "print the current configuration",
        _switch("--default", "print the default configuration, to start from"),
    ),
    "paths": Command("print where your data is stored"),
    "forget": Command(
        "remove the archive of a source; marks and settings stay",
        # Another name than that of the option --source, which may be given as well.
        _value("archive", "SOURCE", "its URL, its folder, or a file that `paths` lists",
               type=_given),
        _YES,
    ),
    "doctor": Command("check that everything works; print what a bug report needs", _JSON),
    "completion": Command(
        "print a shell completion script", _choice("shell", SHELLS, "your shell")
    ),
}  # fmt: skip

_VALUED = [each.name for each in COMMON_OPTIONS if "metavar" in each.settings]


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments; ``target`` is the word in place of a command, None without one."""
    words = [*(sys.argv[1:] if argv is None else argv)]
    whole, target = parser(), None
    at = _skip_options(words, 0)
    if words[at : at + 1] == ["--"]:
        del words[at]
        target = words.pop(at) if at < len(words) else None
    elif at < len(words) and words[at] not in COMMANDS:
        target = words.pop(at)
        following = _skip_options(words, at)
        if following < len(words) and words[following] not in COMMANDS:
            refuse_target(target)
    args = whole.parse_args(words)
    args.target = target
    if target is not None and args.command is not None:
        refuse_target(target)
    return args


def _skip_options(words: Sequence[str], at: int) -> int:
    """Return the place of the next word that is not an option for all commands, or its value."""
    while at < len(words) and words[at].startswith("-") and words[at] != "--":
        at += 2 if words[at] in _VALUED else 1
    return at


def refuse_target(target: str) -> NoReturn:
    """Say that a word is neither a command nor a post; exit."""
    from xsfreader.text import closest

    whole = parser()
    meant = closest(target, COMMANDS)
    whole.error(
        f"{target}: no such command or post" + (f"; did you mean {meant}?" if meant else "")
    )


def parser() -> argparse.ArgumentParser:
    """Build the parser of all commands and options."""
    whole = _Parser(prog="xsfreader", description=DESCRIPTION, allow_abbrev=False)
    _add(whole, COMMON_OPTIONS + OPTIONS)
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    _add(common, COMMON_OPTIONS)
    commands = whole.add_subparsers(dest="command", metavar="command|POST")
    for name, command in COMMANDS.items():
        _add(
            commands.add_parser(
                name, help=command.help, description=command.help, parents=[common]
            ),
            command.arguments,
        )
    return whole


def _add(to: argparse.ArgumentParser, arguments: Iterable[Argument | tuple[Argument, ...]]) -> None:
    for each in arguments:
        if isinstance(each, Argument):
            to.add_argument(each.name, **each.settings)
        else:
            group = to.add_mutually_exclusive_group()
            for one in each:
                group.add_argument(one.name, **one.settings)


def completion(shell: str) -> str:
    """Return the completion script for one of ``SHELLS``."""
    import shtab

    script = str(shtab.complete(parser(), shell))
    if shell == "zsh":
        # Where nothing completes a word, zsh would show its name instead of completing an option.
        script = script.replace(':"\n', ':()"\n')
        # shtab forgets that `source` reads a file.
        script = script.replace("context[-1] == eval", "context[-1] == (eval|file)")
    return script
