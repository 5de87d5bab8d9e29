"""Errors of the store while the app is open: one line in the status bar, and the app goes on."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from tests.ui import apps
from xsfreader.errors import StoreError
from xsfreader.library import Library
from xsfreader.ui.keymap import ACTIONS
from xsfreader.ui.screens.palette import Palette
from xsfreader.ui.widgets.bars import StatusBar

if TYPE_CHECKING:
    from textual.pilot import Pilot

BROKEN = "the archive is broken for this test"
METHODS = sorted(
    name
    for name, _ in inspect.getmembers(Library, inspect.isfunction)
    if not name.startswith("_") and name != "close"
)
KEYS = [
    key for action in ACTIONS for key in action.keys[:1] if action.id not in ("quit", "suspend")
]
AFTER = ["enter", "s", "escape", "escape"]
"""What is pressed after each key: it chooses in a dialog, types, and closes what is open."""


def break_methods(monkeypatch: pytest.MonkeyPatch, names: list[str]) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise StoreError(BROKEN)

    for name in names:
        monkeypatch.setattr(Library, name, fail)


async def press_everything(pilot: Pilot[None], after: list[str]) -> None:
    for key in KEYS:
        await pilot.press(key, *after)
    # The palette reads names once there are two letters.
    await pilot.press("ctrl+p", "c", "a", "t")
    await pilot.pause(0.3)
    await pilot.press("escape", "escape")


EACH = [pytest.param([name], id=name, marks=pytest.mark.soak) for name in METHODS]


@pytest.mark.parametrize("names", [pytest.param(METHODS, id="all"), *EACH])
async def test_failing_store_is_a_line_and_the_app_goes_on(
    names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", "true")
    monkeypatch.setenv("BROWSER", "true")
    said: list[str] = []
    say = StatusBar.say

    def listen(bar: StatusBar, text: str, **options: bool) -> None:
        said.append(text)
        say(bar, text, **options)

    monkeypatch.setattr(StatusBar, "say", listen)
    async with apps.running() as pilot:
        await pilot.press("enter", "h")
        with monkeypatch.context() as patch:
            break_methods(patch, names)
            await press_everything(pilot, AFTER if len(names) == 1 else ["escape"])
        if names == METHODS:
            assert BROKEN in said
        # And it works once the store does.
        await pilot.press("escape", "escape", "1", "J")
        await pilot.pause(0.2)
        assert pilot.app.is_running
        assert pilot.app.return_code is None
        assert apps.reader(pilot).article.document is not None


async def test_palette_says_that_names_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async with apps.running() as pilot:
        break_methods(monkeypatch, ["groups"])
        await pilot.press("ctrl+p", "c", "a", "t")
        await pilot.pause(0.3)
        assert pilot.app.is_running
        assert apps.reader(pilot).status.text == BROKEN
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, Palette)
