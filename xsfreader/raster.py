"""Opening image bytes from strangers, within bounds.

Pillow is an optional extra and slow to load: it is imported when the first image is opened.
"""

from __future__ import annotations

import importlib.util
import io
import struct
from functools import cache
from typing import TYPE_CHECKING

from xsfreader.errors import PictureError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
"""What is opened; Pillow knows many more, which no browser shows either."""
PIXELS = 40_000_000
"""An image with more is not decoded."""
SVG = "SVG drawing"
MISSING = "missing on the site"
BROKEN = (
    ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, struct.error,
)  # fmt: skip
"""What Pillow's readers raise at bytes that are no image after all."""

_ORIENTATION = 0x0112
_LYING = frozenset({5, 6, 7, 8})
"""Orientations by which width and height change places."""


@cache
def installed() -> bool:
    """Tell whether the extra ``images`` is there, without loading it."""
    return all(importlib.util.find_spec(name) for name in ("PIL", "textual_image"))


def problem_of_name(path: str) -> str:
    """Tell why a file of that name is never drawn; empty where it may be."""
    return SVG if path.lower().endswith((".svg", ".svgz")) else ""


def open_image(data: bytes) -> Image:
    """Read an image's header; nothing is decoded yet. Raises PictureError."""
    from PIL import Image

    # Pillow would warn on stderr, in the middle of the screen; the bound below is stricter.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except BROKEN:
        raise PictureError(SVG if data.lstrip()[:1] == b"<" else "broken") from None
    if image.width * image.height > PIXELS:
        image.close()
        raise PictureError(f"too large: {image.width} x {image.height} pixels")
    return image


def turned(image: Image) -> bool:
    """Tell whether the image is to be shown lying on its side."""
    return image.format in ("JPEG", "PNG", "WEBP") and image.getexif().get(_ORIENTATION) in _LYING


def measure(data: bytes) -> tuple[int, int] | None:
    """Tell width and height as they are shown; None where that can't be known."""
    if not installed():
        return None
    try:
        with open_image(data) as image:
            return image.size[::-1] if turned(image) else image.size
    except (PictureError, *BROKEN):
        return None
