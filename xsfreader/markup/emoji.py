"""Emoji by GitHub's names, which the site uses; read when a text first names one."""

from __future__ import annotations

from functools import cache


def emoji_of(name: str) -> str | None:
    """Return the emoji of that name, None if unknown."""
    return _table().get(name)


@cache
def _table() -> dict[str, str]:
    from importlib.resources import files

    text = files("xsfreader.markup").joinpath("emoji.txt").read_text("utf-8")
    return {
        name: emoji
        for emoji, *names in (line.split() for line in text.splitlines())
        for name in names
    }
