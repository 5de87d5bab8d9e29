"""The log: what a sync did and what went wrong behind the scenes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging
    from pathlib import Path

BYTES = 1 << 20
"""Size at which the log is begun anew; three older ones are kept."""


_kept: Path | None = None


def log() -> logging.Logger:
    """Give the program's log; logging is loaded when there is something to say."""
    import logging

    logger = logging.getLogger("xsfreader")
    if not logger.handlers:
        handler = None if _kept is None else _rotating(_kept)
        # Without any, logging writes warnings to the terminal.
        logger.addHandler(handler or logging.NullHandler())
        logger.setLevel(logging.INFO if handler else logging.WARNING)
    return logger


def keep_log(file: Path) -> None:
    """Write the log to a file that is rotated; where that can't be written, there is none."""
    global _kept
    _kept = file


def _rotating(file: Path) -> logging.Handler | None:
    import logging
    from logging.handlers import RotatingFileHandler

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            file, maxBytes=BYTES, backupCount=3, encoding="utf-8", delay=True
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.raiseExceptions = False
    return handler
