"""Reading packs, Git's way of sending objects, from a stream nobody vouches for.

Sizes are checked before anything is inflated, every object's id is made from its bytes, and the
whole is compared with its checksum: what comes out is what was asked for, or an error.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from xsfreader.errors import OversizeError, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

OBJECTS_LIMIT: Final = 500_000
KINDS: Final = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}
OFFSET_DELTA: Final = 6
ID_DELTA: Final = 7
DIGEST: Final = 20
PIECE: Final = 8192
"""Bytes inflated at a time: what an object leaves of its last piece is copied."""


class Thing(NamedTuple):
    """An object of Git's, without its id."""

    kind: str
    """``commit``, ``tree``, ``blob`` or ``tag``."""
    data: bytes


class _Delta(NamedTuple):
    """An object told as changes to another one."""

    at: int
    base: int | str
    """Offset in the pack, or id."""
    data: bytes


def object_id(kind: str, data: bytes) -> str:
    """Git's id of an object (SHA-1 in hex)."""
    digest = hashlib.sha1(f"{kind} {len(data)}\0".encode(), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def read_pack(
    chunks: Iterator[bytes], limit: int, tell: Callable[[int, int], None]
) -> Mapping[str, Thing]:
    """All the objects of a pack, by id.

    Args:
        chunks: The pack, cut anywhere.
        limit: Bytes that the objects may have together.
        tell: Called now and then with how many objects came and how many there are.

    Raises:
        UpstreamError: It is no pack, or a damaged one.
        OversizeError: It holds more than the bounds allow.
    """
    return _Reader(chunks, limit).read(tell)


class _Reader:
    def __init__(self, chunks: Iterator[bytes], limit: int) -> None:
        self._stream = _Stream(chunks)
        self._left = limit
        self._limit = limit
        self._things: dict[str, Thing] = {}
        self._ids: dict[int, str] = {}
        """Offset in the pack to id."""
        self._deltas: list[_Delta] = []

    def read(self, tell: Callable[[int, int], None]) -> Mapping[str, Thing]:
        head = self._stream.exactly(12)
        if head[:4] != b"PACK" or int.from_bytes(head[4:8]) not in {2, 3}:
            raise broken("does not begin like a pack")
        count = int.from_bytes(head[8:])
        if count > OBJECTS_LIMIT:
            raise OversizeError(f"the server sends {count} objects, more than the bounds allow")
        for done in range(count):
            if done % 16 == 0:
                tell(done, count)
            self._read_one()
        self._stream.finish()
        self._resolve()
        tell(count, count)
        return self._things

    def _read_one(self) -> None:
        at = self._stream.offset
        byte = self._stream.byte()
        kind, size, shift = byte >> 4 & 7, byte & 15, 4
        while byte & 0x80:
            byte = self._stream.byte()
            size |= (byte & 0x7F) << shift
            shift += 7
            if shift > 60:
                raise broken("an object has an impossible size")
        base: int | str | None = None
        if kind == OFFSET_DELTA:
            base = at - self._distance()
        elif kind == ID_DELTA:
            base = self._stream.exactly(DIGEST).hex()
        elif kind not in KINDS:
            raise broken(f"an object of kind {kind}")
        self._spend(size)
        data = self._stream.inflated(size)
        if base is None:
            self._keep(at, Thing(KINDS[kind], data))
        else:
            self._unfold(_Delta(at, base, data))

    def _distance(self) -> int:
        """How far before an object its base lies, in Git's own encoding."""
        byte = self._stream.byte()
        distance = byte & 0x7F
        while byte & 0x80:
            byte = self._stream.byte()
            distance = (distance + 1 << 7) | (byte & 0x7F)
            if distance > 1 << 40:
                raise broken("a base is impossibly far away")
        return distance

    def _keep(self, at: int, thing: Thing) -> None:
        name = object_id(thing.kind, thing.data)
        self._things[name] = thing
        self._ids[at] = name

    def _unfold(self, delta: _Delta) -> None:
        """Apply a delta if its base is there, and put it by for later otherwise."""
        name = delta.base if isinstance(delta.base, str) else self._ids.get(delta.base)
        base = self._things.get(name) if name is not None else None
        if base is None:
            self._deltas.append(delta)
            return
        from dulwich.errors import ApplyDeltaError
        from dulwich.pack import apply_delta

        self._spend(_result_size(delta.data))
        try:
            data = b"".join(apply_delta(base.data, delta.data))
        except ApplyDeltaError as error:
            raise broken(str(error)) from error
        self._keep(delta.at, Thing(base.kind, data))

    def _resolve(self) -> None:
        """Apply the deltas whose bases came after them."""
        while self._deltas:
            waiting, self._deltas = self._deltas, []
            for delta in waiting:
                self._unfold(delta)
            if len(self._deltas) == len(waiting):
                raise broken("an object's base is missing")

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise OversizeError(
                f"the server sends more than {self._limit >> 20} MiB once unpacked: gave up"
            )


def _result_size(delta: bytes) -> int:
    """How many bytes a delta says it makes: the second number at its start."""
    at = 0
    size = 0
    for _ in range(2):
        size = shift = 0
        while True:
            if at >= len(delta) or shift > 60:
                raise broken("a delta without a size")
            byte = delta[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
    return size


class _Stream:
    """Bytes pulled from chunks, counted, with the checksum at the end of them."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""
        self._at = 0
        self._before = 0
        """How much came before what is held."""
        self._digest = hashlib.sha1(usedforsecurity=False)
        self._tail = b""

    @property
    def offset(self) -> int:
        return self._before + self._at

    def _some(self, size: int) -> bytes:
        """The next bytes, at least one, at most so many."""
        while self._at == len(self._held):
            chunk = next(self._chunks, None)
            if chunk is None:
                raise broken("ends in the middle")
            self._tail += chunk
            self._digest.update(self._tail[:-DIGEST])
            self._tail = self._tail[-DIGEST:]
            self._before += len(self._held)
            self._held, self._at = chunk, 0
        data = self._held[self._at : self._at + size]
        self._at += len(data)
        return data

    def exactly(self, size: int) -> bytes:
        data = self._some(size)
        while len(data) < size:
            data += self._some(size - len(data))
        return data

    def byte(self) -> int:
        return self._some(1)[0]

    def inflated(self, size: int) -> bytes:
        """A compressed stretch, which must hold just that many bytes."""
        inflate = zlib.decompressobj()
        parts: list[bytes] = []
        got = 0
        try:
            while not inflate.eof:
                part = inflate.decompress(self._some(PIECE), size - got + 1)
                got += len(part)
                if got > size:
                    raise broken("an object is larger than it says")
                parts.append(part)
        except zlib.error as error:
            raise broken("an object can't be unpacked") from error
        if got != size:
            raise broken("an object is smaller than it says")
        self._at -= len(inflate.unused_data)
        return b"".join(parts)

    def finish(self) -> None:
        """Check that the pack ends here, with its checksum."""
        checksum = self.exactly(DIGEST)
        if self._at < len(self._held) or any(self._chunks):
            raise broken("goes on after its end")
        if checksum != self._digest.digest():
            raise broken("its checksum is wrong")


def broken(what: str) -> UpstreamError:
    """The error for a pack that is damaged in that way."""
    return UpstreamError(f"the server sent damaged data ({what}): try again")
