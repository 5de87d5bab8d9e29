"""Folding: which letters count as the same, and the mapping back to the text."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xsfreader.text import FoldedText, clean, fold, index_text, split_command, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Tronçon", "troncon"),
        ("Tronc\u0327on", "troncon"),
        ("NŸCO Nyco Nÿco", "nyco nyco nyco"),
        ("Straße STRASSE", "strasse strasse"),
        ("Ørsted Łódź Œuvre", "orsted lodz oeuvre"),
        ("ΑΣ ας", "ας ας".replace("ς", "σ")),
        ("İstanbul ısı", "istanbul isi"),
        ("‘a’ “b” — c…", "'a' \"b\" - c..."),
        ("a\u00a0b", "a b"),
        ("so\u00adft ze\u200bro", "soft zero"),
        ("ﬁne ２０２５", "fine 2025"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("XEP-0384: OMEMO", ["xep", "0384", "omemo"]),
        ("c++ don’t snake_case", ["c", "don", "t", "snake", "case"]),
        ("全日本 x", ["全", "日", "本", "x"]),
        ("🎉 — !", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text())
def test_an_ascii_tokenizer_finds_the_same_words_in_index_text(text: str) -> None:
    assert re.findall(r"[A-Za-z0-9\x80-\U0010ffff]+", index_text(text)) == words(text)


@given(st.text())
def test_folded_text_is_what_fold_returns(text: str) -> None:
    assert FoldedText.of(text).text == fold(text)


@given(st.lists(st.sampled_from("abßéİﬁ…ø\u0301\u200b中 —x"), max_size=30).map("".join), st.data())
def test_a_span_of_folded_text_maps_to_its_original(text: str, data: st.DataObject) -> None:
    folded = FoldedText.of(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    begin, stop = folded.span(start, end)
    assert 0 <= begin < stop <= len(text)
    assert folded.text[start:end] in fold(text[begin:stop])


def test_emoji_take_the_same_cells_in_all_terminals() -> None:
    """Terminals differ in whether U+FE0F makes a sign two cells wide."""
    assert clean("\u2764\ufe0f I \u26a0\ufe0f 1\ufe0f\u20e3 🎉") == "\u2764 I \u26a0 1\u20e3 🎉"


@pytest.mark.parametrize(
    ("system", "command", "words"),
    [
        ("posix", r"less\ more '-R x'", ["less more", "-R x"]),
        ("nt", r'"C:\Program Files\less.exe" -R', [r"C:\Program Files\less.exe", "-R"]),
    ],
)
def test_a_command_is_split_as_its_system_does(
    system: str, command: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xsfreader.text.os", SimpleNamespace(name=system))
    assert split_command(command) == words
