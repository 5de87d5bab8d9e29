"""Write lines to a terminal or a file, for the command line."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING
from urllib.parse import quote

from xsfreader.markup.lines import Mark, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xsfreader.markup.layout import Layout
    from xsfreader.markup.lines import Line, Span

_ROLES: dict[Role, tuple[int, ...]] = {
    **dict.fromkeys((Role.TITLE, Role.HEADING1, Role.HEADING2, Role.HEADING3), (1,)),
    Role.HEADING4: (1, 3),
    **dict.fromkeys((Role.META, Role.RULE, Role.NOTE, Role.COMMENT), (2,)),
    Role.CAPTION: (3,),
    Role.MARKER: (36,),
    Role.TABLE_HEADER: (1,),
    Role.KEYWORD: (35,),
    Role.NAME: (34,),
    Role.STRING: (32,),
    Role.NUMBER: (33,),
}
_MARKS: dict[Mark, int] = {
    Mark.STRONG: 1,
    Mark.EMPHASIS: 3,
    Mark.STRIKE: 9,
    Mark.INLINE_CODE: 36,
    Mark.LINK: 4,
    Mark.DOUBTFUL: 31,
}


def to_plain_text(layout: Layout) -> str:
    """Return the lines as text, without trailing blanks; it ends with a line break."""
    return "".join(line.text.rstrip() + "\n" for line in layout.lines)


def to_ansi(layout: Layout, *, colours: bool = True) -> str:
    """Return the lines with SGR sequences for the terminal's own 16 colours.

    Without ``colours`` only bold, italics, underline and the like are used. Links are marked
    so that the terminal can open them (OSC 8).
    """
    return "".join(
        "".join(_draw_line(line, layout, colours=colours)) + "\n" for line in layout.lines
    )


def _draw_line(line: Line, layout: Layout, *, colours: bool) -> Iterator[str]:
    spans = list(line.spans)
    while spans and not spans[-1].text.strip():
        spans.pop()
    for span in spans:
        text = span.text.rstrip() if span is spans[-1] else span.text
        codes = _codes(span, colours=colours)
        opening = f"\x1b[{';'.join(map(str, codes))}m" if codes else ""
        drawn = f"{opening}{text}\x1b[0m" if codes else text
        url = layout.document.links[span.link].url if span.link >= 0 else ""
        if url.startswith(("http://", "https://", "xmpp:", "mailto:")):
            drawn = f"\x1b]8;;{quote(url, safe=string.punctuation)}\x1b\\{drawn}\x1b]8;;\x1b\\"
        yield drawn


def _codes(span: Span, *, colours: bool) -> list[int]:
    marks = (code for mark, code in _MARKS.items() if mark in span.marks)
    codes = (*_ROLES.get(span.role, ()), *marks)
    return [code for code in codes if colours or code < 30]
