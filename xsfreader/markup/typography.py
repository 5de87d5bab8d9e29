"""Replace ASCII quotes, dashes and ellipses as Goldmark's typographer does.

Goldmark builds the site, and authors see its output before they publish, so its rules and
exceptions count (github.com/yuin/goldmark, extension/typographer.go).
"""

from __future__ import annotations

import string
import unicodedata

DASHES = {"---": "—", "--": "–", "...": "…", ">>": "»", "<<": "«"}

_CONTRACTIONS = ("ve", "ll", "re")
_MAX_QUOTES = 8
"""Quotes in a row; what follows more of them doesn't matter."""


class Quotes:
    """Replaces the quotes of one block, counting the open ones."""

    __slots__ = ("_double", "_single")

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
        if (only_opens and _is_decade(rest)) or _is_shortened(before, rest):
            return "’"
        if rest[:1].isalpha() and (before.isalpha() or _is_digit(before)):
            return "’"
        if only_opens:
            if _is_contraction(rest):
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


def _ends(character: str) -> bool:
    return not character or character.isspace() or character in string.punctuation


def _ends_quotation(rest: str, *, opens: bool, closes: bool) -> bool:
    if closes and not opens:
        return True
    return closes and rest != "" and _category(rest[0]) == "P" and _ends(rest[1:2])


def _is_decade(rest: str) -> bool:
    """Check for a decade: ``'90s``."""
    digits, after = rest[:2], rest[3:4] or " "
    if not (len(digits) == 2 and digits.isascii() and digits.isdigit() and rest[2:3] == "s"):
        return False
    return after.isspace() or _category(after) in "PS"


def _is_shortened(before: str, rest: str) -> bool:
    """Check for a shortened word by its first letter: ``'twas``, ``'em``, ``'net``."""
    return rest[:1] in set("tenl") and (before.isspace() or _category(before) == "P")


def _is_contraction(rest: str) -> bool:
    """Check for ``'s``, ``'m``, ``'t``, ``'d``, ``'ve``, ``'ll`` or ``'re``."""
    if rest[:1] in set("smtd"):
        return _ends(rest[1:2])
    return rest[:2] in _CONTRACTIONS and _ends(rest[2:3])
