"""Replace ASCII quotes, dashes and ellipses as Goldmark's typographer does.

Goldmark builds the site, and authors see its output before they publish, so its rules and
exceptions count (github.com/yuin/goldmark, extension/typographer.go).
"""

from __future__ import annotations

import re
import string
import unicodedata

DASHES = {"---": "—", "--": "–", "...": "…", ">>": "»", "<<": "«"}

_ENDS = rf"(?:[\s{re.escape(string.punctuation)}]|\Z)"
_DECADE = re.compile(r"[0-9]{2}s(?:[\W_]|\Z)")
_CONTRACTION = re.compile(rf"(?:[smtd]|ve|ll|re){_ENDS}")
_LAST_SIGN = re.compile(rf".{_ENDS}", re.DOTALL)
_MAX_QUOTES = 8
"""Quotes in a row; what follows more of them doesn't matter."""


class Quotes:
    """Replaces the quotes of a post, counting the open ones: Goldmark goes on in the next block."""

    def __init__(self) -> None:
        self._single = 0
        self._double = 0

    def replace(self, source: str, position: int) -> str:
        """Return the replacement of the quote at a position; itself if it stays straight."""
        quote = source[position]
        before = source[position - 1] if position else "\n"
        run = position + 1
        while source.startswith(quote, run) and run - position < _MAX_QUOTES:
            run += 1
        opens, closes = _flanking(before, source[run : run + 1] or "\n")
        end = source.find("\n", position, position + 6) + 1 or position + 6
        rest = source[position + 1 : end]
        if quote == '"':
            return self._double_quote(before, rest, opens=opens, closes=closes)
        return self._single_quote(before, rest, opens=opens, closes=closes)

    def _single_quote(self, before: str, rest: str, *, opens: bool, closes: bool) -> str:
        """Replace a single quote; ``rest`` is the text after it, up to the end of the line."""
        only_opens = opens and not closes
        if (only_opens and _DECADE.match(rest)) or _is_shortened(before, rest):
            return "’"
        if rest[:1].isalpha() and (before.isalpha() or _is_digit(before)):
            return "’"
        if only_opens:
            if _CONTRACTION.match(rest):
                return "’"
            self._single += 1
            return "‘"
        if len(rest) > 1 and not _is_digit(rest[0]):
            return "’"
        if self._single > 0 and _ends_quotation(rest, opens=opens, closes=closes):
            self._single -= 1
            return "’"
        return "'"

    def _double_quote(self, before: str, rest: str, *, opens: bool, closes: bool) -> str:
        if opens and not closes:
            self._double += 1
            return "“"
        if self._double > 0 and _ends_quotation(rest, opens=opens, closes=closes):
            if rest.startswith('"') and _is_digit(before):
                return '"'
            self._double -= 1
            return "”"
        return '"'


def _flanking(before: str, after: str) -> tuple[bool, bool]:
    space_before, space_after = before.isspace(), after.isspace()
    mark_before, mark_after = _category(before) in "PS", _category(after) in "PS"
    opens = not space_after and (not mark_after or space_before or mark_before)
    closes = not space_before and (not mark_before or space_after or mark_after)
    return opens, closes


def _category(character: str) -> str:
    return unicodedata.category(character)[0]


def _is_digit(character: str) -> bool:
    return unicodedata.category(character) == "Nd"


def _ends_quotation(rest: str, *, opens: bool, closes: bool) -> bool:
    if closes and not opens:
        return True
    return closes and _LAST_SIGN.match(rest) is not None and _category(rest[0]) == "P"


def _is_shortened(before: str, rest: str) -> bool:
    """Check for a shortened word by its first letter: ``'twas``, ``'em``, ``'net``."""
    return rest[:1] in set("tenl") and (before.isspace() or _category(before) == "P")
