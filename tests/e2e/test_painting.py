"""After any keys, the screen equals a full repaint."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.soak import soaked
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


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """Return arguments for the app on the guide, without images."""
    config = tmp_path / "config.toml"
    config.write_text('images = "off"\n')
    return ["--source", "guide", "--fresh", "--config", str(config)]


def shown(terminal: Terminal) -> list[str]:
    """Return the lines, except the one with a heart, which pyte counts as one cell, not two."""
    return [line for line in terminal.lines if "❤" not in line]


def repaint(terminal: Terminal, columns: int, rows: int) -> None:
    """Resize the terminal, and wait for what is painted then."""
    before = len(terminal.raw)
    terminal.resize(columns, rows)
    terminal.wait(lambda _: len(terminal.raw) > before)
    terminal.settle()


def compare(terminal: Terminal, size: tuple[int, int], keys: str) -> None:
    """Compare the screen with a repaint of itself."""
    terminal.settle()
    before = shown(terminal)
    for columns in (size[0] + 1, size[0]):
        repaint(terminal, columns, size[1])
    assert shown(terminal) == before, keys


@soaked("seed", range(30), range(len(SIZES)))
def test_screen_equals_a_full_repaint(seed: int, words: list[str]) -> None:
    """Each walk runs at one size, one after the other; random keys follow."""
    number, chance = seed % len(SIZES), random.Random(seed)
    size = SIZES[number]
    walks = [walk.split() for walk in WALKS[number :: len(SIZES)]]
    with running(*words, size=size) as terminal:
        terminal.wait("Guide ─")
        for keys in (*walks, chance.choices(KEYS, k=24)):
            terminal.press("esc", "esc", "1", "h", "h")
            for key in keys:
                terminal.press(key)
                terminal.settle(0.15)
            compare(terminal, size, " ".join(keys))


@pytest.mark.parametrize(("key", "title"), [("t", "Contents"), ("?", "Move")])
def test_dialog_fits_a_resized_terminal(key: str, title: str, words: list[str]) -> None:
    with running(*words, size=(100, 30)) as terminal:
        terminal.wait("Guide ─")
        terminal.press("enter")
        terminal.settle()
        before = shown(terminal)
        terminal.press(key)
        terminal.wait(title)
        for size in [(60, 20), (140, 45), (40, 12), (100, 30)]:
            terminal.resize(*size)
            terminal.settle()
            terminal.wait(title)
        compare(terminal, (100, 30), key)
        terminal.press("esc")
        terminal.wait(lambda _: shown(terminal) == before)
