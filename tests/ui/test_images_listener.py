"""Answers of the terminal are taken out of what is typed, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xsfreader.ui.images.geometry import CELL
from xsfreader.ui.images.terminal import Display, Listener, Protocol, protocol_by_environment

ANSWER = "\x1b[6;18;9t\x1b[?62;4;22c"
ARROWS = "\x1b[A\x1b[6~\x1b[1;5Cj"


def asked() -> Listener:
    listener = Listener()
    listener.attach(lambda _: None)
    listener.ask()
    return listener


def test_answers_are_heard_and_keys_pass() -> None:
    listener = asked()
    assert listener.sift(f"ab{ANSWER}{ARROWS}") == f"ab{ARROWS}"
    assert listener.answered
    assert listener.sixel
    assert listener.cell == (9, 18)


@given(st.integers(0, len(ANSWER)), st.integers(0, len(ANSWER)))
def test_answers_may_come_in_pieces(one: int, other: int) -> None:
    first, second = sorted((one, other))
    pieces = [ANSWER[:first], ANSWER[first:second], ANSWER[second:]]
    listener = asked()
    typed = "".join(map(listener.sift, pieces))
    # A lone escape may be the key: it is not held back.
    if not any(piece.endswith("\x1b") for piece in pieces):
        assert typed == ""
        assert listener.sixel


def test_a_late_answer_is_no_key_either() -> None:
    listener = asked()
    assert listener.sift("j") == "j"
    assert listener.sift(ANSWER) == ""
    assert listener.sift(ANSWER + "k") == "k"


def test_before_anything_is_asked_nothing_is_touched() -> None:
    assert Listener().sift(ANSWER) == ANSWER


def test_the_terminal_is_asked_once_and_only_where_its_answer_is_heard() -> None:
    said: list[str] = []
    listener = Listener()
    listener.ask()
    assert not said
    listener.attach(said.append)
    listener.ask()
    listener.ask()
    assert said == ["\x1b[16t\x1b[c"]


@pytest.mark.parametrize(
    ("environment", "protocol"),
    [
        ({"TERM": "xterm-kitty"}, Protocol.KITTY),
        ({"TERM": "xterm-ghostty"}, Protocol.KITTY),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/t"}, Protocol.HALF),  # noqa: S108
        ({"TERM": "xterm-kitty", "NO_COLOR": "1"}, Protocol.HALF),
        ({"TERM": "screen-256color"}, Protocol.HALF),
        ({"TERM": "tmux-256color"}, Protocol.HALF),
        ({"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(390)"}, Protocol.HALF),
        ({"TERM": "linux"}, Protocol.HALF),
        ({}, Protocol.HALF),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "foot"}, None),
    ],
)
def test_the_environment_tells_what_it_can(
    environment: dict[str, str], protocol: Protocol | None
) -> None:
    assert protocol_by_environment(environment) is protocol


async def test_a_terminal_that_cannot_be_asked_gets_half_cells() -> None:
    display = Display({"TERM": "foot"}, Listener(), colours=True, headless=False)
    assert await display.protocol() is Protocol.HALF
    few = Display({"TERM": "xterm-kitty"}, Listener(), colours=False, headless=False)
    assert await few.protocol() is Protocol.HALF


async def test_what_cannot_be_sent_to_is_painted_half_cells() -> None:
    display = Display({"TERM": "xterm-kitty"}, Listener(), colours=True, headless=False)
    assert await display.protocol() is Protocol.HALF


async def test_a_terminal_that_answers_gets_what_it_can_draw() -> None:
    for answer, protocol in ((ANSWER, Protocol.SIXEL), ("\x1b[?62;22c", Protocol.HALF)):
        listener = Listener()
        listener.attach(lambda _: None)
        display = Display({"TERM": "foot"}, listener, colours=True, headless=False)
        display.ask()
        listener.sift(answer)
        assert await display.protocol() is protocol
    assert display.cell == CELL
