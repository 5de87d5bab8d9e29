"""All text can be read in every theme: Textual's and ours, and on the terminal's own colours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from textual.color import Color

from tests.soak import soaked
from tests.ui.apps import reader, running, settle
from xsfreader.ui.theme import LEAST_CONTRAST, contrast, readable_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.color import Color as RichColor
    from rich.style import Style
    from textual.pilot import Pilot

XTERM = [
    *("#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5"),
    *("#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"),
]
"""The terminal's own colours."""
NO_TEXT = re.compile(r"[\s─│┼╭╮╰╯▏▎▔▁▂▃▄▅▆▇█▀▌▐]*|╭─ image ─*╮?")
"""Lines, bars and the like."""


class Ink(NamedTuple):
    """The colours of some text on the screen."""

    text: str
    colour: Color
    ground: Color


def own(colour: RichColor | None, *, ground: bool, dark: bool) -> Color:
    """Return a colour as a terminal shows it that is black on white or white on black."""
    if colour is None or colour.is_default:
        return Color.parse("#000000" if ground is dark else "#ffffff")
    if colour.triplet is None:
        assert colour.number is not None
        return Color.parse(XTERM[colour.number])
    return Color(*colour.triplet)


def inks(pilot: Pilot[None]) -> Iterator[Ink]:
    """Find what text is on the screen."""
    dark = pilot.app.current_theme.dark
    for strip in pilot.app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if style is not None and not NO_TEXT.fullmatch(text):
                yield Ink(text, *colours(style, dark=dark))


def colours(style: Style, *, dark: bool) -> tuple[Color, Color]:
    colour = own(style.color, ground=False, dark=dark)
    ground = own(style.bgcolor, ground=True, dark=dark)
    return (ground, colour) if style.reverse else (colour, ground)


SCREENS = {
    "list, matches and links": "slash t h e enter l K J slash t h e enter tab f",
    "a panel": "enter t j",
    "a search": "F o f f l i n e down",
}


@soaked("name, part", [(name, part) for part in (0, 1, 2) for name in SCREENS], [0, 4, 8])
async def test_all_text_can_be_read_in_every_theme(name: str, part: int) -> None:
    """Each theme is seen on one screen; in the soak, each on all of them."""
    async with running(size=(120, 50)) as pilot:
        await pilot.press("1", "l")
        for key in SCREENS[name].split():
            await pilot.press(key)
        await settle(pilot, 0.3)
        faint = set()
        for theme in sorted(pilot.app.available_themes)[part :: len(SCREENS)]:
            pilot.app.theme = theme
            await settle(pilot)
            faint |= {
                f"{theme}: {ink.text.strip()!r} {ink.colour.hex} on {ink.ground.hex}"
                for ink in inks(pilot)
                if contrast(ink.colour, ink.ground) < LEAST_CONTRAST
            }
        assert not sorted(faint)


async def test_nothing_is_coloured_on_a_colour_of_the_terminals_own() -> None:
    async with running(size=(120, 50)) as pilot:
        screen = reader(pilot)
        for theme in ("ansi-dark", "ansi-light"):
            pilot.app.theme = theme
            await settle(pilot)
            for widget in (screen.posts, screen.article, screen.header, screen.key_bar):
                for part in widget.LOOKS:
                    style = widget.look(part)
                    assert not style.bgcolor or style.bgcolor.is_default, part


def test_a_colour_changes_no_more_than_it_must() -> None:
    grey, black = Color.parse("#808080"), Color.parse("#000000")
    assert readable_on(black, grey) == grey
    for ground in map(Color.parse, ("#000000", "#808080", "#777777", "#ffffff", "#ff0000")):
        assert contrast(ground, readable_on(ground, ground)) >= LEAST_CONTRAST
    assert contrast(black, Color.parse("#ffffff")) == pytest.approx(21)
