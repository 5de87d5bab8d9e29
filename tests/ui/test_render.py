"""Painted lines are as wide as they are asked to be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from xsfreader.ui.render import fitted

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
