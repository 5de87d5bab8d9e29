"""Where posts come from: a Git host, a folder on disk, or the built-in guide.

A source reads the files of a selection, returns bytes and says which of them are new. It knows
neither what a post is made of nor where posts are stored.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import xsfreader
from xsfreader.errors import SourceError, without_password
from xsfreader.source.names import BLOG, SPECIFICATIONS, Selection, printable

if TYPE_CHECKING:
    from xsfreader.model import Source

GUIDE: Final = Path(xsfreader.__file__).parent / "guide"
"""The posts that explain the program, in the folders of the site; readable without a network."""

__all__ = ["BLOG", "SPECIFICATIONS", "open_source"]


def open_source(name: str, *, branch: str | None = None, selection: Selection = BLOG) -> Source:
    """Return the source with a name, without a request to the network.

    Args:
        name: As a person gives it: an address over HTTP(S), the path of a folder, or ``guide``.
        branch: The branch of a Git repository, or ``pull/12``; None for its default branch.
        selection: Which files are read; the guide has posts alone.

    Raises:
        SourceError: The name is none of the three.
    """
    if name == "guide" and selection is BLOG:
        from xsfreader.source.directory import DirectorySource

        return DirectorySource(GUIDE, name="guide")
    if re.match(r"(?i)https?://", name):
        from xsfreader.source.git import GitSource

        return GitSource(name, branch=branch, selection=selection)
    if scheme := re.match(r"([A-Za-z][\w+.-]+)://", name):
        if scheme[1].lower() == "file":
            raise SourceError(f"{_shown(name)}: give the folder itself, without file://")
        raise SourceError(
            f"{_shown(name)}: {scheme[1]} is not supported; give an address with https://"
        )
    return _open_folder(name, selection)


def _open_folder(name: str, selection: Selection) -> Source:
    if not name.strip() or "\0" in name:
        raise SourceError("no source given: use a URL, a folder or “guide”")
    try:
        folder = Path(name).expanduser()
        if folder.is_dir():
            from xsfreader.source.directory import DirectorySource

            return DirectorySource(folder, selection)
        is_file = folder.exists()
    except (OSError, RuntimeError) as error:
        raise SourceError(f"{_shown(name)}: {error}") from error
    if is_file:
        raise SourceError(f"{_shown(name)} is a file; give the folder that holds it")
    if re.match(r"[^/\s]+@[^/\s]+:", name) or re.match(r"[\w-]+(\.[\w-]+)+/\w", name):
        raise SourceError(
            f"{_shown(name)} is not a folder; addresses of Git repositories start with https://"
        )
    raise SourceError(f"{_shown(name)}: no such folder; give a URL, a folder or “guide”")


def _shown(name: str) -> str:
    return printable(without_password(name))
