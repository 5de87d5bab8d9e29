"""Text as a search sees it: case, accents and typographic signs do not count.

The index, the queries, the brute-force tests and the search within a post all fold with these
functions, so that they agree on what matches what.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDING_VERSION = 1
"""Raised whenever ``fold`` or ``words`` give something else: an index made before is void."""

_LETTERS = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
    "ŧ": "t", "ŋ": "n",
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"',
    "»": '"', "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "…": "...",
}  # fmt: skip
CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_FOLDED: dict[str, str] = {}


@cache
def _word() -> re.Pattern[str]:
    """Compiled late: it takes milliseconds, and a start looks for no words."""
    return re.compile(rf"[{CJK}]|[^\W_{CJK}]+")


@cache
def _alone() -> re.Pattern[str]:
    return re.compile(rf"[{CJK}]")


def _fold_char(char: str) -> str:
    found = _FOLDED.get(char)
    if found is None:
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
        kept = "".join(_LETTERS.get(c, c) for c in plain if not unicodedata.combining(c))
        if char.isspace():
            kept = " "
        elif unicodedata.category(char) == "Cf":
            kept = ""
        found = _FOLDED[char] = kept
    return found


class _Runs(dict[str, str]):
    """What runs of characters become, kept for those that come again and again."""

    def __init__(self, make: Callable[[str], str]) -> None:
        self._make = make

    def __missing__(self, run: str) -> str:
        made = self._make(run)
        if len(self) < 2000 and len(run) < 20:
            self[run] = made
        return made

    def put(self, text: str) -> str:
        """Put for every run of a text what it becomes."""
        return _NOT_ASCII.sub(lambda run: self[run[0]], text)


def _fold_run(run: str) -> str:
    return "".join([_fold_char(char) for char in run])


def fold(text: str) -> str:
    """Lower case, without accents and ligatures, with plain quotes and dashes."""
    if text.isascii():
        return text.lower()
    return _FOLDS.put(text).lower()


def words(text: str) -> list[str]:
    """The folded words of a text: runs of letters and digits, each CJK character by itself."""
    return _word().findall(fold(text))


def spaced(text: str) -> str:
    """The same words with ASCII signs or spaces between them, made for an index in bulk."""
    return text.lower() if text.isascii() else _SPACES.put(text).lower()


def _space_run(run: str) -> str:
    return "".join([char if char.isascii() else _space_char(char) for char in fold(run)])


def _space_char(char: str) -> str:
    if _word().fullmatch(char):
        return f" {char} " if _alone().fullmatch(char) else char
    return " "


_FOLDS = _Runs(_fold_run)
_SPACES = _Runs(_space_run)


class FoldedText(NamedTuple):
    """A folded text that knows which characters of the original its own came from."""

    text: str
    """What ``fold`` gives."""
    starts: list[int]
    """Where in ``text`` a stretch begins, ascending, from 0."""
    origins: list[int]
    """Where each of these stretches begins in the original."""
    lengths: list[int]
    """How many characters of the original each was made of."""

    @classmethod
    def of(cls, text: str) -> FoldedText:
        """Fold a text, keeping the way back."""
        if text.isascii():
            return cls(text.lower(), [0], [0], [len(text)])
        pieces: list[str] = []
        starts, origins, lengths = [0], [0], [0]
        at = end = 0

        def note(piece: str, origin: int, length: int) -> None:
            nonlocal at
            pieces.append(piece)
            starts.append(at)
            origins.append(origin)
            lengths.append(length)
            at += len(piece)

        for run in _NOT_ASCII.finditer(text):
            if run.start() > end:
                note(text[end : run.start()], end, run.start() - end)
            for offset, char in enumerate(run[0], run.start()):
                note(_fold_char(char), offset, 1)
            end = run.end()
        note(text[end:], end, len(text) - end)
        return cls("".join(pieces).lower(), starts, origins, lengths)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that a non-empty stretch of ``text`` was made of."""
        if len(self.starts) == 1:
            return start, end
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        begin = self.origins[first] + min(start - self.starts[first], self.lengths[first] - 1)
        stop = self.origins[last] + min(end - self.starts[last], self.lengths[last])
        return max(begin, 0), max(stop, begin + 1)
