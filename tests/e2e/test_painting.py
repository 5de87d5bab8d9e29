"""After any keys, the screen equals a full repaint."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.terminal import Terminal, running

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [(120, 40), (80, 24), (40, 15)]
WALKS = [
    "g j j j J J",  # from a closed group into it, and into the next
    "G K K K g",
    "g j j j ] ]",
    "2 g j j j J",
    "3 g j j l j J K",
    "enter t j j enter z J z h",
    "enter / e n enter n N esc K",
    "6 J m J m 1",
    "enter t j",
    "? j j",
]
KEYS = [*"jkJK][lhgGbdu123msz}", "space", "enter"]


ONE_SIZE_EACH = [
    pytest.param(size, keys, marks=() if size == SIZES[index % len(SIZES)] else pytest.mark.soak)
    for index, keys in enumerate(WALKS)
    for size in SIZES
]
"""Each walk at one size, each size with some of the walks; all pairs in the soak."""


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """Return arguments for the app on the guide, without images."""
    config = tmp_path / "config.toml"
    config.write_text('images = "off"\n')
    return ["--source", "guide", "--fresh", "--config", str(config)]


def shown(terminal: Terminal) -> list[str]:
    """Return the lines, except the one with a heart, which pyte counts as one cell, not two."""
    terminal.settle(0.4)
    return [line for line in terminal.lines if "❤" not in line]


def compare(terminal: Terminal, size: tuple[int, int], keys: str) -> None:
    """Compare the screen with a repaint of itself."""
    before = shown(terminal)
    terminal.resize(size[0] + 1, size[1])
    terminal.settle(0.3)
    terminal.resize(*size)
    assert shown(terminal) == before, keys


@pytest.mark.parametrize(("size", "keys"), ONE_SIZE_EACH)
def test_screen_equals_a_full_repaint_after_keys(
    size: tuple[int, int], keys: str, words: list[str]
) -> None:
    with running(*words, size=size) as terminal:
        terminal.wait("Guide ─")
        terminal.press("h")
        for key in keys.split():
            terminal.press(key)
            terminal.settle(0.15)
        compare(terminal, size, keys)


@pytest.mark.parametrize("rounds", [2, pytest.param(30, marks=pytest.mark.soak)])
@pytest.mark.parametrize("seed", range(3))
def test_screen_equals_a_full_repaint_after_random_keys(
    seed: int, rounds: int, words: list[str]
) -> None:
    chance = random.Random(seed)
    size = SIZES[seed % len(SIZES)]
    with running(*words, size=size) as terminal:
        terminal.wait("Guide ─")
        for _ in range(rounds):
            keys = chance.choices(KEYS, k=12)
            terminal.press(*keys)
            compare(terminal, size, " ".join(keys))


@pytest.mark.parametrize(("key", "title"), [("t", "Contents"), ("?", "Move")])
def test_dialog_fits_a_resized_terminal(key: str, title: str, words: list[str]) -> None:
    with running(*words, size=(100, 30)) as terminal:
        terminal.wait("Guide ─")
        terminal.press("enter")
        before = shown(terminal)
        terminal.press(key)
        terminal.wait(title)
        for size in [(60, 20), (140, 45), (40, 12), (100, 30)]:
            terminal.resize(*size)
            terminal.settle(0.4)
            terminal.wait(title)
        compare(terminal, (100, 30), key)
        terminal.press("esc")
        assert shown(terminal) == before
