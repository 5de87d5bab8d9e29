"""The command line: data on stdout, messages on stderr; exit 0, 1 for failure, 2 for usage."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

from xsfreader.cli.output import FAILURE, INTERRUPTED, OK, fail
from xsfreader.errors import UnknownPostError, XsfreaderError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FAILURE", "OK", "main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; every expected error becomes one line on stderr."""
    from xsfreader.cli.arguments import parser

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    args = parser().parse_args(argv)
    from xsfreader.cli.commands import run

    if getattr(args, "progress", None):
        from xsfreader.cli.child import run_as_job

        return run_as_job(lambda: run(args))
    try:
        code = run(args)
        if sys.stdout is not None:
            # A full disk is reported here, not at exit.
            sys.stdout.flush()
    except UnknownPostError as error:
        fail(str(error))
        for candidate in error.candidates:
            print(f"  {candidate}", file=sys.stderr)
        return FAILURE
    except XsfreaderError as error:
        return fail(str(error))
    except BrokenPipeError:
        _discard_output()
        return OK
    except OSError as error:
        _discard_output()
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
        place = error.filename or ("the output" if full else "")
        return fail(f"{place}: {error.strerror}" if place else str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _discard_output() -> None:
    """Keep Python from writing at exit what couldn't be written before."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
