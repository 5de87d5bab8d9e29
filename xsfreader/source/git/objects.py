"""Unpacking the objects that a Git server sent, with dulwich and within bounds.

dulwich inflates each object up to the size in its header, and applies each delta up to the size in
the delta. Both are read and counted first, so that a small pack can't fill the memory.
"""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from typing import TYPE_CHECKING, Final

from dulwich.object_format import SHA1
from dulwich.pack import (
    DELTA_TYPES,
    PackData,
    UnpackedObjectIterator,
    take_msb_bytes_at,
    unpack_object_at,
)

from xsfreader.errors import OversizeError

if TYPE_CHECKING:
    from dulwich.pack import UnpackedObject

OBJECTS_LIMIT: Final = 500_000
PACK_HEAD: Final = 12
"""Bytes before the first object."""
SIZE_BYTES: Final = 10
"""Bytes that a size may take."""


class Budget:
    """Bytes that may still be unpacked."""

    def __init__(self, limit: int) -> None:
        self._limit = self._left = limit

    def spend(self, size: int) -> None:
        """Subtract bytes. Raises OversizeError if none are left."""
        self._left -= size
        if self._left < 0:
            raise OversizeError(
                f"the server sends more than {self._limit >> 20} MiB once unpacked: gave up"
            )


def unpack(pack: bytes, budget: Budget) -> dict[str, UnpackedObject]:
    """Return the objects of a pack by id.

    Args:
        pack: The bytes of the pack.
        budget: Charged for every object before it is unpacked.

    Raises:
        OversizeError: The pack exceeds the bounds.
        Exception: One of ``client.FAILURES``: the pack is damaged.
    """
    with closing(PackData.from_file(BytesIO(pack), SHA1)) as data:
        if len(data) > OBJECTS_LIMIT:
            raise OversizeError(f"the server sends {len(data)} objects, more than allowed: gave up")
        data.check()
        objects = UnpackedObjectIterator(None, SHA1.hash_func)
        objects.set_pack_data(data)
        at = PACK_HEAD
        for _ in range(len(data)):
            budget.spend(_number(take_msb_bytes_at(pack[at : at + SIZE_BYTES], 0)[0], 4))
            unpacked, at = unpack_object_at(pack, at, SHA1.hash_func)
            if unpacked.pack_type_num in DELTA_TYPES:
                budget.spend(_result_size(b"".join(unpacked.decomp_chunks)))
            objects.record(unpacked)
        return {unpacked.sha().hex(): unpacked for unpacked in objects}


def _result_size(delta: bytes) -> int:
    """Return the size of a delta's result: the second number at its start."""
    start = take_msb_bytes_at(delta[:SIZE_BYTES], 0)[1]
    return _number(take_msb_bytes_at(delta[start : start + SIZE_BYTES], 0)[0], 7)


def _number(encoded: list[int], first_bits: int) -> int:
    """Decode a number with ``first_bits`` bits in the first byte and seven in each other."""
    number = encoded[0] & (1 << first_bits) - 1
    for place, byte in enumerate(encoded[1:]):
        number |= (byte & 0x7F) << first_bits + 7 * place
    return number
