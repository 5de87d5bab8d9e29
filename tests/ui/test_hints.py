"""Test that hints are short and none hides another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xsfreader.ui.hints import LETTERS, labels


@given(st.integers(0, 676))
def test_labels_are_distinct_and_no_prefix_of_each_other(count: int) -> None:
    made = labels(count)
    assert len(made) == len(set(made)) == count
    singles = {label for label in made if len(label) == 1}
    assert not any(label[0] in singles for label in made if len(label) == 2)
    assert all(len(label) in (1, 2) for label in made)


def test_few_links_get_one_letter_home_row_first() -> None:
    assert labels(5) == list("asdfg")
    assert labels(26) == list(LETTERS)


def test_more_links_than_labels_leave_the_last_without() -> None:
    assert len(labels(1000)) == 676
