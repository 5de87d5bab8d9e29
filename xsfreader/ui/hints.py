"""Label links with letters to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""Home row first."""


def labels(count: int) -> list[str]:
    """Return as many labels, none the start of another, with one letter as far as possible.

    Past 26, as few letters as possible begin labels of two; there are at most 676 labels.
    """
    base = len(LETTERS)
    prefixes = max(0, -(-(count - base) // (base - 1)))
    singles = LETTERS[: max(0, base - prefixes)]
    firsts = LETTERS[len(singles) :]
    doubles = [first + second for second in LETTERS for first in firsts]
    return [*singles, *doubles][: min(count, base * base)]


def labels_like(names: Sequence[str]) -> str:
    """Return a letter for each name, if possible its first; none that moves or closes a panel."""
    free = dict.fromkeys("abcdefhilmnoprsuvwyz")
    found = ""
    for name in names:
        letter = next((each for each in (*name.lower(), *free) if each in free), " ")
        free.pop(letter, None)
        found += letter
    return found
