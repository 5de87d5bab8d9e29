"""The app in a real terminal: keys in, screen out."""

from __future__ import annotations

import random
import re
import signal
from typing import TYPE_CHECKING

import pytest

from tests.soak import soaked
from tests.terminal import Terminal, running

if TYPE_CHECKING:
    from tests.e2e.conftest import Run

pytestmark = [pytest.mark.corpus, pytest.mark.usefixtures("archive")]
SIZES = [(120, 40), (80, 24), (60, 20)]
BRUSSELS = "Once again the XMPP community came together"


def to_row(terminal: Terminal, words: str) -> None:
    """Move the list's cursor to the next row with these words."""
    for _ in range(20):
        terminal.settle()
        rows = [i for i, line in enumerate(terminal.lines) if re.search(words, line[:36])]
        if rows:
            steps = rows[0] - terminal.cursor_row
            terminal.press(*["j" if steps > 0 else "k"] * abs(steps))
            terminal.wait(lambda _: bool(re.search(words, terminal.cursor_line[:36])))
            return
        terminal.press("space")
    raise AssertionError(f"no row {words!r}:\n{terminal.text}")


def to_list(terminal: Terminal, view: str) -> None:
    """Go to a view of the list, its cursor on top and all groups closed."""
    terminal.wait("Chaos")
    terminal.settle()
    terminal.press(view)
    terminal.settle()
    for _ in range(4):
        terminal.press("h")
        terminal.settle(0.1)
    terminal.press("g")
    terminal.settle()


def open_brussels(terminal: Terminal) -> None:
    """Read the post under the cursor, which is the trip report, to its middle."""
    terminal.press("enter")
    terminal.wait(lambda _: BRUSSELS in terminal.words)
    for _ in range(9):
        if "Remko Tronçon" in terminal.words:
            break
        terminal.press("space")
        terminal.settle()
    assert "Remko Tronçon" in terminal.words


def test_the_newest_post_is_shown_then_those_moved_to_and_only_reading_marks() -> None:
    with running("--offline") as terminal:
        terminal.wait("The XMPP assembly for the Chaos Communication Congress 39C3 has been")
        terminal.wait("326 posts")
        assert "XMPP at Chaos Communication Congress 39C3" in terminal.text
        terminal.wait(lambda _: "39C3" in terminal.cursor_line)
        terminal.press("j")
        terminal.wait("the month of November 2025")
        terminal.press("j")
        terminal.wait("2025 Annual Meeting and")
        terminal.press("k")
        terminal.wait("the month of November 2025")
        terminal.settle()
        assert "326 unread" in terminal.text
        terminal.press("enter")
        terminal.wait("325 unread")
        terminal.press("m")
        terminal.wait("326 unread")


@soaked("size", SIZES, [0])
def test_trip_report_is_found_by_date(size: tuple[int, int]) -> None:
    with running("--offline", size=size) as terminal:
        to_list(terminal, "1")
        to_row(terminal, "▸ 2011")
        terminal.press("l", "j")
        to_row(terminal, "▸ February")
        terminal.press("l", "j")
        to_row(terminal, "18 .*Brussels")
        open_brussels(terminal)


@soaked("size", SIZES, [1])
def test_trip_report_is_found_by_category(size: tuple[int, int]) -> None:
    with running("--offline", size=size) as terminal:
        to_list(terminal, "2")
        to_row(terminal, "XMPP Summit|Summit")
        terminal.press("l", "j")
        to_row(terminal, "2011-02 .*Brussels")
        open_brussels(terminal)


@soaked("size", SIZES, [1])
def test_trip_report_is_found_by_search(size: tuple[int, int]) -> None:
    with running("--offline", size=size) as terminal:
        terminal.wait("Chaos")
        terminal.press("F")
        terminal.wait("Titles, texts, authors")
        terminal.press('"trip report" troncon')
        terminal.wait(" found\n")
        terminal.wait("Brussels Trip Report")
        terminal.press("enter")
        terminal.wait("1/3")
        terminal.press("n", "n")
        terminal.wait("3/3")
        terminal.wait(lambda _: "Remko Tronçon" in terminal.words)
        terminal.press("H")
        terminal.wait(" found\n")


@soaked("size", SIZES, [2])
def test_trip_report_is_found_by_filtering_the_list(size: tuple[int, int]) -> None:
    with running("--offline", size=size) as terminal:
        to_list(terminal, "1")
        terminal.press("/")
        terminal.wait("title, author or category")
        terminal.press("stpeter brussels trip")
        terminal.settle()
        terminal.press("enter")
        terminal.settle()
        to_row(terminal, "Brussels Trip")
        open_brussels(terminal)


def test_stars_places_and_marks_survive_a_kill() -> None:
    with running("--offline") as terminal:
        terminal.wait("326 unread")
        terminal.press("j", "enter", "s", "space", "space", "space")
        terminal.wait("★")
        terminal.wait("325 unread")
        terminal.settle(2)
        line = terminal.lines[5][40:]
        terminal.kill()
    with running("--offline") as terminal:
        terminal.wait("325 unread")
        terminal.press("5")
        terminal.wait("2025-12")
        terminal.settle()
        assert line in terminal.lines[5]


def test_tiny_terminal_shows_a_message_and_a_resumed_app_repaints_the_screen() -> None:
    with running("--offline", size=(39, 12)) as terminal:
        terminal.wait("40x10 needed")
        terminal.resize(100, 30)
        terminal.wait("Chaos")
        before = terminal.settle()
        terminal.press("ctrl+z")
        terminal.settle()
        terminal.forget()
        terminal.signal(signal.SIGCONT)
        terminal.wait(lambda text: text == before)


@pytest.mark.soak
def test_random_keys_break_nothing() -> None:
    chance = random.Random(7)
    keys = [*"jkdugGhlJK][123456nNtzxTmsfF/?{}HLabc", "tab", "enter", "esc", "space", "backspace"]
    with running("--offline") as terminal:
        terminal.wait("Chaos")
        for _ in range(2000):
            terminal.press(chance.choice(keys))
            terminal.read(0.01)
        for _ in range(6):
            terminal.press("esc")
        terminal.settle()
        assert "Traceback" not in terminal.text
        assert "XSF Blog" in terminal.text


def test_a_post_is_piped_and_a_missing_command_is_a_one_line_error() -> None:
    with running("--offline", environment={"PAGER": "no-such-pager"}) as terminal:
        terminal.wait("Chaos")
        for command, said in (
            ("grep -c Chaos", "grep finished"),
            ("no-such-command x", "command: No such file"),
        ):
            terminal.press("enter", "|")
            terminal.wait("Pipe the post")
            terminal.press(command, "enter")
            terminal.wait("press Enter to return")
            assert said in terminal.text
            terminal.press("enter")
            terminal.wait("326 posts")
        terminal.press("e")
        terminal.wait("no-such-pager: No such file")
        terminal.press("j")
        terminal.wait("Chaos")


def test_marks_of_an_open_app_are_seen_by_other_commands(run: Run) -> None:
    with running("--offline") as terminal:
        terminal.wait("Chaos")
        terminal.press("s")
        terminal.wait("\n Starred  ")
        terminal.press("q")
        assert terminal.ended() == 0
    with running("--offline", "--fresh") as terminal:
        terminal.wait("Chaos")
        for stars in (2, 3):
            assert run("list", "--starred").stdout.count("\n") == stars - 1
            terminal.press("j")
            terminal.settle()
            terminal.press("s")
            terminal.wait("\n Starred  ")
            terminal.settle()
        assert run("list", "--starred").stdout.count("\n") == 3
        terminal.press("q")
        assert terminal.ended() == 0
    assert run("list", "--starred").stdout.count("\n") == 3


def test_each_key_of_a_burst_waits_for_the_one_before() -> None:
    with running("--offline", size=(120, 40)) as terminal:
        terminal.wait("Chaos")
        terminal.settle()
        terminal.press("/summit quit")
        terminal.wait(lambda _: "matches “summit quit”" in terminal.words)
        terminal.settle()
        terminal.press("esc")
        terminal.wait(lambda _: "summit quit" not in terminal.words)
        terminal.wait("Category")
        terminal.press("Fomemo\r")
        terminal.wait("omemo: 1/")
        terminal.press("Fjingle\r/the\rnn")
        terminal.wait("the: 3/")
        terminal.press("tjj\rq")
        assert terminal.ended() == 0
