"""Examples of CommonMark and GitHub's extensions: no text is lost."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.markup.pages import Page, folded, in_order, shown
from xsfreader.markup import layout, parse, to_plain_text

FIXTURES = Path(__file__).parent / "fixtures"


def examples(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FIXTURES / name).read_text("utf-8"))
    return found


_UNSEEN = re.compile(
    r"^<!--.*?-->[^\n]*|<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>", re.DOTALL | re.MULTILINE
)
"""What the site doesn't show: a comment at the start of a line hides the rest of the line too."""

ALL = [*examples("commonmark-0.31.2.json"), *examples("gfm-extensions.json")]


@pytest.mark.parametrize("section", sorted({each["section"] for each in ALL}))
def test_no_text_of_the_html_is_lost(section: str) -> None:
    for example in (each for each in ALL if each["section"] == section):
        wanted = "".join(folded(Page(_UNSEEN.sub("", example["html"])).text))
        document = parse(example["markdown"], base="https://xmpp.org/2025/01/x/")
        for width in (20, 80):
            laid = layout(document, width)
            said = f"{example['example']} at {width}:\n{to_plain_text(laid)}"
            assert all(len(line.text) <= width for line in laid.lines), said
            found = "".join(folded(shown(laid)))
            assert in_order(list(wanted), list(found)) is None, said


def test_raw_html_is_shown_as_its_text_without_comments() -> None:
    body = 'A <b class="x">bold</b> & <!-- note -->\n\n<!--more-->\n\n<div>\n*not* read\n</div>\n'
    text = to_plain_text(layout(parse(body, base="https://xmpp.org/"), 80))
    assert text == 'A <b class="x">bold</b> &\n\n  <div>\n  *not* read\n  </div>\n'
