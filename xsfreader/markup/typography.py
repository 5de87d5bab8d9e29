"""Goldmark's typographer: which quote, dash or ellipsis an ASCII character becomes.

The site is made by Goldmark, and authors see its output before they publish; its rules,
exceptions and all, are the ones to follow (github.com/yuin/goldmark, extension/typographer.go).
"""

from __future__ import annotations

import unicodedata

DASHES = {"---": "—", "--": "–", "...": "…", ">>": "»", "<<": "«"}

_OPENING_ENDS = ("ve", "ll", "re")


class Quotes:
    """The quotes of one block; it counts those still open."""

    __slots__ = ("_double", "_single")

    def __init__(self) -> None:
        self._single = 0
        self._double = 0

    def replace(self, source: str, position: int) -> str:
        """What the quote at that position becomes; itself where it stays straight."""
        quote = source[position]
        before = source[position - 1] if position else "\n"
        run = position + 1
        while run < len(source) and source[run] == quote and run - position < 8:
            run += 1
        opens, closes = _flanking(before, source[run : run + 1] or "\n")
        if not opens and not closes:
            return quote
        following = source[position + 1 : position + 5].split("\n", 1)[0]
        at_end = len(following) == 0
        if quote == '"':
            return self._replace_double(before, following + "\n", opens=opens, closes=closes)
        return self._replace_single(before, following + "\n", at_end, opens=opens, closes=closes)

    def _replace_single(
        self,
        before: str,
        following: str,
        at_end: bool,
        *,
        opens: bool,
        closes: bool,  # noqa: FBT001
    ) -> str:
        first = following[0]
        if opens and not closes and _decade(following):
            return "’"
        if not at_end and first in "tenl" and (before.isspace() or _category(before) == "P"):
            return "’"
        if first.isalpha() and (before.isalpha() or _is_digit(before)):
            return "’"
        if opens and not closes:
            if _contraction(following):
                return "’"
            self._single += 1
            return "‘"
        if not first.isspace() and not _is_digit(first):
            return "’"
        if first.isspace() and not at_end:
            return "’"
        if self._single > 0 and self._closes(following, opens=opens, closes=closes):
            self._single -= 1
            return "’"
        return "’" if at_end and closes else "'"

    def _replace_double(self, before: str, following: str, *, opens: bool, closes: bool) -> str:
        if opens and not closes:
            self._double += 1
            return "“"
        if self._double > 0 and self._closes(following, opens=opens, closes=closes):
            if not (opens is False) and following[0] == '"' and _is_digit(before):
                return '"'
            self._double -= 1
            return "”"
        return '"'

    @staticmethod
    def _closes(following: str, *, opens: bool, closes: bool) -> bool:
        if closes and not opens:
            return True
        second = following[1:2] or "\n"
        return (
            closes
            and _category(following[0]) == "P"
            and (second.isspace() or _is_ascii_punctuation(second))
        )


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


def _is_ascii_punctuation(character: str) -> bool:
    return (
        character.isascii()
        and character.isprintable()
        and not character.isalnum()
        and (character != " ")
    )


def _ends(character: str) -> bool:
    return character.isspace() or _is_ascii_punctuation(character)


def _decade(following: str) -> bool:
    """``'90s``, as in the nineties."""
    digits, after = following[:2], following[3:4] or "\n"
    if len(digits) < 2 or not (digits.isascii() and digits.isdigit()) or following[2:3] != "s":
        return False
    return after.isspace() or _category(after) in "PS"


def _contraction(following: str) -> bool:
    """``'s``, ``'m``, ``'t``, ``'d``, ``'ve``, ``'ll``, ``'re`` after a mark."""
    if following[0] in "smtd":
        return _ends(following[1:2] or "\n")
    return following[:2] in _OPENING_ENDS and _ends(following[2:3] or "\n")
