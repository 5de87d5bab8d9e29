"""Files that a snapshot brings, each read when it is needed rather than held in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping


class LazyBlobs(Mapping[str, bytes]):
    """The bytes of files by their ids."""

    def __init__(self, ids: Iterable[str], read: Callable[[str], bytes]) -> None:
        """Read nothing yet; ``read`` gets one of the ids."""
        self._ids = dict.fromkeys(ids)
        self._read = read

    def __getitem__(self, name: str) -> bytes:
        if name not in self._ids:
            raise KeyError(name)
        return self._read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)
