"""Packets, cut anywhere."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xsfreader.errors import UpstreamError
from xsfreader.source.git.wire import Mark, frame, packets

LINES = st.lists(
    st.one_of(
        st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=80),
        st.sampled_from(Mark),
    )
)


@given(LINES, st.integers(1, 50))
def test_what_is_framed_comes_out_however_it_is_cut(lines: list[str | Mark], step: int) -> None:
    data = frame(*lines)
    cut = (data[at : at + step] for at in range(0, len(data), step))
    expected = [line if isinstance(line, Mark) else line.encode() + b"\n" for line in lines]
    assert list(packets(cut)) == expected


@given(st.binary(max_size=100))
def test_garbage_is_refused_or_read_but_never_raises_anything_else(data: bytes) -> None:
    with contextlib.suppress(UpstreamError):
        list(packets([data]))


@pytest.mark.parametrize("data", [b"<html>", b"0003", b"+00f", b" 00a", b"0009ab", b"00"])
def test_what_is_no_sequence_of_packets_is_refused(data: bytes) -> None:
    with pytest.raises(UpstreamError):
        list(packets([data]))
