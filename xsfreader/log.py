"""The log: what a sync did and what went wrong behind the scenes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging
    from pathlib import Path

BYTES = 1 << 20
"""Size at which the log is begun anew; three older ones are kept."""


def log() -> logging.Logger:
    """Give the program's log; logging is loaded when there is something to say."""
    import logging

    logger = logging.getLogger("xsfreader")
    if not logger.handlers:
        # Without any, logging writes warnings to the terminal.
        logger.addHandler(logging.NullHandler())
    return logger


def keep_log(file: Path) -> None:
    """Write the log to a file that is rotated; where that can't be written, there is none."""
    import logging
    from logging.handlers import RotatingFileHandler

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            file, maxBytes=BYTES, backupCount=3, encoding="utf-8", delay=True
        )
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.raiseExceptions = False
    log().setLevel(logging.INFO)
    log().addHandler(handler)
