"""What a job says: the events it writes, one a line, and the app reads."""

from __future__ import annotations

import json
from typing import NamedTuple

from xsfreader import errors
from xsfreader.errors import JobError, XsfreaderError
from xsfreader.reports import FetchReport, MarksReport, Progress, SyncReport, UnreadableFile


class FetchResult(NamedTuple):
    """The outcome of a request for an image or a specification."""

    name: str
    """As requested: an image's path on the site, a specification's number."""
    problem: str = ""
    """Why it isn't there; empty if it is in our file now."""
    final: bool = True
    """Whether another try would be pointless."""
    reachable: bool = True
    """Whether the upstream could be reached."""


class XepsResult(NamedTuple):
    """What became of the list of XEPs, which follows a sync."""

    problem: str = ""
    """Why the old list was kept; empty where the list is as new as the server's."""


class Failed(NamedTuple):
    """The job failed."""

    error: XsfreaderError


Event = Progress | SyncReport | XepsResult | FetchReport | FetchResult | MarksReport | Failed

_EVENTS: dict[
    str, type[Progress | SyncReport | XepsResult | FetchReport | FetchResult | MarksReport]
] = {
    "progress": Progress,
    "synced": SyncReport,
    "xeps": XepsResult,
    "fetched": FetchReport,
    "result": FetchResult,
    "marks": MarksReport,
}
_NAMES = {kind: name for name, kind in _EVENTS.items()}


def encode(event: Event) -> str:
    """Write an event as one line of JSON in ASCII."""
    if isinstance(event, Failed):
        fields = {"event": "error", "kind": type(event.error).__name__, "message": str(event.error)}
    else:
        fields = {"event": _NAMES[type(event)], **event._asdict()}
    return json.dumps(fields)


def decode(line: bytes) -> Event:
    """Read an event. Raises JobError on a line that is not one."""
    try:
        fields = json.loads(line)
        name = fields.pop("event")
        if name == "error":
            return Failed(_error(fields["kind"], str(fields["message"])))
        if name == "synced":
            fields["unreadable"] = tuple(UnreadableFile(*file) for file in fields["unreadable"])
        return _EVENTS[name](**fields)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise JobError("the child process sent a line that is not an event") from None


def _error(kind: str, message: str) -> XsfreaderError:
    found = getattr(errors, kind, None)
    if isinstance(found, type) and issubclass(found, XsfreaderError):
        return found(message)
    return JobError(message)
