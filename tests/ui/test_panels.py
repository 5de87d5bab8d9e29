"""Panels over the reader's screen: what shows below them, and how they close."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual._context import visible_screen_stack
from textual.events import Resize
from textual.geometry import Size

from tests.ui.apps import running, settle
from xsfreader.ui.reader import ReaderScreen
from xsfreader.ui.screens.choice import ChoiceScreen

if TYPE_CHECKING:
    from textual.app import App

Cell = tuple[str, object, object, object]


def cells(app: App[None]) -> list[list[Cell]]:
    """Every character of the screen, with its colours and link."""
    visible_screen_stack.set(app._background_screens)
    return [
        [
            (char, style.color, style.bgcolor, style.link or style.meta)
            for text, style, _ in strip
            if style is not None
            for char in text
        ]
        for strip in app.screen._compositor.render_strips()
    ]


async def test_news_below_a_panel_are_seen() -> None:
    async with running(size=(100, 30)) as pilot:
        await pilot.press("enter", "question_mark")
        await settle(pilot, 0.2)
        reader = pilot.app.screen_stack[0]
        assert isinstance(reader, ReaderScreen)
        reader.status.say("news")
        await settle(pilot, 0.2)
        shown = ["".join(char for char, *_ in row) for row in cells(pilot.app)]
        assert any(line.strip().startswith("news") for line in shown)


async def test_a_panel_that_closes_takes_a_late_size() -> None:
    async with running(size=(100, 30)) as pilot:
        await pilot.press("enter", "t")
        await settle(pilot, 0.2)
        panel = pilot.app.screen
        assert isinstance(panel, ChoiceScreen)
        panel.post_message(Resize(Size(90, 20), Size(90, 20)))
        panel.dismiss(None)
        await settle(pilot, 0.2)
        assert isinstance(pilot.app.screen, ReaderScreen)


@pytest.mark.parametrize("key", ["t", "question_mark", "F", "ctrl+p"])
async def test_a_panel_closes_once_whatever_asks_for_it(key: str) -> None:
    async with running() as pilot:
        below = pilot.app.screen
        await pilot.press(key)
        await settle(pilot, 0.3)
        panel = pilot.app.screen
        assert panel is not below
        await panel.dismiss(None)
        panel.dismiss(None)
        await settle(pilot)
        assert pilot.app.screen is below
