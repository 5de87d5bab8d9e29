"""The arguments of every command, with their help."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, NoReturn

from xsfreader.cli.output import USAGE, tell

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from _typeshed import SupportsWrite

MAX_NUMBER = 1_000_000
VALUED = ("--source", "--branch", "--config")
"""Options for all commands that take a value."""
SHELLS = ("bash", "zsh", "fish", "tcsh")


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


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments; ``target`` is the word in place of a command, None without one."""
    words = [*(sys.argv[1:] if argv is None else argv)]
    whole, target = parser(), None
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "--":
        at += 2 if words[at] in VALUED else 1
    if words[at : at + 1] == ["--"]:
        del words[at]
        target = words.pop(at) if at < len(words) else None
    elif at < len(words) and words[at] not in whole.get_default("commands"):
        target = words.pop(at)
    args = whole.parse_args(words)
    args.target = target
    if target is not None and args.command is not None:
        refuse_target(target)
    return args


def refuse_target(target: str) -> NoReturn:
    """Say that a word is neither a command nor a post; exit."""
    from xsfreader.text import closest

    whole = parser()
    meant = closest(target, whole.get_default("commands"))
    whole.error(
        f"{target}: no such command or post" + (f"; did you mean {meant}?" if meant else "")
    )


def parser() -> argparse.ArgumentParser:
    """Build the parser of all commands and options."""
    whole = _Parser(
        prog="xsfreader",
        description="The blog of the XMPP Standards Foundation in your terminal, offline. "
        "Without a command the app starts; with POST, which `show` would print, it opens there.",
        parents=[_common(default=None)],
        allow_abbrev=False,
    )
    whole.add_argument(
        "--fresh", action="store_true",
        help="open on the newest unread post, not where you left off",
    )  # fmt: skip
    whole.add_argument("--version", action="store_true", help="print the version")
    commands = whole.add_subparsers(dest="command", metavar="command|POST")
    common = _common(default=argparse.SUPPRESS)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[common])

    sync = command("sync", "fetch new posts")
    sync.add_argument("--images", action="store_true", help="also fetch the images of all posts")
    sync.add_argument("--xeps", action="store_true", help="also fetch all specifications")
    sync.add_argument(
        "--watch", action="store_true", help="keep running and sync whenever the folder changes"
    )
    _add_progress(sync)
    images = command("images", "fetch the images whose site paths come in as lines on stdin")
    _add_progress(images)
    _add_progress(
        command("specifications", "fetch the XEPs whose numbers come in as lines on stdin")
    )
    _add_list(command("list", "list posts, newest first"))
    _add_show(command("show", "print a post"))
    _add_search(command("search", "search, best matches first"))
    _add_xeps(command("xeps", "list all XEPs, describe one, or print its specification"))
    problems = command("problems", "list the unreadable files, with reasons")
    problems.add_argument("--json", action="store_true", help="print a JSON array")
    state = command("state", "export or import read marks and stars")
    state.add_argument("what", choices=("export", "import"), help="write or read JSON")
    state.add_argument(
        "file", metavar="FILE", nargs="?", help="a file; - or none for stdout or stdin"
    )
    _add_marks(command("marks", "keep read marks and stars the same on all your machines"))
    settings = command("config", "print the current configuration")
    settings.add_argument(
        "--default", action="store_true", help="print the default configuration, to start from"
    )
    command("paths", "print where your data is stored")
    forgetting = command("forget", "remove the archive of a source; marks and settings stay")
    forgetting.add_argument(
        "forgotten", metavar="SOURCE", help="its URL, its folder, or a file that `paths` lists"
    )
    forgetting.add_argument("--yes", action="store_true", help="don't ask")
    completion = command("completion", "print a shell completion script")
    completion.add_argument("shell", choices=SHELLS, help="your shell")
    whole.set_defaults(commands=tuple(commands.choices))
    return whole


def _add_search(search: argparse.ArgumentParser) -> None:
    search.add_argument(
        "query", metavar="QUERY", nargs="+", help='words, "phrases", author:…, in:xeps'
    )
    search.add_argument(
        "--limit", metavar="N", type=_at_least(1), default=20, help="maximum results (default 20)"
    )
    _add_all_languages(search)
    search.add_argument("--json", action="store_true", help="print a JSON array")


def _add_xeps(xeps: argparse.ArgumentParser) -> None:
    xeps.add_argument(
        "number", metavar="NUMBER", nargs="?", type=_xep_number, help="198 or XEP-0198"
    )
    xeps.add_argument(
        "--read", action="store_true", help="print the specification; it is fetched if needed"
    )
    xeps.add_argument("--json", action="store_true", help="print JSON")
    xeps.add_argument("--plain", action="store_true", help="print plain text, even on a terminal")
    _add_page(xeps)


def completion(shell: str) -> str:
    """Return the completion script for one of ``SHELLS``."""
    import shtab

    return str(shtab.complete(parser(), shell))


def _add_list(listing: argparse.ArgumentParser) -> None:
    listing.add_argument("--language", metavar="L", help="only posts in this language: de")
    listing.add_argument(
        "--category", metavar="C", help="only posts of categories with this in their name"
    )
    listing.add_argument(
        "--author", metavar="A", help="only posts by authors with this in their name"
    )
    listing.add_argument(
        "--since",
        metavar="D",
        type=_day(last=False),
        help="only posts from this day, month or year on",
    )
    listing.add_argument(
        "--until",
        metavar="D",
        type=_day(last=True),
        help="only posts up to then: 2012, 2012-05 or 2012-05-31",
    )
    _add_all_languages(listing)
    listing.add_argument("--unread", action="store_true", help="only unread posts")
    listing.add_argument("--starred", action="store_true", help="only starred posts")
    listing.add_argument("--json", action="store_true", help="print a JSON array")


def _add_all_languages(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--all-languages", action="store_true", help="print translations as posts of their own"
    )


def _add_show(show: argparse.ArgumentParser) -> None:
    show.add_argument(
        "post",
        metavar="POST",
        help="permalink, its last part, URL, alias or Markdown file; - for stdin",
    )
    how = show.add_mutually_exclusive_group()
    how.add_argument("--plain", action="store_true", help="print plain text, even on a terminal")
    how.add_argument("--markdown", action="store_true", help="print the original Markdown")
    how.add_argument("--json", action="store_true", help="print a JSON object")
    _add_page(show)


def _add_page(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--links", action="store_true", help="list the targets of its links at the end"
    )
    command.add_argument("--width", metavar="N", type=_at_least(20), help="width in columns")


def _add_marks(marks: argparse.ArgumentParser) -> None:
    marks.add_argument(
        "what", nargs="?", choices=("status", "sync", "setup", "forget"), default="status",
        help="show what is set up (default), do it now, set up your XMPP account, "
        "or remove the marks from it",
    )  # fmt: skip
    marks.add_argument("--json", action="store_true", help="print a JSON object")
    marks.add_argument("--yes", action="store_true", help="don't ask before forgetting")
    marks.add_argument(
        "--within", metavar="SECONDS", type=_at_least(1), default=300,
        help="give up after that time; the next sync goes on (default 300)",
    )  # fmt: skip
    _add_progress(marks)


def _add_progress(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--progress", choices=("json",),
        help="print events as lines of JSON; end when stdin closes",
    )  # fmt: skip


def _common(*, default: object) -> _Parser:
    options = _Parser(add_help=False)
    options.add_argument(
        "--source",
        metavar="URL|DIR|guide",
        default=default,
        help="read a fork of xmpp.org by its Git URL, a folder or the built-in guide",
    )
    options.add_argument(
        "--branch",
        metavar="NAME|pull/N",
        default=default,
        help="read this branch or pull request of a Git URL",
    )
    options.add_argument(
        "--offline", action="store_true", default=default or False, help="don't use the network"
    )
    options.add_argument(
        "--config", metavar="FILE", type=_path, default=default, help="use this configuration file"
    )
    return options


def _path(text: str) -> Path:
    from xsfreader.paths import with_home

    return with_home(text)


def _day(*, last: bool) -> Callable[[str], dt.date]:
    def day(text: str) -> dt.date:
        import calendar
        import datetime as dt

        found = re.fullmatch(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", text, re.ASCII)
        try:
            if found is None:
                return dt.date.fromisoformat(text)
            year = int(found[1])
            month = int(found[2] or (12 if last else 1))
            ends = calendar.monthrange(year, month)[1] if last else 1
            return dt.date(year, month, int(found[3] or ends))
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a date; use 2013, 2013-05 or 2013-05-17"
            ) from None

    return day


def _xep_number(text: str) -> int:
    found = re.fullmatch(r"(?:xep-?)?0*([1-9]\d{0,5})", text.strip(), re.ASCII | re.IGNORECASE)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a XEP number; try 198 or XEP-0198")
    return int(found[1])


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text[:20]) <= MAX_NUMBER:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a number from {least} to {MAX_NUMBER}"
            )
        return int(text)

    return number
