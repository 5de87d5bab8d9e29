"""The driver: what is typed becomes keys, what the terminal answers does not."""

from __future__ import annotations

import os
import selectors
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from xsfreader.ui.driver import MOST_PASTED, KeyParser, driver_class
from xsfreader.ui.images.terminal import Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.message import Message

if sys.platform == "win32":
    pytest.skip("Windows has a driver of its own", allow_module_level=True)

PATIENCE = 10.0


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """A pipe in place of the keyboard."""
    read, write = os.pipe()
    with os.fdopen(read) as stream:
        monkeypatch.setattr(sys, "__stdin__", stream)
        yield read, write
    os.close(write)


async def read_keys(listener: Listener, wanted: int, type_keys: Callable[[], None]) -> list[str]:
    """Run the driver's thread until so many keys came, then end it."""
    kind: Any = driver_class(listener, lambda: None)
    kind.write = lambda _driver, _data: None
    driver = kind(App())
    came: list[str] = []
    enough = threading.Event()

    def take(message: Message) -> None:
        if isinstance(message, events.Key):
            came.append(message.key)
        if len(came) >= wanted:
            enough.set()

    driver.process_message = take
    thread = threading.Thread(target=driver.run_input_thread)
    thread.start()
    type_keys()
    assert enough.wait(PATIENCE)
    driver.exit_event.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    return came


async def test_keys_come_and_answers_are_heard(
    keyboard: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on macOS, where the default one fails for /dev/tty.
    monkeypatch.setattr(selectors, "DefaultSelector", None)
    listener = Listener()

    def type_keys() -> None:
        listener.ask()
        # An Umlaut in two pieces, and an answer in the middle of what is typed.
        for data in (b"j\xc3", b"\xa4\x1b[A", b"\x1b[6;18;9t", b"k\x1b[?62;4cq"):
            os.write(keyboard[1], data)

    assert await read_keys(listener, 5, type_keys) == ["j", "ä", "up", "k", "q"]
    assert listener.is_attached
    assert listener.sixel
    assert listener.cell == (9, 18)


async def test_escape_alone_is_a_key(keyboard: tuple[int, int]) -> None:
    def type_keys() -> None:
        os.write(keyboard[1], b"\x1b")

    assert await read_keys(Listener(), 1, type_keys) == ["escape"]


async def test_the_terminal_is_taken_once_at_a_time(
    keyboard: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []

    def start(driver: Any) -> None:
        steps.append("begin")
        if len(steps) == 1:
            # As the handler of SIGCONT does.
            driver.start_application_mode()
        steps.append("end")

    monkeypatch.setattr(LinuxDriver, "start_application_mode", start)
    monkeypatch.setattr("xsfreader.ui.driver._let_go", lambda _driver, _fileno: True)
    kind: Any = driver_class(Listener(), lambda: None)
    monkeypatch.setattr(kind, "_lose", lambda _driver: None)
    kind(App()).start_application_mode()
    assert steps == ["begin", "end"] * 2


def test_a_driver_that_the_environment_names_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.DRIVER", "textual.drivers.web_driver:WebDriver")
    assert driver_class(Listener(), lambda: None) is None


def parsed(*pieces: str, parser: KeyParser | None = None) -> list[str]:
    """Return keys, and what was pasted in quotes, that come of these pieces."""
    parser = parser or KeyParser()
    messages = [message for piece in pieces for message in parser.feed(piece)]
    assert all(isinstance(message, (events.Key, events.Paste)) for message in messages)
    return [m.key if isinstance(m, events.Key) else repr(m.text) for m in messages]  # type: ignore[attr-defined]


BEGIN, END = "\x1b[200~", "\x1b[201~"


@pytest.mark.parametrize(
    ("pasted", "text"),
    [
        ("words\nand lines\0", "words\nand lines"),
        ("", ""),
        # What follows an Escape would be typed as keys.
        ("a\x1b" + "q" * 60, "a\x1b" + "q" * 60),
        ("a\x1bq\x1bq\x1b[Bq", "a\x1bq\x1bq\x1b[Bq"),
        (BEGIN + "\x1b[48;1;1;1;1t", BEGIN + "\x1b[48;1;1;1;1t"),
    ],
)
def test_whatever_is_pasted_is_no_key(pasted: str, text: str) -> None:
    typed = f"j{BEGIN}{pasted}{END}k"
    assert parsed(typed) == ["j", repr(text), "k"]
    # A terminal may send it in any pieces.
    assert parsed(*typed) == ["j", repr(text), "k"]
    for cut in range(1, len(typed)):
        assert parsed(typed[:cut], typed[cut:]) == ["j", repr(text), "k"]


def test_a_paste_without_end_swallows_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = KeyParser()
    assert parsed(f"{BEGIN}word", parser=parser) == []
    assert list(parser.tick()) == []
    monkeypatch.setattr("xsfreader.ui.driver.PASTE_SECONDS", -1.0)
    assert [message.text for message in parser.tick()] == ["word"]  # type: ignore[attr-defined]
    assert parsed("j", parser=parser) == ["j"]


def test_only_so_much_is_pasted() -> None:
    pieces = ["a" * 300_000] * 7
    (pasted,) = parsed(BEGIN, *pieces, END[:3], END[3:])
    assert len(pasted) < 1.1 * MOST_PASTED
