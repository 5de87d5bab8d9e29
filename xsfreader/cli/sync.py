"""The commands that ask a source, for a person or as jobs of the app: ``sync`` and requests."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING, NoReturn

from xsfreader.cli.child import read_requests, write
from xsfreader.cli.output import OK, require_network
from xsfreader.cli.progress import Printer, sparing
from xsfreader.errors import (
    ImageError,
    SpecificationError,
    SyncRunningError,
    UnreachableError,
    UsageError,
    XsfreaderError,
)
from xsfreader.images import NOT_FETCHED
from xsfreader.library.job_events import Failed, FetchResult
from xsfreader.limits import limited_memory

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from xsfreader.cli.progress import Report
    from xsfreader.library import Library

    Requests = queue.SimpleQueue[str]

POLL_SECONDS = 0.5
"""How often a folder is checked for changes."""
POLL_SHARE = 0.02
"""The share of a core that checking a large folder may take."""
LINGER_SECONDS = 30.0
"""How long a job waits for another request."""


def sync(args: Namespace, library: Library) -> int:
    """Fetch new posts; with ``--watch``, go on whenever the folder changes."""
    require_network(args, "sync", local=library.local)
    require_network(args, "--xeps", local=not args.xeps or library.has_local_xeps)
    if args.watch and not library.local:
        raise UsageError("--watch needs a folder as the source")
    if args.progress == "json":
        return _sync(args, library, sparing(write), read_requests())
    with Printer() as printer, limited_memory():
        return _sync(args, library, sparing(printer.print), queue.SimpleQueue())


def _sync(args: Namespace, library: Library, report: Report, requests: Requests) -> int:
    if args.watch:
        _watch(library, report, requests)
    synced = library.sync(report)
    report(synced)
    # A server that is slow to send the list holds nothing else.
    if (xeps := library.refresh_xeps()) is not None:
        report(xeps)
    if args.xeps:
        report(library.specifications.update(report, everything=True))
    elif (updated := library.refresh_specifications(report)) is not None:
        report(updated)
    if (args.images or library.config.images == "all") and not library.local:
        report(library.fetch_images(report))
    return OK


def _watch(library: Library, report: Report, requests: Requests) -> NoReturn:
    """Sync whenever the folder changed; a request syncs at once, an error is reported once."""
    seen = failure = ""
    requested = False
    while True:
        started = time.process_time()
        looked = 0.0
        try:
            try:
                fingerprint = library.fingerprint()
            finally:
                looked = time.process_time() - started
            if requested or fingerprint != seen:
                report(library.sync(report))
                seen, failure = fingerprint, ""
        except SyncRunningError as error:
            # The next round tries again.
            if requested:
                report(Failed(error))
        except XsfreaderError as error:
            if requested or str(error) != failure:
                report(Failed(error))
            seen, failure = "", str(error)
        requested = _wait(requests, max(POLL_SECONDS, looked / POLL_SHARE))


def _wait(requests: Requests, seconds: float) -> bool:
    """Wait for a request; return whether one came in time."""
    try:
        requests.get(timeout=seconds)
    except queue.Empty:
        return False
    return True


def images(args: Namespace, library: Library) -> int:
    """Fetch the images whose site paths come in as lines, and answer each with an event.

    They are for the app, which reads the images from our file.
    """
    require_network(args, "images", local=library.local)
    requests = read_requests()
    library.images.prune()
    return _answer(requests, library.images.fetch, problem=NOT_FETCHED)


def specifications(args: Namespace, library: Library) -> int:
    """Fetch the specifications whose numbers come in as lines, and answer each with an event."""
    require_network(args, "specifications", local=library.has_local_xeps)
    progress = sparing(write)

    def fetch(number: str) -> None:
        if not number.isdecimal():
            raise SpecificationError(f"{number} is not a XEP number")
        library.specifications.fetch(int(number[:9]), progress)

    return _answer(read_requests(), fetch)


def _answer(requests: Requests, fetch: Callable[[str], None], *, problem: str = "") -> int:
    """Fetch what is requested until nothing was for a while.

    ``problem`` is said instead of an error that the app can't mend by anything.
    """
    while True:
        try:
            name = requests.get(timeout=LINGER_SECONDS)
        except queue.Empty:
            return OK
        try:
            fetch(name)
        except (ImageError, SpecificationError) as error:
            write(FetchResult(name, str(error)))
        except UnreachableError as error:
            write(FetchResult(name, str(error), final=False, reachable=False))
        except XsfreaderError as error:
            write(FetchResult(name, problem or str(error), final=False))
        else:
            write(FetchResult(name))
