"""Painted lines are cut as Textual cuts its own, and are as wide as they are asked to be."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from xsfreader.ui.render import PaintedStrip

if TYPE_CHECKING:
    from collections.abc import Iterator

BOLD = Style(bold=True)
SEGMENTS = st.lists(
    st.text("ab 中é🎉", min_size=1, max_size=6).map(lambda text: Segment(text, BOLD)),
    min_size=1,
    max_size=5,
)


class Watched(PaintedStrip):
    """One that can be referred to weakly."""

    __slots__ = ("__weakref__",)


@pytest.fixture
def uncollected() -> Iterator[None]:
    """No garbage is looked for."""
    gc.disable()
    yield
    gc.enable()


@given(SEGMENTS, st.lists(st.integers(1, 40), max_size=4).map(sorted))
def test_a_line_is_cut_as_textual_cuts_it(segments: list[Segment], cuts: list[int]) -> None:
    theirs, ours = Strip(segments), PaintedStrip(segments)
    for at in (cuts, [theirs.cell_length], [*cuts, theirs.cell_length]):
        assert [list(part) for part in ours.divide(at)] == [
            list(part) for part in theirs.divide(at)
        ]


@given(SEGMENTS, st.integers(1, 30))
def test_a_line_is_fitted_as_textual_fits_it(segments: list[Segment], width: int) -> None:
    style = Style(italic=True)
    fitted = PaintedStrip.fitted(segments, width, style)
    assert list(fitted) == list(Strip(segments).adjust_cell_length(width, style))
    assert fitted.cell_length == width


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("cuts", [[3], [3, 5], [1, 3]])
def test_a_line_does_not_hold_itself(cuts: list[int]) -> None:
    line = Watched([Segment("abc")])
    line.divide(cuts)
    gone = weakref.ref(line)
    del line
    assert gone() is None
