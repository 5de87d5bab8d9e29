"""The commands: one function for each, given its arguments and an open library."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from xsfreader.cli.output import (
    OK,
    USAGE,
    confirm,
    fail,
    hit_record,
    hit_rows,
    json_text,
    list_rows,
    print_document,
    print_json,
    print_markdown,
    record,
    safe,
    tell,
)
from xsfreader.cli.target import folder_of_posts, resolve, target_permalink

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from xsfreader.config import Config
    from xsfreader.library import Library
    from xsfreader.model import Hit, SectionHit
    from xsfreader.paths import Paths

EXPORT_BYTES = 1 << 26
"""What is read of exported marks; a thousand times as many as there are posts fit."""


def run(args: Namespace) -> int:
    """Run the command that ``args`` names, the app where they name none; return the exit code."""
    from xsfreader.config import SOURCE_VARIABLE, Config, load, locate

    if args.command is not None:
        gc.enable()
    if args.command == "completion":
        from xsfreader.cli.arguments import completion

        print(completion(args.shell))
        return OK
    if args.target and args.source is None and Path(args.target).is_file():
        args.source = str(folder_of_posts(Path(args.target)))
    args.source = args.source or os.environ.get(SOURCE_VARIABLE)
    if args.command == "forget":
        args.source = args.forgotten
    paths = locate(args.config)
    if args.command == "config" and args.default:
        return _config(Config())
    config = load(paths.config, required=args.config is not None)
    from xsfreader.ui.keymap import effective

    # A mistake is reported by every command.
    effective(config)
    if args.branch is not None:
        if "://" not in (args.source or config.source):
            fail("--branch needs a Git URL as the source")
            return USAGE
        config = config._replace(branch=args.branch)
    if (without_library := _WITHOUT_LIBRARY.get(args.command)) is not None:
        return without_library(args, config, paths)
    if args.command == "show" and (args.post == "-" or Path(args.post).is_file()):
        return _show_file(args, config)
    return _run_with_library(args, config, paths)


def _run_with_library(args: Namespace, config: Config, paths: Paths) -> int:
    if args.command is None and not args.target and (problem := _terminal_problem()):
        return fail(problem)
    from xsfreader.library import Library
    from xsfreader.log import set_log_file

    # Before the library, which logs what it repairs.
    set_log_file(paths.log)
    library = Library(config, paths, args.source)
    if args.command is None:
        try:
            target = target_permalink(args, library)
        except BaseException:
            library.close()
            raise
        if problem := _terminal_problem():
            library.close()
            return fail(problem)
        return _app(args, library, target)
    with library:
        for warning in library.warnings:
            tell(f"xsfreader: {warning}")
        return _COMMANDS[args.command](args, library)


def _terminal_problem() -> str:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "the app needs a terminal; `xsfreader list` and `xsfreader show` print to pipes"
    if os.environ.get("TERM") == "dumb":
        return "the app can't run with TERM=dumb; use `xsfreader list` and `xsfreader show`"
    return ""


def _app(args: Namespace, library: Library, target: str) -> int:
    # At Textual's 60 frames a second, search results follow a typed letter two frames late.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    if not sys.stderr.isatty():
        # Textual draws on standard error.
        os.dup2(sys.stdout.fileno(), sys.stderr.fileno())
    from xsfreader.ui.app import run as run_app

    return run_app(library, offline=args.offline, fresh=args.fresh, target=target)


def _sync(args: Namespace, library: Library) -> int:
    from xsfreader.cli.sync import sync

    return sync(args, library)


def _images(args: Namespace, library: Library) -> int:
    from xsfreader.cli.sync import images

    return images(args, library)


def _specifications(args: Namespace, library: Library) -> int:
    from xsfreader.cli.sync import specifications

    return specifications(args, library)


def _marks(args: Namespace, library: Library) -> int:
    from xsfreader.cli.marks import marks

    return marks(args, library)


def _list(args: Namespace, library: Library) -> int:
    from xsfreader.model import Filter, View

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
    listed = library.posts(wanted, once=not args.all_languages)
    if args.json:
        print_json([record(item) for item in listed])
        return OK
    for row in list_rows(listed):
        print(row)
    if not listed:
        names = ((View.AUTHOR, args.author), (View.CATEGORY, args.category))
        problems = [library.name_problem(view, name) for view, name in names if name]
        words = "; ".join(["No posts match", *filter(None, problems)])
        tell(library.clock_problem() or words)
    return OK


def _show(args: Namespace, library: Library) -> int:
    library.refresh_local()
    permalink = resolve(library, args.post)
    if args.markdown:
        print_markdown(library.item(permalink).text)
    elif args.json:
        print_json(record(library.listed(permalink)) | {"markdown": library.item(permalink).text})
    else:
        print_document(library.document(permalink), args, library.config.width)
    return OK


def _show_file(args: Namespace, config: Config) -> int:
    from xsfreader.library import Listed, current_day, file_document
    from xsfreader.model import Marks

    full, document = file_document(None if args.post == "-" else Path(args.post))
    if args.markdown:
        print_markdown(full.body)
    elif args.json:
        item = Listed(full.post, Marks(), {}, full.post.label(current_day()))
        print_json(record(item) | {"markdown": full.body})
    else:
        print_document(document, args, config.width)
    return OK


def _search(args: Namespace, library: Library) -> int:
    library.refresh_local()
    query = " ".join(args.query)
    hits: Sequence[Hit | SectionHit]
    if library.is_in_xeps(query):
        hits = library.search_sections(query, args.limit + 1)
    else:
        hits = library.search(query, args.limit + 1, once=not args.all_languages)
    if len(hits) > args.limit:
        hits = hits[: args.limit]
        tell(f"The best {args.limit} matches; --limit N prints more")
    if args.json:
        print_json([hit_record(library, hit) for hit in hits])
        return OK
    for row in hit_rows(hits):
        print(row)
    if not hits:
        problem = library.query_problem(query, found=False)
        if library.is_in_xeps(query) and not library.specifications.held():
            problem = "No specification is held yet; `xsfreader sync --xeps` fetches all"
        tell(problem or "No matches; try fewer or shorter words")
    return OK


def _xeps(args: Namespace, library: Library) -> int:
    from xsfreader.cli.xeps import xeps

    return xeps(args, library)


def _problems(args: Namespace, library: Library) -> int:
    library.refresh_local()
    library.require_posts()
    problems = library.problems()
    if args.json:
        print_json([file._asdict() for file in problems])
        return OK
    for file in problems:
        print(safe(f"{file.path}: {file.reason}"))
    if not problems:
        tell("No unreadable files")
    return OK


def _state(args: Namespace, library: Library) -> int:
    import json

    from xsfreader.disk import read_file
    from xsfreader.errors import StoreError
    from xsfreader.paths import with_home, write_whole

    file = None if args.file in (None, "-") else with_home(args.file)
    if args.what == "export" and file is None:
        print(json_text(library.export_state()))
        return OK
    try:
        if file is not None and args.what == "export":
            text = json.dumps(library.export_state(), ensure_ascii=False, indent=1) + "\n"
            write_whole(file, text)
            return OK
        text = sys.stdin.read() if file is None else read_file(file, EXPORT_BYTES).decode()
        data = json.loads(text.removeprefix("\ufeff"))
    except OSError as error:
        raise StoreError(f"{file or 'standard input'}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{file or 'standard input'} is not an export of marks: {error}") from None
    tell(f"{library.import_state(data)} marks changed")
    return OK


def _config(config: Config) -> int:
    from xsfreader.config import dump
    from xsfreader.ui.keymap import effective, key_written

    keys = [(action.id, ", ".join(map(key_written, action.keys))) for action in effective(config)]
    print(dump(config, keys), end="")
    return OK


def _paths(args: Namespace, config: Config, paths: Paths) -> int:
    from xsfreader.library import archive_path, stored_archives

    current = archive_path(config, paths, args.source)
    print(f"configuration  {paths.config}")
    print(f"data           {paths.data}")
    for file in sorted(stored_archives(paths), key=lambda one: one != current):
        print(f"{file.name.partition('-')[0]:<14} {file}")
    print(f"state          {paths.state}")
    print(f"log            {paths.log}")
    return OK


def _forget(args: Namespace, config: Config, paths: Paths) -> int:
    from xsfreader.library import find_archive, forget

    stored = find_archive(config, paths, args.forgotten)
    size = f"{stored.size / 1e6:.1f} MB"
    words = f"This removes {stored.files[0].name}, {size}; marks and settings stay."
    if not args.yes and (code := confirm("forget", words)):
        return code
    for file in forget(paths, stored):
        print(f"removed {file}")
    return OK


_WITHOUT_LIBRARY: dict[str, Callable[[Namespace, Config, Paths], int]] = {
    "config": lambda _args, config, _paths: _config(config),
    "paths": _paths,
    "forget": _forget,
}
_COMMANDS: dict[str, Callable[[Namespace, Library], int]] = {
    "sync": _sync,
    "images": _images,
    "specifications": _specifications,
    "list": _list,
    "show": _show,
    "search": _search,
    "problems": _problems,
    "state": _state,
    "marks": _marks,
    "xeps": _xeps,
}
