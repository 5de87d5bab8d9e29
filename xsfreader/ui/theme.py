"""Our own themes, and how the parts of each widget look, in colours of the theme.

The looks are not in the style sheet because Textual would compute each of them for every
widget whenever anything is restyled, three times at start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from xsfreader.markup import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.widget import Widget

DARK = Theme(
    name="xsf-dark",
    primary="#6cb6e8",
    secondary="#a5c261",
    accent="#f08c4b",
    warning="#e5b567",
    error="#ec6a6a",
    success="#a5c261",
    foreground="#d8dee4",
    background="#15191e",
    surface="#15191e",
    panel="#1e242b",
    dark=True,
)
LIGHT = Theme(
    name="xsf-light",
    primary="#0b5f9e",
    secondary="#4d7a12",
    accent="#b84f0c",
    warning="#8a6100",
    error="#b3261e",
    success="#4d7a12",
    foreground="#22272e",
    background="#fbfaf7",
    surface="#fbfaf7",
    panel="#eeece6",
    dark=False,
)
THEMES = (DARK, LIGHT)
DEFAULT_THEME = DARK.name
FEW_COLOURS = "ansi-dark"
"""For terminals with 16 colours: it uses the terminal's own."""


LEAST_CONTRAST = 4.5
"""Between text and its background, as WCAG 2 wants it."""
TEXT = ("foreground", "primary", "secondary", "accent", "warning", "error")
"""Colours of a theme that text has, on ``background`` and on ``panel``."""
TERMINAL = {
    True: {
        "primary": "ansi_bright_cyan",
        "secondary": "ansi_bright_green",
        "accent": "ansi_bright_magenta",
        "warning": "ansi_bright_yellow",
        "error": "ansi_bright_red",
    },
    False: {
        "primary": "ansi_blue",
        "secondary": "ansi_red",
        "accent": "ansi_magenta",
        "warning": "ansi_red",
        "error": "ansi_red",
    },
}
"""Of the terminal's own colours, those that can be read on black (True) or on white."""


class Look(NamedTuple):
    """What a part adds to the style of its widget.

    If it sets a background, it sets the colour of its text, too: what the text has may not be
    readable on it.
    """

    colour: str = ""
    """Name of a theme colour, with a percentage if it is translucent."""
    ground: str = ""
    """The same for the background."""
    text: str = ""
    """``bold``, ``italic`` and the like."""
    terminal: str = "reverse"
    """In place of colours for a look with a background, where they are the terminal's own."""
    is_text: bool = True
    """Whether it must be readable; lines need not."""


_CODE = "panel"

LOOKS: Mapping[str, Mapping[str, Look]] = {
    "bar": {
        "strong": Look("primary", text="bold"),
        "quiet": Look("foreground 60%"),
        "alert": Look("accent", text="bold"),
    },
    "list": {
        "group": Look(text="bold"),
        "quiet": Look("foreground 60%"),
        "read": Look("foreground 80%"),
        "unread": Look("accent"),
        "star": Look("warning"),
        "cursor": Look("foreground", "primary 35%", "bold"),
        "cursor-away": Look("foreground", "foreground 12%", terminal="underline"),
    },
    "results": {
        "title": Look(text="bold"),
        "quiet": Look("foreground 65%"),
        "match": Look("accent", text="bold"),
        "cursor": Look("foreground", "primary 30%"),
    },
    "article": {
        Role.BODY: Look(),
        Role.TITLE: Look("primary", text="bold"),
        Role.META: Look("foreground 65%"),
        Role.HEADING1: Look("primary", text="bold"),
        Role.HEADING2: Look("primary", text="bold"),
        Role.HEADING3: Look(text="bold"),
        Role.HEADING4: Look(text="bold italic"),
        Role.CODE: Look("foreground", _CODE),
        Role.QUOTE: Look("foreground 85%", text="italic"),
        Role.CAPTION: Look("foreground 65%"),
        Role.MARKER: Look("accent"),
        Role.RULE: Look("foreground 30%", is_text=False),
        Role.TABLE_HEADER: Look(text="bold"),
        Role.NOTE: Look("foreground 65%"),
        Role.KEYWORD: Look("primary", _CODE),
        Role.NAME: Look("foreground", _CODE),
        Role.STRING: Look("secondary", _CODE),
        Role.NUMBER: Look("warning", _CODE),
        Role.COMMENT: Look("foreground 60%", _CODE),
        "inline-code": Look("secondary", "panel"),
        "link": Look("primary", text="underline"),
        "doubtful": Look("foreground 65%", text="underline"),
        "link-current": Look(text="reverse"),
        "match": Look("foreground", "warning 40%"),
        "match-current": Look("background", "warning", "bold", "reverse bold underline"),
        "selected": Look("foreground", "primary 45%"),
        "hint": Look("background", "accent", "bold", "reverse bold"),
    },
}


def legible(variables: Mapping[str, str], *, dark: bool) -> dict[str, str]:
    """Return a theme's colours, those of text changed until they can be read.

    ``quiet`` is added, for text that matters less.
    """
    ground, panel = (Color.parse(variables[name]) for name in ("background", "panel"))
    if ground.ansi is not None:
        return {**variables, **TERMINAL[dark], "quiet": variables["foreground"]}
    colours = {name: Color.parse(variables[name]) for name in TEXT}
    colours["quiet"] = panel + colours["foreground"].multiply_alpha(0.6)
    readable = {
        name: readable_on(panel, readable_on(ground, colour)).hex
        for name, colour in colours.items()
    }
    cursor = panel + Color.parse(variables["primary"]).multiply_alpha(0.35)
    readable["block-cursor-background"] = cursor.hex
    readable["block-cursor-foreground"] = readable_on(cursor, colours["foreground"]).hex
    return {**variables, **readable}


def readable_on(ground: Color, colour: Color) -> Color:
    """Return the colour, or the nearest one towards black or white that can be read."""
    if contrast(ground, colour) >= LEAST_CONTRAST:
        return colour
    black, white = Color(0, 0, 0), Color(255, 255, 255)
    end = max(black, white, key=lambda each: contrast(ground, each))
    steps = (colour.blend(end, step / 20) for step in range(1, 20))
    return next((each for each in steps if contrast(ground, each) >= LEAST_CONTRAST), end)


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG 2 defines it."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    linear = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    )
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def style_of(widget: Widget, look: Look) -> Style:
    """Return the style of a look, translucent colours blended with the widget's background.

    It sets only what the look sets, so that it can be added to others.
    """
    variables = widget.app.theme_variables
    ground = widget.background_colors[1]
    if ground.ansi is not None:
        return _terminal_style(look, variables)
    style = Style()
    if look.ground:
        ground += _colour(look.ground, variables)
        style += Style(bgcolor=ground.rich_color)
    if look.colour:
        colour = ground + _colour(look.colour, variables)
        colour = readable_on(ground, colour) if look.is_text else colour
        style += Style(color=colour.rich_color)
    return style + Style.parse(look.text) if look.text else style


def _terminal_style(look: Look, variables: Mapping[str, str]) -> Style:
    """Never put one colour on another: nobody knows which the terminal has."""
    if look.ground and look.ground != _CODE:
        return Style(color="default", bgcolor="default") + Style.parse(look.terminal)
    style = Style.parse(look.text)
    if look.colour:
        style += Style(color=_colour(look.colour, variables).rich_color)
    return style


def _colour(words: str, variables: Mapping[str, str]) -> Color:
    name, _, percent = words.partition(" ")
    colour = Color.parse(variables[name])
    return colour.multiply_alpha(int(percent.rstrip("%")) / 100) if percent else colour
