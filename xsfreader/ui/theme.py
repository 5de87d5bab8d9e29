"""Our own themes, dark and light, for long reading."""

from __future__ import annotations

from textual.theme import Theme

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
DEFAULT = DARK.name
FEW_COLOURS = "ansi-dark"
"""For terminals with 16 colours: it uses the terminal's own."""
