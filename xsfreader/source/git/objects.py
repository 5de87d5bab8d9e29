"""Unpacking the objects that a Git server sent, with dulwich and within bounds.

dulwich inflates each object up to the size in its header, and applies each delta up to the size in
the delta. Both are read and counted first, so that a small pack can't fill the memory. What is
unpacked goes to a temporary file, so that many posts don't fill it either.
"""

from __future__ import annotations

import mmap
import tempfile
import weakref
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

from dulwich.object_format import SHA1
from dulwich.pack import (
    DELTA_TYPES,
    PackData,
    UnpackedObjectIterator,
    take_msb_bytes_at,
    unpack_object_at,
)

from xsfreader.errors import OversizeError
from xsfreader.source import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

OBJECTS_LIMIT: Final = names.FILES_LIMIT
"""Objects that a pack may hold."""
OBJECT_LIMIT: Final = 64 << 20
"""Bytes that one object may have, in memory while it is unpacked."""
PACK_HEAD: Final = 12
"""Bytes before the first object."""
SIZE_BYTES: Final = 10
"""Bytes that a size may take."""


class _Place(NamedTuple):
    """Where an object is in the temporary file."""

    type: int
    """As Git numbers them."""
    start: int
    size: int


class Objects:
    """The objects that a server sent, by id."""

    def __init__(self, limit: int) -> None:
        """Hold none yet; ``limit`` bounds the bytes of all that is unpacked."""
        self._limit = self._left = limit
        self._places: dict[str, _Place] = {}
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this object
        # Unlike __del__, it does nothing if Ctrl+C came before there was a file.
        weakref.finalize(self, self._file.close)

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def place(self, name: str) -> _Place | None:
        """Return type and size of an object, None if it was not sent."""
        return self._places.get(name)

    def read(self, name: str) -> bytes:
        """Return the bytes of an object. Raises KeyError."""
        place = self._places[name]
        self._file.seek(place.start)
        return self._file.read(place.size)

    def add(self, pack: IO[bytes]) -> None:
        """Add the objects of a pack.

        Raises:
            OversizeError: The pack exceeds the bounds.
            Exception: One of ``client.FAILURES``: the pack is damaged.
        """
        pack.flush()
        with closing(PackData.from_file(pack, SHA1)) as data:
            if len(data) > OBJECTS_LIMIT:
                raise OversizeError(
                    f"the server sends {len(data)} objects, more than allowed: gave up"
                )
            data.check()
            self._file.seek(0, 2)
            for unpacked in self._walk(data, pack):
                name, start = unpacked.sha().hex(), self._file.tell()
                if name not in self._places:
                    chunks = unpacked.obj_chunks or []
                    self._file.writelines(chunks)
                    self._places[name] = _Place(
                        unpacked.obj_type_num or 0, start, sum(map(len, chunks))
                    )

    def _walk(self, data: PackData, pack: IO[bytes]) -> UnpackedObjectIterator:
        """Count what a pack unpacks to, and return what unpacks it."""
        objects = UnpackedObjectIterator(None, SHA1.hash_func)
        objects.set_pack_data(data)
        at = PACK_HEAD
        # Not closed here: an error that is being handled may still refer to it.
        contents = mmap.mmap(pack.fileno(), 0, access=mmap.ACCESS_READ)
        for _ in range(len(data)):
            head = contents[at : at + SIZE_BYTES]
            self._spend(_number(take_msb_bytes_at(head, 0)[0], 4))
            unpacked, at = unpack_object_at(contents, at, SHA1.hash_func)
            if unpacked.pack_type_num in DELTA_TYPES:
                for size in _delta_sizes(unpacked.decomp_chunks):
                    self._spend(size)
            objects.record(unpacked)
        return objects

    def _spend(self, size: int) -> None:
        """Count an object's bytes. Raises OversizeError if they are too many."""
        self._left -= size
        if self._left < 0 or size > OBJECT_LIMIT:
            raise OversizeError(
                f"the server sends more than {self._limit >> 20} MiB once unpacked: gave up"
            )


def _delta_sizes(chunks: Sequence[bytes]) -> tuple[int, int]:
    """Return the sizes of a delta's base and of its result, which are at its start."""
    delta = b"".join(chunks[: 2 * SIZE_BYTES])
    base, start = take_msb_bytes_at(delta[:SIZE_BYTES], 0)[:2]
    result = take_msb_bytes_at(delta[start : start + SIZE_BYTES], 0)[0]
    return _number(base, 7), _number(result, 7)


def _number(encoded: list[int], first_bits: int) -> int:
    """Decode a number with ``first_bits`` bits in the first byte and seven in each other."""
    number = encoded[0] & (1 << first_bits) - 1
    for place, byte in enumerate(encoded[1:]):
        number |= (byte & 0x7F) << first_bits + 7 * place
    return number
