"""Lines compared with a file of examples: title, Markdown and lines, separated by dots."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from xsfreader.markup import Line, Mark, Role, Span, layout, parse, to_plain_text

BASE = "https://xmpp.org/2025/01/x/"


@dataclass(frozen=True, slots=True)
class Example:
    title: str
    body: str
    lines: str


def examples() -> list[Example]:
    text = (Path(__file__).parent / "fixtures" / "lines.md").read_text("utf-8")
    parts = text.split("\n.\n")
    return [
        Example(title.strip(), body + "\n", lines.strip("\n") + "\n")
        for title, body, lines in zip(parts[0::3], parts[1::3], parts[2::3], strict=False)
    ]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.title)
def test_looks(example: Example) -> None:
    assert to_plain_text(layout(parse(example.body, base=BASE), 40)) == example.lines


def spans(body: str, width: int = 80) -> list[Span]:
    return [span for line in layout(parse(body, base=BASE), width).lines for span in line.spans]


def looks(body: str) -> list[tuple[str, Role, Mark]]:
    return [(span.text, span.role, span.marks) for span in spans(body)]


def test_marks_combine() -> None:
    assert looks("a **b *c*** ~~d~~ `e` [f](https://a.example) [g](codeberg.org/x) *h _i_ j*") == [
        ("a ", Role.BODY, Mark.NONE),
        ("b ", Role.BODY, Mark.STRONG),
        ("c", Role.BODY, Mark.STRONG | Mark.EMPHASIS),
        (" ", Role.BODY, Mark.NONE),
        ("d", Role.BODY, Mark.STRIKE),
        (" ", Role.BODY, Mark.NONE),
        ("e", Role.BODY, Mark.INLINE_CODE),
        (" ", Role.BODY, Mark.NONE),
        ("f", Role.BODY, Mark.LINK),
        (" ", Role.BODY, Mark.NONE),
        ("g", Role.BODY, Mark.LINK | Mark.DOUBTFUL),
        (" ", Role.BODY, Mark.NONE),
        ("h i j", Role.BODY, Mark.EMPHASIS),
    ]


def test_a_mention_of_a_xep_is_a_link_without_a_mark() -> None:
    document = parse("See XEP-0045, [XEP-0198](/extensions/xep-0198.html).", base=BASE)
    assert [(link.text, link.xep, link.implicit) for link in document.links] == [
        ("XEP-0045", 45, True),
        ("XEP-0198", 198, False),
    ]
    mention = next(span for span in spans("See XEP-0045.") if span.text == "XEP-0045")
    assert (mention.marks, mention.link) == (Mark.NONE, 0)


@pytest.mark.parametrize(
    ("fence", "role"), [("```erlang", Role.COMMENT), ("```nosuch", Role.CODE), ("```", Role.CODE)]
)
def test_code_is_coloured_by_its_language(fence: str, role: Role) -> None:
    assert ("% note", role) in [(span.text, span.role) for span in spans(f"{fence}\n% note\n```")]


def test_a_stanza_is_coloured_as_xml() -> None:
    found = [span.role for span in spans("    <message to='a@b.example'/>")]
    assert Role.KEYWORD in found
    assert Role.STRING in found


def test_rows_are_reserved_for_an_image() -> None:
    body = 'before\n\n{{< figure src="/a.png" caption="Words" alt="alt" >}}\n\nafter'
    document = parse(body, base=BASE)
    laid = layout(document, 40, images={0: 3})
    rows = [line for line in laid.lines if line.image == 0]
    assert [line.image_row for line in rows] == [0, 1, 2]
    assert all(line.text == "" for line in rows)
    assert to_plain_text(laid) == "before\n\n\n\n\nWords\n\nafter\n"
    assert [laid.line_at(laid.place_of(at)) for at in range(8)] == list(range(8))
    assert laid.lines[laid.line_of(rows[0].block, 0)].text == "Words"


def test_a_narrow_column_says_in_few_lines_what_an_image_shows() -> None:
    document = parse('{{< figure src="/a.png" caption="Words" >}}', base=BASE)
    laid = layout(document, 38, notes={0: "not fetched yet"})
    assert to_plain_text(laid) == "─ image · not fetched yet\nWords\n"


def test_the_target_of_a_linked_image_is_shown() -> None:
    document = parse("[![alt](/a.png)](https://a.example/)", base=BASE)
    laid = layout(document, 40, images={0: 2})
    assert to_plain_text(laid) == "\n\n→ a.example/\n"
    image = document.images[0]
    assert document.links[image.link].url == "https://a.example/"
    links = {span.link for line in laid.lines for span in line.spans if span.link >= 0}
    assert links == {image.link}


def test_images_have_their_path_on_the_site() -> None:
    document = parse("![a](/images/%C3%A9.png)\n\n![b](https://o.example/b.png 'T')", base=BASE)
    assert [(each.site_path, each.alt, each.caption) for each in document.images] == [
        ("/images/é.png", "a", ""),
        (None, "b", "T"),
    ]


def test_blank_lines_belong_to_the_block_above() -> None:
    laid = layout(parse("a\n\nb", base=BASE), 40)
    assert laid.lines[1] == Line((), 0, 2)


def test_the_width_is_at_least_twenty() -> None:
    assert layout(parse("word " * 9, base=BASE), 3).width == 20


@pytest.mark.parametrize("width", [51, 55, 60, 70, 80])
def test_words_in_tables_are_not_split_if_the_longest_fits(width: int) -> None:
    body = (
        "| Interface | Purpose | Connection | Since |\n|---|---|---|---|\n"
        "| Component | Accept connections from external components | inbound/outbound | 6.4 |\n"
        "| Clientside | Take what others send and what they ask for | inbound | 6.1 |\n"
    )
    text = to_plain_text(layout(parse(body, base=BASE), width))
    assert "│" in text
    cells = {cell for line in text.split("\n") for cell in line.replace("│", " ").split()}
    assert set(body.replace("|", " ").replace("---", "").split()) <= cells


def test_a_document_is_laid_out_bit_by_bit() -> None:
    document = parse("# One\n\n```\n<a>\n<b>\n```\n\n> a\n>\n> b\n\n## Two\n\n- a\n- b\n", base="/")
    whole = layout(document, 40)
    page, stops = None, 0
    while page is None or page.blocks < len(document.blocks):
        shown = 2 if page is None else len(document.blocks)
        page = layout(document._replace(blocks=document.blocks[:shown]), 40, onto=page, seconds=-1)
        stops += 1
    assert page == whole
    assert stops == len(document.blocks)
