"""A post's head and foot."""

from __future__ import annotations

import datetime as dt

from xsfreader.markup import LinkKind, build_article, layout, reading_minutes, to_plain_text
from xsfreader.model import Place, Post

POST = Post(
    permalink="/2025/10/the-title/",
    path="content/blog/x.md",
    blob="0" * 40,
    language="en",
    translation_key="x",
    title="The [b] Title",
    date=dt.datetime(2025, 10, 5, tzinfo=dt.UTC),
    authors=("Ann", "Bob"),
    categories=("Newsletter",),
    aliases=(),
    summary="",
    words=430,
    xeps=(45, 9999),
)


def test_head_and_foot_surround_the_text() -> None:
    document = build_article(
        POST,
        "# The \\[b\\] title\n\nText.\n\n## More",
        translations={"de": "/de/2025/10/titel/", "en": POST.permalink},
        newer=("Newer one", "/2025/11/newer/"),
        older=("Older one", "/2025/09/older/"),
        xep_titles={45: "Multi-User Chat"},
    )
    laid = layout(document, 60)
    assert to_plain_text(laid) == (
        "The [b] Title\n"
        "5 Oct 2025 · Ann, Bob · Newsletter · 3\xa0min\n"
        "also in: de\n"
        + "─" * 60
        + "\n\nText.\n\n\nMore\n────\n\n"
        + "─" * 60
        + "\n\nXEPs mentioned\nXEP-0045 Multi-User Chat\nXEP-9999\n\n"
        "newer: Newer one\nolder: Older one\n"
    )
    assert [heading.text for heading in document.headings] == ["More"]
    assert document.anchors["the-b-title"] == Place(0)
    assert laid.line_at(document.anchors["more"]) == laid.heading_lines[0] == 8
    links = {link.text: link for link in document.links}
    assert links["de"].url == "https://xmpp.org/de/2025/10/titel/"
    assert links["Older one"].kind is LinkKind.SITE
    assert links["XEP-0045"].xep == 45


def test_places_do_not_depend_on_head_and_foot() -> None:
    body = "One.\n\n![a](/a.png)\n\nTwo."
    alone = build_article(POST._replace(xeps=()), body)
    other = build_article(POST, body, translations={"de": "/de/x/"}, older=("O", "/o/"))
    assert [block.text for block in alone.blocks[3:6]] == [
        block.text for block in other.blocks[3:6]
    ]
    assert other.images[0].block == 4


def test_an_empty_post_has_a_head() -> None:
    document = build_article(POST._replace(xeps=()), "")
    assert to_plain_text(layout(document, 20)).startswith("The [b] Title\n5 Oct 2025 · Ann,\nBob")


def test_control_characters_in_front_matter_are_removed() -> None:
    post = POST._replace(title="a\x1b[31m\nb", authors=("c\u202ed",), categories=("e\x9b",))
    text = to_plain_text(layout(build_article(post, ""), 60))
    assert text.startswith("a␛[31m b\n5 Oct 2025 · c\ufffdd · e\ufffd · 3\xa0min\n")


def test_reading_minutes_are_those_of_the_site() -> None:
    assert [reading_minutes(count) for count in (0, 1, 213, 214, 430)] == [1, 1, 1, 2, 3]
