"""A title that is too long for its row loses first what is said already."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from xsfreader.ui.titles import fit_title


@pytest.mark.parametrize(
    ("title", "width", "said", "shown"),
    [
        ("The XMPP Newsletter July 2026", 29, "", "The XMPP Newsletter July 2026"),
        ("The XMPP Newsletter July 2026", 28, "", "XMPP Newsletter July 2026"),
        ("The XMPP Newsletter July 2026", 20, "", "Newsletter July 2026"),
        ("The XMPP Newsletter July 2026", 18, "Newsletter", "July 2026"),
        ("The XMPP Newsletter July 2026", 18, "", "Newsle…r July 2026"),
        ("The XMPP Newsletter September 2025", 23, "", "Newsletter Sep 2025"),
        ("The XMPP Newsletter May & June 2025", 25, "", "Newsletter May & Jun 2025"),
        ("Der XMPP-Newsletter für März 2025", 30, "", "XMPP-Newsletter für März 2025"),
        ("2025 Annual Meeting Results", 24, "June 2025", "Annual Meeting Results"),
        ("XMPP at FOSDEM 2026", 14, "2026", "XMPP…SDEM 2026"),
        ("XMPP Summit 28", 5, "", "Summ…"),
        ("The XMPP", 5, "", "The…"),
        ("XMPP: The next", 10, "", "The next"),
        ("Die 漢字 漢字", 9, "", "漢字 漢字"),
        ("", 5, "", ""),
    ],
)  # fmt: skip
def test_what_a_title_loses(title: str, width: int, said: str, shown: str) -> None:
    assert fit_title(title, width, said).rstrip() == shown


@given(st.text("The XMP \u0301漢é"), st.integers(0, 40), st.text("The "))
def test_a_title_takes_its_width(title: str, width: int, said: str) -> None:
    assert cell_len(fit_title(title, width, said)) == width
