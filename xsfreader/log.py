"""The log: the outcome of every sync, and problems that were worked around."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from xsfreader import disk
from xsfreader.errors import one_line, without_password

if TYPE_CHECKING:
    import logging

BYTES = 1 << 20
"""Size at which the log is rotated; three older files are kept."""
LINE = 4000
"""Characters of a line."""


_file: Path | None = None


def log() -> logging.Logger:
    """Return the program's logger; ``logging`` is imported with the first message."""
    import logging

    logger = logging.getLogger("xsfreader")
    if not logger.handlers:
        handler = None if _file is None else _rotating(_file)
        # Without a handler, logging writes warnings to the terminal.
        logger.addHandler(handler or logging.NullHandler())
        logger.setLevel(logging.INFO if handler else logging.WARNING)
    return logger


def set_log_file(file: Path) -> None:
    """Log to a rotated file; one that can't be written means no log."""
    global _file
    _file = file


def _rotating(file: Path) -> logging.Handler | None:
    import logging
    from logging.handlers import RotatingFileHandler

    try:
        disk.make_folder(file.parent)
        _make(file)
        handler = RotatingFileHandler(
            file, maxBytes=BYTES, backupCount=3, encoding="utf-8", delay=True
        )
    except OSError:
        return None
    handler.rotator = _rotate
    handler.setFormatter(_formatter())
    logging.raiseExceptions = False
    return handler


def _make(file: Path) -> None:
    """Create the file if missing, for its owner only. Raises OSError where it can't be a log."""
    disk.require_file(file)
    file.touch(mode=0o600)
    disk.make_private(file)


def _rotate(full: str, older: str) -> None:
    Path(full).replace(older)
    _make(Path(full))


def _formatter() -> logging.Formatter:
    """Return a formatter that lets no control sequence and no password into the log."""
    import logging

    class Formatter(logging.Formatter):
        def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - its name
            return one_line(without_password(super().formatMessage(record)), LINE)

        def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 - its name and type
            return "\n".join(
                one_line(without_password(line), LINE)
                for line in super().formatException(ei).split("\n")
            )

    return Formatter("%(asctime)s %(levelname)s %(message)s")
