"""Files and folders on disk: only regular files are opened, and what we make is private.

A pipe or a device in place of a file would block whoever opens it.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_OTHERS = 0o077
"""The permissions of everyone but the owner."""


def require_file(path: Path | str) -> None:
    """Raise OSError if there is something other than a file; a missing one is fine."""
    try:
        _require_file(os.stat(path).st_mode, path)  # noqa: PTH116 - also for strings
    except FileNotFoundError:
        return


def read_file(path: Path | str, limit: int) -> bytes:
    """Read a file, but at most one byte more than ``limit``. Raises OSError."""
    require_file(path)
    # Not blocking: it may be a pipe by now.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123 - opened by descriptor
        _require_file(os.fstat(descriptor).st_mode, path)
        return file.read(limit + 1)


def make_folder(folder: Path) -> None:
    """Create a folder and those above it if missing, for their owner only. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def make_private(path: Path | str) -> None:
    """Take a file from everyone but its owner, if it exists and is ours."""
    if os.name != "posix":
        return
    try:
        mode = stat.S_IMODE(os.stat(path).st_mode)  # noqa: PTH116 - also for strings
        if mode & _OTHERS:
            os.chmod(path, mode & ~_OTHERS)  # noqa: PTH101 - also for strings
    except OSError:
        return


def _require_file(mode: int, path: Path | str) -> None:
    for is_kind, name in _KINDS:
        if is_kind(mode):
            raise OSError(errno.EINVAL, f"it is {name}, not a file", str(path))
