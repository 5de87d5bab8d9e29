"""The tree of expected errors.

The message of each is one line for the person: what happened, to what, and what to do.
Front ends print ``str(error)`` and nothing else.
"""

import re

LENGTH = 800
"""Characters that a message may have; the middle is cut, since the remedy comes last."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def one_line(text: str, length: int = LENGTH) -> str:
    """Escape what could break or command a terminal's line, and cut the middle of a long text."""
    if len(text) <= length and text.isprintable():
        return text
    half = length // 2
    # Before escaping, too, which makes a text up to six times as long.
    text = f"{text[:length]}{text[-length:]}" if len(text) > 2 * length else text
    text = _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text)
    return text if len(text) <= length else f"{text[: half - 1]} … {text[2 - half :]}"


_SECRETS = (
    # A password may hold "@", and though it shouldn't, "/".
    r"(?<=://)(?:[^/?#\s]*@|[^/?#\s:\[]*:(?!\d*(?:[/?#'\"]|\s|$))\S{,2000}@)",
    # Its digits before the first "/" look like a port; "/@" begins a path, as in host:80/@user.
    r"(?<=://)[^/?#\s:\[]*:\d+[/?#][^\s'\"]{,2000}(?:(?<!/)@|@(?=[\w-]+\.))",
    # Without the "https://" that a person forgot.
    r"(?<![^\s/'\"=])(?!(?:mailto|sips?|xmpp):)[^\s/:@'\"=]+:[^\s/]{,2000}@(?=[\w.-]+[:/])",
)


def without_password(text: str) -> str:
    """Remove names and passwords from the addresses in a text that leaves for a person."""
    if "@" in text:
        for pattern in _SECRETS:
            text = re.sub(pattern, "", text)
    return text


class XsfreaderError(Exception):
    """An expected error, for a reason outside the program.

    A message may quote servers, files and addresses, so every one is made a bounded line here,
    without passwords.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(one_line(without_password(message)))


class UsageError(XsfreaderError):
    """The arguments can't be followed; the exit code is that of a usage error."""


class ConfigError(XsfreaderError):
    """The configuration is invalid; the message names file, line and remedy."""


class SourceError(XsfreaderError):
    """Posts can't be fetched from their source."""


class UnreachableError(SourceError):
    """No answer: no network, unknown host, refused, timed out, TLS failure."""


class UpstreamError(SourceError):
    """An unusable answer: no such repository, branch or folder, broken data."""


class OversizeError(SourceError):
    """More bytes than the limits allow."""


class StoreError(XsfreaderError):
    """An archive or the state can't be read or written."""


class NewerFileError(StoreError):
    """The file was written by a newer version of this program; it is left unchanged."""


class BrokenFileError(StoreError):
    """The file is damaged or not one of our databases."""


class BusyError(StoreError):
    """Another process locked the file for longer than the time-out."""


class DiskError(StoreError):
    """The disk is full, the file system read-only, or permission missing."""


class SyncRunningError(XsfreaderError):
    """Another process is syncing this archive."""


class UnreadablePostError(XsfreaderError):
    """The file can't be read as a post; a sync names it."""


class SpecificationError(XsfreaderError):
    """A specification is not held here, or its source doesn't have it."""


class UnreadableSpecificationError(SpecificationError):
    """The file can't be read as a specification."""


class NoArchiveError(XsfreaderError):
    """Nothing was fetched from this source yet."""


class UnknownPostError(XsfreaderError):
    """No post has this name, or several have it.

    ``candidates`` are permalinks to suggest, best first.
    """

    def __init__(self, message: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.candidates = candidates


class CrashError(XsfreaderError):
    """The app ended by a bug; the log has the traceback."""


class JobError(XsfreaderError):
    """A child process ended without a result, or wrote invalid output."""


class ImageError(XsfreaderError):
    """An image can't be fetched or drawn; the message is short enough for its box."""


class QueryError(XsfreaderError):
    """A search filter has an invalid value."""
