"""Link targets and kinds, malformed ones included."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xsfreader.markup import LinkKind, layout, parse
from xsfreader.markup.links import make_link, resolve, site_path

BASE = "https://xmpp.org/de/2025/01/ein-beitrag/"


@pytest.mark.parametrize(
    ("href", "url", "kind"),
    [
        ("/2025/02/x/", "https://xmpp.org/2025/02/x/", LinkKind.SITE),
        ("https://www.xmpp.org/about/", "https://www.xmpp.org/about/", LinkKind.SITE),
        ("../../02/x/#part", "https://xmpp.org/de/2025/02/x/#part", LinkKind.SITE),
        ("/categories/newsletter/", "https://xmpp.org/de/categories/newsletter/", LinkKind.SITE),
        ("#anchor", BASE + "#anchor", LinkKind.FRAGMENT),
        (BASE + "#anchor", BASE + "#anchor", LinkKind.FRAGMENT),
        (
            "/extensions/xep-0045.html#disco",
            "https://xmpp.org/extensions/xep-0045.html#disco",
            LinkKind.XEP,
        ),
        (
            "http://xmpp.org/extensions/xep-0198.xml",
            "http://xmpp.org/extensions/xep-0198.xml",
            LinkKind.XEP,
        ),
        ("/extensions/", "https://xmpp.org/extensions/", LinkKind.SITE),
        ("/images/x.PNG", "https://xmpp.org/images/x.PNG", LinkKind.IMAGE),
        ("https://o.example/x.svg?a=1", "https://o.example/x.svg?a=1", LinkKind.IMAGE),
        (
            "https://c.example/wiki/File:x.png",
            "https://c.example/wiki/File:x.png",
            LinkKind.WEB,
        ),
        ("https://example.org", "https://example.org", LinkKind.WEB),
        ("//example.org/x", "https://example.org/x", LinkKind.WEB),
        ("http://חנוך.se/x", "http://חנוך.se/x", LinkKind.WEB),
        ("https://example.org/%C3%A4?q=%20", "https://example.org/%C3%A4?q=%20", LinkKind.WEB),
        ("xmpp:xsf@muc.xmpp.org?join", "xmpp:xsf@muc.xmpp.org?join", LinkKind.XMPP),
        ("mailto:a@b.example", "mailto:a@b.example", LinkKind.MAIL),
        ("gemini://example.org/", "gemini://example.org/", LinkKind.OTHER),
        ("javascript:alert(1)", "javascript:alert(1)", LinkKind.OTHER),
        ("codeberg.org/x/y", BASE + "codeberg.org/x/y", LinkKind.DOUBTFUL),
        ("example.org:5222", "example.org:5222", LinkKind.DOUBTFUL),
        ("https:/example.org", "https://xmpp.org/example.org", LinkKind.DOUBTFUL),
        ("http:///x", "http:///x", LinkKind.DOUBTFUL),
        ("https://[broken", "https://[broken", LinkKind.DOUBTFUL),
        ("https://a.example/x\\_y", "https://a.example/x%5C_y", LinkKind.DOUBTFUL),
        ("https://a.example/(", "https://a.example/(", LinkKind.DOUBTFUL),
        ("", BASE, LinkKind.DOUBTFUL),
        ("other-page.html", BASE + "other-page.html", LinkKind.SITE),
    ],
)
def test_targets(href: str, url: str, kind: LinkKind) -> None:
    link = make_link("text", href, BASE)
    assert (link.href, link.kind) == (href, kind)
    assert link.url == url


def test_a_link_to_a_xep_has_number_and_fragment() -> None:
    link = make_link("", "/extensions/xep-0045.html#enter%2Dmuc", BASE)
    assert (link.xep, link.fragment) == (45, "enter-muc")


def test_only_addresses_on_the_site_have_a_site_path() -> None:
    assert site_path("https://xmpp.org/images/%C3%A9.png?x") == "/images/é.png"
    assert site_path("https://xmpp.org.example/images/a.png") is None
    assert site_path("ftp://xmpp.org/a.png") is None
    assert site_path("https://[broken") is None


@given(st.text(max_size=60))
def test_any_target_makes_a_link_without_controls(href: str) -> None:
    link = make_link("", href, BASE)
    assert all(char.isprintable() for char in link.url if char.isascii())
    assert "\u202e" not in link.url


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        (
            "see https://a.example/x, (https://b.example/y).",
            ["https://a.example/x", "https://b.example/y"],
        ),
        ("https://a.example/wiki/X_(y)", ["https://a.example/wiki/X_(y)"]),
        ("www.a.example/x?y.", ["https://www.a.example/x?y"]),
        ("write to a.b+c@d.example!", ["mailto:a.b+c@d.example"]),
        ("join xmpp:xsf@muc.xmpp.org?join, now", ["xmpp:xsf@muc.xmpp.org?join"]),
        ("jabber.de and example.org/x are no links", []),
        ("`https://a.example/`", []),
        ("ahttps://a.example/ is none", []),
        ("[https://a.example/](https://b.example/)", ["https://b.example/"]),
        ("*https://a.example/*", ["https://a.example/"]),
        ("<https://a.example/> <a@b.example>", ["https://a.example/", "mailto:a@b.example"]),
        ("https://a.example/&amp;", ["https://a.example/"]),
    ],
)
def test_bare_addresses(text: str, targets: list[str]) -> None:
    assert [link.href for link in parse(text, base=BASE).links] == targets


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ("# A & B\n# A & B\n# A & B", ["a--b", "a--b-1", "a--b-2"]),
        ("## What's new? {#own .class}\n## Own {#own}", ["own", "own"]),
        ("## Größe & `code` [link](https://a.example)", ["größe--code-link"]),
        ("##\n##", ["", ""]),
        ("Setext\n======", ["setext"]),
        ("## A {not an attribute}", ["a-not-an-attribute"]),
    ],
)
def test_heading_ids(body: str, ids: list[str]) -> None:
    document = parse(body, base=BASE)
    assert [heading.id for heading in document.headings] == ids


def test_anchors_lead_to_their_lines() -> None:
    body = "text[^a]\n\n## One\n\nmore\n\n## Two\n\n[^a]: note"
    laid = layout(parse(body, base=BASE), 40)
    assert [laid.lines[line].text for line in laid.heading_lines] == ["One", "Two"]
    anchors = laid.document.anchors
    assert set(anchors) == {"one", "two", "fn:1", "fnref:1"}
    assert laid.line_at(anchors["two"]) == laid.heading_lines[1]
    assert laid.lines[laid.line_at(anchors["fn:1"])].text == "1. note ↩"
    assert laid.line_at(anchors["fnref:1"]) == 0


@pytest.mark.parametrize(
    "end", ["", "/", "/b/../c", "/#", "/?", "/?#a", "/b;?", "//b", "/[b", ":8/b"]
)
@pytest.mark.parametrize("start", ["https://a.org", "http://", "https://A.org:", "HTTPS://a.org"])
def test_absolute_addresses_resolve_as_urljoin_says(start: str, end: str) -> None:
    assert resolve(start + end, BASE) == urljoin(BASE, start + end)
