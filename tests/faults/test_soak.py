"""The app under random keys, resizes, pastes and syncs: no traceback, and memory stays flat."""

from __future__ import annotations

import random
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.terminal import KEYS, Terminal, running

if TYPE_CHECKING:
    from collections.abc import Callable

if not sys.platform.startswith("linux"):
    pytest.skip("reads /proc, needs a pseudo-terminal", allow_module_level=True)

TYPED = [*"jkdugGhlJK][123456nNtzxTmsAfF/?{}HLryioe|", *KEYS, "\t\t", "jjjj", "\x1b[<64;30;9M"]
SIZES = [(120, 40), (80, 24), (44, 10), (20, 5), (1, 1), (200, 60), (90, 30)]
ENDING = {"ctrl+z"}
"""Keys that suspend the app."""
GROWTH = 1.4
"""How much larger the app may be at the end than after its first third."""


def memory(pid: int) -> int:
    """Return the bytes that a process holds in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def posts(folder: Path) -> Callable[[int], None]:
    """Return a function that writes the posts of a folder, anew for each number."""

    def write(number: int) -> None:
        for day in range(1, 9):
            text = f"# Heading\n\nWords of version {number}, [a link](/2020/01/post-1/).\n" * 9
            head = f"---\ntitle: Post {day}\ndate: 2020-01-{day:02}\n---\n"
            (folder / f"{day}.md").write_text(head + text)

    return write


def act(terminal: Terminal, chance: random.Random, write: Callable[[int], None]) -> None:
    """Do one thing at random."""
    kind = chance.random()
    if kind < 0.02:
        terminal.resize(*chance.choice(SIZES))
    elif kind < 0.04:
        words = "".join(chance.choices("abc \n\x1b'\"äé🏳\u0301", k=chance.randrange(1, 200)))
        terminal.press(f"\x1b[200~{words}\x1b[201~".replace("\x1b'", "'"))
    elif kind < 0.05:
        write(chance.randrange(1000))
    elif kind < 0.06:
        terminal.press(*["esc"] * 5)
    else:
        terminal.press(chance.choice([key for key in TYPED if key not in ENDING]))


@pytest.mark.parametrize(
    ("seed", "seconds"),
    [(1, 6.0), *(pytest.param(seed, 300.0, marks=pytest.mark.soak) for seed in (2, 3, 4))],
)
def test_random_use_ends_nothing_and_leaks_nothing(
    seed: int, seconds: float, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    write = posts(tmp_path)
    write(0)
    environment = {"PAGER": "true", "BROWSER": "true", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    with running("--source", str(tmp_path), environment=environment) as terminal:
        terminal.wait("8 posts")
        start = time.monotonic()
        warm = 0
        while (passed := time.monotonic() - start) < seconds:
            act(terminal, chance, write)
            assert terminal.read(0.02), terminal.text
            if not warm and passed > seconds / 3:
                warm = memory(terminal.pid)
            # What is shown after all of it need not be kept.
            terminal.raw = terminal.raw[-1_000_000:]
        assert b"Traceback" not in terminal.raw
        held = memory(terminal.pid)
        sys.stdout.write(f"{warm >> 20} MB after a third, {held >> 20} MB at the end\n")
        assert held < GROWTH * warm
        # It may be suspended, or wait for a command that it runs.
        for _ in range(2):
            terminal.signal(signal.SIGCONT)
            terminal.press("enter")
            terminal.settle()
        # From every screen.
        terminal.press("\x11")
        assert terminal.ended() == 0
        assert not terminal.modes_left
