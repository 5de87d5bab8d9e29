"""From spans to strips: text fitted to cells, roles turned into styles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from xsfreader.markup import Mark, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xsfreader.markup import Line, Link

ROLE_CLASSES = {role: f"article--{role.value}" for role in Role}
MARK_CLASSES = {
    Mark.INLINE_CODE: "article--inline-code",
    Mark.LINK: "article--link",
    Mark.DOUBTFUL: "article--doubtful",
}
_TEXT_MARKS = {
    Mark.STRONG: Style(bold=True),
    Mark.EMPHASIS: Style(italic=True),
    Mark.STRIKE: Style(strike=True),
}


def fit(text: str, width: int) -> str:
    """Pad the text to a width in cells, or cut it there with an ellipsis."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    if width < 1:
        return ""
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


class Painter:
    """Paints lines in the styles of one widget and theme; make a new one when these change."""

    def __init__(self, base: Style, component: Callable[[str], Style]) -> None:
        self.base = base
        self._component = component
        self._looks: dict[tuple[Role, Mark], Style] = {}

    def style(self, name: str) -> Style:
        """Give the base with a component class laid over it."""
        return self.base + self._component(name)

    def look(self, role: Role, marks: Mark) -> Style:
        """Give the style of a role and the marks laid over it."""
        look = self._looks.get((role, marks))
        if look is None:
            look = self.style(ROLE_CLASSES[role])
            for mark, style in _TEXT_MARKS.items():
                if marks & mark:
                    look += style
            for mark, name in MARK_CLASSES.items():
                if marks & mark:
                    look += self._component(name)
            self._looks[role, marks] = look
        return look

    def strip(
        self, line: Line, *, left: int, column: int, width: int, links: Sequence[Link], current: int
    ) -> Strip:
        """Paint a line in a column of the pane; ``current`` is the link the reader stands on."""
        segments = [Segment(" " * left, self.base)]
        used = 0
        for span in line.spans:
            look = self.look(span.role, span.marks)
            if span.link >= 0:
                if span.link == current:
                    look += self._component("article--link-current")
                if url := links[span.link].opens:
                    look += Style(link=url)
            segments.append(Segment(span.text, look))
            used += cell_len(span.text)
        if line.spans and line.spans[-1].role in _FILLED:
            segments.append(Segment(" " * (column - used), self.look(Role.CODE, Mark.NONE)))
        return Strip(segments).adjust_cell_length(width, self.base)


_FILLED = frozenset({Role.CODE, Role.KEYWORD, Role.NAME, Role.STRING, Role.NUMBER, Role.COMMENT})
