"""Read specifications: our own small ones, and real ones beside the XSF's own pages."""

from __future__ import annotations

import functools
import gzip
import io
import json
import re
import subprocess
import tarfile
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.corpus import CORPUS
from tests.markup.pages import folded
from xsfreader.markup import (
    BlockKind,
    Document,
    LinkKind,
    Mark,
    Role,
    layout,
    plain_text,
    to_plain_text,
)
from xsfreader.markup.xep.parse import SpecificationParser

if TYPE_CHECKING:
    from collections.abc import Iterable

FIXTURES = Path(__file__).parent / "fixtures"
PARTS = 8
"""Number of tests to spread the specifications over, so that they run in parallel."""

needs_specifications = pytest.mark.skipif(
    not (CORPUS / "xeps.bundle").exists(), reason=f"{CORPUS} is missing"
)

_REFERENCE = r'\s*\[<a href="#nt-[^>]*>\s*\d+</a>\]|<a name="nt-[^>]*>\d+</a>\. '
"""A reference to a note, or its number before it."""


class Page(HTMLParser):
    """The words and ids of an XSF page, without contents, life cycle and references to notes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.ids: list[str] = []
        self._quiet: list[str] = []
        self.feed(re.sub(_REFERENCE, "", html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if not self._quiet and (given.get("id") or "").strip() not in ("", "docmeta"):
            self.ids.append(given["id"] or "")
        quiet = tag in ("head", "nav", "script", "style") or given.get("class") in (
            "anchor-link",
            "timeline-wrap",
        )
        if self._quiet or quiet:
            self._quiet += [] if tag in ("meta", "link", "br", "img", "hr") else [tag]
        if tag not in ("a", "span", "em", "strong", "code", "abbr", "sub", "i"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._quiet and tag == self._quiet[-1]:
            self._quiet.pop()
        if tag not in ("a", "span", "em", "strong", "code", "abbr", "sub", "i"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.parts.append(data)


@functools.cache
def real_files() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        bundle = str(CORPUS / "xeps.bundle")
        subprocess.run(["git", "clone", "-q", "--bare", bundle, folder], check=True, timeout=60)
        command = ["git", "-C", folder, "archive", "HEAD"]
        archive = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {
            member.name: file.read()
            for member in tar
            if (file := tar.extractfile(member)) is not None
        }


@functools.cache
def real_pages() -> dict[str, str]:
    pages: dict[str, str] = json.loads(gzip.decompress((CORPUS / "xeps.html.json.gz").read_bytes()))
    return pages


def missing(wanted: list[str], found: list[str]) -> list[str]:
    """Return the words of ``wanted`` that ``found`` hasn't in that order, but for a few between."""
    lost: list[str] = []
    at = 0
    for word in wanted:
        try:
            at = found.index(word, at, at + 100) + 1
        except ValueError:
            lost.append(word)
    return lost


def parts_of(document: Document) -> list[list[str]]:
    """Return the words of head, body, notes and history, without references to notes."""
    texts: list[str] = []
    for block in document.blocks:
        table = block.table
        cells = [cell for row in (table.header, *table.rows) for cell in row] if table else []
        texts.append(
            " ".join(
                "".join("\0" if is_reference(document, span.link) else span.text for span in spans)
                for spans in cells or [block.spans]
            )
        )
    body = document.headings[0].block
    authors, notes, history = (
        document.anchors[f"appendix-{name}"].block for name in ("authorinfo", "notes", "revs")
    )
    spans = ((0, body), (body, authors), (notes, history), (history, None))
    return [folded(re.sub("\0(?: \0)*", "", "\n".join(texts[a:b]))) for a, b in spans]


def is_reference(document: Document, link: int) -> bool:
    return link >= 0 and document.links[link].href.startswith("#fn:")


def parts_of_page(html: str) -> list[list[str]]:
    """Return the words of the same parts of a page; of its head, those about the status."""
    pattern = (
        '(<div id="status-notice".*?</div>).*?</nav>(.*?)<hr><a name="appendices">.*?'
        '<h3 id="appendix-notes">(.*?)<h3 id="appendix-revs">.*?</p>(.*?)<h3 id="appendix-biblatex"'
    )
    found = re.search(pattern, html, re.DOTALL)
    assert found
    parts = ["".join(Page(part).parts) for part in found.groups()]
    return [folded(part.removeprefix("Appendix G: ")) for part in parts]


@needs_specifications
@pytest.mark.corpus
@pytest.mark.parametrize("part", range(PARTS))
def test_words_and_anchors_are_those_of_the_page(part: int) -> None:
    files, numbers = real_files(), sorted(real_pages())
    assert len(numbers) == 40
    for number in numbers[part::PARTS]:
        parser = SpecificationParser(files[f"xep-{number}.xml"], files["xep.ent"])
        check_page(number, parser.parse_all())


def check_page(number: str, document: Document) -> None:
    """Compare a specification with its page: words in order, anchors, numbers of sections."""
    html = real_pages()[number]
    for wanted, found in zip(parts_of_page(html), parts_of(document), strict=True):
        lost = missing(wanted, found)
        assert len(lost) <= len(wanted) // 2_000, (number, lost)
    assert set(Page(html).ids) - set(document.anchors) <= {"status-notice", "toc"}, number
    assert numbered(each.text for each in document.headings) == numbered(
        "".join(Page(each).parts)
        for each in re.findall("<h[2-6] id=[^>]*>(.*?)</h[2-6]>", html, re.DOTALL)
    )


def numbered(headings: Iterable[str]) -> list[str]:
    """Return the headings of sections."""
    texts = (" ".join(heading.split()) for heading in headings)
    return [text for text in texts if re.match(r"\d+\.[\d.]* ", text)]


# Our own


@functools.cache
def own(status: str = "Deferred") -> Document:
    xml = (FIXTURES / "xep-0999.xml").read_bytes().replace(b"Deferred", status.encode())
    return SpecificationParser(xml, (FIXTURES / "xep.ent").read_bytes()).parse_all()


def line_of(document: Document, text: str) -> str:
    lines = to_plain_text(layout(document, 100)).split("\n")
    return next(line for line in lines if text in line)


def test_the_head_tells_what_the_specification_is() -> None:
    text = to_plain_text(layout(own(), 200))
    assert text.startswith(
        "XEP-0999: Tea\nDeferred · Standards Track · 0.2.0 (2024-02-03) · Ann Other, Bob Else\n"
    )
    for line in (
        "How to ask an <iq/> for tea.",
        "Dependencies: XMPP Core, XEP-0030",
        "Supersedes: XEP-0998",
        "Superseded By: XEP-1000",
        "Short Name: tea",
        "Schema: XML Schema for the 'urn:tea' namespace: http://www.xmpp.org/schemas/tea.xsd",
    ):
        assert f"\n{line}\n" in text


@pytest.mark.parametrize(
    ("status", "words"),
    {
        "Deferred": "WARNING: This document has been automatically Deferred",
        "Deprecated": "the protocol that supersedes this one (XEP-1000).",
        "Obsolete": "WARNING: This document has been obsoleted",
        "Rejected": "WARNING: This document has been Rejected",
        "Retracted": "WARNING: This document has been retracted by the author(s).",
        "Experimental": "WARNING: This Standards-Track document is Experimental.",
        "Draft": "Stable · Standards Track",
        "Proposed": "within Last Call",
        "Odd": "Odd · Standards Track",
    }.items(),
)
def test_the_status_is_told_in_the_words_of_the_xsf(status: str, words: str) -> None:
    document = own(status)
    assert words in " ".join(to_plain_text(layout(document, 900)).split())
    warned = [block for block in document.blocks[:6] if block.text.startswith("WARNING")]
    assert all(span.marks & Mark.STRONG for block in warned for span in block.spans)


def test_sections_examples_tables_and_notes_have_the_numbers_and_anchors_of_the_page() -> None:
    document = own()
    assert [(each.level, each.text, each.id) for each in document.headings] == [
        (2, "1. Introduction", "intro"),
        (3, "1.1 Kinds", "sect-id2"),
        (3, "1.2 Pots & cups", "pots"),
        (2, "2. Asking", "sect-id4"),
        (2, "Author Information", "appendix-authorinfo"),
        (2, "Legal Notices", "appendix-legal"),
        (2, "Notes", "appendix-notes"),
        (2, "Revision History", "appendix-revs"),
    ]
    for anchor, text in {
        "example-1": "Example 1. Ask",
        "table-2": "Table 2:",
        "fn:3": "Twice, with Service Discovery (XEP-0030)¹. ↩",
        "revision-history-v0.1.0": "Version 0.1.0 (2024-01-02)",
    }.items():
        assert document.blocks[document.anchors[anchor].block].text == text


def test_nothing_is_folded_in_plain_text() -> None:
    history = plain_text(own(), 80).partition("Revision History\n")[2]
    assert history.startswith("\nVersion ")


def test_text_is_as_written_but_for_blanks() -> None:
    text = to_plain_text(layout(own(), 200))
    for line in (
        'See Service Discovery (XEP-0030)¹ and the "plain" quotes -- <tea/>, own and &nowhere;.²',
        "Again.² Other.³ 2¹⁶",
        "Look: ▣ A pot ▣ image",
        "CVE-2024-1 (NIST, Mitre)",
        "▎ Hot!",
        "▎ Said.",
        "Kept whole",
        "and apart",
        "    One.",
        "3. three",
        "   • in it",
        "    First. · ao",
    ):
        assert f"\n{line}\n" in text
    assert "base64" not in repr(own())


def test_examples_are_highlighted_below_their_captions() -> None:
    document = own()
    at = document.anchors["example-1"].block
    caption, code = document.blocks[at : at + 2]
    assert {span.role for span in caption.spans} == {Role.CAPTION}
    assert code.kind is BlockKind.CODE
    assert code.gap == 0
    assert code.text == "<iq type='get'>\n  <tea xmlns='urn:tea'/>\n</iq>"
    assert {Role.KEYWORD, Role.STRING} <= {span.role for span in code.spans}


def test_cells_that_span_others_leave_the_table_regular() -> None:
    tables = [block for block in own().blocks if block.table is not None]
    assert [block.text for block in tables] == [
        "Name\tFrom\t\nGreen\tChina\tJapan\n\t• a\n• b\tc\nd",
        "\t\nno\theader",
    ]


def test_links_to_specifications_and_sections_lead_inside() -> None:
    links = {link.text: link for link in own().links}
    disco = links["disco"]
    assert (disco.kind, disco.xep, disco.fragment) == (LinkKind.XEP, 30, "info")
    assert links["XEP-1000"].xep == 1000
    assert (links["Pots"].kind, links["Pots"].fragment) == (LinkKind.FRAGMENT, "pots")
    assert links["https://example.org/"].kind is LinkKind.WEB
    assert links["ann@example.net"].kind is LinkKind.XMPP
    fragments = [link.fragment for link in own().links if link.kind is LinkKind.FRAGMENT]
    assert set(fragments) <= set(own().anchors)


def test_posts_that_mention_it_are_above_the_history() -> None:
    xml = (FIXTURES / "xep-0999.xml").read_bytes()
    document = SpecificationParser(xml, b"", [("A post", "https://xmpp.org/a/")]).parse_all()
    headings = [each.text for each in document.headings]
    assert headings[-2:] == ["Posts that mention it", "Revision History"]
    assert line_of(document, "A post") == "A post"
    assert "https://xmpp.org/a/" in [link.url for link in document.links]


def test_without_entities_their_names_are_shown() -> None:
    xml = (FIXTURES / "xep-0999.xml").read_bytes()
    document = SpecificationParser(xml, b"").parse_all()
    assert "How to ask an &IQ; for tea." in to_plain_text(layout(document, 100))


def test_a_specification_grows_at_its_end_alone() -> None:
    xml, entities = ((FIXTURES / name).read_bytes() for name in ("xep-0999.xml", "xep.ent"))
    parser = SpecificationParser(xml, entities)
    page, steps = None, 0
    done = False
    while not done:
        before = parser.document
        done = parser.parse_some(0)
        now = parser.document
        steps += len(now.blocks) > len(before.blocks)
        assert now.blocks[: len(before.blocks)] == before.blocks
        assert now.links[: len(before.links)] == before.links
        assert now.headings[: len(before.headings)] == before.headings
        assert before.anchors.items() <= now.anchors.items()
        page = layout(now, 60, onto=page)
    assert now == own()
    assert steps > 10
    assert page == layout(now, 60)
