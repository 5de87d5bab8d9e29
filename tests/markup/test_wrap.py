"""Wrapping of prose: where lines start and end."""

from __future__ import annotations

import pytest

from xsfreader.markup.wrap import wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 8, [""]),
        ("one two three", 8, ["one two", "three"]),
        ("one  two ", 8, ["one  two"]),
        ("one\n\n  two", 8, ["one", "", "  two"]),
        ("  漢字 x", 8, ["  漢字 x"]),
        ("  漢字 x", 5, ["  漢", "字 x"]),
        ("see example.org/a/long/path", 16, ["see", "example.org/a/", "long/path"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
    ],
)
def test_lines_of_prose(text: str, width: int, lines: list[str]) -> None:
    assert [text[start:end] for start, end in wrap(text, width)] == lines
