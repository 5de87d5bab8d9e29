"""Painted lines are as wide as they are asked to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from xsfreader.markup import find, layout, parse
from xsfreader.ui.render import Geometry, Highlights, Painter, fitted

BOLD = Style(bold=True)
SEGMENTS = st.lists(
    st.text("ab 中é🎉", min_size=1, max_size=6).map(lambda text: Segment(text, BOLD)),
    min_size=1,
    max_size=5,
)


@given(SEGMENTS, st.integers(1, 30))
def test_a_line_is_fitted_as_textual_fits_it(segments: list[Segment], width: int) -> None:
    style = Style(italic=True)
    line = fitted(segments, width, style)
    assert list(line) == list(Strip(segments).adjust_cell_length(width, style))
    assert line.cell_length == width


@pytest.mark.parametrize(
    ("body", "text", "shown"),
    [
        ("- a list with **bo**ld words", "bold", ["bold"]),
        ("one two three four five six seven eight", "six seven", ["six", "seven"]),
        ("> 漢字 and 漢字", "漢字", ["漢字", "漢字"]),
        ("```\nsome code\nmore code\n```", "code", ["code", "code"]),
        ("| a | b |\n|---|---|\n| xx | words that wrap in their cell |", "cell", ["cell"]),
        ('{{< figure src="/a.png" caption="Some caption" >}}', "caption", ["caption"]),
    ],
)
def test_matches_are_highlighted_wherever_layout_puts_them(
    body: str, text: str, shown: list[str]
) -> None:
    document = parse(body, base="https://xmpp.org/2025/01/x/")
    page = layout(document, 30)
    ranges: dict[int, list[tuple[int, int, str]]] = {}
    for match in find(document, text):
        ranges.setdefault(match.block, []).append((match.start, match.end, "match"))
    painter = Painter(Style(), lambda part: Style(reverse=part == "match"))
    found = []
    for line in page.lines:
        strip = painter.strip(line, Geometry(0, 30, 30, document.links), Highlights(ranges))
        marked = ["\0" if not (s.style and s.style.reverse) else s.text for s in strip]
        found += [part for part in "".join(marked).split("\0") if part]
    assert found == shown


@pytest.mark.parametrize(
    ("line", "cell", "covered", "shown"),
    [
        ("also in: de it   ", 9, 0, "also in: ade it  "),
        ("see the list, all", 8, 1, "see the aist, all"),
        ("to the very end", 12, 0, "to the very aen"),
        ("漢字 漢字", 5, 0, "漢字 a漢 "),
        ("de", 0, 0, "ad"),
    ],
)
def test_a_hint_keeps_the_width_of_its_line(line: str, cell: int, covered: int, shown: str) -> None:
    painter = Painter(Style(), lambda _part: Style(reverse=True))
    strip = painter.label(Strip([Segment(line)]), cell, "a", covered)
    assert strip.text == shown
    assert strip.cell_length == Strip([Segment(line)]).cell_length
