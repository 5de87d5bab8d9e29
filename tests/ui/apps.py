"""Run the app on the guide without a terminal."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from textual import events

from xsfreader.config import Config, locate
from xsfreader.library import Library
from xsfreader.ui.app import ReaderApp
from xsfreader.ui.keymap import key_name
from xsfreader.ui.reader import ReaderScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

    Driver = Pilot[None]

PATIENCE = 60.0
"""Seconds after which what should come is taken not to; a busy machine may need many."""


def reader(pilot: Driver) -> ReaderScreen:
    """Return the reader's screen, even if another covers it."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, ReaderScreen)
    return screen


async def settle(pilot: Driver, seconds: float = 0.05) -> None:
    """Wait until messages are handled and the screen is drawn."""
    await pilot.pause()
    await pilot.pause(seconds)


async def until(pilot: Driver, condition: Callable[[], object]) -> None:
    """Wait for what a thread or a later message brings about."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain; the status: {reader(pilot).status.text}"
        await pilot.pause(0.02)


def type_at_once(pilot: Driver, *keys: str) -> None:
    """Post keys without waiting between them: texts by letter, others by Textual's name."""
    for key in keys:
        if key in ("enter", "escape", "pagedown", "down", "tab", "ctrl+p"):
            pilot.app.post_message(events.Key(key, None))
        else:
            for letter in key:
                pilot.app.post_message(events.Key(key_name(letter), letter))


@asynccontextmanager
async def running(
    source: str = "guide",
    *,
    size: tuple[int, int] = (120, 40),
    config: Config | None = None,
    fresh: bool = True,
    target: str = "",
    offline: bool = True,
) -> AsyncIterator[Driver]:
    """Run the app on a source that needs no network, in the test's own home.

    Without a configuration there are no pictures: they come when they come.
    """
    with Library(config or Config(images="off"), locate(), source) as library:
        library.refresh_local()
        app = ReaderApp(library, offline=offline, fresh=fresh, target=target)
        try:
            async with app.run_test(size=size) as pilot:
                await settle(pilot)
                yield pilot
        finally:
            app.close_libraries()
