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


class Look(NamedTuple):
    """What a part adds to the style of its widget."""

    colour: str = ""
    """Name of a theme colour, with a percentage if it is translucent."""
    ground: str = ""
    """The same for the background."""
    text: str = ""
    """``bold``, ``italic`` and the like."""


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
        "cursor": Look(ground="primary 35%", text="bold"),
        "cursor-away": Look(ground="foreground 12%"),
    },
    "results": {
        "title": Look(text="bold"),
        "quiet": Look("foreground 65%"),
        "match": Look("accent", text="bold"),
        "cursor": Look(ground="primary 30%"),
    },
    "choices": {"cursor": Look("foreground", "primary 35%", "bold")},
    "article": {
        Role.BODY: Look(),
        Role.TITLE: Look("primary", text="bold"),
        Role.META: Look("foreground 65%"),
        Role.HEADING1: Look("primary", text="bold"),
        Role.HEADING2: Look("primary", text="bold"),
        Role.HEADING3: Look(text="bold"),
        Role.HEADING4: Look(text="bold italic"),
        Role.CODE: Look(ground=_CODE),
        Role.QUOTE: Look("foreground 85%", text="italic"),
        Role.CAPTION: Look("foreground 65%"),
        Role.MARKER: Look("accent"),
        Role.RULE: Look("foreground 30%"),
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
        "match": Look(ground="warning 40%"),
        "match-current": Look("background", "warning", "bold"),
        "selected": Look("foreground", "primary 45%"),
        "hint": Look("background", "accent", "bold"),
    },
}


def style_of(widget: Widget, look: Look) -> Style:
    """Return the style of a look, translucent colours blended with the widget's background.

    It sets only what the look sets, so that it can be added to others.
    """
    variables = widget.app.theme_variables
    ground = widget.background_colors[1]
    style = Style()
    if look.ground:
        ground += _colour(look.ground, variables)
        style += Style(bgcolor=ground.rich_color)
    if look.colour:
        style += Style(color=(ground + _colour(look.colour, variables)).rich_color)
    return style + Style.parse(look.text) if look.text else style


def _colour(words: str, variables: Mapping[str, str]) -> Color:
    name, _, percent = words.partition(" ")
    colour = Color.parse(variables[name])
    return colour.multiply_alpha(int(percent.rstrip("%")) / 100) if percent else colour
