"""The command line: data on stdout, narration on stderr, exit 0, 1 for failure, 2 for usage."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from xsfreader import __version__
from xsfreader.errors import UnknownPostError, XsfreaderError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from xsfreader.config import Config
    from xsfreader.library import Library
    from xsfreader.paths import Paths

OK, FAILURE, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; every expected error ends as one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    argv = sys.argv[1:] if argv is None else argv
    if list(argv) == ["--version"]:
        # Shells and scripts ask for it, and the parser takes longer than Python itself.
        print(f"xsfreader {__version__}")
        return OK
    args = _arguments(argv)
    try:
        return _run(args)
    except UnknownPostError as error:
        _fail(str(error))
        for candidate in error.candidates:
            print(f"  {candidate}", file=sys.stderr)
        return FAILURE
    except XsfreaderError as error:
        return _fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED


def _fail(words: str) -> int:
    from xsfreader.safety import clean

    print(f"xsfreader: {clean(words)}", file=sys.stderr)
    return FAILURE


def _day(*, last: bool) -> Callable[[str], object]:
    def day(text: str) -> object:
        import argparse
        import calendar
        import datetime as dt
        import re

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
    import argparse
    import re

    found = re.fullmatch(r"(?:xep-?)?0*([1-9]\d{0,5})", text.strip(), re.ASCII | re.IGNORECASE)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no XEP such as 198 or XEP-0198")
    return int(found[1])


def _at_least(least: int) -> Callable[[str], int]:
    import argparse

    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is no number of at least {least}")
        return int(text)

    return number


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments; what is more than the app's options is left to the whole parser.

    That one describes every command, which takes longer than a start should wait for.
    """
    import argparse

    try:
        args, rest = _app_options().parse_known_args(argv)
    except argparse.ArgumentError:
        rest = list(argv)
    if rest:
        return _parser().parse_args(argv)
    args.command = None
    return args


def _common(*, default: object) -> argparse.ArgumentParser:
    import argparse
    from pathlib import Path

    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    parser.add_argument(
        "--source",
        metavar="URL|DIR|guide",
        default=default,
        help="read this Git URL, this folder or the built-in guide",
    )
    parser.add_argument(
        "--offline", action="store_true", default=default or False, help="use no network"
    )
    parser.add_argument(
        "--config", metavar="FILE", type=Path, default=default, help="use this configuration"
    )
    return parser


def _app_options() -> argparse.ArgumentParser:
    parser = _common(default=None)
    parser.add_argument(
        "--fresh", action="store_true", help="open on the newest post, not where you left"
    )
    return parser


def _parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(
        prog="xsfreader",
        description="The blog of the XMPP Standards Foundation in your terminal, offline. "
        "Without a command, the app starts.",
        parents=[_app_options()],
    )
    parser.add_argument("--version", action="version", version=f"xsfreader {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command")
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
    show.add_argument("--width", metavar="N", type=_at_least(20), help="columns to use")
    search = command("search", "search the archive, the best first")
    search.add_argument("query", metavar="QUERY", nargs="+", help='words, "phrases", author:…')
    search.add_argument("--limit", metavar="N", type=_at_least(1), default=20, help="at most N")
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
    return parser


def _run(args: argparse.Namespace) -> int:
    from pathlib import Path

    from xsfreader.config import Config, load, locate

    paths = locate(args.config)
    if args.command == "config" and args.default:
        return _config(Config())
    config = load(paths.config, required=args.config is not None)
    if args.command == "config":
        return _config(config)
    if args.command == "paths":
        return _paths(args, config, paths)
    if args.command == "show" and Path(args.post).is_file():
        return _show_file(args, config)
    from xsfreader.library import Library
    from xsfreader.log import keep_log

    if args.command is None and not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _fail("the app needs a terminal; `xsfreader list` and `show` print to pipes")
    if args.command is None and os.environ.get("TERM") == "dumb":
        return _fail("a dumb terminal can't hold the app; `xsfreader list` and `show` print posts")
    library = Library(config, paths, args.source)
    if args.command in (None, "sync"):
        keep_log(paths.log)
    if args.command is None:
        return _app(args, library)
    with library:
        for warning in library.warnings:
            print(f"xsfreader: {warning}", file=sys.stderr)
        return _COMMANDS[args.command](args, library)


def _app(args: argparse.Namespace, library: Library) -> int:
    import gc

    # Nothing of what is loaded now is garbage; the app enables it once its screen is there.
    gc.disable()
    # A frame that follows on another waits for up to two periods, as results do on a typed letter.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    from xsfreader.ui.app import run

    run(library, offline=args.offline, fresh=args.fresh)
    return OK


def _sync(args: argparse.Namespace, library: Library) -> int:
    from xsfreader.cli_output import ProgressLine, safe

    if args.offline and not library.local:
        return _fail("sync needs the network that --offline forbids") + 1
    with ProgressLine() as line:
        report = library.sync(line.show, lambda: False)
    for file in report.set_aside:
        print(f"set aside: {safe(file.path)}: {safe(file.reason)}", file=sys.stderr)
    library.refresh_xeps(lambda: False)
    print(report.told())
    if (args.images or library.config.images == "all") and not library.local:
        with ProgressLine() as line:
            pictures = library.fetch_pictures(line.show, lambda: False)
        print(pictures.told())
    return OK


def _list(args: argparse.Namespace, library: Library) -> int:
    from xsfreader.cli_output import list_rows, print_json, record
    from xsfreader.model import Filter

    library.refresh_local()
    wanted = Filter(
        language=args.language and args.language.lower(),
        category=args.category,
        author=args.author,
        since=args.since,
        until=args.until,
        unread=args.unread,
        starred=args.starred,
    )
    listed = library.posts(wanted)
    if args.json:
        print_json([record(item) for item in listed])
        return OK
    for row in list_rows(listed):
        print(row)
    if not listed:
        print("no post is like that", file=sys.stderr)
    return OK


def _show(args: argparse.Namespace, library: Library) -> int:
    from xsfreader.cli_output import print_document, print_json, print_markdown, record

    library.refresh_local()
    permalink = library.resolve(args.post)
    if args.markdown:
        print_markdown(library.body(permalink))
    elif args.json:
        print_json(record(library.listed(permalink)) | {"markdown": library.body(permalink)})
    else:
        print_document(
            library.document(permalink), args.width, library.config.width, plain=args.plain
        )
    return OK


def _show_file(args: argparse.Namespace, config: Config) -> int:
    from pathlib import Path

    from xsfreader.cli_output import print_document, print_json, print_markdown, record
    from xsfreader.library import Listed, file_document
    from xsfreader.model import Marks

    full, document = file_document(Path(args.post))
    if args.markdown:
        print_markdown(full.body)
    elif args.json:
        print_json(record(Listed(full.post, Marks(), {})) | {"markdown": full.body})
    else:
        print_document(document, args.width, config.width, plain=args.plain)
    return OK


def _search(args: argparse.Namespace, library: Library) -> int:
    from xsfreader.cli_output import hit_rows, print_json, record, safe

    library.refresh_local()
    query = " ".join(args.query)
    hits = library.search(query, args.limit)
    if args.json:
        print_json(
            [
                record(library.listed(hit.post.permalink))
                | {"snippet": hit.snippet, "marks": [list(mark) for mark in hit.marks]}
                for hit in hits
            ]
        )
        return OK
    for row in hit_rows(hits):
        print(row)
    if not hits:
        problem = library.query_problem(query, found=False)
        print(safe(problem) or "nothing found; fewer or shorter words find more", file=sys.stderr)
    return OK


def _xeps(args: argparse.Namespace, library: Library) -> int:
    from xsfreader.cli_output import print_json, safe, xep_record

    library.refresh_local()
    library.require_posts()
    if args.number is None:
        mentioned = library.mentioned_xeps()
        if args.json:
            print_json([xep_record(library, number) for number, _ in mentioned])
            return OK
        for number, posts in mentioned:
            line = library.xep_line(number) or f"XEP-{number:04}"
            print(f"{safe(line)}  ({posts} post{'s' if posts != 1 else ''})")
        return OK
    if library.xep(args.number) is None and not library.posts_with_xep(args.number):
        return _fail(f"XEP-{args.number:04} is in no post, nor in the XSF's list as held here")
    if args.json:
        print_json(xep_record(library, args.number))
        return OK
    title, words = library.xep_card(args.number)
    print(safe(title) + "\n\n" + safe(words))
    for entry in library.posts_with_xep(args.number):
        print(f"  {entry.day}  {safe(entry.title)}  {safe(entry.permalink)}")
    return OK


def _state(args: argparse.Namespace, library: Library) -> int:
    import json
    from pathlib import Path

    from xsfreader.errors import StoreError

    name = None if args.file in (None, "-") else Path(args.file)
    try:
        if args.what == "export":
            text = json.dumps(library.export_state(), ensure_ascii=False, indent=1) + "\n"
            if name is None:
                sys.stdout.write(text)
            else:
                name.write_text(text, encoding="utf-8")
            return OK
        text = sys.stdin.read() if name is None else name.read_text(encoding="utf-8")
        data = json.loads(text)
    except OSError as error:
        raise StoreError(f"{name}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{name or 'standard input'} is no export of marks: {error}") from None
    print(f"{library.import_state(data)} marks changed", file=sys.stderr)
    return OK


def _config(config: Config) -> int:
    from xsfreader.config import dump
    from xsfreader.ui.keys import effective, key_written

    held = [(action.id, ", ".join(map(key_written, action.keys))) for action in effective(config)]
    print(dump(config, held), end="")
    return OK


def _paths(args: argparse.Namespace, config: Config, paths: Paths) -> int:
    from xsfreader.library import archive_path

    current = archive_path(config, paths, args.source)
    print(f"configuration  {paths.config}")
    print(f"data           {paths.data}")
    print(f"archive        {current}")
    for other in sorted(paths.data.glob("archive-*.db")):
        if other != current:
            print(f"archive        {other}")
    print(f"state          {paths.state}")
    print(f"log            {paths.log}")
    return OK


_COMMANDS: dict[str, Callable[[argparse.Namespace, Library], int]] = {
    "sync": _sync,
    "list": _list,
    "show": _show,
    "search": _search,
    "state": _state,
    "xeps": _xeps,
}

if __name__ == "__main__":
    sys.exit(main())
