"""Compare every post of the corpus with Hugo's output."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import frontmatter
import pytest

from tests.markup.pages import Page, folded, in_order, shown, words
from xsfreader.markup import LinkKind, layout, parse

if TYPE_CHECKING:
    from xsfreader.markup import Document

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
PARTS = 8
"""Number of tests to spread the posts over, so that they run in parallel."""

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(
        not (CORPUS / "hugo.json.gz").exists(), reason="../shared/corpus is not here"
    ),
]

SPOILED = {
    "content/blog/newsletter/2021-02-05-newsletter.md": {"urn:xmpp🏧": "urn:xmpp:atm:"},
    "content/blog/newsletter/2021-05-05-newsletter.md": {
        "urn:xmpp🏧": "urn:xmpp:atm:",
        "urn:xmpp™️": "urn:xmpp:tm:",
    },
}
"""Posts with words that the site turns into emoji; we keep the author's text."""

LINKS_ADDED = {"content/blog/newsletter/2022-03-05-newsletter.de.md"}
"""Posts with one more link than on the site: a bare address behind a bracket never closed."""


@dataclass(frozen=True, slots=True)
class Sample:
    path: str
    url: str
    body: str
    page: Page


@pytest.fixture(scope="session")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the Markdown of every post by path, from the corpus' newest commit."""
    import subprocess

    folder = tmp_path_factory.mktemp("corpus")
    subprocess.run(
        ["git", "clone", "--quiet", "--branch", "master", str(CORPUS / "xmpp.org.bundle"), "."],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8-sig")
        for path in (folder / "content" / "blog").rglob("*.md")
    }


def authored(sample: Sample) -> str:
    text = sample.page.text
    for spoiled, word in SPOILED.get(sample.path, {}).items():
        assert spoiled in text
        text = text.replace(spoiled, word)
    return text


def samples(bodies: dict[str, str], part: int) -> list[Sample]:
    pages = json.loads(gzip.decompress((CORPUS / "hugo.json.gz").read_bytes()))
    assert len(pages) == 397
    return [
        Sample(
            each["path"],
            "https://xmpp.org" + each["permalink"],
            frontmatter.loads(bodies[each["path"]]).content,
            Page(each["html"]),
        )
        for each in pages[part::PARTS]
    ]


@pytest.mark.parametrize("part", range(PARTS))
def test_posts_read_as_on_the_site(bodies: dict[str, str], part: int) -> None:
    for sample in samples(bodies, part):
        document = parse(sample.body, base=sample.url)
        assert_words(sample, document)
        assert [heading.id for heading in document.headings] == sample.page.ids, sample.path
        assert_links(sample, document)
        assert_xmpp_links(sample, document)


def assert_words(sample: Sample, document: Document) -> None:
    """Check that each word stands in the lines, and that typography is the same."""
    wanted = folded(authored(sample))
    for width in (40, 80):
        found = folded(shown(layout(document, width)))
        assert in_order(wanted, found) is None, (sample.path, width)
    typography = words(shown(layout(document, 120), sample.page.figures))
    assert typography == words(authored(sample)), sample.path


def assert_links(sample: Sample, document: Document) -> None:
    """Check that links lead where the site's do."""
    bare = re.compile("xmpp:")
    wanted = [escaped(urljoin(sample.url, href)) for href in sample.page.hrefs]
    found = [
        escaped(link.url)
        for link in document.links
        if not link.implicit
        and link.text != "↩"
        and not (link.kind is LinkKind.XMPP and link.text.startswith("xmpp:"))
    ]
    wanted = [href for href in wanted if not bare.match(href)]
    found = [href for href in found if not bare.match(href)]
    if sample.path in LINKS_ADDED:
        assert in_order(wanted, found) is None, sample.path
        assert len(found) == len(wanted) + 1, sample.path
    else:
        assert found == wanted, sample.path


def assert_xmpp_links(sample: Sample, document: Document) -> None:
    """Check that the site's links of XMPP are there."""
    found = [link.url for link in document.links if link.kind is LinkKind.XMPP]
    wanted = [href for href in sample.page.hrefs if href.startswith("xmpp:")]
    assert in_order(wanted, found) is None, sample.path


def escaped(url: str) -> str:
    """Normalise an address."""
    url = "".join(
        char if "!" <= char <= "~" and char not in "\"'()\\" else percent(char) for char in url
    )
    return re.sub("%[0-9a-fA-F]{2}", lambda found: found.group().upper(), url)


def percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())
