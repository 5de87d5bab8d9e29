"""What names a post on the command line: a permalink, an address, a file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from xsfreader.errors import NoArchiveError, UnknownPostError, UsageError

if TYPE_CHECKING:
    from argparse import Namespace

    from xsfreader.library import Library

_XEP = re.compile(r"(?:.*/)?xep[-/]?0*([1-9]\d{0,5})(?:\.\w+)?/?", re.ASCII | re.IGNORECASE)


def resolve(library: Library, name: str) -> str:
    """Return the permalink of a post by its name, which may be meant as that of a file.

    Raises UnknownPostError, NoArchiveError; UsageError for the name of a specification.
    """
    try:
        return library.resolve(name)
    except (UnknownPostError, NoArchiveError):
        if name.endswith((".md", ".markdown")) or name.startswith(("./", "../", "~")):
            raise UnknownPostError(f"{name}: no such file") from None
        if found := _XEP.fullmatch(name.partition("#")[0]):
            raise UsageError(
                f"{name} is a specification, not a post: "
                f"`xsfreader xeps {found[1]} --read` prints it"
            ) from None
        raise


def folder_of_posts(file: Path) -> Path:
    """Return the folder to read with a file: the checkout that it is in, else its own."""
    file = file.resolve()
    blog = (each for each in file.parents if each.parts[-2:] == ("content", "blog"))
    return next((each.parents[1] for each in blog), file.parent)


def target_permalink(args: Namespace, library: Library) -> str:
    """Return the permalink to open the app at, with a fragment if the target has one.

    Exits if the target is no post and is like a command, or like nothing.
    """
    if not args.target:
        return ""
    library.refresh_local()
    file = Path(args.target)
    if file.is_file():
        return _permalink_of_file(library, file)
    name, number_sign, fragment = args.target.partition("#")
    try:
        return f"{resolve(library, name)}{number_sign}{fragment}"
    except (UnknownPostError, NoArchiveError) as error:
        from xsfreader.cli.arguments import COMMANDS, refuse_target
        from xsfreader.text import closest

        posts = getattr(error, "candidates", ()) or library.empty or "/" in name or "." in name
        if closest(name, COMMANDS) or not posts:
            refuse_target(name)
        raise


def _permalink_of_file(library: Library, file: Path) -> str:
    path = os.path.relpath(file.resolve(), library.source_name)
    permalink = library.permalink_at(Path(path).as_posix())
    if permalink is None:
        from xsfreader.library import file_document

        # It says what is wrong with the file.
        file_document(file)
        raise UnknownPostError(f"{file}: not a post of {library.source_name}")
    return permalink
