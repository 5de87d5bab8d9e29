"""What an app shows, cell by cell: text and style, as a text file a person can read and diff.

The cells come from the SVG that ``App.export_screenshot`` gives. Only texts, backgrounds and
style rules are read from it, so ids, fonts and the order of elements may change.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from string import ascii_letters, digits
from typing import NamedTuple

from rich.cells import cell_len

CELL_WIDTH, LINE_HEIGHT = 12.2, 24.4
"""Units of Rich's SVG export."""

LETTERS = "." + ascii_letters + digits

_RULE = re.compile(r"\.[\w-]+-r(\d+) \{([^}]*)\}")
_BACKGROUND = re.compile(
    r'<rect fill="(#\w+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"[^>]*crispEdges'
)
_TEXT = re.compile(r'<text class="[\w-]+-r(\d+)" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')
_LEGEND = re.compile(r"^(\S)  (.+)$")


class Cell(NamedTuple):
    """One cell of the screen."""

    text: str = " "
    """Empty for the right half of a wide character."""
    color: str = ""
    """Colour and attributes of the text."""
    background: str = "default"

    @property
    def style(self) -> str:
        """Colours and attributes in words; only the background where there is no text."""
        color = self.color if self.text.strip() or not self.text else ""
        return f"{color} on {self.background}".strip()


def screen_cells(svg: str, width: int, height: int) -> list[list[Cell]]:
    """Rows of cells, read from an exported screenshot."""
    rows = [[Cell()] * width for _ in range(height)]
    for fill, x, y, length in _BACKGROUND.findall(svg):
        row, column = rows[int(float(y) / LINE_HEIGHT)], round(float(x) / CELL_WIDTH)
        for at in range(column, column + round(float(length) / CELL_WIDTH)):
            row[at] = row[at]._replace(background=fill)
    colors = {number: _color(css) for number, css in _RULE.findall(svg)}
    for number, x, y, text in _TEXT.findall(svg):
        row, at = rows[int(float(y) / LINE_HEIGHT)], round(float(x) / CELL_WIDTH)
        for char in unescape(text).replace("\xa0", " "):
            cells = cell_len(char)
            if not cells and at:
                row[at - 1] = row[at - 1]._replace(text=row[at - 1].text + char)
            for part in (char, "")[:cells]:
                row[at] = row[at]._replace(text=part, color=colors[number])
                at += 1
    return rows


def _color(css: str) -> str:
    """``fill: #aabbcc;font-weight: bold`` as ``#aabbcc bold``."""
    return " ".join(rule.partition(":")[2].strip() for rule in css.split(";") if rule.strip())


def describe(rows: list[list[Cell]], before: str = "") -> str:
    """The rows as text: a legend of styles, then each row with its cells' letters below it.

    A style keeps the letter that it has in ``before``, so unchanged rows stay the same.
    """
    styles = Counter(cell.style for row in rows for cell in row)
    known = {
        found[2]: found[1]
        for line in before.partition("\n\n")[0].splitlines()
        if (found := _LEGEND.match(line))
    }
    legend = {style: known[style] for style in styles if style in known}
    free = iter(letter for letter in LETTERS if letter not in known.values())
    for style, _ in styles.most_common():
        if style not in legend:
            legend[style] = next(free)
    lines = [f"{letter}  {style}" for style, letter in sorted(legend.items(), key=lambda x: x[1])]
    lines.append("")
    for number, row in enumerate(rows, 1):
        text = "".join(cell.text for cell in row)
        letters = "".join(legend[cell.style] for cell in row)
        lines.append(f"{number:3} {text}".rstrip())
        lines.append(f"  : {letters.rstrip('.')}".rstrip(" :"))
    return "\n".join(lines) + "\n"
