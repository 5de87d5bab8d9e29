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


def named(example: dict[str, Any]) -> str:
    return f"{example['section']}-{example['example']}"


@pytest.mark.parametrize("width", [20, 80])
@pytest.mark.parametrize("example", ALL, ids=named)
def test_no_text_of_the_html_is_lost(example: dict[str, Any], width: int) -> None:
    html = _UNSEEN.sub("", example["html"])
    page = Page(html)
    laid = layout(parse(example["markdown"], base="https://xmpp.org/2025/01/x/"), width)
    assert all(len(line.text) <= width for line in laid.lines), to_plain_text(laid)
    wanted = "".join(folded(page.text))
    found = "".join(folded(shown(laid)))
    assert in_order(list(wanted), list(found)) is None, to_plain_text(laid)


def test_raw_html_is_shown_as_its_text_without_comments() -> None:
    body = 'A <b class="x">bold</b> & <!-- note -->\n\n<!--more-->\n\n<div>\n*not* read\n</div>\n'
    text = to_plain_text(layout(parse(body, base="https://xmpp.org/"), 80))
    assert text == 'A <b class="x">bold</b> &\n\n  <div>\n  *not* read\n  </div>\n'
