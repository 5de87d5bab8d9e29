"""Draw the pictures of the built-in guide: ``python screenshots/guide_images.py``.

They are drawn large and scaled down, which smooths the edges, and kept to few colours, which
keeps them small. Shapes are bold, because many terminals show them in half cells.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

TARGET = Path(__file__).parent.parent / "xsfreader/guide/static/images/guide"
FONT = "DejaVuSans-Bold.ttf"
SCALE = 3
COLOURS = 40

NAVY, DEEP, BLUE, MIST = "#0b1d33", "#14304f", "#2a5a8f", "#dce7f3"
ORANGE, GREEN, TEAL = "#e96d1f", "#a0ce67", "#35b5c9"

Box = tuple[int, int, int, int]


class Canvas:
    """A picture in the making; all measures are pixels of the finished one."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), NAVY)
        self.draw = ImageDraw.Draw(self.image)

    def box(self, box: Box, fill: str, radius: int = 12) -> None:
        """Fill a rectangle with round corners: left, top, right, bottom."""
        corners = tuple(side * SCALE for side in box)
        self.draw.rounded_rectangle(corners, radius * SCALE, fill=fill)

    def label(self, box: Box, text: str, fill: str, size: int = 20) -> None:
        """Centre a text in a rectangle."""
        left, top, right, bottom = box
        middle = ((left + right) * SCALE / 2, (top + bottom) * SCALE / 2)
        font = ImageFont.truetype(FONT, size * SCALE)
        self.draw.text(middle, text, fill=fill, font=font, anchor="mm", align="center")

    def arrow(self, points: list[tuple[int, int]], fill: str) -> None:
        """Draw a line through points, with a head to the right at its end."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.line(scaled, fill=fill, width=5 * SCALE, joint="curve")
        x, y = scaled[-1]
        wing = 9 * SCALE
        self.draw.polygon(
            [(x + wing, y), (x - wing // 2, y - wing), (x - wing // 2, y + wing)], fill
        )

    def polygon(self, points: list[tuple[int, int]], fill: str) -> None:
        """Fill a polygon."""
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill)

    def save(self, name: str) -> None:
        """Write the picture among the guide's images."""
        small = self.image.resize(self.size, Image.Resampling.LANCZOS)
        small.quantize(COLOURS, dither=Image.Dither.NONE).save(TARGET / name, optimize=True)


def flow() -> None:
    """Draw how data flows: sources, ingest, store, front ends."""
    canvas = Canvas(780, 300)
    sources: list[tuple[Box, str]] = [
        ((24, 24, 184, 92), "Git"),
        ((24, 116, 184, 184), "folder"),
        ((24, 208, 184, 276), "guide"),
    ]
    for box, name in sources:
        middle = (box[1] + box[3]) // 2
        canvas.arrow([(box[2], middle), (206, middle), (206, 150), (228, 150)], MIST)
        canvas.box(box, ORANGE)
        canvas.label(box, name, NAVY)
    ends: list[tuple[Box, str]] = [
        ((612, 52, 756, 132), "screen"),
        ((612, 168, 756, 248), "command\nline"),
    ]
    for box, name in ends:
        middle = (box[1] + box[3]) // 2
        canvas.arrow([(550, 150), (580, 150), (580, middle), (598, middle)], MIST)
        canvas.box(box, GREEN)
        canvas.label(box, name, NAVY)
    canvas.arrow([(340, 150), (426, 150)], MIST)
    for step, (box, name) in enumerate(
        [((244, 100, 392, 200), "ingest"), ((442, 100, 558, 200), "store")]
    ):
        canvas.box(box, (BLUE, TEAL)[step])
        canvas.label(box, name, (MIST, NAVY)[step])
    canvas.save("flow.png")


def welcome() -> None:
    """Draw a terminal of two panes with a speech bubble rising from it."""
    canvas = Canvas(780, 320)
    canvas.box((60, 60, 560, 296), DEEP, 16)
    canvas.box((60, 60, 560, 92), BLUE, 16)
    canvas.box((60, 78, 560, 92), BLUE, 0)
    for x, fill in ((78, ORANGE), (104, GREEN), (130, TEAL)):
        canvas.box((x, 68, x + 16, 84), fill, 8)
    for row, (indent, width) in enumerate(
        ((0, 90), (16, 84), (16, 70), (16, 88), (0, 60), (0, 72))
    ):
        top = 112 + row * 30
        if row == 2:
            canvas.box((72, top - 6, 222, top + 20), ORANGE, 6)
        canvas.box((84 + indent, top, 84 + indent + width, top + 14), NAVY if row == 2 else TEAL, 7)
    canvas.box((234, 100, 238, 288), BLUE, 2)
    canvas.box((258, 112, 420, 130), GREEN, 8)
    for row, width in enumerate((276, 250, 268, 150)):
        top = 150 + row * 30
        canvas.box((258, top, 258 + width, top + 12), BLUE, 6)
    canvas.polygon([(470, 196), (540, 140), (596, 150)], ORANGE)
    canvas.box((492, 24, 736, 168), ORANGE, 30)
    canvas.polygon([(540, 62), (540, 130), (596, 96)], MIST)
    canvas.box((614, 116, 690, 130), MIST, 4)
    canvas.save("welcome.png")


if __name__ == "__main__":
    flow()
    welcome()
