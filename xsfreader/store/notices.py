"""Notices about repaired files: logged once, and shown by every store that has the file open."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from xsfreader.log import log

if TYPE_CHECKING:
    from pathlib import Path

_lines: defaultdict[str, list[str]] = defaultdict(list)


def add_notice(file: Path, line: str) -> None:
    """Log a line about a file and keep it for all stores of this process, once."""
    if line not in _lines[str(file)]:
        log().warning("%s", line)
        _lines[str(file)].append(line)


def notices_about(file: Path) -> tuple[str, ...]:
    """Return the lines about a file, oldest first."""
    return tuple(_lines[str(file)])
