"""Notices about repaired files: logged once, and shown by every store that has the file open."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from xsfreader.log import log

if TYPE_CHECKING:
    from pathlib import Path

_lines: dict[str, tuple[str, ...]] = {}
_lock = threading.Lock()


def add_notice(file: Path, line: str) -> None:
    """Log a line about a file and keep it for all stores of this process."""
    log().warning("%s", line)
    with _lock:
        _lines[str(file)] = (*_lines.get(str(file), ()), line)


def notices_about(file: Path) -> tuple[str, ...]:
    """Return the lines about a file, oldest first."""
    return _lines.get(str(file), ())
