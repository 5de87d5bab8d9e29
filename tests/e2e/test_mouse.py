"""The mouse, keys of kitty's protocol and the clipboard, as a real terminal has them."""

from __future__ import annotations

import base64
import re
import sys

import pytest

from tests.soak import soaked
from tests.terminal import Terminal, running

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

GUIDE = ("--source", "guide")
LEFT, MIDDLE, RIGHT, BACK, FORWARD, MOVED = 0, 1, 2, 128, 129, 32
FIRST = "xsfreader is the blog of"
LINK = "Sync"
LONE_KEYS = {
    "shift": "\x1b[57441;2u",
    "ctrl": "\x1b[57448;5u",
    "AltGr": "\x1b[57453u",
    "caps lock": "\x1b[57358;65u",
    "volume": "\x1b[57439u",
}


def cell(terminal: Terminal, words: str) -> tuple[int, int]:
    """Find words on the screen: column and row, from 1, of their second letter."""
    for row, line in enumerate(terminal.lines, 1):
        if words in line:
            return line.index(words) + 2, row
    raise AssertionError(f"no {words!r}:\n{terminal.text}")


def click(terminal: Terminal, button: int, at: tuple[int, int]) -> None:
    column, row = at
    terminal.press(f"\x1b[<{button};{column};{row}M", f"\x1b[<{button};{column};{row}m")
    terminal.settle()


def copied(terminal: Terminal) -> str:
    """Return the text that the terminal was last asked to copy."""
    found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", terminal.raw)
    return base64.b64decode(found[-1]).decode() if found else ""


def test_only_the_left_button_follows_links_and_moves_the_list() -> None:
    with running(*GUIDE, size=(120, 50)) as terminal:
        terminal.wait(FIRST)
        terminal.settle()
        before = [line[:36] for line in terminal.lines]
        for button in (MIDDLE, RIGHT, BACK, FORWARD):
            for words in (LINK, "Author", "Everythin"):
                click(terminal, button, cell(terminal, words))
        assert [line[:36] for line in terminal.lines] == before
        assert FIRST in terminal.text
        click(terminal, LEFT, cell(terminal, LINK))
        terminal.wait(lambda text: FIRST not in text)


def test_letters_on_links_stay_while_a_modifier_is_pressed() -> None:
    with running(*GUIDE, size=(120, 36)) as terminal:
        terminal.wait(FIRST)
        terminal.press("enter", "f")
        terminal.wait("Type a link's letters")
        terminal.press(*LONE_KEYS.values())
        terminal.settle()
        assert "Type a link's letters" in terminal.text
        terminal.press("!")
        terminal.wait("No link has these letters")


@soaked("size", [(120, 36), (80, 24)])
def test_a_paragraph_dragged_over_is_copied_without_its_wraps(size: tuple[int, int]) -> None:
    with running(*GUIDE, size=size) as terminal:
        terminal.wait(FIRST)
        terminal.press("enter")
        terminal.settle()
        column, row = cell(terminal, FIRST)
        terminal.press(f"\x1b[<{LEFT};{column - 1};{row}M")
        for down in (0, 1):
            terminal.press(f"\x1b[<{MOVED};{column + 20};{row + down}M")
        terminal.press(f"\x1b[<{LEFT};{column + 20};{row + 1}m")
        terminal.wait("Press y to copy the selection")
        assert "y copy selection" in terminal.text
        terminal.press("y")
        terminal.wait("Selection sent to the terminal: ")
        assert copied(terminal).startswith(
            "xsfreader is the blog of the XMPP Standards Foundation in your terminal. "
        )
        assert "\n" not in copied(terminal)


def test_a_selection_dragged_to_the_last_row_holds_no_names_of_widgets() -> None:
    with running(*GUIDE, size=(80, 24)) as terminal:
        terminal.wait(FIRST)
        terminal.press("enter")
        terminal.settle()
        column, row = cell(terminal, FIRST)
        ways = [(LEFT, column, row), (MOVED, column, row + 1), (MOVED, 3, 24), (MOVED, 80, 24)]
        terminal.press(*(f"\x1b[<{button};{x};{y}M" for button, x, y in ways))
        terminal.press(f"\x1b[<{LEFT};80;24m")
        terminal.wait("Press y to copy the selection")
        terminal.press("y")
        terminal.wait("Selection sent to the terminal: ")
        text = copied(terminal)
        assert text.startswith("sfreader is the blog")
        assert "Bar" not in text
        assert "#" not in text
