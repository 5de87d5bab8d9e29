"""Letters to put on links, so that typing follows them."""

from __future__ import annotations

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""Home row first."""


def labels(count: int) -> list[str]:
    """Give that many labels, none the start of another, one letter as long as they last.

    Past 26, as few letters as possible become the first of two; 676 labels at the most.
    """
    base = len(LETTERS)
    prefixes = max(0, -(-(count - base) // (base - 1)))
    singles = LETTERS[: max(0, base - prefixes)]
    firsts = LETTERS[len(singles) :]
    doubles = [first + second for second in LETTERS for first in firsts]
    return [*singles, *doubles][: min(count, base * base)]
