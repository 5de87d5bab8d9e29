"""What is typed into the palette finds what was meant."""

from __future__ import annotations

import pytest
from textual.fuzzy import Matcher

from xsfreader.ui.commands import spellings

LINES = ["XEP-0384 OMEMO Encryption, Experimental", "XEP-0045 Multi-User Chat, Stable",
         "XEP-0345 Form of Membership, Active"]  # fmt: skip


@pytest.mark.parametrize("query", ["xep 384", "XEP-384", "xep-0384", "xep384", "xep 38", "omemo"])
def test_a_xep_is_found_however_it_is_written(query: str) -> None:
    assert best(query) == LINES[0]


def test_the_number_itself_comes_before_those_that_hold_it() -> None:
    assert best("xep 45") == LINES[1]


def best(query: str) -> str:
    matchers = [Matcher(spelled) for spelled in spellings(query)]
    return max(LINES, key=lambda line: max(m.match(line) for m in matchers))
