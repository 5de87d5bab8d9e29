"""Small posts, and the HTML that the site's Hugo makes of them: ``cases.md``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = Path(__file__).with_name("cases.md")
OTHERS = {"blog/other.md": "Other", "blog/x/other2.md": "Other two"}
"""Titles of the posts that cases link to, by path."""


class Case(NamedTuple):
    """A post's Markdown and its HTML."""

    title: str
    body: str
    html: str


def read() -> list[Case]:
    """Read all cases: title, Markdown and HTML, each followed by a line with a dot."""
    parts = FILE.read_text("utf-8").split("\n.\n")
    return [
        Case(title.strip(), body + "\n", html.strip())
        for title, body, html in zip(parts[0::3], parts[1::3], parts[2::3], strict=False)
    ]


def files_of(cases: Sequence[Case]) -> dict[str, str]:
    """Return the files of a site with these posts, by path below ``content``."""
    files = {f"blog/case-{number}.md": case.body for number, case in enumerate(cases)}
    others = dict.fromkeys(OTHERS, "Text.\n")
    titles = OTHERS | {path: path for path in files}
    return {
        path: f'---\ntitle: "{titles[path]}"\ndate: 2026-01-04\n---\n{body}'
        for path, body in (files | others).items()
    }
