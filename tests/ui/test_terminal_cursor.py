"""The terminal's own cursor, which screen readers follow, is where the focus is."""

from __future__ import annotations

from functools import partial

from tests.ui.apps import reader, running, until
from tests.ui.test_search import search
from xsfreader.ui.screens.search import SearchScreen
from xsfreader.ui.widgets.results import ROWS

PLACES = (
    ("tab", "de fr"),
    ("f", "ade sfr"),
    ("escape t j", "Ten keys to start with"),
    ("escape A", "n  Cancel"),
    ("escape escape h j", "●  3 Everything a post"),
    ("slash x", "x"),
)
"""Keys, and the text at the cursor then: link, hint, heading, question, row, filter."""
BEFORE = 2
"""Cells before the cursor that may have the text: in an input, it is behind that."""


async def test_the_cursor_is_where_the_focus_is() -> None:
    async with running(size=(80, 24)) as pilot:

        def at_cursor(text: str, cells: int = 0) -> bool:
            x, y = pilot.app.cursor_position
            widget, region = pilot.app.screen.get_widget_at(x, y)
            line = widget.render_line(y - region.y).text[max(0, x - region.x - BEFORE) :]
            return text in line[: cells or len(text) + 5]

        for keys, text in PLACES:
            await pilot.press(*keys.split())
            await until(pilot, partial(at_cursor, text))

        await pilot.press("escape", "F", *"omemo")
        await until(pilot, lambda: search(pilot).query_text == "omemo")
        await until(pilot, partial(at_cursor, "o "))
        await pilot.press("enter")
        await until(pilot, lambda: reader(pilot).article.has_highlights)
        await until(pilot, partial(at_cursor, "omemo", 80))
        await pilot.press("H")
        await until(pilot, lambda: isinstance(pilot.app.screen, SearchScreen))
        results = search(pilot).results
        await pilot.press("j")
        await until(pilot, lambda: at_cursor(results.render_line(ROWS).text.strip()))
