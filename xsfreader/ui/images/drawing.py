"""From image bytes to what is sent to a terminal. Runs in a worker; loads Pillow.

Half cells are text. What kitty and Sixel need is laid over painted lines only when these go to
the terminal: a tint, a filter or a panel above would spoil it, and the text below scrolls as any.
A Sixel picture is encoded row by row of cells, once: whatever part is in view is then at hand.
"""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from itertools import groupby
from random import randrange
from typing import TYPE_CHECKING, NamedTuple

from rich.color import Color
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.strip import Strip

from xsfreader.image_file import open_image, swaps_axes
from xsfreader.ui.images.placeholders import placeholders
from xsfreader.ui.images.terminal import Protocol
from xsfreader.ui.textual_private import encode_sixel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

    from xsfreader.ui.images.geometry import Cells

Ground = tuple[int, int, int]

_CHUNK = 4096
"""Bytes of an image that kitty accepts in one message."""
_COLOURS = 256
_TEXT_CELL, _PLACEHOLDER = 800, 100
"""Bytes of memory a cell takes at the worst, measured: each has its own style."""
_SCREEN = 16_000_000
"""Pixels of the largest screens."""
_REDUCTION = 64
"""The most that a side is reduced by before it is scaled: enough, and a band stays thin."""
_BAND = 1 << 20
"""Pixels that are converted at a time."""
_NO_CONTROL = [(ControlType.CURSOR_FORWARD, 0)]
"""Marks a segment as a control sequence; this one itself is not sent."""


class Drawing(NamedTuple):
    """An image at a size, ready to be painted."""

    cells: Cells
    size: tuple[int, int]
    """Pixels of the image itself, upright."""
    text: tuple[Strip, ...] = ()
    """Its rows, if it is made of text."""
    placeholders: tuple[Strip, ...] = ()
    """Its rows of placeholders, if kitty draws it."""
    sixels: tuple[str, ...] = ()
    """Its rows as Sixel images."""
    sent: str = ""
    """Sent once, before it is painted."""
    forgotten: str = ""
    """Sent to free the terminal's memory."""

    @property
    def weight(self) -> int:
        """Bytes of memory it takes, roughly."""
        cells = self.cells.columns * self.cells.rows
        return sum(map(len, self.sixels)) + cells * (_TEXT_CELL if self.text else _PLACEHOLDER)

    def lay_over(self, strip: Strip, row: int, cell: int, left: int) -> Strip:
        """Insert a row into a painted line at a cell; ``left`` is the line's own column."""
        end = cell + self.cells.columns
        rest = strip.crop(end, strip.cell_length)
        if self.sixels:
            # Not at the line's end: the compositor cuts lines there, and drops what is behind.
            there = f"\x1b7\x1b[{left + cell + 1}G{self.sixels[row]}\x1b8"
            sixel = Segment(there, None, _NO_CONTROL)
            return Strip([*strip.crop(0, end), sixel, *rest], strip.cell_length)
        return Strip.join([strip.crop(0, cell), (self.text or self.placeholders)[row], rest])


def draw(
    data: bytes,
    fitting: Callable[[tuple[int, int]], Cells],
    ground: Ground,
    protocol: Protocol,
    cell: tuple[int, int],
) -> Drawing:
    """Draw an image; ``fitting`` computes its cells from its pixels. Raises ImageError."""
    with open_image(data) as image:
        size = image.size[::-1] if swaps_axes(image) else image.size
        cells = fitting(size)
        if cells.columns * cells.rows * cell[0] * cell[1] > _SCREEN:
            # The terminal is wrong about the pixels of a cell.
            protocol = Protocol.HALF
        grain = (1, 2) if protocol is Protocol.HALF else cell
        pixels = _scaled(image, (cells.columns * grain[0], cells.rows * grain[1]), ground)
    if protocol is Protocol.KITTY:
        return _kitty(pixels, cells, size)
    if protocol is Protocol.SIXEL:
        return Drawing(cells, size, sixels=_sixels(pixels, cells, cell[1]))
    return Drawing(cells, size, text=_half_cells(pixels, cells))


def _scaled(image: Image, wanted: tuple[int, int], ground: Ground) -> Image:
    """Scale the first frame to these pixels, upright, over the background; close the image."""
    from PIL import Image as Images
    from PIL import ImageOps

    lying = wanted[::-1] if swaps_axes(image) else wanted
    image.draft("RGB", (lying[0] * 2, lying[1] * 2))
    exif, plain = image.info.get("exif"), _flattened(image, lying, ground)
    image.close()
    plain = plain.resize(lying, Images.Resampling.LANCZOS)
    if exif is not None:
        plain.info["exif"] = exif
        ImageOps.exif_transpose(plain, in_place=True)
    return plain


def _flattened(image: Image, wanted: tuple[int, int], ground: Ground) -> Image:
    """Return the image over the background, reduced to at least twice the pixels wanted.

    It goes by bands, since each conversion of the whole would take as much memory as the image.
    """
    from PIL import Image as Images

    width, height = image.size
    across, down = (
        max(1, min(_REDUCTION, side // (2 * goal)))
        for side, goal in zip(image.size, wanted, strict=True)
    )
    flat = Images.new("RGB", (-(-width // across), -(-height // down)))
    rows = max(1, _BAND // width // down) * down
    for top in range(0, height, rows):
        band = image.crop((0, top, width, min(top + rows, height)))
        if band.mode.startswith("I;16"):
            # A conversion alone would take all but the darkest for white.
            band = band.point(lambda value: value / 256)
        if band.has_transparency_data:
            band = band.convert("RGBA")
            band = Images.alpha_composite(Images.new("RGBA", band.size, (*ground, 255)), band)
        flat.paste(band.convert("RGB").reduce((across, down)), (0, top // down))
    return flat


def _half_cells(pixels: Image, cells: Cells) -> tuple[Strip, ...]:
    """Draw two pixels per cell: the upper one as a half block, the lower one as its background."""
    data, width = pixels.tobytes(), 3 * cells.columns
    strips = []
    for start in range(0, len(data), 2 * width):
        starts = range(start, start + width, 3)
        pairs = ((data[at : at + 3], data[at + width : at + width + 3]) for at in starts)
        segments = [
            Segment(
                "▀" * len(list(run)),
                Style.from_color(Color.from_rgb(*upper), Color.from_rgb(*lower)),
            )
            for (upper, lower), run in groupby(pairs)
        ]
        strips.append(Strip(segments, cells.columns))
    return tuple(strips)


def _kitty(pixels: Image, cells: Cells, size: tuple[int, int]) -> Drawing:
    """Draw for kitty: the image is sent once, and placeholders stand for its cells."""
    number = randrange(1, 1 << 24)  # noqa: S311 - so that no two programs share one, no secret
    data = BytesIO()
    pixels.save(data, format="png", compress_level=2)
    payload = b64encode(data.getvalue()).decode()
    parts = [payload[start : start + _CHUNK] for start in range(0, len(payload), _CHUNK)]
    messages = [
        f"\x1b_G{f'i={number},f=100,' if not at else ''}q=2,m={int(at < len(parts) - 1)};"
        f"{part}\x1b\\"
        for at, part in enumerate(parts)
    ]
    messages.append(f"\x1b_Ga=p,U=1,i={number},c={cells.columns},r={cells.rows},q=2\x1b\\")
    return Drawing(
        cells,
        size,
        placeholders=placeholders(number, cells),
        sent="".join(messages),
        forgotten=f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\",
    )


def _sixels(pixels: Image, cells: Cells, height: int) -> tuple[str, ...]:
    from PIL import Image as Images

    few = pixels.quantize(_COLOURS, Images.Quantize.FASTOCTREE)
    rows = (few.crop((0, row * height, few.width, (row + 1) * height)) for row in range(cells.rows))
    # A last line feed would take the cursor below the row, and scroll on the screen's last one.
    return tuple(encode_sixel(row).replace("-\x1b\\", "\x1b\\") for row in rows)
