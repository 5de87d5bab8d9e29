"""Folding text for searches, and cleaning text that comes from elsewhere.

Folding ignores case, accents and typography. The full-text index, queries and the search within
a post all fold with these functions, so they agree on what matches.

Post text is untrusted: whatever markup puts into a span passes `clean`, and every link target
passes `clean_url`.
"""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FOLDING_VERSION = 1
"""Increase when ``fold`` or ``words`` change their results: indexes made before are rebuilt."""

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

_LETTERS = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
    "ŧ": "t", "ŋ": "n",
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"',
    "»": '"', "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "…": "...",
}  # fmt: skip
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_UNCERTAIN = frozenset("\u115f\u1160\u3164\uffa0\ufe0f")
"""Letters that take room but show nothing, and the sign that asks for an emoji in colour.

After that sign some terminals count two cells and others one. Without it all count one, so
nothing beside it shifts.
"""


# Patterns with wide character classes take milliseconds to compile, so ``re`` compiles them when
# they are first used: the start needs none of them.
_WORD = rf"[{CJK}]|[^\W_{CJK}]+"
_CONTROLS = "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+"
_TAG_SEQUENCES = "(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|[\U000e0000-\U000e007f]"
"""Flags such as Scotland's, spelt in tag characters; or one such character alone."""
_UNSAFE_IN_URL = "[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"


@cache
def _fold_char(char: str) -> str:
    if char.isspace():
        return " "
    if unicodedata.category(char) == "Cf":
        return ""
    decomposed = unicodedata.normalize("NFKD", char).casefold()
    letters = unicodedata.normalize("NFKD", decomposed)
    return "".join(_LETTERS.get(c, c) for c in letters if not unicodedata.combining(c)).lower()


@lru_cache(maxsize=2000)
def _fold_run(run: str) -> str:
    return "".join([_fold_char(char) for char in run])


def fold(text: str) -> str:
    """Return lower case, without accents and ligatures, with plain quotes and dashes."""
    if text.isascii():
        return text.lower()
    return _NOT_ASCII.sub(lambda run: _fold_run(run[0]), text).lower()


def words(text: str) -> list[str]:
    """Split a text into folded words: letters and digits, each CJK character by itself."""
    return re.findall(_WORD, fold(text))


def protocol_words(text: str) -> list[str]:
    """Split a text as `words` does, with ``<`` as a word where the name of an element follows."""
    return re.findall(rf"<(?=[a-z])|{_WORD}", fold(text))


class Term(NamedTuple):
    """A word or phrase to find."""

    words: tuple[str, ...]
    """Folded, at least one."""
    prefix: bool = False
    """Whether the last word is a prefix."""


@lru_cache(maxsize=256)
def term_pattern(term: Term) -> re.Pattern[str]:
    """Compile a term to an expression for folded text; signs may be between its words."""
    joined = "" if _needs_no_space(term.words[0]) else rf"(?<![^\W_{CJK}])"
    joined += term.words[0]
    for before, word in pairwise(term.words):
        joined += (
            r"[\W_]*" if _needs_no_space(word) or _needs_no_space(before) else r"[\W_]+"
        ) + word
    if not term.prefix and not _needs_no_space(term.words[-1]):
        joined += rf"(?![^\W_{CJK}])"
    return re.compile(joined)


def _needs_no_space(word: str) -> bool:
    return re.match(f"[<{CJK}]", word) is not None


def index_text(text: str) -> str:
    """Return the same words as `words`, with ASCII signs or spaces between them."""
    if text.isascii():
        return text.lower()
    return _NOT_ASCII.sub(lambda run: _separate_run(run[0]), text).lower()


@lru_cache(maxsize=2000)
def _separate_run(run: str) -> str:
    return "".join([char if char.isascii() else _separate(char) for char in _fold_run(run)])


@cache
def _separate(char: str) -> str:
    if re.fullmatch(_WORD, char):
        return f" {char} " if re.fullmatch(f"[{CJK}]", char) else char
    return " "


def closest(name: str, known: Iterable[str]) -> str:
    """Return the known name that is most like another, or has a word like it; else nothing."""
    from difflib import get_close_matches

    known = list(known)
    spelled = {fold(each): each for each in known}
    for each in known:
        for part in words(each):
            spelled.setdefault(part, each)
    found = get_close_matches(fold(name), spelled, n=1)
    return spelled[found[0]] if found else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the question whether the closest known name was meant, else list them all."""
    known = list(known)
    found = closest(name, known)
    return f"did you mean {found}?" if found else f"available: {', '.join(known)}"


class FoldedText(NamedTuple):
    """A folded text that maps its characters to those of the original."""

    text: str
    """Result of ``fold``."""
    origins: Sequence[int]
    """Index in the original for each character of ``text``."""

    @classmethod
    def of(cls, text: str) -> FoldedText:
        """Fold a text and keep the mapping."""
        if text.isascii():
            return cls(text.lower(), range(len(text)))
        origins = list(range(len(text)))
        for run in reversed(list(_NOT_ASCII.finditer(text))):
            start, end = run.span()
            origins[start:end] = [at for at in range(start, end) for _ in _fold_char(text[at])]
        return cls(fold(text), origins)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a non-empty range of ``text`` to a range of the original."""
        return self.origins[start], self.origins[end - 1] + 1


MOST_STACKED = 16
"""Characters that one may carry: accents, or what joiners add to it."""

_VIRAMAS = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2"


@cache
def _stacks() -> re.Pattern[str]:
    """Match what may be stacked too high: signs in a row, conjuncts, the letters of Hangul."""
    most = f"{{{MOST_STACKED + 1},}}"
    jamo = "|".join(
        f"[{part}]{most}" for part in ("\u1100-\u115f", "\u1160-\u11a7", "\u11a8-\u11ff")
    )
    return re.compile(rf"(?:\w[{_VIRAMAS}\u200d]+){most}|{jamo}|([^\w\x00-\x7f\s]{most})")


def unstack(text: str) -> str:
    """Drop what no reader can tell apart: more than `MOST_STACKED` characters in one place.

    One letter may carry a million accents, and whatever draws it takes its time for each.
    """
    if text.isascii():
        return text
    return _stacks().sub(_unstack, text)


def _unstack(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[0][:MOST_STACKED]
    kept: list[str] = []
    stacked = 0
    joined = False
    for char in found[0]:
        joins = unicodedata.category(char) in ("Mn", "Me", "Mc", "Cf", "Sk")
        stacked = stacked + 1 if joins or joined else 0
        joined = char == "\u200d"
        if stacked <= MOST_STACKED:
            kept.append(char)
    return "".join(kept)


@cache
def _replacements() -> dict[int, str | None]:
    """Map unsafe code points to what `clean` shows instead."""
    controls = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) != "\n"}
    surrogates, noncharacters = range(0xD800, 0xE000), [*range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF]
    overrides = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
    invisible = "\u00ad\u061c\u180e\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\ufff9\ufffa\ufffb"
    return {
        **dict.fromkeys([*range(0x80, 0xA0), *overrides, *surrogates, *noncharacters], "\ufffd"),
        **dict.fromkeys([*map(ord, invisible), *range(0x206A, 0x2070)]),
        **dict.fromkeys(map(ord, _UNCERTAIN)),
        **controls,
        0x7F: "␡",
        **dict.fromkeys(map(ord, "\t\x85\u2028\u2029"), " "),
    }


def clean(text: str) -> str:
    r"""Strip terminal control sequences and deceptive characters; ``\n`` stays.

    Controls become their pictures (``␛``), bidi overrides and noncharacters become ``\ufffd``,
    invisible format characters, the variation selector of emoji and accents beyond counting are
    removed. Joiners stay because emoji and scripts need them; so do direction marks, which only
    give a hint.
    """
    text = unstack(text)
    if text.isprintable() and (text.isascii() or _UNCERTAIN.isdisjoint(text)):
        return text
    if not text.isascii():
        text = re.sub(_TAG_SEQUENCES, lambda found: found[1] or "", text)
    return text.translate(_replacements())


def replace_controls(text: str) -> str:
    """Replace each run of control and direction characters by a space."""
    return re.sub(_CONTROLS, " ", text)


def clean_url(url: str) -> str:
    """Percent-encode every control, blank and format character."""
    if url.isascii() and url.isprintable() and " " not in url:
        return url
    return re.sub(_UNSAFE_IN_URL, lambda found: quote(found[0], errors="replace"), url)


def split_command(text: str) -> list[str]:
    """Split a command as a shell does. Raises ValueError where a quote isn't closed.

    On Windows a backslash separates folders; it escapes nothing.
    """
    import shlex

    return shlex.split(text if os.name == "posix" else text.replace("\\", "\\\\"))
