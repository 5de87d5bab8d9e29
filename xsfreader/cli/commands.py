"""Which function each command is, and what it needs before it runs."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from xsfreader.cli import files, marks, posts, sync, xeps
from xsfreader.cli.output import OK, fail, tell
from xsfreader.cli.target import folder_of_posts, target_permalink
from xsfreader.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from xsfreader.config import Config
    from xsfreader.library import Library
    from xsfreader.paths import Paths


def run(args: Namespace) -> int:
    """Run the command that ``args`` names, the app where they name none; return the exit code."""
    from xsfreader.config import SOURCE_VARIABLE, Config, load, locate
    from xsfreader.ui.keymap import effective

    if args.command is not None:
        gc.enable()
    if args.command == "completion":
        from xsfreader.cli.arguments import completion

        print(completion(args.shell))
        return OK
    if args.target and args.source is None and Path(args.target).is_file():
        args.source = str(folder_of_posts(Path(args.target)))
    args.source = args.source or os.environ.get(SOURCE_VARIABLE)
    paths = locate(args.config)
    if args.command == "doctor":
        from xsfreader.cli.doctor import doctor

        return doctor(args, paths)
    is_default = args.command == "config" and args.default
    config = Config() if is_default else load(paths.config, required=args.config is not None)
    # A mistake is reported by every command.
    effective(config)
    if args.branch is not None:
        if "://" not in (args.source or config.source):
            raise UsageError("--branch needs a Git URL as the source")
        config = config._replace(branch=args.branch)
    if (without_library := _WITHOUT_LIBRARY.get(args.command)) is not None:
        return without_library(args, config, paths)
    if args.command == "show" and (args.post == "-" or Path(args.post).is_file()):
        return posts.show_file(args, config)
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
        if args.command in _READING:
            library.refresh_local()
            return _READING[args.command](args, library)
        return _OTHERS[args.command](args, library)


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


_WITHOUT_LIBRARY: dict[str, Callable[[Namespace, Config, Paths], int]] = {
    "config": files.config,
    "paths": files.paths,
    "forget": files.forget,
}
_READING: dict[str, Callable[[Namespace, Library], int]] = {
    "list": posts.list_posts,
    "show": posts.show,
    "search": posts.search,
    "problems": posts.problems,
    "xeps": xeps.xeps,
}
"""Commands before which a folder is read again."""
_OTHERS: dict[str, Callable[[Namespace, Library], int]] = {
    "sync": sync.sync,
    "images": sync.images,
    "specifications": sync.specifications,
    "state": files.state,
    "marks": marks.marks,
}
