"""From bytes to what is sent: colours, proportions, and bytes that are no picture."""

from __future__ import annotations

import base64
import re
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("PIL", reason="needs the extra images")

from PIL import Image
from textual.strip import Strip
from textual_image.renderable import tgp

from tests import pictures
from xsfreader.errors import ImageError
from xsfreader.ui.images.drawing import Drawing, draw
from xsfreader.ui.images.geometry import Cells, fit
from xsfreader.ui.images.placeholders import NUMERALS, placeholders
from xsfreader.ui.images.terminal import Display, Listener, Protocol

MOST = Cells(40, 10)
GROUND = (20, 30, 40)


def drawn(data: bytes, protocol: Protocol = Protocol.HALF) -> Drawing:
    return draw(data, lambda size: fit(size, MOST), GROUND, protocol, (10, 20))


def corners(drawing: Drawing) -> tuple[str, str]:
    """Colours of the first and the last cell of the first row, as ``#rrggbb``."""
    segments = list(drawing.text[0])
    found = []
    for segment in (segments[0], segments[-1]):
        assert segment.style is not None
        assert segment.style.color is not None
        assert segment.style.color.triplet is not None
        found.append(segment.style.color.triplet.hex)
    return found[0], found[1]


def reddish(colour: str) -> bool:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red > 200 and green < 60 and blue < 60


@pytest.mark.parametrize("mode", ["RGB", "P", "L", "1", "LA", "RGBA"])
def test_every_kind_of_png_is_drawn(mode: str) -> None:
    drawing = drawn(pictures.two_halves(mode, (320, 160), "PNG"))
    assert drawing.size == (320, 160)
    assert drawing.cells == (40, 10)
    assert [strip.cell_length for strip in drawing.text] == [40] * 10
    left, right = corners(drawing)
    assert left != right


@pytest.mark.parametrize(("mode", "form"), [("RGB", "JPEG"), ("P", "GIF"), ("RGB", "WEBP")])
def test_other_formats_are_drawn_too(mode: str, form: str) -> None:
    left, right = corners(drawn(pictures.two_halves(mode, (320, 160), form)))
    assert reddish(left)
    assert not reddish(right)


def test_what_is_transparent_shows_the_ground() -> None:
    assert corners(drawn(pictures.png((80, 80), (255, 0, 0, 0)))) == ("#141e28", "#141e28")


def test_of_an_animation_the_first_frame_is_shown() -> None:
    frames = [Image.new("RGB", (80, 80), colour) for colour in ((250, 0, 0), (0, 250, 0))]
    data = BytesIO()
    frames[0].save(data, "GIF", save_all=True, append_images=frames[1:], duration=10)
    assert reddish(corners(drawn(data.getvalue()))[0])


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_that_lies_on_its_side_is_put_upright(form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # what is left in the file is to be on top
    drawing = drawn(pictures.two_halves("RGB", (320, 160), form, exif=exif))
    assert drawing.size == (160, 320)
    assert drawing.cells == (10, 10)
    assert reddish(corners(drawing)[0])
    assert reddish(corners(drawing)[1])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (pictures.corrupt_png(), "broken"),
        (pictures.truncated_jpeg(), "broken"),
        (pictures.huge_png(), "too large: 30000 x 30000 pixels"),
        (pictures.SVG, "SVG drawing"),
        (b"\n  " + pictures.SVG, "SVG drawing"),
        (b"", "broken"),
        (b"GIF89a", "broken"),
        (b"%PDF-1.4 not an image", "broken"),
    ],
)
@pytest.mark.parametrize("protocol", Protocol)
def test_what_is_no_picture_says_why(data: bytes, why: str, protocol: Protocol) -> None:
    with pytest.raises(ImageError, match=why):
        drawn(data, protocol)


@given(st.data())
def test_spoiled_bytes_end_in_a_picture_or_a_reason(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "BMP"]))
    bytes_ = bytearray(pictures.two_halves("RGB", (24, 16), form))
    for at in data.draw(st.lists(st.integers(0, len(bytes_) - 1), max_size=6)):
        bytes_[at] = data.draw(st.integers(0, 255))
    try:
        drawing = drawn(bytes(bytes_[: data.draw(st.integers(0, len(bytes_)))]))
    except ImageError:
        return
    assert len(drawing.text) == drawing.cells.rows


def test_kitty_gets_the_pixels_once_and_characters_in_their_place() -> None:
    drawing = drawn(pictures.two_halves("RGB", (320, 160), "PNG"), Protocol.KITTY)
    messages = re.findall(r"\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\", drawing.sent)
    *chunks, (placement, _) = messages
    assert "U=1" in placement
    assert "c=40,r=10" in placement
    assert all("m=1" in keys for keys, _ in chunks[:-1])
    assert "m=0" in chunks[-1][0]
    image = Image.open(BytesIO(base64.b64decode("".join(part for _, part in chunks))))
    assert image.size == (400, 200)
    strip = drawing.lay_over(Strip.blank(60), 3, 5, 0)
    assert strip.cell_length == 60
    assert strip.text.count("\U0010eeee") == 40
    assert drawing.forgotten.startswith("\x1b_Ga=d,d=I,")


def test_the_numerals_are_those_of_kittys_table() -> None:
    assert list(map(ord, NUMERALS)) == tgp._NUMBER_TO_DIACRITIC


def test_no_image_is_larger_than_kitty_can_count() -> None:
    display = Display({"TERM": "xterm-kitty"}, Listener(), colours=True, headless=False)
    assert display.largest(Cells(400, 300)) == (len(NUMERALS), len(NUMERALS))
    strips = placeholders(0x0A0B0C, display.largest(Cells(400, 2)))
    rows = [segment for strip in strips for segment in strip]
    assert [row.text[-4:] for row in rows] == [
        f"\U0010eeee{NUMERALS[row]}{NUMERALS[296]}{NUMERALS[0]}" for row in range(2)
    ]
    assert rows[0].style is not None
    assert rows[0].style.color is not None
    assert rows[0].style.color.triplet == (10, 11, 12)


def test_sixel_gets_each_row_by_itself_and_no_line_is_longer_for_it() -> None:
    drawing = drawn(pictures.two_halves("RGB", (320, 160), "PNG"), Protocol.SIXEL)
    assert len(drawing.sixels) == 10
    for row in drawing.sixels:
        assert row.startswith('\x1bP0;0;0q"1;1;400;20')
        assert row.endswith("\x1b\\")
        assert not row.endswith("-\x1b\\")
    strip = drawing.lay_over(Strip.blank(60), 3, 5, 30)
    assert strip.cell_length == 60
    assert strip.text.count("\x1bP") == 1
    assert "\x1b7\x1b[36G\x1bP" in strip.text
    for part in strip.divide([45, 60]):
        assert part.cell_length in (45, 15)
