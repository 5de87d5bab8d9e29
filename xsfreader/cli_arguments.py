"""What may be typed after ``xsfreader``, and its help."""

from __future__ import annotations

import argparse
import calendar
import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

from xsfreader import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


MOST = 1_000_000
SHELLS = ("bash", "zsh", "fish", "tcsh")


def read(argv: Sequence[str]) -> argparse.Namespace:
    """Read arguments; what is more than the app's options is left to the whole parser.

    That one describes every command, which takes longer than a start should wait for.
    """
    try:
        args, rest = _app_options().parse_known_args(argv)
    except argparse.ArgumentError:
        rest = list(argv)
    if rest:
        return parser().parse_args(argv)
    args.command = None
    return args


def parser() -> argparse.ArgumentParser:
    """Describe every command and its options."""
    whole = argparse.ArgumentParser(
        prog="xsfreader",
        description="The blog of the XMPP Standards Foundation in your terminal, offline. "
        "Without a command, the app starts.",
        parents=[_app_options()],
    )
    whole.add_argument("--version", action="version", version=f"xsfreader {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="command")
    common = _common(default=argparse.SUPPRESS)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[common])

    sync = command("sync", "fetch what is new")
    sync.add_argument("--images", action="store_true", help="and the images of all posts")
    listing = command("list", "list posts, newest first")
    listing.add_argument("--language", metavar="L", help="only this language, such as de")
    listing.add_argument("--category", metavar="C", help="only this category")
    listing.add_argument("--author", metavar="A", help="only this author")
    listing.add_argument(
        "--since", metavar="D", type=_day(last=False), help="from this day, month or year on"
    )
    listing.add_argument(
        "--until", metavar="D", type=_day(last=True), help="to its end: 2012, 2012-05, 2012-05-31"
    )
    listing.add_argument("--unread", action="store_true", help="only what is unread")
    listing.add_argument("--starred", action="store_true", help="only what is starred")
    listing.add_argument("--json", action="store_true", help="one JSON array")
    show = command("show", "print a post")
    show.add_argument(
        "post", metavar="POST", help="permalink, its last part, URL, alias or Markdown file"
    )
    how = show.add_mutually_exclusive_group()
    how.add_argument("--plain", action="store_true", help="no colours, even on a terminal")
    how.add_argument("--markdown", action="store_true", help="the Markdown as its author wrote it")
    how.add_argument("--json", action="store_true", help="one JSON object")
    show.add_argument("--links", action="store_true", help="where its links lead, at the end")
    show.add_argument("--width", metavar="N", type=_at_least(20), help="columns to use")
    search = command("search", "search the archive, the best first")
    search.add_argument("query", metavar="QUERY", nargs="+", help='words, "phrases", author:…')
    search.add_argument(
        "--limit", metavar="N", type=_at_least(1), default=20, help="at most N, 20 if not told"
    )
    search.add_argument("--json", action="store_true", help="one JSON array")
    xeps = command("xeps", "list the XEPs that posts mention, or tell about one")
    xeps.add_argument(
        "number", metavar="NUMBER", nargs="?", type=_xep_number, help="198 or XEP-0198"
    )
    xeps.add_argument("--json", action="store_true", help="JSON instead of text")
    state = command("state", "take your marks elsewhere")
    state.add_argument("what", choices=("export", "import"), help="write JSON, or take it in")
    state.add_argument("file", metavar="FILE", nargs="?", help="- or none for stdout and stdin")
    settings = command("config", "print the configuration in force")
    settings.add_argument("--default", action="store_true", help="print one to start from")
    command("paths", "print where everything is kept")
    completion = command("completion", "print what makes your shell complete all this")
    completion.add_argument("shell", choices=SHELLS, help="for which shell")
    return whole


def completion(shell: str) -> str:
    """Write what a shell must read to complete our command line: one of ``SHELLS``."""
    import shtab

    return str(shtab.complete(parser(), shell))


def _common(*, default: object) -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    options.add_argument(
        "--source",
        metavar="URL|DIR|guide",
        default=default,
        help="read this Git URL, this folder or the built-in guide",
    )
    options.add_argument(
        "--offline", action="store_true", default=default or False, help="use no network"
    )
    options.add_argument(
        "--config", metavar="FILE", type=Path, default=default, help="use this configuration"
    )
    return options


def _app_options() -> argparse.ArgumentParser:
    options = _common(default=None)
    options.add_argument(
        "--fresh", action="store_true", help="open on the newest unread post, not where you left"
    )
    return options


def _day(*, last: bool) -> Callable[[str], object]:
    def day(text: str) -> object:
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
                f"{text!r} is no day, month or year such as 2020-05-31, 2020-05, 2020"
            ) from None

    return day


def _xep_number(text: str) -> int:
    found = re.fullmatch(r"(?:xep-?)?0*([1-9]\d{0,5})", text.strip(), re.ASCII | re.IGNORECASE)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no XEP such as 198 or XEP-0198")
    return int(found[1])


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text[:20]) <= MOST:
            raise argparse.ArgumentTypeError(f"{text!r} is no number of {least} to {MOST}")
        return int(text)

    return number
