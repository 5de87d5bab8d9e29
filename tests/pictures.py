"""Image files for tests, good and bad, made on the spot."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest


def png(size: tuple[int, int], colour: tuple[int, ...] = (200, 40, 40)) -> bytes:
    """A PNG of one colour; four numbers make it transparent."""
    rows = (b"\0" + bytes(colour) * size[0]) * size[1]
    return _png(*size, {3: 2, 4: 6}[len(colour)], rows)


def two_halves(mode: str, size: tuple[int, int], form: str, **options: object) -> bytes:
    """An image that is red at the left and blue at the right."""
    pytest.importorskip("PIL", reason="needs the extra images")
    from PIL import Image

    image = Image.new("RGB", size, (250, 0, 0))
    image.paste((0, 0, 250), (size[0] // 2, 0, *size))
    data = BytesIO()
    image.convert(mode).save(data, form, **options)
    return data.getvalue()


def huge_png() -> bytes:
    """A PNG whose header claims 30,000 x 30,000 pixels."""
    return _png(30_000, 30_000, 2, b"\0" * 1000)


def _png(width: int, height: int, kind: int, rows: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def corrupt_png() -> bytes:
    """A PNG whose pixels are spoiled."""
    data = bytearray(two_halves("RGB", (64, 64), "PNG"))
    at = data.index(b"IDAT") + 8
    data[at : at + 20] = b"\xff" * 20
    return bytes(data)


def truncated_jpeg() -> bytes:
    """The first half of a JPEG."""
    data = two_halves("RGB", (256, 256), "JPEG")
    return data[: len(data) // 2]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9"/></svg>'
