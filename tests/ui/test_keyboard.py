"""The thread that reads the keyboard: keys reach it, and it ends when it is told to."""

from __future__ import annotations

import os
import selectors
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from xsfreader.ui.images.terminal import Listener
from xsfreader.ui.keyboard import ESCAPE_SECONDS, EndEvent, EndingSelector, attach

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = 60.0


@pytest.fixture
def keys() -> Iterator[tuple[int, int]]:
    read, write = os.pipe()
    yield read, write
    os.close(read)
    os.close(write)


@pytest.fixture
def end() -> Iterator[EndEvent]:
    event = EndEvent()
    yield event
    event.close()


def test_a_wait_for_keys_ends_at_once_when_it_is_told_to(
    keys: tuple[int, int], end: EndEvent
) -> None:
    for _ in range(2):
        selector = EndingSelector(end, 0.01)
        selector.register(keys[0], selectors.EVENT_READ)
        with ThreadPoolExecutor(1) as beside:
            found = beside.submit(selector.select, LONG)
            end.set()
            assert found.result(LONG / 2) == []
        selector.unregister(keys[0])
        assert selector.select(LONG) == []
        selector.close()
        end.clear()


def test_only_keys_are_told_of(keys: tuple[int, int], end: EndEvent) -> None:
    selector = EndingSelector(end, 0.01)
    selector.register(keys[0], selectors.EVENT_READ)
    assert selector.select(0) == []
    os.write(keys[1], b"j")
    assert [key.fd for key, _ in selector.select(LONG)] == [keys[0]]
    end.set()
    assert [key.fd for key, _ in selector.select(LONG)] == [keys[0]]
    end.clear()
    os.read(keys[0], 1)
    assert selector.select(0) == []
    selector.close()


def test_textual_still_reads_as_it_is_made_to(monkeypatch: pytest.MonkeyPatch) -> None:
    from textual import constants
    from textual.drivers import linux_driver

    for name in ("XTermParser", "Event", "selectors"):
        monkeypatch.setattr(linux_driver, name, getattr(linux_driver, name))
    listener = Listener()
    monkeypatch.setattr(constants, "ESCAPE_DELAY", 0.1)
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    attach(listener)()
    assert listener.attached
    assert constants.ESCAPE_DELAY == 0.1
    monkeypatch.delenv("SSH_TTY")
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.delenv("ESCDELAY", raising=False)
    attach(listener)()
    assert constants.ESCAPE_DELAY == ESCAPE_SECONDS
    driver = linux_driver.LinuxDriver.__init__.__code__.co_names
    thread = linux_driver.LinuxDriver.run_input_thread.__code__.co_names
    assert "Event" in driver
    assert {"selectors", "SelectSelector", "XTermParser"} <= set(thread)


def test_a_key_is_looked_at_again_when_a_pause_is_over(
    keys: tuple[int, int], end: EndEvent
) -> None:
    selector = EndingSelector(end, 0.01)
    selector.register(keys[0], selectors.EVENT_READ)
    os.write(keys[1], b"\x1b")
    assert selector.select(LONG)
    os.read(keys[0], 1)
    # Waiting as long as asked would take a minute.
    assert selector.select(LONG) == []
    assert selector.select(0) == []
    selector.close()
