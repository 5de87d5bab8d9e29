"""What an image file may hold: each is drawn within bounds, or there is one short reason."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from functools import partial
from io import BytesIO
from struct import pack
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

pytest.importorskip("PIL", reason="needs the extra images")

from PIL import Image
from rich.segment import Segment
from textual.strip import Strip

from tests import pictures
from tests.ui.apps import reader, running, until
from tests.ui.test_images import WIDE, boxes, come, shown, site
from xsfreader.config import Config
from xsfreader.ui.images import loader
from xsfreader.ui.images.drawing import Drawing, draw
from xsfreader.ui.images.geometry import Cells, fit
from xsfreader.ui.images.terminal import Display, Listener, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

if sys.platform != "linux":
    pytest.skip("peaks of memory are measured on Linux", allow_module_level=True)

PEAK = 220
"""MB that drawing one may take, as Linux counts them."""
SECONDS = 4.0
"""CPU time that drawing one may take: several times what it takes here."""

# Files


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


def png(
    width: int = 8, height: int = 8, *, kind: int = 2, depth: int = 8, extra: bytes = b""
) -> bytes:
    """A PNG whose bytes are all 0x80; ``extra`` are chunks after the header."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    row = b"\0" + b"\x80" * ((width * channels * depth + 7) // 8)
    squeeze, rows = zlib.compressobj(1), max(1, (1 << 20) // len(row))
    pixels = [squeeze.compress(row * min(rows, height - at)) for at in range(0, height, rows)]
    head = pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    if kind == 3 and b"PLTE" not in extra:
        extra = chunk(b"PLTE", bytes(range(256)) * 3) + extra
    body = chunk(b"IDAT", b"".join([*pixels, squeeze.flush()])) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + body


def texts(kind: bytes, head: bytes, count: int, size: int) -> bytes:
    """A PNG with so many chunks that inflate to so many bytes."""
    return png(extra=chunk(kind, head + zlib.compress(b"a" * size, 9)) * count)


def gif(
    screen: tuple[int, int] = (8, 8), *, frame: tuple[int, int] = (8, 8), extra: bytes = b""
) -> bytes:
    """A GIF; ``extra`` are blocks before its one frame."""
    data = BytesIO()
    Image.new("L", (8, 8), 99).save(data, "GIF")
    plain = data.getvalue()
    start = plain.index(b",\0\0\0\0\x08\0\x08\0")
    head = plain[:6] + pack("<HH", *screen) + plain[10:start]
    return head + extra + b"," + pack("<4H", 0, 0, *frame) + plain[start + 9 :]


def many_frames(count: int) -> bytes:
    """An animated GIF."""
    plain = gif()
    start = plain.index(b",\0\0\0\0")
    return plain[:start] + plain[start:-1] * count + b";"


def webp(width: int, height: int, *chunks: bytes) -> bytes:
    """A lossless WebP of one colour: all of its codes have one symbol, which takes no bits."""
    bits, at = 0, 0
    for value, count in ((width - 1, 14), (height - 1, 14), (0, 7), *[(1, 4)] * 5):
        bits, at = bits | value << at, at + count
    body = riff(b"VP8L", b"\x2f" + bits.to_bytes(12, "little"))
    body = b"".join([*chunks, body] if not chunks or b"ANMF" not in chunks[-1] else chunks)
    return b"RIFF" + pack("<I", 4 + len(body)) + b"WEBP" + body


def riff(kind: bytes, data: bytes) -> bytes:
    """A chunk of a WebP."""
    return kind + pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def canvas(width: int, height: int, flags: int) -> bytes:
    """The first chunk of a WebP that has more than pixels."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return riff(b"VP8X", bytes((flags, 0, 0, 0)) + sides)


def moving_webp(frames: int) -> bytes:
    """An animated WebP."""
    frame = riff(b"ANMF", bytes(6) + pack("<I", 7)[:3] * 2 + bytes(4) + webp(8, 8)[12:])
    return webp(8, 8, canvas(8, 8, 2), riff(b"ANIM", bytes(6)), *[frame] * frames)


def jpeg(extra: bytes = b"", mode: str = "RGB", **options: object) -> bytes:
    """A JPEG; ``extra`` are segments before all others."""
    data = pictures.two_halves(mode, (64, 64), "JPEG", **options)
    return data[:2] + extra + data[2:]


def segment(kind: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes((0xFF, kind)) + pack(">H", len(data) + 2) + data


def scans(count: int) -> bytes:
    """A progressive JPEG whose last pass comes that often."""
    plain = jpeg(progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:last] + plain[last:-2] * count + plain[-2:]


def greedy_exif() -> bytes:
    """EXIF of 64 KB that names 32 KB of itself as the value of each of 2,700 tags."""
    entries = b"".join(pack(">HHII", 1000 + n, 7, 32_000, 33_000) for n in range(2700))
    exif = b"MM\0*\0\0\0\x08" + pack(">H", 2700) + entries
    return b"Exif\0\0" + exif + bytes(65_500 - len(exif))


WRONG_EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x02" + pack(">HHII", 0x110, 2, 999, 9999) * 2
BLACK = chunk(b"PLTE", bytes(3))


class Case(NamedTuple):
    """An image file, and what becomes of it."""

    name: str
    make: Callable[[], bytes]
    outcome: str = "drawn"
    """Or the reason that its box gives."""


LARGE = [
    Case("png-tall", partial(png, 1, 40_000_000), "too large: 1 x 40000000 pixels"),
    Case("png-long", partial(png, 40_000_000, 1, kind=0), "too large: 40000000 x 1 pixels"),
    Case("png-claims", pictures.huge_png, "too large: 30000 x 30000 pixels"),
    Case("png-25-megapixels", partial(png, 5000, 5000, kind=6)),
    Case("png-thinnest", partial(png, 1, 32_768)),
    Case("webp-lossless", partial(webp, 16_000, 2500), "too large: 16000 x 2500 pixels"),
    Case("webp-8-megapixels", partial(webp, 2880, 2880)),
    Case(
        "webp-canvas", partial(webp, 8, 8, canvas(1 << 24, 1 << 7, 0)),
        "too large: 16777216 x 128 pixels",
    ),
    Case(
        "gif-screen", partial(gif, (65_535, 65_535), extra=b"!\xf9\4\x08\0\0\0\0"),
        "too large: 65535 x 65535 pixels",
    ),
    Case("gif-frame", partial(gif, frame=(60_000, 9000)), "too large: 60000 x 9000 pixels"),
]  # fmt: skip

PARTS = [
    Case("png-chunks", partial(png, extra=chunk(b"teXt", b"") * 1_500_000), "too many parts"),
    Case("png-pixels", partial(png, extra=chunk(b"IDAT", b"") * 1_500_000), "too many parts"),
    Case("png-texts", partial(texts, b"zTXt", b"a\0\0", 60, 1 << 20)),
    Case("png-international", partial(texts, b"iTXt", b"a\0\1\0\0\0", 60, 1 << 20)),
    Case("png-profile", partial(texts, b"iCCP", b"a\0\0", 1, 64 << 20)),
    Case("png-exif", partial(png, extra=chunk(b"eXIf", greedy_exif()[6:]))),
    Case("jpeg-comments", partial(jpeg, segment(0xFE, b"") * 1_500_000), "too many parts"),
    Case("jpeg-padding", partial(jpeg, b"\xff" * 15_000_000)),
    Case("jpeg-junk", partial(jpeg, b"\xff\0" * 7_000_000)),
    Case("jpeg-scans", partial(scans, 1000), "too many parts"),
    Case("jpeg-exif", partial(jpeg, segment(0xE1, greedy_exif()))),
    Case("jpeg-exifs", partial(jpeg, segment(0xE1, greedy_exif()) * 250)),
    Case("gif-comment", partial(gif, extra=b"!\xfe" + b"\1a" * 5_000_000 + b"\0"),
         "too many parts"),
    Case("gif-extensions", partial(gif, extra=b"!\xfe\0" * 2_000_000), "too many parts"),
    Case("gif-frames", partial(many_frames, 10_000)),
    Case("webp-frames", partial(moving_webp, 10_000)),
    Case("webp-chunks", partial(webp, 8, 8, canvas(8, 8, 0), riff(b"ABCD", b"") * 2_000_000),
         "too many parts"),
]  # fmt: skip

KINDS = [(0, 1), (0, 2), (0, 4), (0, 16), (2, 16), (3, 1), (4, 8), (4, 16), (6, 16)]
ODD = [
    *(Case(f"png-{kind}-{depth}", partial(png, kind=kind, depth=depth)) for kind, depth in KINDS),
    Case("png-16-transparent", partial(png, kind=0, depth=16, extra=chunk(b"tRNS", b"\x80\x80"))),
    Case("png-few-colours", partial(png, kind=3, extra=BLACK)),
    Case("png-no-colours", partial(png, kind=3, extra=chunk(b"PLTE", b""))),
    Case("png-no-pixels", partial(png, 0, 0), "broken"),
    Case("png-flat", partial(png, 9, 0), "broken"),
    Case("png-two-headers", partial(png, extra=png(30_000, 9)[8:33])),
    Case("png-bad-animation", partial(png, extra=chunk(b"acTL", bytes(8)) * 2)),
    Case("jpeg-cmyk", partial(jpeg, mode="CMYK")),
    Case("jpeg-grey", partial(jpeg, mode="L")),
    Case("jpeg-wrong-exif", partial(jpeg, segment(0xE1, WRONG_EXIF))),
    Case("jpeg-wrong-pictures", partial(jpeg, segment(0xE2, b"MPF\0MM\0*\0\0\0\x08\xff\xff"))),
    Case("jpeg-end", lambda: jpeg()[:4], "broken"),
    Case("gif-no-frame", lambda: gif()[:13], "broken"),
    Case("webp-empty", partial(bytes, b"RIFF\4\0\0\0WEBP"), "broken"),
    Case("webp-wrong-length", lambda: webp(8, 8)[:24], "broken"),
    Case("tiff", partial(pictures.two_halves, "RGB", (8, 8), "TIFF"), "broken"),
    Case("bmp", partial(pictures.two_halves, "RGB", (8, 8), "BMP"), "broken"),
    Case("ico", partial(pictures.two_halves, "RGB", (16, 16), "ICO"), "broken"),
    Case("eps", partial(bytes, b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"), "broken"),
]  # fmt: skip

CASES = [*LARGE, *PARTS, *ODD]

# Drawing them


class Drawn(NamedTuple):
    """What drawing a file took."""

    outcome: str
    peak: float
    """MB of memory above what the process had before."""
    seconds: float
    """Of CPU time."""


SCRIPT = """
import json, resource, sys, time
from functools import partial
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
from xsfreader.errors import ImageError
from xsfreader.images import measure
from xsfreader.ui.images.drawing import draw
from xsfreader.ui.images.geometry import Cells, fit
from xsfreader.ui.images.terminal import Protocol

def memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024

fitting = partial(fit, most=Cells(80, 20), enlarge=2)
draw(Path(sys.argv[1]).read_bytes(), fitting, (0, 0, 0), Protocol.HALF, (10, 20))
for file in map(Path, sys.argv[2:]):
    data = file.read_bytes()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak
    before, start = memory("VmRSS"), time.process_time()
    outcome = "drawn"
    try:
        measure(data)
        draw(data, fitting, (0, 0, 0), Protocol.HALF, (10, 20))
    except ImageError as error:
        outcome = str(error)
    took = time.process_time() - start
    print(json.dumps([file.name, outcome, memory("VmHWM") - before, took]), flush=True)
    sys.stderr.flush()
"""


def draw_all(folder: Path) -> dict[str, Drawn]:
    """Draw all files in one process, which may take 3 GB and a minute."""
    for case in CASES:
        (folder / case.name).write_bytes(case.make())
    (folder / "first").write_bytes(WIDE)
    command = [sys.executable, "-W", "always", "-c", SCRIPT, "first", *(c.name for c in CASES)]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    # Pillow's warnings don't reach the terminal.
    assert done.stderr == ""
    found = (json.loads(line) for line in done.stdout.splitlines())
    return {name: Drawn(outcome, peak, took) for name, outcome, peak, took in found}


def test_hostile_images_are_drawn_or_refused_within_bounds(tmp_path: Path) -> None:
    results = draw_all(tmp_path)
    outcomes = {name: drawn.outcome for name, drawn in results.items()}
    assert outcomes == {case.name: case.outcome for case in CASES}
    for name, drawn in results.items():
        assert drawn.peak < PEAK, name
        assert drawn.seconds < SECONDS, name


async def test_a_post_with_hostile_images_is_read_as_any(tmp_path: Path) -> None:
    files = {
        "tall_png": png(1, 40_000_000),
        "chunks_png": png(extra=chunk(b"teXt", b"") * 1_500_000),
        "large_webp": webp(16_000, 2500),
        "odd_jpg": jpeg(segment(0xE1, WRONG_EXIF)),
    }
    images = [f"![It](/images/{name.replace('_', '.')})" for name in files]
    site(tmp_path, "\n\n".join(["Before", *images, "After"]), **files)
    async with running(str(tmp_path), config=Config(), size=(100, 110)) as pilot:
        reasons = ["too large: 1 x 40000000 pixels", "too many parts"]
        reasons += ["too large: 16000 x 2500 pixels"]
        await until(pilot, lambda: boxes(pilot) == [f"image · {reason}" for reason in reasons])
        await come(pilot, 3)
        text = "\n".join(shown(pilot))
        assert "Before" in text
        assert "After" in text
        assert not reader(pilot).status.text


@pytest.mark.parametrize("protocol", Protocol)
def test_drawings_are_kept_up_to_their_memory_and_forgotten_by_the_terminal(
    protocol: Protocol,
) -> None:
    sent: list[str] = []
    listener = Listener()
    listener.attach(sent.append)
    display = Display({}, listener, colours=True, headless=False)
    nothing: Any = None
    keeper = loader.Loader(nothing, display, nothing)
    text = (Strip([Segment("x" * 90)]),) * 20
    each = {
        Protocol.HALF: Drawing(Cells(90, 20), (9, 9), text=text),
        Protocol.KITTY: Drawing(Cells(90, 20), (9, 9), placeholders=text, sent="s", forgotten="f"),
        Protocol.SIXEL: Drawing(Cells(90, 20), (9, 9), sixels=("x" * 200_000,) * 20),
    }[protocol]
    request = loader.ImageRequest("", "", "", Cells(90, 20), (0, 0, 0), (10, 20))
    for number in range(400):
        keeper.keep(request._replace(blob=str(number)), each)
    kept = list(keeper._drawings.values())
    assert sum(drawing.weight for drawing in kept) <= loader.BYTES
    assert len(kept) >= 8
    if protocol is Protocol.KITTY:
        assert sent.count("s") - sent.count("f") == len(kept) < 400


@pytest.mark.parametrize("protocol", Protocol)
def test_a_terminal_with_absurd_cells_takes_no_memory(protocol: Protocol) -> None:
    fitting = partial(fit, most=Cells(200, 100), enlarge=9)
    drawing = draw(png(64, 64), fitting, (0, 0, 0), protocol, (200, 400))
    assert drawing.text


SCROLLING = """
import asyncio, sys
from pathlib import Path
from tests.ui.apps import reader, running
from tests.ui.test_images import come
from xsfreader.config import Config
from xsfreader.model import Place

def memory():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

async def main():
    async with running(sys.argv[1], config=Config(), size=(100, 40)) as pilot:
        article = reader(pilot).article
        for index, image in enumerate(article.document.images):
            article.jump(Place(image.block))
            await come(pilot, index)
            print(memory(), flush=True)

asyncio.run(main())
"""


@pytest.mark.soak
def test_scrolling_past_many_images_keeps_memory_flat(tmp_path: Path) -> None:
    files = {}
    for number in range(100):
        noise = BytesIO()
        bands = [Image.effect_noise((1600, 1200), 90) for _ in range(3)]
        Image.merge("RGB", bands).save(noise, "JPEG", quality=60, comment=str(number))
        files[f"n{number}_jpg"] = noise.getvalue()
    names = (name.replace("_", ".") for name in files)
    site(tmp_path, "\n\n".join(f"![It](/images/{name})" for name in names), **files)
    done = subprocess.run(
        [sys.executable, "-c", SCROLLING, str(tmp_path)],
        capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    peaks = [float(line) for line in done.stdout.splitlines()]
    assert len(peaks) == len(files), done.stderr
    assert max(peaks[60:]) - peaks[40] < 20
    assert max(peaks) - peaks[0] < 100


def test_sixteen_bits_of_grey_are_as_grey_as_eight() -> None:
    deep, flat = (drawn_grey(png(kind=0, depth=depth)) for depth in (16, 8))
    assert deep == flat == (0x80, 0x80, 0x80)


def drawn_grey(data: bytes) -> tuple[int, int, int]:
    """The colour of the first cell of an image."""
    drawing = draw(data, lambda size: fit(size, Cells(4, 4)), (0, 0, 0), Protocol.HALF, (10, 20))
    style = next(iter(drawing.text[0])).style
    assert style is not None
    assert style.color is not None
    assert style.color.triplet is not None
    return style.color.triplet
