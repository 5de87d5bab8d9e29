"""Render spans to strips: fit text to cells, turn roles into styles."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from xsfreader.config import SCHEMES
from xsfreader.markup import CONTINUED, LinkKind, Mark, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xsfreader.markup import Line, Link, Span

Range: TypeAlias = tuple[int, int, str]

_MARKS = {
    Mark.INLINE_CODE: "inline-code",
    Mark.LINK: "link",
    Mark.DOUBTFUL: "doubtful",
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


def fitted(segments: list[Segment], width: int, style: Style | None = None) -> Strip:
    """Make a line of exactly that width, padded or cut."""
    return Strip(Segment.adjust_line_length(segments, width, style), width)


class Geometry(NamedTuple):
    """The position of the text column in its pane, in cells, and its links."""

    left: int
    column: int
    width: int
    links: Sequence[Link]


class Highlights(NamedTuple):
    """What is highlighted in a post: matches and the current link."""

    ranges: Mapping[int, Sequence[Range]] = MappingProxyType({})
    """By block: start, end (in characters of its text) and look, in order."""
    link: int = -1


def hyperlink_url(link: Link) -> str:
    """Return the URL for hyperlinks of the terminal; empty if it must not be opened."""
    scheme = link.url.partition(":")[0].lower()
    return link.url if scheme in SCHEMES and link.kind is not LinkKind.DOUBTFUL else ""


def fit_ends(text: str, width: int) -> str:
    """Fit like ``fit``, but cut in the middle: titles often differ only at their end."""
    length = cell_len(text)
    if length <= width or width < 12:
        return fit(text, width)
    head = set_cell_size(text, (width - 1) * 2 // 5).rstrip()
    room = width - 1 - cell_len(head)
    tail = text
    while cell_len(tail) > room:
        tail = tail[max(1, (cell_len(tail) - room) // 2) :]
    return set_cell_size(f"{head}…{tail.lstrip()}", width)


class Painter:
    """Paints lines in the styles of one widget and theme; create a new one when these change."""

    def __init__(self, base: Style, part: Callable[[str], Style]) -> None:
        """Take the widget's style, and a function that returns the style of a part."""
        self.base = base
        self._part = part
        self._looks: dict[tuple[Role, Mark], Style] = {}

    def style(self, name: str) -> Style:
        """Return the base style with a part's style added."""
        return self.base + self._part(name)

    def look(self, role: Role, marks: Mark) -> Style:
        """Return the style of a role with the styles of marks added."""
        look = self._looks.get((role, marks))
        if look is None:
            look = self.style(role)
            for mark, style in _TEXT_MARKS.items():
                if marks & mark:
                    look += style
            for mark, name in _MARKS.items():
                if marks & mark:
                    look += self._part(name)
            self._looks[role, marks] = look
        return look

    def strip(self, line: Line, page: Geometry, highlights: Highlights) -> Strip:
        """Paint a line in its column of the pane."""
        segments = [Segment(" " * page.left, self.base)]
        used = 0
        filled = bool(line.spans) and line.spans[-1].role in _FILLED
        ranges = highlights.ranges.get(line.block, ())
        for span in line.spans:
            look = self.look(span.role, span.marks)
            if filled and span.text == CONTINUED:
                look += Style(bgcolor=self.look(Role.CODE, Mark.NONE).bgcolor)
            if span.link >= 0:
                if span.link == highlights.link:
                    look += self._part("link-current")
                if url := hyperlink_url(page.links[span.link]):
                    look += Style(link=url)
            if ranges and span.at >= 0:
                segments += self._highlight_span(span, look, ranges)
            else:
                segments.append(Segment(span.text, look))
            used += cell_len(span.text)
        if filled:
            segments.append(Segment(" " * (page.column - used), self.look(Role.CODE, Mark.NONE)))
            used = page.column
        used += page.left
        if used < page.width:
            segments.append(Segment(" " * (page.width - used), self.base))
            return Strip(segments, page.width)
        return fitted(segments, page.width, self.base)

    def _highlight_span(self, span: Span, look: Style, ranges: Sequence[Range]) -> list[Segment]:
        """Split a span at its highlighted ranges."""
        segments = []
        done, length = 0, len(span.text)
        for start, end, name in ranges:
            first, last = max(start - span.at, done), min(end - span.at, length)
            if first >= last:
                continue
            if first > done:
                segments.append(Segment(span.text[done:first], look))
            segments.append(Segment(span.text[first:last], look + self._part(name)))
            done = last
        if done < length:
            segments.append(Segment(span.text[done:], look))
        return segments

    def label(self, strip: Strip, cell: int, text: str, covered: int) -> Strip:
        """Write a hint's letters into a painted line, over some cells; the others move on."""
        label = Strip([Segment(text, self._part("hint"))])
        rest = strip.crop(cell + covered, strip.cell_length - len(text) + covered)
        return Strip.join([strip.crop(0, cell), label, rest])


_FILLED = frozenset({Role.CODE, Role.KEYWORD, Role.NAME, Role.STRING, Role.NUMBER, Role.COMMENT})
