"""Block rules of Goldmark that differ from markdown-it's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore

    Rule = Callable[[StateBlock, int, int, bool], bool]

_DELIMITERS = re.compile(r"\|?(?:[ \t]*:?-+:?[ \t]*\|)*[ \t]*:?-+:?[ \t]*\|?[ \t]*\Z")
_OTHER_BLOCK = re.compile(r"(?:#{1,6}|[-*+]|\d{1,9}[.)])(?:[ \t]|\Z)|>")
_ESCAPED_BAR = re.compile(r"\\.")
_TASK = re.compile(r"\[([ xX])\]\s*")
_MAX_TERMS = 50
"""Lines above a definition; a longer paragraph isn't a list of terms."""


def goldmark_blocks(md: MarkdownIt) -> None:
    """Plug in: tables with missing header cells, several terms of one definition, tasks."""
    for name, make in (("table", _padded_table), ("deflist", _many_terms)):
        rule = next(each for each in md.block.ruler.__rules__ if each.name == name)
        md.block.ruler.at(name, make(rule.fn), {"alt": rule.alt})
    md.core.ruler.after("block", "tasks", _take_boxes)


def _padded_table(inner: Rule) -> Rule:
    """Accept a table whose header has fewer cells than the line below it; the rest are empty.

    Where the line is a heading, an item or a quote, it is that.
    """

    def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
        if _OTHER_BLOCK.match(_line(state, start)):
            return False
        if start + 1 < end and (missing := _missing_cells(state, start)):
            header = _line(state, start).rstrip().removesuffix("|") + "|" * (missing + 1)
            marks = state.bMarks[start], state.eMarks[start], state.tShift[start]
            state.bMarks[start] = len(state.src) + 1
            state.src += f"\n{header}"
            state.eMarks[start], state.tShift[start] = len(state.src), 0
            if inner(state, start, end, silent):
                return True
            state.bMarks[start], state.eMarks[start], state.tShift[start] = marks
            return False
        return inner(state, start, end, silent)

    return table


def _missing_cells(state: StateBlock, start: int) -> int:
    """Return how many cells fewer a line has than the delimiter row below it, 0 for no table."""
    below = _line(state, start + 1).strip()
    if not below.startswith(("|", "-", ":")) or "|" not in below:
        return 0
    if not _DELIMITERS.match(below):
        return 0
    header = _ESCAPED_BAR.sub("", _line(state, start))
    return max(_cells(below) - _cells(header), 0)


def _cells(line: str) -> int:
    return line.strip().removeprefix("|").removesuffix("|").count("|") + 1


def _many_terms(inner: Rule) -> Rule:
    """Take each line of the paragraph above a definition as a term; only ``:`` defines."""

    def deflist(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
        if silent:
            return inner(state, start, end, silent)
        last = _last_term(state, start, end)
        first = len(state.tokens) + 1  # after dl_open
        if last is None or not inner(state, last, _end_of_definition(state, last, end), silent):
            return False
        terms = [
            token
            for line in range(start, last)
            for token in (
                Token("dt_open", "dt", 1, map=[line, line]),
                Token("inline", "", 0, map=[line, line], children=[]),
                Token("dt_close", "dt", -1),
            )
        ]
        for line, token in zip(range(start, last), terms[1::3], strict=True):
            token.content = _line(state, line).strip()
        state.tokens[first:first] = terms
        return True

    return deflist


def _last_term(state: StateBlock, start: int, end: int) -> int | None:
    """Return the line above the definition that a paragraph's lines are the terms of."""
    for line in range(start, min(end - 1, start + _MAX_TERMS)):
        if state.isEmpty(line):
            return None
        below = line + 1
        if state.isEmpty(below) and below + 1 < end:
            below += 1
        if _defines(state, below):
            return line
        if below > line + 1:
            return None
    return None


def _end_of_definition(state: StateBlock, last: int, end: int) -> int:
    """Return the first line, after a blank one, that is neither indented nor a definition."""
    for line in range(last + 3, end):
        if (
            state.isEmpty(line - 1)
            and not state.isEmpty(line)
            and state.sCount[line] < state.blkIndent + 2
            and not _defines(state, line)
        ):
            return line
    return end


def _defines(state: StateBlock, line: int) -> bool:
    return state.sCount[line] == state.blkIndent and _line(state, line).startswith((": ", ":\t"))


def _take_boxes(state: StateCore) -> None:
    """Move the check box of a task from its text to the item's ``meta``, as it is shown.

    It comes before all inline markup: ``[x](/y)`` is a box, not a link.
    """
    for item, paragraph, inline in zip(
        state.tokens, state.tokens[1:], state.tokens[2:], strict=False
    ):
        if (item.type, paragraph.type) != ("list_item_open", "paragraph_open"):
            continue
        if found := _TASK.match(inline.content):
            item.meta["box"] = "☐ " if found[1] == " " else "☑ "
            inline.content = inline.content[found.end() :]


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
