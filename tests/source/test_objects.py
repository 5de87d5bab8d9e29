"""Packs: what real Git makes is unpacked whole, and anything else is refused in bounds."""

from __future__ import annotations

import hashlib
import random
import tempfile
import tracemalloc
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.servers import Pack
from tests.githost import commit, git, new_repository
from xsfreader.errors import OversizeError
from xsfreader.source.git.client import FAILURES
from xsfreader.source.git.objects import Objects

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 1 << 20
KINDS = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}


def read(pack: bytes, *, limit: int = LIMIT) -> dict[str, tuple[str, bytes]]:
    objects = Objects(limit)
    add(objects, pack)
    places = {name: objects.place(name) for name in objects}
    return {name: (KINDS[at.type], objects.read(name)) for name, at in places.items() if at}


def add(objects: Objects, pack: bytes) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(pack)
        objects.add(file)


def object_id(kind: str, data: bytes) -> str:
    head = f"{kind} {len(data)}\0".encode()
    return hashlib.sha1(head + data, usedforsecurity=False).hexdigest()


def sealed(*objects: bytes, count: int | None = None) -> bytes:
    body = b"PACK" + (2).to_bytes(4) + (len(objects) if count is None else count).to_bytes(4)
    body += b"".join(objects)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def blob(data: bytes, *, claims: int | None = None) -> bytes:
    return Pack.head(3, len(data) if claims is None else claims) + zlib.compress(data)


def number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def delta(base: bytes, result_size: int, commands: bytes, *, on: bytes | None = None) -> bytes:
    body = number(len(base)) + number(result_size) + commands
    name = on or bytes.fromhex(object_id("blob", base))
    return Pack.head(7, len(body)) + name + zlib.compress(body)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A repository whose files resemble one another, so that packs of it hold deltas."""
    path = new_repository(tmp_path_factory.mktemp("packs") / "x.git")
    chance = random.Random(7)
    lines = [f"line {chance.random()}\n" for _ in range(300)]
    files = {}
    for i in range(12):
        lines[chance.randrange(300)] = f"changed {i}\n"
        files[f"{i}.md"] = "".join(lines).encode()
    commit(path, files)
    return path, git(path, "rev-list", "--objects", "--no-object-names", "master").split()


def packed(real: tuple[Path, list[str]], *options: str) -> bytes:
    path, ids = real
    git(path, "pack-objects", "-q", *options, "out", stdin="\n".join(ids).encode())
    made = next(path.glob("out-*.pack"))
    data = made.read_bytes()
    for file in path.glob("out-*"):
        file.unlink()
    return data


@pytest.mark.parametrize("options", [["--delta-base-offset"], [], ["--window=0"]])
def test_packs_of_git_are_unpacked(real: tuple[Path, list[str]], options: list[str]) -> None:
    objects = read(packed(real, *options))
    assert set(objects) == set(real[1])
    for name, (kind, data) in objects.items():
        assert object_id(kind, data) == name


def test_packs_contain_deltas(real: tuple[Path, list[str]]) -> None:
    whole, small = packed(real, "--window=0"), packed(real, "--delta-base-offset")
    assert len(small) < len(whole) / 3


@given(data=st.data())
def test_flipped_bit_or_missing_end_is_detected(
    real: tuple[Path, list[str]], data: st.DataObject
) -> None:
    pack = bytearray(packed_once(real))
    if data.draw(st.booleans()):
        del pack[data.draw(st.integers(0, len(pack) - 1)) :]
    else:
        at = data.draw(st.integers(0, len(pack) - 1))
        pack[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((*FAILURES, OversizeError)):
        read(bytes(pack))


_packed: dict[str, bytes] = {}


def packed_once(real: tuple[Path, list[str]]) -> bytes:
    if "pack" not in _packed:
        _packed["pack"] = packed(real, "--delta-base-offset")
    return _packed["pack"]


@given(st.binary(max_size=200), st.integers(0, 3))
def test_garbage_raises_only_known_errors(garbage: bytes, count: int) -> None:
    with suppress(*FAILURES, OversizeError):
        read(sealed(garbage, count=count))


def test_base_may_follow_its_delta() -> None:
    base = b"hello world"
    objects = read(sealed(delta(base, 5, b"\x90\x05"), blob(base)))
    assert objects[object_id("blob", b"hello")] == ("blob", b"hello")


@pytest.mark.parametrize(
    "pack",
    [
        b"",
        b"PICK" + bytes(40),
        sealed(blob(b"x"))[:-1],
        sealed(blob(b"x")) + b"x",
        sealed(blob(b"x"))[:-20] + bytes(20),
        sealed(blob(b"xyz", claims=2)),
        sealed(blob(b"xyz", claims=4)),
        sealed(Pack.head(3, 3) + b"not compressed"),
        sealed(Pack.head(5, 3) + zlib.compress(b"xyz")),
        sealed(b"\xb0" + b"\xff" * 20),
        sealed(delta(b"base", 4, b"")),
        sealed(blob(b"base"), delta(b"base", 4, b"\x00")),
        sealed(blob(b"base"), delta(b"base", 4, b"\x90\x03")),
        sealed(blob(b"base"), Pack.head(6, 1) + b"\xff" * 12),
        sealed(
            blob(b"base"),
            Pack.head(7, 0) + bytes.fromhex(object_id("blob", b"base")) + zlib.compress(b""),
        ),
    ],
)
def test_damaged_packs_are_rejected(pack: bytes) -> None:
    with pytest.raises(FAILURES):
        read(pack)


def test_zip_bomb_is_rejected_before_it_is_unpacked() -> None:
    bomb = blob(bytes(LIMIT + 1))
    with pytest.raises(OversizeError):
        read(sealed(bomb))
    with pytest.raises(FAILURES):
        read(sealed(blob(bytes(64 << 20), claims=10)))


def test_rejecting_bombs_takes_little_memory() -> None:
    bomb = sealed(blob(bytes(64 << 20)))
    expanding = sealed(blob(bytes(1 << 16)), delta(bytes(1 << 16), 64 << 20, b"\x80" * 1024))
    tracemalloc.start()
    try:
        for pack in (bomb, expanding):
            with pytest.raises(OversizeError):
                read(pack)
        assert tracemalloc.get_traced_memory()[1] < 2 * LIMIT
    finally:
        tracemalloc.stop()


def test_limit_counts_over_several_packs() -> None:
    objects = Objects(100)
    add(objects, sealed(blob(bytes(60))))
    with pytest.raises(OversizeError):
        add(objects, sealed(blob(bytes(60))))


def test_delta_bomb_is_rejected() -> None:
    base = bytes(1 << 16)
    copies = b"\x80" * 64
    with pytest.raises(OversizeError):
        read(sealed(blob(base), delta(base, 64 << 16, copies)))
    with pytest.raises(OversizeError):
        read(sealed(blob(base), delta(base, 1 << 59, b"\x80")))


def test_pack_with_too_many_objects_is_rejected_at_once() -> None:
    with pytest.raises(OversizeError, match="objects"):
        read(sealed(count=1 << 31))
