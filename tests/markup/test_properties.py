"""Properties of any text at any width."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.markup.pages import in_order, shown
from xsfreader.markup import Document, Layout, find, layout, parse, to_ansi, to_plain_text
from xsfreader.model import Place

BASE = "https://xmpp.org/2025/01/x/"
WIDTHS = st.integers(20, 130)

MARKUP = (
    *("# ", "## ", "- ", "  - ", "1. ", "10) ", "> ", ">> ", "    ", "\t", "\n", "\n\n", "  \n"),
    *("*", "**", "_", "~~", "`", "```\n", "```xml\n", "~~~", "[", "]", "(", ")", "![", "](", "]:"),
    *("[^1]", "[^1]: ", "|", "|-|-|\n", "| a | b |\n", ": ", "---", "***\n", "===", "\\", "&amp;"),
    *("&#27;", "&#x202e;", "<b>", "<!--", "-->", "<https://a.example/>", '{{< figure src="/a.png'),
    *('" caption="', '" >}}', "{{< x >}}", "{{%", "{#id}", "[ ] ", "- [x] ", '"', "'", "--", "..."),
    *("https://example.org/a_b(c)", "www.example.org", "a@b.example", "xmpp:a@b.example", ":tada:"),
    *(
        "XEP-0045",
        "/images/a.png",
        "word ",
        "longerword" * 9,
        "漢字。",
        "한국어 ",
        "👩‍👩‍👧",
        "🇩🇪",
        "❤️",
    ),
    *("e\u0301", "\u202e", "\x1b[31m", "\x07", "\x9b", "\u200b", "\ufdd00\ufdd1", "\u00a0", "\r\n"),
    *("שלום ", "नमस्ते ", "क्षत्रिय ", "\u0600", "☐ "),
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(st.sampled_from(MARKUP), st.text(max_size=8)), max_size=60).map("".join),
)


def drawn(body: str, width: int) -> Layout:
    return layout(parse(body, base=BASE), width)


@given(TEXTS, WIDTHS)
def test_no_line_is_wider_than_the_width(body: str, width: int) -> None:
    for line in drawn(body, width).lines:
        assert cell_len(line.text) <= width, line.text


@given(TEXTS, WIDTHS)
def test_no_control_character_reaches_a_line(body: str, width: int) -> None:
    laid = drawn(body, width)
    for line in laid.lines:
        for char in line.text:
            harmless = unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp")
            assert harmless, repr(line.text)
            assert char not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b"
    for link in laid.document.links:
        assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zs") for char in link.url)
    to_plain_text(laid).encode("utf-8")
    to_ansi(laid).encode("utf-8")


@given(TEXTS, WIDTHS)
def test_every_character_of_a_block_is_drawn(body: str, width: int) -> None:
    shown(drawn(body, width))


@given(TEXTS, WIDTHS, WIDTHS)
def test_layout_is_deterministic_and_places_survive(body: str, width: int, other: int) -> None:
    laid = drawn(body, width)
    assert laid == drawn(body, width)
    wider = drawn(body, other)
    for number, line in enumerate(laid.lines):
        place = laid.place_of(number)
        assert laid.line_at(place) <= number
        assert laid.place_of(laid.line_at(place)) == place
        if line.offset > len(laid.document.blocks[line.block].text):
            assert laid.line_at(place) == number, "a blank line is a place of its own"
        there = wider.place_of(wider.line_at(place))
        assert (there.block, there.offset) <= (line.block, line.offset)
        assert there.block == line.block or line.offset > 0


LETTERS = st.text(st.characters(categories=("Lu", "Ll", "Lo", "Lm", "Nd", "Sc")), min_size=1)


@given(st.lists(LETTERS, min_size=1, max_size=60), st.sampled_from(" \n"), WIDTHS)
def test_every_visible_character_stays_in_order(parts: list[str], between: str, width: int) -> None:
    body = between.join(parts)
    visible = [
        char for char in body if not char.isspace() and char not in "\u115f\u1160\u3164\uffa0"
    ]
    found = [char for line in drawn(body, width).lines for char in line.text]
    assert in_order(visible, found) is None


@given(TEXTS, st.text(min_size=1, max_size=3))
def test_found_text_lies_within_its_block(body: str, text: str) -> None:
    document = parse(body, base=BASE)
    for match in find(document, text):
        block = document.blocks[match.block]
        assert 0 <= match.start < match.end <= len(block.text)


@pytest.mark.parametrize(
    "body",
    [
        ">" * 10_000 + " end",
        "- " * 5_000 + "end",
        "\n".join("  " * depth + "- item" for depth in range(200)) + "\n" + "  " * 201 + "end",
        "[" * 20_000 + "end",
        "*" * 20_000 + "end",
        "a" + "`" * 20_000 + "end",
        "word " * 200_000 + "end",
        "x" * 1_000_000 + "end",
        "漢" * 100_000 + "end",
        "|" * 20_000 + "end",
        "{{<" * 10_000 + "end",
        "# a\n" * 5_000 + "end",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_pathological_texts_are_read_to_the_end(body: str) -> None:
    assert "".join(line.text for line in drawn(body, 40).lines).rstrip().endswith("end")


def test_an_empty_post_is_an_empty_document() -> None:
    laid = layout(Document(()), 40)
    assert laid.lines == ()
    assert laid.place_of(3) == Place(0)
    assert laid.line_at(Place(5, 2)) == 0
    assert to_plain_text(laid) == ""
