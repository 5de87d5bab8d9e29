"""What a terminal may send, its size, its end; signals; programs started from the app."""

from __future__ import annotations

import random
import re
import signal
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.geometry import Size

from tests import terminal as terminals
from tests.soak import soaked
from tests.terminal import Terminal, running
from tests.ui import apps
from tests.ui.cells import screen_cells
from xsfreader.config import locate
from xsfreader.ui.driver import KeyParser, usable_size
from xsfreader.ui.theme import DEFAULT_THEME, FEW_COLOURS

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

GUIDE = ("--source", "guide")
SECRET = "s3cr3t"  # noqa: S105
CTRL_C, CTRL_BACKSLASH = "\x03", "\x1c"


def open_guide(terminal: Terminal) -> None:
    """Read the first page of the guide."""
    terminal.wait("Welcome to xsfreader")
    terminal.settle()
    terminal.press("enter")
    terminal.wait("13 unread")
    terminal.settle()


def words_at_top(terminal: Terminal) -> str:
    """Give a line of the post, which may come back below the first of its row of a table."""
    rows = (row[40:].strip(" │▁▂▃▄▅▆▇█") for row in terminal.lines[5:-2])
    return next(filter(None, rows))


def assert_lives(terminal: Terminal) -> None:
    """Check that the app still follows keys, and ends as it should."""
    terminal.wait("Guide ─")
    terminal.press("F")
    terminal.wait("Titles, texts, authors")
    terminal.press("esc")
    terminal.wait("Guide ─")
    terminal.press("q")
    assert terminal.ended() == 0
    assert not terminal.modes_left


# Signals


@soaked("name", ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"])
def test_signal_restores_the_terminal_and_keeps_the_place(name: str) -> None:
    number = signal.Signals[name]
    with running(*GUIDE, size=(100, 30)) as terminal:
        open_guide(terminal)
        terminal.press("space", "space")
        terminal.settle()
        shown = words_at_top(terminal)
        terminal.signal(number)
        assert terminal.ended() == 128 + number
        assert not terminal.modes_left
    with running(*GUIDE, size=(100, 30)) as terminal:
        terminal.wait("13 unread")
        terminal.wait(lambda _: any(shown in line for line in terminal.lines[5:8]))


@soaked("over", ["F", "?", "/", "ctrl+p"])
def test_signal_ends_the_app_whatever_is_open(over: str) -> None:
    with running(*GUIDE) as terminal:
        open_guide(terminal)
        terminal.press(over, "x")
        terminal.settle()
        terminal.signal(signal.SIGTERM)
        assert terminal.ended() == 128 + signal.SIGTERM
        assert not terminal.modes_left


@soaked("after", [0.3, 0.05, 0.2, 0.4, 0.6])
def test_signal_at_the_start_leaves_the_terminal_as_it_was(after: float) -> None:
    with running(*GUIDE) as terminal:
        end = time.monotonic() + after
        while time.monotonic() < end:
            terminal.read(0.01)
        terminal.signal(signal.SIGTERM)
        assert terminal.ended() in (None, 128 + signal.SIGTERM)
        assert not terminal.modes_left
        assert b"Traceback" not in terminal.raw


def test_app_that_was_stopped_has_the_terminal_once() -> None:
    with running(*GUIDE, size=(100, 30)) as terminal:
        open_guide(terminal)
        for _ in range(3):
            terminal.signal(signal.SIGSTOP)
            terminal.signal(signal.SIGCONT)
            terminal.forget()
            terminal.wait("13 unread")
            terminal.settle()
        threads = Path(f"/proc/{terminal.pid}/task").glob("*/comm")
        assert [file.read_text() for file in threads].count("textual-input\n") <= 1
        assert_lives(terminal)


# Programs that have the terminal


def wait_for_return(terminal: Terminal, entered: int) -> None:
    """Wait until the app has the terminal again; its screen stands there before, too."""
    terminal.wait(lambda _: terminal.entered > entered)
    terminal.settle()


def pipe(terminal: Terminal, command: str) -> None:
    """Pipe the post to a command."""
    terminal.press("|")
    terminal.wait("Pipe the post")
    terminal.press(command, "enter")


PIPED = [
    ("sh -c 'echo sta\"\"rted; exec sleep 100'", CTRL_C, "sh was ended by SIGINT"),
    ("sh -c 'echo sta\"\"rted; exec sleep 99'", CTRL_BACKSLASH, "sh was ended by SIGQUIT"),
    (
        'sh -c \'trap "" INT; echo sta""rted; read x </dev/tty; exit 3\'',
        CTRL_C + "\r",
        "sh finished with exit status 3",
    ),
    ("sh -c 'kill -9 $$'", "", "sh was ended by SIGKILL"),
    # A signal that is ignored would be so in the child.
    (
        f"{sys.executable} -c 'import signal; print(chr(10), signal.getsignal(2))'",
        "",
        "default_int",
    ),
    ("''", "", "Permission denied"),
    ("/", "", "/: Permission denied"),
    ("true \x16\x01", "", "true finished"),
]
"""Command, key pressed while it runs, what is said then."""


@soaked("cases", [PIPED[::2], PIPED[1::2]])
def test_piping_leaves_the_app_as_it_was(cases: list[tuple[str, str, str]]) -> None:
    with running(*GUIDE) as terminal:
        open_guide(terminal)
        for command, key, said in cases:
            entered = terminal.entered
            pipe(terminal, command)
            if key:
                terminal.wait("started")
                terminal.press(key)
            terminal.wait(said)
            terminal.wait("press Enter to return")
            # It may be for the program that has just ended.
            terminal.press(CTRL_C if key == CTRL_C else "enter")
            wait_for_return(terminal, entered)
        pipe(terminal, "true 'unclosed")
        terminal.wait("No closing quotation")
        assert_lives(terminal)


def test_pager_gets_the_key_and_the_app_does_not() -> None:
    with running(*GUIDE, environment={"PAGER": "less"}) as terminal:
        open_guide(terminal)
        for key in (CTRL_C, CTRL_BACKSLASH):
            entered = terminal.entered
            terminal.press("e")
            terminal.wait("{#keys}")
            terminal.settle()
            terminal.press(key)
            terminal.settle()
            terminal.press("q")
            wait_for_return(terminal, entered)
        assert_lives(terminal)


@soaked(
    "command",
    [
        "sh -c 'echo sta\"\"rted; exec sleep 100'",
        "echo sta''rted",
        'sh -c \'trap "" TERM; echo sta""rted; sleep 3\'',
    ],
)
def test_signal_ends_the_app_while_a_program_has_the_terminal(command: str) -> None:
    with running(*GUIDE) as terminal:
        open_guide(terminal)
        pipe(terminal, command)
        terminal.wait("started")
        terminal.settle(0.1)
        terminal.signal(signal.SIGTERM)
        assert terminal.ended() == 128 + signal.SIGTERM
        assert not terminal.modes_left


# The end of the terminal


DOING = ["reading", "starting", "searching", "piping", "paging"]


@soaked("doing, nohup", [*((doing, nohup) for nohup in (True, False) for doing in DOING)])
def test_app_ends_with_its_terminal(doing: str, nohup: bool) -> None:
    with running(*GUIDE, size=(100, 30), nohup=nohup, environment={"PAGER": "less"}) as terminal:
        if doing == "starting":
            terminal.wait("Guide")
        else:
            open_guide(terminal)
            terminal.press("space")
            terminal.settle()
            shown = words_at_top(terminal)
        if doing == "searching":
            terminal.press("F", "sync")
            terminal.wait(" found\n")
        elif doing == "piping":
            pipe(terminal, "wc")
            terminal.wait("press Enter to return")
        elif doing == "paging":
            terminal.press("e")
            terminal.wait("{#keys}")
        status = terminal.hang_up()
        assert status in (128 + signal.SIGHUP, -signal.SIGHUP)
    if doing != "starting":
        with running(*GUIDE, size=(100, 30)) as terminal:
            terminal.wait("13 unread")
            terminal.wait(lambda _: any(shown in line for line in terminal.lines[5:8]))


# Its size


SIZES = [(80, 0), (0, 80), (1, 1), (2, 2), (3, 200), (500, 1), (0, 0)]


def assert_quiet(terminal: Terminal) -> None:
    """Check that the app paints nothing while nothing happens."""
    terminal.settle(0.1)
    before = len(terminal.raw)
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        assert terminal.read()
    assert len(terminal.raw) - before < 20_000


def test_every_size_is_quiet_and_ends_with_a_better_one() -> None:
    # Without rows, it is taken for a common one.
    with running(*GUIDE, size=(0, 0)) as terminal:
        terminal.wait("Welcome to xsfreader")
        terminal.wait(lambda _: "quit" in terminal.lines[23])
        for size in SIZES:
            terminal.resize(*size)
            assert_quiet(terminal)
        terminal.resize(90, 30)
        terminal.wait("Welcome to xsfreader")
        for claimed in ("0;0;0;0", "0;500;0;0"):
            terminal.press(f"\x1b[48;{claimed}t", "\x1b[<0;10;10M", "\x1b[<0;10;10m")
            assert_quiet(terminal)
        terminal.press("\x1b[48;30;90;600;900t")
        assert_lives(terminal)


@pytest.mark.soak
@pytest.mark.parametrize("size", [*SIZES, (65535, 65535)])
def test_every_size_will_do_at_the_start(size: tuple[int, int]) -> None:
    with running(*GUIDE, size=size) as terminal:
        while not terminal.raw:
            assert terminal.read()
        assert_quiet(terminal)
        terminal.resize(90, 30)
        terminal.wait("Welcome to xsfreader")
        assert_lives(terminal)


@pytest.mark.parametrize(
    ("size", "usable"),
    [((0, 0), (80, 24)), ((99999, 0), (800, 24)), ((0, 99999), (80, 600)), ((-5, 9), (80, 9))],
)
def test_a_size_is_taken_as_far_as_it_can_be(
    size: tuple[int, int], usable: tuple[int, int]
) -> None:
    assert usable_size(Size(*size)) == Size(*usable)


@pytest.mark.soak
@pytest.mark.parametrize("columns", ["999999999", "0", "-5", "x"])
def test_size_in_the_environment_is_bounded_too(columns: str) -> None:
    environment = {"COLUMNS": columns, "LINES": columns}
    with running(*GUIDE, size=(80, 24), environment=environment) as terminal:
        terminal.settle(0.5)
        terminal.press("q")
        assert terminal.ended() == 0


# What it sends

ODD_INPUT = [
    b"\xff\xfe",
    b"\x1b[1114112u",
    b"\x1b[457:u",
    b"\x1b[55296u",
    b"\x1b[57344;1;55296u",
    b"\x1b[1;1;99999999999u",
    b"\x1b[99999999999999999999999999;5u",
    b"\x1b[;;;u",
    b"\x1b[1:2:3;;u",
    b"\x1b[<0;0;0M\x1b[<99;-9;-9m\x1b[<999999999;999999999;9M",
    b"\x1b[M\xff\xff\xff",
    b"\x1b[?2048;1$y\x1b[?2026;1$y",
    b"\x1b[I\x1b[O\x1b[I",
    b"\x1b[99;99R\x1b[0;0R",
    b"\x1b]52;c;AAAA\x07\x1bP1$r\x1b\\\x1b_G\x1b\\",
    b"\x1b[200~\x1b[1114112u\xff\x00\x1b[201~",
    b"\x1b" * 40,
    b"\x1b[" + b"9" * 60 + b"u",
    b"\xf0\x9f\x8f\xb3\xef\xb8\x8f\xe2\x80\x8d\xf0",
    b"\x00\x80\x9b1;5u\x9d\x90",
]
"""Bytes that no terminal should send, each of which some terminal may."""


def test_odd_bytes_end_nothing() -> None:
    with running(*GUIDE) as terminal:
        open_guide(terminal)
        for number, data in enumerate(ODD_INPUT):
            terminal.press(data, "esc", "F" if number % 5 == 0 else "/", data, "esc", "esc")
            terminal.read()
        terminal.settle()
        assert_lives(terminal)


SEQUENCES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(ODD_INPUT),
    st.from_regex(rb"\x1b\[[0-9;:<>?$-]{0,20}[ -~]", fullmatch=True),
    st.from_regex(rb"\x1b\[[0-9]{1,12}(;[0-9:]{0,12}){0,3}[u~ABCDEFHPQRSmMtcy]", fullmatch=True),
)


@given(st.lists(SEQUENCES, max_size=8))
def test_any_bytes_can_be_parsed(pieces: list[bytes]) -> None:
    parser = KeyParser()
    for piece in pieces:
        for message in (*parser.feed(piece.decode(errors="replace")), *parser.tick()):
            if isinstance(message, events.Key):
                (message.character or "").encode()
    # Whatever came before, even a paste that never ends, keys follow.
    list(parser.feed("\x1b[201~\x1b[201~"))
    keys = [m.key for m in parser.feed("\x1b[Bj") if isinstance(m, events.Key)]
    assert keys[-1] == "j"


@pytest.mark.soak
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_random_bytes_end_nothing(seed: int) -> None:
    chance = random.Random(seed)
    with running(*GUIDE, environment={"PAGER": "true", "BROWSER": "true"}) as terminal:
        open_guide(terminal)
        for _ in range(4000):
            data = chance.choice([chance.randbytes(chance.randrange(1, 9)), *ODD_INPUT])
            # These keys end the app, suspend it or begin a paste.
            data = data.translate(None, b"qQ\x11\x1a~|")
            terminal.press(data)
            terminal.read(0.005)
        terminal.press(*["esc"] * 8)
        terminal.settle()
        terminal.press("esc", "1")
        assert_lives(terminal)


# A bug


CRASHES = {
    "a key": ("s", "Marks.toggle_star = fail"),
    "a message": ("/x", "Prompts.change = fail"),
    "a timer": ("s", "Marks.toggle_star = lambda s: s.screen.set_timer(0.01, lambda: fail(s))"),
    "a worker": (
        "s",
        "Marks.toggle_star = lambda s: s.screen.run_worker(lambda: fail(s), thread=True)",
    ),
    "a callback": ("s", "Marks.toggle_star = lambda s: s.screen.call_next(lambda: fail(s))"),
    "painting": ("", "StatusBar.render_line = fail"),
    "a dialog's start": ("F", "SearchScreen.on_mount = fail"),
    "the start": ("", "Session.open = fail"),
}
"""Keys, and what is broken for them."""
CRASHING = """
import sys
from xsfreader.ui.reader.marks import Marks
from xsfreader.ui.reader.prompts import Prompts
from xsfreader.ui.reader.session import Session
from xsfreader.ui.screens.search import SearchScreen
from xsfreader.ui.widgets.bars import StatusBar

def fail(self, *_arguments):
    address = "http://me:{secret}@localhost"
    raise ValueError("broken")

{patch}
from xsfreader.__main__ import run
sys.exit(run())
"""


@soaked("where", [*CRASHES])
def test_bug_ends_with_one_line_and_a_log(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "xsfreader"
    keys, patch = CRASHES[where]
    code = CRASHING.format(patch=patch, secret=SECRET)
    program.write_text(f"#!{sys.executable}\n{code}")
    program.chmod(0o755)
    monkeypatch.setattr(terminals, "COMMAND", program)
    with running(*GUIDE) as terminal:
        if keys:
            terminal.wait("Welcome to xsfreader")
            terminal.settle()
            terminal.press(keys)
        assert terminal.ended() == 1
        assert not terminal.modes_left
        after = terminal.raw.rpartition(b"\x1b[?1049l")[2].decode()
        assert "Traceback" not in after
        assert SECRET not in terminal.raw.decode(errors="replace")
        shown = terminal.words
    log = locate().log
    assert f"xsfreader: unexpected error (ValueError); the log has the details: {log}" in after
    assert shown.count("unexpected error") == 1
    written = log.read_text()
    assert "ValueError: broken" in written
    assert "in fail" in written
    assert SECRET not in written


# What the environment names


@soaked(
    "variables, said",
    [
        ({"PAGER": "less '"}, "$PAGER is not a command: less ': No closing quotation"),
        ({"PAGER": "", "EDITOR": 'vi "x'}, "$EDITOR is not a command"),
        ({"PAGER": "less \\"}, "No escaped character"),
        ({"PAGER": "nosuchpager"}, "nosuchpager: No such file"),
        ({"PAGER": "/etc/passwd"}, "/etc/passwd: Permission denied"),
        ({"PAGER": "/etc"}, "/etc: Permission denied"),
        ({"PAGER": "false"}, "false finished with exit status 1"),
        ({"PAGER": " ", "EDITOR": "\t", "PATH": "/nonexistent"}, "less: No such file"),
        ({"PAGER": "''", "EDITOR": "true"}, "true finished"),
        ({"PAGER": "true", "TMPDIR": "/nonexistent", "HOME": "/x"}, "true finished"),
    ],
)
def test_odd_pager_is_one_line(variables: dict[str, str], said: str) -> None:
    with running(*GUIDE, environment=variables) as terminal:
        open_guide(terminal)
        terminal.press("e")
        terminal.wait(said)
        assert_lives(terminal)


@soaked(
    "browser, said",
    [
        ("firefox '", "$BROWSER is not a command"),
        (" ", "No browser found; link sent to the terminal"),
        ("nosuchbrowser", "nosuchbrowser: command not found; link sent to the terminal"),
        ("/etc/passwd", "/etc/passwd: command not found; link sent to the terminal"),
        ("false", "Opened https://xmpp.org"),
        ("true --new-window", "Opened https://xmpp.org"),
    ],
)
def test_odd_browser_is_one_line(browser: str, said: str) -> None:
    environment = {"BROWSER": browser, "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    with running(*GUIDE, environment=environment) as terminal:
        open_guide(terminal)
        for _ in range(30):
            terminal.press("tab")
            terminal.settle(0.05)
            if "link: xmpp.org/blog" in terminal.lines[-2]:
                break
        terminal.press("enter")
        terminal.wait(said)
        assert_lives(terminal)


@pytest.mark.soak
def test_full_disk_is_one_line_at_the_pager(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    with running(*GUIDE, environment={"PAGER": "true", "TMPDIR": str(folder)}) as terminal:
        open_guide(terminal)
        terminal.press("e")
        terminal.wait("true finished")
        folder.rmdir()
        terminal.press("e")
        terminal.wait("can't write a temporary file: No such file")
        assert_lives(terminal)


# Its colours


@soaked(
    "colours, themes",
    [("1", ["ansi-dark", "ansi-light", FEW_COLOURS, DEFAULT_THEME]), ("1", []), ("", [])],
)
async def test_every_theme_is_readable(
    colours: str, themes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if colours:
        monkeypatch.setenv("NO_COLOR", colours)
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
    async with apps.running() as pilot:
        for theme in themes or pilot.app.available_themes:
            pilot.app.theme = theme
            await pilot.pause(0.02)
            shown = screen_cells(pilot.app.export_screenshot(), 120, 40)
            letters = [cell for row in shown for cell in row if cell.text.isalnum()]
            hidden = [cell for cell in letters if cell.color.split()[0] == cell.background]
            assert letters, theme
            assert not hidden, theme


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
async def test_matches_are_marked_without_colours(
    theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with apps.running() as pilot:
        pilot.app.theme = theme
        await pilot.press("enter", "/", *"the", "enter")
        await pilot.pause(0.1)
        article = apps.reader(pilot).article
        lines = [article.render_line(y) for y in range(article.size.height)]
        marked = [
            segment.style
            for line in lines
            for segment in line
            if segment.text.lower() == "the" and segment.style and segment.style.reverse
        ]
        current = [style for style in marked if style.bold and style.underline]
        assert len(current) == 1
        assert len(marked) > 1


COLOURS_16 = {"TERM": "xterm-16color", "COLORTERM": ""}


@soaked("environment", [COLOURS_16, COLOURS_16 | {"NO_COLOR": "1"}, {"TERM": "linux"}])
def test_few_colours_are_those_of_the_terminal(environment: dict[str, str]) -> None:
    with running(*GUIDE, environment={"COLORTERM": "", **environment}) as terminal:
        open_guide(terminal)
        terminal.press("/the\r", "h")
        assert_lives(terminal)
        assert b"38;2;" not in terminal.raw
        assert b"48;2;" not in terminal.raw
        assert b"8;5;" not in terminal.raw
        # Black on black, which pads nothing, nor white on white.
        assert not re.search(rb"\x1b\[(?:\d;)*30;40m\w|\x1b\[(?:\d;)*37;47m\w", terminal.raw)
