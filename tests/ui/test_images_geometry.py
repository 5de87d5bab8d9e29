"""How large a picture becomes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xsfreader.ui.images.geometry import ROWS, Cells, fit, room

SIDES = st.integers(0, 60_000)


@given(
    size=st.tuples(SIDES, SIDES),
    most=st.tuples(st.integers(1, 300), st.integers(1, 100)),
    cell=st.tuples(st.integers(2, 60), st.integers(2, 90)),
    enlarge=st.sampled_from([1, 2]),
)
def test_a_picture_stays_within_its_room_and_is_never_nothing(
    size: tuple[int, int], most: tuple[int, int], cell: tuple[int, int], enlarge: float
) -> None:
    cells = fit(size, Cells(*most), cell, enlarge=enlarge)
    assert 1 <= cells.columns <= most[0]
    assert 1 <= cells.rows <= most[1]


@pytest.mark.parametrize(
    ("size", "cell", "cells"),
    [
        ((800, 400), (10, 20), (80, 20)),
        ((8000, 4000), (10, 20), (80, 20)),
        ((400, 4000), (10, 20), (4, 20)),
        ((4000, 200), (10, 20), (92, 2)),
        ((64, 64), (10, 20), (8, 4)),
        ((1, 1), (10, 20), (1, 1)),
        ((160, 160), (10, 10), (20, 20)),
    ],
)
def test_proportions_are_kept_and_icons_stay_icons(
    size: tuple[int, int], cell: tuple[int, int], cells: tuple[int, int]
) -> None:
    assert fit(size, Cells(92, 20), cell) == cells


def test_only_the_full_size_view_enlarges() -> None:
    assert fit((80, 80), Cells(200, 60)) == (10, 5)
    assert fit((80, 80), Cells(200, 60), enlarge=2) == (20, 10)


def test_a_low_pane_leaves_room_for_text() -> None:
    assert room(60, 92) == (92, ROWS)
    assert room(20, 92) == (92, 12)
    assert room(2, 0) == (1, 4)
