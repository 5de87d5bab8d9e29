"""The one tree of errors that a person may meet.

The text of each is one line for that person: what happened, to what, and what to do.
Whoever raises one writes that line; front ends print ``str(error)`` and nothing else.
"""


class XsfreaderError(Exception):
    """Anything that goes wrong for a reason outside the program."""


class ConfigError(XsfreaderError):
    """The configuration can't be used; the line names file, line and remedy."""


class SourceError(XsfreaderError):
    """Posts can't be brought from where they come from."""


class UnreachableError(SourceError):
    """No answer: no network, unknown host, refused, timed out, TLS failed."""


class UpstreamError(SourceError):
    """It answered, but not with a blog: no such repository, branch or folder, broken data."""


class OversizeError(SourceError):
    """More bytes than the bounds allow."""


class StoppedError(SourceError):
    """The caller asked to stop; nothing was changed."""


class StoreError(XsfreaderError):
    """An archive or the state can't be read or written."""


class NewerFileError(StoreError):
    """The file was written by a newer version of this program; it is left untouched."""


class BrokenFileError(StoreError):
    """The file is no database of ours, or is damaged."""


class BusyError(StoreError):
    """Another process holds the file longer than we wait."""


class DiskError(StoreError):
    """Full disk, read-only file system or missing permission."""


class SyncRunningError(XsfreaderError):
    """Another process is syncing this archive right now."""


class UnreadablePostError(XsfreaderError):
    """Bytes that can't be read as a post; it is set aside and named."""


class NoArchiveError(XsfreaderError):
    """Nothing has been fetched from this source yet."""


class UnknownPostError(XsfreaderError):
    """No post, or more than one, answers to that name.

    ``candidates`` are permalinks to offer instead, best first.
    """

    def __init__(self, message: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.candidates = candidates


class JobError(XsfreaderError):
    """A child process ended without a result, or sent nonsense."""


class ImageError(XsfreaderError):
    """An image can't be had or drawn; a few words, for they stand in the frame of its box."""


class QueryError(XsfreaderError):
    """A filter in a search has a value that can't be understood."""
