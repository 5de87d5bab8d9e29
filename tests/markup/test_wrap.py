"""Wrapping of prose and code: where lines start and end."""

from __future__ import annotations

import pytest

from xsfreader.markup.wrap import wrap, wrap_code


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


@pytest.mark.parametrize(
    ("line", "width", "pieces"),
    [
        ("aaa bbb ccc", 8, ["aaa bbb ", "ccc"]),
        ("aaa bbb ccc", 6, ["aaa ", "bbb ", "ccc"]),
        ("    unbreakable", 8, ["    unbr", "eakabl", "e"]),
        ("<a id='123456789'/>", 8, ["<a ", "id='12", "345678", "9'/>"]),
        ("漢字 漢字", 6, ["漢字 ", "漢字"]),
    ],
)
def test_pieces_of_code(line: str, width: int, pieces: list[str]) -> None:
    found = [line[start - 7 : end - 7] for start, end in wrap_code(line, 7, width, 2)]
    assert found == pieces
