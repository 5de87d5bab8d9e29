"""Open the image files of strangers within bounds.

Pillow is given only what the first frame is drawn from, and only once its size is known. Texts and
colour profiles that inflate, thousands of chunks and further frames are left out before.
"""

from __future__ import annotations

import io
import re
import warnings
from contextlib import contextmanager
from struct import pack, unpack_from
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from PIL.Image import Image

MEMORY = 200_000_000
"""Bytes that decoding an image and converting it may take."""
SIDE = 32_768
"""The most pixels of a side: each row and each column takes memory besides its pixels."""
PARTS = 10_000
"""The most chunks, segments or blocks before or around the pixels."""
SCANS = 50
"""The most passes over a progressive JPEG; encoders make about ten."""
EXIF_BYTES = 1 << 16
SVG = "SVG drawing"
BROKEN = "broken"

_PIXEL = 8
"""Bytes a pixel: 4 as decoded, 4 once laid over the background."""
_WEBP_PIXEL = 24
"""Measured: libwebp holds four more copies of a lossless image."""
_TOO_MANY = "too many parts"
_ORIENTATION = 0x0112
_SWAPS_AXES = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""


class _Essentials(NamedTuple):
    """What an image file comes to."""

    data: bytes
    """The same file, with nothing but its first frame and its orientation."""
    width: int
    height: int
    pixel: int = _PIXEL
    """Bytes of memory a pixel."""


@contextmanager
def open_image(data: bytes) -> Iterator[Image]:
    """Open an image, decoding nothing yet; what fails inside is the image's fault.

    Raises ImageError.
    """
    # Pillow says there on stderr what is odd in a file.
    warnings.filterwarnings("ignore", module=r"PIL\b")
    try:
        with _open(data) as image:
            yield image
    except ImageError:
        raise
    except MemoryError:
        raise ImageError("too large") from None
    except Exception as error:  # the decoders raise almost anything
        raise ImageError(BROKEN) from error


def _open(data: bytes) -> Image:
    form, essentials = _examine(data)
    _check_size(essentials)
    from PIL import Image

    image = Image.open(io.BytesIO(essentials.data), formats=(form,))
    if image.size != (essentials.width, essentials.height):
        raise ImageError(BROKEN)
    return image


def swaps_axes(image: Image) -> bool:
    """Tell whether the EXIF orientation swaps width and height."""
    return image.getexif().get(_ORIENTATION) in _SWAPS_AXES


def _examine(data: bytes) -> tuple[str, _Essentials]:
    for form, (signature, examine) in _FORMATS.items():
        if re.match(signature, data, re.DOTALL):
            return form, examine(data)
    raise ImageError(SVG if data.lstrip()[:1] == b"<" else BROKEN)


def _check_size(image: _Essentials) -> None:
    width, height = image.width, image.height
    if not width or not height:
        raise ImageError(BROKEN)
    if max(width, height) > SIDE or width * height * image.pixel > MEMORY:
        raise ImageError(f"too large: {width} x {height} pixels")


def _parts(limit: int = PARTS) -> Iterator[None]:
    """Count the parts of a file. Raises ImageError past the limit."""
    for _ in range(limit):
        yield
    raise ImageError(_TOO_MANY)


def _png(data: bytes) -> _Essentials:
    kept, at = [data[:8]], 8
    for _ in _parts():
        if at + 8 > len(data):
            break
        length, kind = unpack_from(">I4s", data, at)
        end = at + 12 + length
        first = len(kept) == 1
        if (
            (kind == b"IHDR" and first)
            or (kind in (b"PLTE", b"tRNS", b"IDAT", b"IEND") and not first)
            or (kind == b"eXIf" and length <= EXIF_BYTES)
        ):
            kept.append(data[at:end])
        at = end
    width, height = unpack_from(">II", data, 16)
    return _Essentials(b"".join(kept), width, height)


def _gif(data: bytes) -> _Essentials:
    width, height, flags = unpack_from("<HHB", data, 6)
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    head, control = data[:at], b""
    parts = _parts()
    while data[at : at + 1] == b"!":
        start, at = at, at + 2
        while size := data[at]:
            next(parts)
            at += 1 + size
        at += 1
        if data[start + 1] == 0xF9:
            control = data[start:at]
        next(parts)
    if data[at : at + 1] != b",":
        raise ImageError(BROKEN)
    x, y, across, down = unpack_from("<4H", data, at + 1)
    return _Essentials(head + control + data[at:], max(width, x + across), max(height, y + down))


def _jpeg(data: bytes) -> _Essentials:
    kept, at, frame, exif = [data[:2]], 2, b"", False
    marker = re.compile(_MARKER)
    for _ in _parts():
        found = marker.search(data, at)
        if found is None:
            raise ImageError(BROKEN)
        kind, at = found[1][0], found.end()
        if kind == _START_OF_SCAN:
            break
        segment = data[at : at + int.from_bytes(data[at : at + 2])]
        at += len(segment)
        is_exif = kind == _APP1 and segment[2:6] == b"Exif" and not exif
        exif = exif or is_exif
        if kind in _JPEG_FRAMES:
            if frame:
                raise ImageError(BROKEN)
            frame = segment
        if kind in _JPEG_KEPT or kind in _JPEG_FRAMES or is_exif:
            kept += [bytes((0xFF, kind)), segment]
    height, width, layers = unpack_from(">HHB", frame, 3)
    # Among the coefficients a byte FF is followed by 00: only a marker looks like these two.
    end = data.find(b"\xff\xd9", at)
    end = len(data) if end < 0 else end + 2
    scans = data.count(b"\xff\xda", at, end) + 1
    if scans > SCANS:
        raise ImageError(_TOO_MANY)
    # More than one: all coefficients are held at once, two bytes each.
    pixel = _PIXEL + (2 * layers if scans > 1 else 0)
    return _Essentials(b"".join([*kept, b"\xff\xda", data[at:end]]), width, height, pixel)


_MARKER = rb"\xff([\x02-\xcf\xda-\xfe])"
_START_OF_SCAN, _APP1 = 0xDA, 0xE1
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_KEPT = frozenset({0xC4, 0xCC, 0xDB, 0xDD, 0xE0, 0xEE})
"""Tables, the restart interval, JFIF, and Adobe's note on the colours."""


def _webp(data: bytes) -> _Essentials:
    kept: list[bytes] = []
    at, size = 12, (0, 0)
    for _ in _parts():
        if at + 8 > len(data):
            break
        kind, length = unpack_from("<4sI", data, at)
        end = at + 8 + length + length % 2
        if at == 12:
            size = _webp_size(data, kind, at + 8)
        if kind in _WEBP_KEPT or (kind == b"EXIF" and length <= EXIF_BYTES):
            kept.append(data[at:end])
        at = end
        if kind == b"ANMF":
            break
    body = b"WEBP" + b"".join(kept)
    return _Essentials(b"RIFF" + pack("<I", len(body)) + body, *size, _WEBP_PIXEL)


_WEBP_KEPT = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"})


def _webp_size(data: bytes, kind: bytes, at: int) -> tuple[int, int]:
    if kind == b"VP8X":
        width, height = data[at + 4 : at + 7], data[at + 7 : at + 10]
        return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
    if kind == b"VP8L":
        (bits,) = unpack_from("<I", data, at + 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = unpack_from("<HH", data, at + 6)
    return width & 0x3FFF, height & 0x3FFF


_FORMATS: Mapping[str, tuple[bytes, Callable[[bytes], _Essentials]]] = {
    "PNG": (rb"\x89PNG\r\n\x1a\n", _png),
    "JPEG": (rb"\xff\xd8\xff", _jpeg),
    "GIF": (rb"GIF8[79]a", _gif),
    "WEBP": (rb"RIFF....WEBP", _webp),
}
"""What is drawn: Pillow reads many more, which no post uses."""
