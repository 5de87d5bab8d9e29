"""Image protocols: what is sent to which terminal."""

from __future__ import annotations

import re

from tests.soak import soaked
from tests.terminal import Terminal, running

ATTRIBUTES, CELL = b"\x1b[c", b"\x1b[16t"
SIXEL = {ATTRIBUTES: b"\x1b[?62;4;22c", CELL: b"\x1b[6;20;10t"}
PLAIN = {ATTRIBUTES: b"\x1b[?62;22c"}
PLACEHOLDER = "\U0010eeee".encode()
HALF = "▀".encode()


def sent(terminal: Terminal) -> str:
    """By which protocol pictures were drawn so far."""
    found = {
        "kitty": PLACEHOLDER in terminal.raw and b"\x1b_G" in terminal.raw,
        "sixel": b"\x1bP0;0;0q" in terminal.raw,
        "half": HALF in terminal.raw,
    }
    return " ".join(name for name, there in found.items() if there)


@soaked(
    "environment, answers, protocol",
    [
        ({"TERM": "xterm-kitty"}, PLAIN, "kitty"),
        ({}, SIXEL, "sixel"),
        ({}, PLAIN, "half"),
        ({}, {}, "half"),
        ({"TMUX": "tmux,1,0"}, SIXEL, "half"),
        ({"TERM": "xterm-kitty", "COLORTERM": ""}, PLAIN, "half"),
    ],
    [0, 3, 4],
)
def test_protocol_depends_on_the_terminal(
    environment: dict[str, str], answers: dict[bytes, bytes], protocol: str
) -> None:
    with running("--source", "guide", environment=environment, answers=answers) as terminal:
        terminal.wait("Welcome to xsfreader")
        terminal.wait(lambda _: bool(sent(terminal)))
        terminal.settle()
        assert sent(terminal) == protocol
        terminal.press("q")
        assert terminal.ended() == 0
        if protocol == "kitty":
            numbers = set(re.findall(rb"\x1b_Gi=(\d+),f=100", terminal.raw))
            gone = set(re.findall(rb"\x1b_Ga=d,d=I,i=(\d+)", terminal.raw))
            assert numbers == gone


@soaked("answers", [SIXEL, PLAIN])
def test_terminal_response_is_not_taken_for_keys_and_no_key_is_lost(
    answers: dict[bytes, bytes],
) -> None:
    with running("--source", "guide", answers=answers) as terminal:
        terminal.wait("Welcome to xsfreader")
        terminal.press("j")
        terminal.wait("This page holds one of everything")
        terminal.press("k")
        terminal.wait(lambda _: ATTRIBUTES in terminal.raw)
        terminal.press("j", "k", "j")
        terminal.wait("This page holds one of everything")
        terminal.settle()
        assert "Half a page down" not in terminal.text
        assert "Everything a post may hold" in terminal.text
        terminal.press("?")
        terminal.wait("Half a page down")


@soaked("environment, answers", [({}, SIXEL), ({"TERM": "xterm-kitty"}, PLAIN)])
def test_images_scroll_with_the_text_and_dialogs_cover_them(
    environment: dict[str, str], answers: dict[bytes, bytes]
) -> None:
    def rows(before: int) -> int:
        """Rows of a picture painted since."""
        data = terminal.raw[before:]
        lines = re.findall(b"(?:%b[^ ]{0,9})+" % PLACEHOLDER, data)
        return len(lines) + data.count(b"\x1bP0;0;0q")

    with running(
        "--source", "guide", size=(120, 40), environment=environment, answers=answers
    ) as terminal:
        terminal.wait(lambda _: bool(sent(terminal)))
        terminal.settle()
        if answers is SIXEL:
            # It is queried only once an image is in view.
            assert terminal.raw.index(ATTRIBUTES) > terminal.raw.index(b"Welcome to xsfreader")
            assert terminal.raw.count(ATTRIBUTES) == 1
        terminal.press("enter", *"j" * 8)
        terminal.settle()
        at = len(terminal.raw)
        terminal.press("j")
        terminal.settle()
        whole = rows(at)
        assert whole > 4
        at = len(terminal.raw)
        terminal.press(*"j" * 22)
        terminal.settle()
        at = len(terminal.raw)
        terminal.press("j")
        terminal.settle()
        assert 0 < rows(at) < whole
        at = len(terminal.raw)
        terminal.press("?")
        terminal.wait("Half a page down")
        terminal.settle()
        assert rows(at) == 0
        at = len(terminal.raw)
        terminal.press("esc")
        terminal.settle()
        assert rows(at) > 0
