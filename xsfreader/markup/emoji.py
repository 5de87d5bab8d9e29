"""Emoji by the names that the site knows (GitHub's), read only when a text names one."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def emoji_of(name: str) -> str | None:
    """The emoji of that name, None where there is none."""
    return _table().get(name)


@cache
def _table() -> dict[str, str]:
    text = files("xsfreader.markup").joinpath("emoji.txt").read_text("utf-8")
    return {
        name: emoji
        for emoji, *names in (line.split() for line in text.splitlines())
        for name in names
    }
