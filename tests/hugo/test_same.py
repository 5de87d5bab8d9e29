"""What the site's Hugo makes of small posts, compared with what we show."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest

from tests.hugo import build
from tests.hugo.cases import Case, files_of, read
from tests.hugo.front_matter import CASES, TITLES
from tests.markup.pages import Page, folded, in_order, shown, words
from xsfreader.config import Config
from xsfreader.ingest import ingest
from xsfreader.ingest.site import permalink
from xsfreader.library import Library
from xsfreader.markup import layout, parse
from xsfreader.model import Filter
from xsfreader.paths import Paths
from xsfreader.source import GUIDE

BASE = "https://xmpp.org/2026/01/case/"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "hugo-cases.json.gz"

URN_SPOILED = {"emoji"}
"""Cases of the corpus in which the site turns a part of a URN into an emoji; we don't."""


def corpus() -> list[Case]:
    if not CORPUS.exists():
        return []
    found = json.loads(gzip.decompress(CORPUS.read_bytes()))
    return [Case(case["name"], case["markdown"], case["html"]) for case in found]


@pytest.mark.parametrize("case", [*read(), *corpus()], ids=lambda case: case.title)
def test_words_ids_and_links_are_those_of_the_site(case: Case) -> None:
    html = case.html
    if case.title in URN_SPOILED:
        html = html.replace("urn:xmpp&#x274c;1", "urn:xmpp:x:1")
    page, document = Page(html), parse(case.body, base=BASE)
    assert words(shown(layout(document, 200), page.figures)) == words(page.text)
    assert [heading.id for heading in document.headings] == page.ids
    if "links" not in case.title.lower().split()[0]:
        found = [link.href for link in document.links if not link.implicit and link.text != "↩"]
        found = [href for href in found if not href.startswith("xmpp:")]
        assert list(map(unquote, found)) == [address(href) for href in page.hrefs]


def test_links_lead_back_from_every_reference_to_a_footnote() -> None:
    case = next(case for case in read() if case.title.startswith("Footnotes"))
    wanted = re.findall(r'href="(#fnref[^"]*)"', case.html)
    found = [link.href for link in parse(case.body, base=BASE).links if link.text == "↩"]
    assert found == wanted


def test_links_to_files_lead_to_the_posts_made_of_them(tmp_path: Path) -> None:
    """Both on the level of the linked posts and below it."""
    case = next(case for case in read() if case.title.startswith("Links to files"))
    below = "[e](../other.md) [f](other2.md#frag) [g](other2) [h](/blog/x/other2) [i](/2026/)"
    files = files_of([case]) | {
        "blog/x/e.md": f"---\ntitle: Below\ndate: 2026-01-05\n---\n{below}\n"
    }
    for path, text in files.items():
        file = tmp_path / "site" / "content" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    paths = Paths(tmp_path / "c", tmp_path / "home", tmp_path / "log")
    found: dict[str, str] = {}
    with Library(Config(), paths, str(tmp_path / "site")) as library:
        library.refresh_local()
        for post in (listed.post for listed in library.posts(Filter())):
            links = library.document(post.permalink).links
            found |= {link.text: link.url for link in links if len(link.text) == 1}
            if post.path.endswith("case-0.md"):
                address = post.url
    site = re.findall(r'<a href="([^"]*)">(.)</a>', case.html)
    wanted = {text: urljoin(address, href) for href, text in site}
    other, two = "https://xmpp.org/2026/01/other/", "https://xmpp.org/2026/01/other-two/"
    wanted |= {"e": other, "f": f"{two}#frag", "g": two, "h": two, "i": "https://xmpp.org/2026/"}
    assert found == wanted


@pytest.mark.parametrize(("front", "wanted"), CASES)
def test_permalinks_and_what_is_shown_are_those_of_the_site(front: str, wanted: str | None) -> None:
    post = ingest("content/blog/t.md", "0" * 40, with_front(front).encode()).post
    assert (post.label(dt.date(2026, 11, 26)) == "") == (wanted is not None)
    assert wanted in (None, post.permalink)


@pytest.mark.parametrize(("title", "slug"), TITLES.items())
def test_slugs_are_those_of_the_site(title: str, slug: str) -> None:
    assert permalink(title, dt.date(2026, 1, 4), "en") == f"/2026/01/{slug}"


def address(href: str) -> str:
    """Return an address as we open it: the site escapes ``&amp;`` in bare ones once more."""
    return unquote(href).replace("&amp;", "&")


def with_front(front: str) -> str:
    return f"---\ntitle: T\n{front}\n---\n\nText.\n"


@pytest.mark.hugo
def test_the_permalinks_are_what_hugo_gives(tmp_path: Path) -> None:
    if shutil.which("hugo") is None:
        pytest.skip("the site's Hugo is not installed; `nox -s hugo` installs it")
    for number, (front, wanted) in enumerate(CASES):
        built = build(tmp_path / str(number), {"blog/t.md": with_front(front)})
        assert [each.permalink for each in built.values()] == [wanted] * bool(wanted), front


@pytest.mark.hugo
def test_the_slugs_are_what_hugo_makes(tmp_path: Path) -> None:
    if shutil.which("hugo") is None:
        pytest.skip("the site's Hugo is not installed; `nox -s hugo` installs it")
    files = {
        f"blog/{number}.md": f"---\ntitle: {json.dumps(title)}\ndate: 2026-01-04\n---\nText.\n"
        for number, title in enumerate(TITLES)
    }
    built = build(tmp_path, files)
    for number, (title, slug) in enumerate(TITLES.items()):
        assert built[f"blog/{number}.md"].permalink == f"/2026/01/{slug}", title


@pytest.mark.hugo
def test_the_sample_posts_are_what_hugo_makes_of_them(tmp_path: Path) -> None:
    """The built-in guide, whose posts hold everything that posts may hold."""
    if shutil.which("hugo") is None:
        pytest.skip("the site's Hugo is not installed; `nox -s hugo` installs it")
    files = {
        f"blog/{path.name}": path.read_text("utf-8")
        for path in (GUIDE / "content" / "blog").glob("*.md")
    }
    built = build(tmp_path, files)
    assert len(files) > 10
    for path, text in files.items():
        post = ingest(f"content/{path}", "0" * 40, text.encode())
        page, document = Page(built[path].html), parse(post.body, base=post.post.url)
        assert built[path].permalink == post.post.permalink, path
        # More is shown than on the site: HTML, and shortcodes that it doesn't know.
        found = folded(
            re.sub(r"</?(?:b|div)\b[^<>]*>", "", shown(layout(document, 200), page.figures))
        )
        assert in_order(folded(page.text), found) is None, path
        assert [heading.id for heading in document.headings] == page.ids, path


@pytest.mark.hugo
def test_the_cases_are_what_hugo_makes_of_them(tmp_path: Path) -> None:
    if shutil.which("hugo") is None:
        pytest.skip("the site's Hugo is not installed; `nox -s hugo` installs it")
    cases = read()
    built = build(tmp_path, files_of(cases))
    for number, case in enumerate(cases):
        assert built[f"blog/case-{number}.md"].html.strip() == case.html, case.title
