"""The driver: what is typed becomes keys, what the terminal answers does not."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from textual import events
from textual.app import App

from xsfreader.ui.driver import driver_class
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


async def test_keys_come_and_answers_are_heard(keyboard: tuple[int, int]) -> None:
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


def test_a_driver_that_the_environment_names_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.DRIVER", "textual.drivers.web_driver:WebDriver")
    assert driver_class(Listener(), lambda: None) is None
