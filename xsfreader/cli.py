"""The command line: data on stdout, narration on stderr, exit 0, 1 for failure, 2 for usage."""

from __future__ import annotations

import errno
import os
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from xsfreader import __version__
from xsfreader.errors import UnknownPostError, XsfreaderError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from xsfreader.config import Config
    from xsfreader.library import Library
    from xsfreader.paths import Paths

    Arguments = Namespace | SimpleNamespace

OK, FAILURE, USAGE, INTERRUPTED = 0, 1, 2, 130
_SWITCHES = frozenset({"--offline", "--fresh"})


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
        return _run_and_print(args)
    except UnknownPostError as error:
        _fail(str(error))
        for candidate in error.candidates:
            print(f"  {candidate}", file=sys.stderr)
        return FAILURE
    except XsfreaderError as error:
        return _fail(str(error))
    except BrokenPipeError:
        _print_no_more()
        return OK
    except OSError as error:
        _print_no_more()
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
        what = error.filename or ("the output" if full else "")
        return _fail(f"{what}: {error.strerror}" if what else str(error))
    except KeyboardInterrupt:
        return INTERRUPTED


def _print_no_more() -> None:
    """Let nothing be written at the end that could not be written before."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(words: str) -> int:
    from xsfreader.safety import clean

    print(f"xsfreader: {clean(words)}", file=sys.stderr)
    return FAILURE


def _arguments(argv: Sequence[str]) -> Arguments:
    if _SWITCHES.issuperset(argv):
        # The app starts without all that describes other commands.
        given = {switch[2:]: switch in argv for switch in _SWITCHES}
        return SimpleNamespace(command=None, source=None, config=None, **given)
    from xsfreader.cli_arguments import read

    return read(argv)


def _run_and_print(args: Arguments) -> int:
    """Run the command until all it says is written: a full disk is met by the last write."""
    done = _run(args)
    if sys.stdout is not None:
        sys.stdout.flush()
    return done


def _run(args: Arguments) -> int:
    from pathlib import Path

    from xsfreader.config import Config, load, locate

    if args.command == "completion":
        from xsfreader.cli_arguments import completion

        print(completion(args.shell))
        return OK
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


def _app(args: Arguments, library: Library) -> int:
    import gc

    # Nothing of what is loaded now is garbage; the app enables it once its screen is there.
    gc.disable()
    # A frame that follows on another waits for up to two periods, as results do on a typed letter.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    from xsfreader.ui.app import run

    return run(library, offline=args.offline, fresh=args.fresh)


def _sync(args: Arguments, library: Library) -> int:
    from xsfreader.cli_output import ProgressLine, safe

    if args.offline and not library.local:
        return _fail("sync needs the network that --offline forbids") + 1
    with ProgressLine() as line:
        report = library.sync(line.show, lambda: False)
    for file in report.set_aside:
        print(f"set aside: {safe(file.path)}: {safe(file.reason)}", file=sys.stderr)
    library.refresh_xeps(lambda: False)
    print(report.summary())
    if (args.images or library.config.images == "all") and not library.local:
        with ProgressLine() as line:
            pictures = library.fetch_images(line.show, lambda: False)
        print(pictures.summary())
    return OK


def _list(args: Arguments, library: Library) -> int:
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


def _show(args: Arguments, library: Library) -> int:
    from xsfreader.cli_output import print_document, print_json, print_markdown, record

    library.refresh_local()
    permalink = library.resolve(args.post)
    if args.markdown:
        print_markdown(library.body(permalink))
    elif args.json:
        print_json(record(library.listed(permalink)) | {"markdown": library.body(permalink)})
    else:
        print_document(
            library.document(permalink), args.width, library.config.width,
            plain=args.plain, links=args.links,
        )  # fmt: skip
    return OK


def _show_file(args: Arguments, config: Config) -> int:
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
        print_document(document, args.width, config.width, plain=args.plain, links=args.links)
    return OK


def _search(args: Arguments, library: Library) -> int:
    from xsfreader.cli_output import hit_rows, print_json, record, safe

    library.refresh_local()
    query = " ".join(args.query)
    hits = library.search(query, args.limit + 1)
    if len(hits) > args.limit:
        hits = hits[: args.limit]
        print(f"the best {args.limit} of more: --limit N prints more", file=sys.stderr)
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


def _xeps(args: Arguments, library: Library) -> int:
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


def _state(args: Arguments, library: Library) -> int:
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
    from xsfreader.ui.keymap import effective, key_written

    held = [(action.id, ", ".join(map(key_written, action.keys))) for action in effective(config)]
    print(dump(config, held), end="")
    return OK


def _paths(args: Arguments, config: Config, paths: Paths) -> int:
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


_COMMANDS: dict[str, Callable[[Arguments, Library], int]] = {
    "sync": _sync,
    "list": _list,
    "show": _show,
    "search": _search,
    "state": _state,
    "xeps": _xeps,
}

if __name__ == "__main__":
    sys.exit(main())
