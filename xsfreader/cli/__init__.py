"""The command line: data on stdout, messages on stderr; exit 0, 1 for failure, 2 for usage."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

from xsfreader.cli.output import FAILURE, INTERRUPTED, OK, USAGE, fail, fail_output, tell
from xsfreader.errors import UnknownPostError, UsageError, XsfreaderError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

__all__ = ["FAILURE", "OK", "main"]

MOST_COLUMNS = 10_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; every expected error becomes one line on stderr."""
    _prepare()
    try:
        code = _run(argv)
        # A full disk is reported here, not at exit.
        sys.stdout.flush()
    except UnknownPostError as error:
        fail(str(error))
        for candidate in error.candidates:
            tell(f"  {candidate}")
        return FAILURE
    except XsfreaderError as error:
        fail(str(error))
        return USAGE if isinstance(error, UsageError) else FAILURE
    except BrokenPipeError:
        _discard_output()
        return OK
    except OSError as error:
        _discard_output()
        if error.filename:
            return fail(f"{error.filename}: {error.strerror}")
        output = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EBADF)
        return fail_output(error) if output else fail(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _run(argv: Sequence[str] | None) -> int:
    from xsfreader.cli.arguments import parse

    args = parse(argv)
    if args.version:
        from xsfreader import __version__

        print(f"xsfreader {__version__}")
        return OK
    from xsfreader.cli.commands import run

    if getattr(args, "progress", None):
        from xsfreader.cli.child import run_as_job

        return run_as_job(lambda: run(args))
    return run(args)


def _prepare() -> None:
    """Make the streams and the environment what everything else takes them for."""
    modes = {"stdin": os.O_WRONLY, "stdout": os.O_RDONLY, "stderr": os.O_RDWR}
    for number, (name, mode) in enumerate(modes.items()):
        if getattr(sys, name) is None:
            # It was closed. Using it fails now as for any file, but messages are lost quietly;
            # and no file of ours gets its number.
            null = os.open(os.devnull, mode)
            os.dup2(null, number)
            if null != number:
                os.close(null)
            stream: TextIO = open(number, "w" if number else "r", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
    for output in (sys.stdout, sys.stderr):
        if hasattr(output, "reconfigure"):
            output.reconfigure(errors="replace")
    for name in ("COLUMNS", "LINES"):
        value = os.environ.get(name, "1")
        if not (value.isdecimal() and 0 < int(value[:9]) <= MOST_COLUMNS):
            # Python, argparse and Textual would take any number for the terminal's size.
            del os.environ[name]


def _discard_output() -> None:
    """Keep Python from writing at exit what couldn't be written before."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
