"""The text between two characters of a laid out post is that of the post, at any width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xsfreader.markup import BlockKind, Layout, layout, parse, text_between

ADDRESS = "https://xmpp.org/extensions/xep-0198.html?with=a&very=long-query#acking-of-stanzas"
CODE = "    indented = 'a line of code that is longer than any column of this test, by far'"
POST = f"""A paragraph with *words* that wrap, {ADDRESS} and more of them after it.

- a list whose items are long enough to be wrapped in a narrow column
  > with a quote in it, which is also long enough to be wrapped

```python
def f():
{CODE}

    return 1
```

| Name | Meaning |
|---|---|
| one | the first of all cells |
| two | another |

## A heading
The last paragraph.
"""
WIDTHS = [24, 40, 80]


def page_of(post: str, width: int) -> Layout:
    return layout(parse(post, base="https://xmpp.org/x/"), width)


def whole(page: Layout) -> str:
    return text_between(page, (0, 0), (len(page.lines), 0))


def lines_with(page: Layout, kind: BlockKind) -> list[int]:
    blocks = page.document.blocks
    return [n for n, line in enumerate(page.lines) if blocks[line.block].kind is kind]


@pytest.mark.parametrize("width", WIDTHS)
def test_what_was_wrapped_is_whole_again(width: int) -> None:
    page = page_of(POST, width)
    text = whole(page)
    assert text == whole(page_of(POST, 200))
    for line in (
        f"A paragraph with words that wrap, {ADDRESS} and more of them after it.",
        "a list whose items are long enough to be wrapped in a narrow column",
        f"def f():\n{CODE}\n\n    return 1",
        "one\tthe first of all cells\ntwo\tanother",
        "\n\nA heading\n\nThe last paragraph.",
    ):
        assert line in text
    assert not set("↪│▌━─•") & set(text)


@pytest.mark.parametrize("width", WIDTHS)
def test_code_keeps_its_indent_and_loses_the_one_of_the_page(width: int) -> None:
    page = page_of(POST, width)
    lines = lines_with(page, BlockKind.CODE)
    start = next(n for n in lines if page.lines[n].text.startswith("      indented"))
    end = next(n for n in lines if "return 1" in page.lines[n].text)
    assert text_between(page, (start, 0), (end, 200)) == f"{CODE}\n\n    return 1"


def test_a_part_of_a_line_is_that_part() -> None:
    page = page_of("one two three four", 20)
    assert text_between(page, (0, 4), (0, 13)) == "two three"
    assert text_between(page, (0, -5), (0, 4)) == "one"
    assert text_between(page, (5, 0), (9, 0)) == ""


@given(width=st.integers(20, 100), data=st.data())
def test_any_selection_is_a_part_of_the_whole(width: int, data: st.DataObject) -> None:
    page = page_of(POST, width)
    spot = st.tuples(st.integers(0, len(page.lines)), st.integers(-5, width))
    start, end = sorted([data.draw(spot), data.draw(spot)])
    assert text_between(page, start, end) in whole(page)
