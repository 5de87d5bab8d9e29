"""The built-in guide: its links work, its images exist, and it is complete.

The guide is the manual, the first thing shown without a network, and what the snapshot tests
draw; so it must contain every construct, every key and every setting.
"""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from xsfreader.config import Config
from xsfreader.ingest import ingest
from xsfreader.markup import parse
from xsfreader.markup.document import BlockKind, Document, LinkKind
from xsfreader.model import SITE, FullPost
from xsfreader.ui.keymap import ACTIONS, key_shown

GUIDE = Path(str(resources.files("xsfreader"))) / "guide"
FILES = sorted((GUIDE / "content" / "blog").glob("*.md"))
NOT_POSTS = ("/about", "/categories/", "/extensions", "/getting-started", "/images/")
"""Paths of the site that aren't posts, or prefixes of such paths."""
OTHER_PAGES = ("", "/", "/blog/", "/rfcs/", "/registrar/", "/software/")
MAX_IMAGE_BYTES = 20 * 1024

Posts = dict[str, FullPost]


@pytest.fixture(scope="module")
def posts() -> Posts:
    """Return every post of the guide by file name."""
    full = {}
    for file in FILES:
        path = file.relative_to(GUIDE).as_posix()
        full[file.name] = ingest(path, "0" * 40, file.read_bytes())
    return full


@pytest.fixture(scope="module")
def documents(posts: Posts) -> dict[str, Document]:
    """Return every post's document by permalink."""
    return {full.post.permalink: parse(full.body, base=full.post.url) for full in posts.values()}


@pytest.fixture(scope="module")
def everything(posts: Posts) -> FullPost:
    return posts["2026-08-03-everything.md"]


def test_permalinks_are_unique_and_aliases_hide_no_post(posts: Posts) -> None:
    permalinks = [full.post.permalink for full in posts.values()]
    aliases = [alias for full in posts.values() for alias in full.post.aliases]
    assert len(set(permalinks)) == len(permalinks)
    assert len(set(aliases)) == len(aliases)
    assert not set(aliases) & set(permalinks)


def test_the_views_have_something_to_show(posts: Posts) -> None:
    english = [full.post for full in posts.values() if full.post.language == "en"]
    assert len({post.day.year for post in english}) >= 6
    assert len({(post.day.year, post.day.month) for post in english}) < len(english)
    assert len({category for post in english for category in post.categories}) >= 5
    assert len({author for post in english for author in post.authors}) >= 5
    assert {45, 198, 313, 384} <= {xep for post in english for xep in post.xeps}
    assert {full.post.language for full in posts.values()} == {"en", "de", "fr"}
    assert all(post.summary for post in english)


def test_the_newest_post_is_the_welcome(posts: Posts) -> None:
    newest = max((full.post for full in posts.values()), key=lambda post: post.date)
    assert newest.translation_key == posts["2026-08-12-welcome.md"].post.translation_key


def test_translations_belong_to_an_english_post_of_that_day(posts: Posts) -> None:
    by_key = {f.post.translation_key: f.post for f in posts.values() if f.post.language == "en"}
    for full in posts.values():
        original = by_key[full.post.translation_key]
        assert (full.post.day, full.post.categories) == (original.day, original.categories)


def test_every_link_leads_somewhere(posts: Posts, documents: dict[str, Document]) -> None:
    aliases = {alias: full.post.permalink for full in posts.values() for alias in full.post.aliases}
    broken = []
    for permalink, document in documents.items():
        for link in document.links:
            if link.kind not in {LinkKind.SITE, LinkKind.FRAGMENT}:
                continue
            path = urlsplit(link.url).path
            target = documents.get(aliases.get(path, path))
            if target is None:
                if path not in OTHER_PAGES and not path.startswith(NOT_POSTS):
                    broken.append(f"{permalink}: {link.href}")
            elif link.fragment and link.fragment not in target.anchors:
                broken.append(f"{permalink}: {link.href} (no such heading)")
    assert broken == []


def test_malformed_links_are_intended(everything: FullPost, documents: dict[str, Document]) -> None:
    doubtful = {
        permalink: [link.href for link in document.links if link.kind is LinkKind.DOUBTFUL]
        for permalink, document in documents.items()
    }
    assert len(doubtful.pop(everything.post.permalink)) == 2
    assert not any(doubtful.values())


def test_every_image_exists_and_is_small(documents: dict[str, Document]) -> None:
    used = set()
    for permalink, document in documents.items():
        for image in document.images:
            path = urlsplit(urljoin(SITE + permalink, image.src)).path
            if image.site_path is not None:
                used.add(path)
    kept = {
        "/" + file.relative_to(GUIDE / "static").as_posix()
        for file in (GUIDE / "static").rglob("*.*")
    }
    assert used == kept
    for path in kept:
        assert (GUIDE / "static" / path[1:]).stat().st_size <= MAX_IMAGE_BYTES


CONSTRUCTS = {
    "heading of each level": r"^# \w[\s\S]*^## \w[\s\S]*^### \w[\s\S]*^#### \w[\s\S]*^##### \w",
    "heading id": r"^##+ .*\{#[\w-]+\}$",
    "setext headings": r"^={3,}$[\s\S]*^-{3,}$",
    "emphasis": r"\s\*\w+\*",
    "strong": r"\s\*\*\w+",
    "both": r"\*\*\*\w+\*\*\*",
    "strike": r"~~\w+",
    "code with a tick": r"``a ` b``",
    "hard break by blanks": r"\S  \n\S",
    "hard break by backslash": r"\\\n",
    "escape": r"\\\*",
    "named entity": r"&copy;",
    "numeric entities": r"&#\d+;[\s\S]*&#x",
    "emoji shortcode": r" :tada: ",
    "no-break space": "\u00a0",
    "raw HTML": r"<div[\s\S]*<b>",
    "line over 500 characters": r"^.{500,}$",
    "titled link": r'\]\(https://\S+ "',
    "absolute link to a post": r"\]\(https://xmpp\.org/20\d\d/",
    "relative link": r"\]\(\.\./",
    "alias": r"\]\(/guide/",
    "link to a translation": r"\]\(/de/20",
    "linked XEP": r"\]\(https://xmpp\.org/extensions/xep-",
    "unlinked XEP": r" XEP-\d{4} ",
    "xmpp link": r"\]\(xmpp:",
    "mailto link": r"\]\(mailto:",
    "autolinks": r"<https://[\s\S]*|<xmpp:",
    "bare links": r"\s(https://\S+), www\.\S+, \w+@\S+, xmpp:",
    "reference links": r"\]\[ref\][\s\S]*\]\[\][\s\S]*^\[ref\]:",
    "empty link": r"\[\]\(",
    "bullets four deep": r"^\* .*\n  \* .*\n    \* .*\n      \* ",
    "ordered in ordered": r"^\d\. .*\n   1\. .*\n[\s\S]*?^      - ",
    "ordered from elsewhere": r"^41\) ",
    "loose item with code": r"^- .*\n\n  .*\n\n  ```",
    "tasks": r"^\+ \[x\].*\n\+ \[ \].*\n  \+ \[ \]",
    "definitions": r"^\w+\n: .*\n\n\w+\n: .*\n: ",
    "aligned table": r"^\|:-+\|:-+:\|-+:\|$",
    "wide table": r"^\|(-+\|){6}$",
    "stanza": r"^```xml\n<message",
    "stanza without a tag": r"^```\n<presence",
    "python and erlang": r"^```python[\s\S]*^```erlang",
    "indented code with a tab": r"\n\n    \$ .*\n    \t",
    "quote in quote": r"^> > ",
    "rule": r"\n\n---\n\n",
    "figure with Markdown in its caption": r'\{\{< figure src="\S+\.png".* caption="[^"]*\*\*',
    "figure of an SVG": r'\{\{< figure src="\S+\.svg"',
    "Markdown image with title": r'!\[.+\]\(/images/\S+ "',
    "image in a link": r"\[!\[",
    "image from elsewhere": r"!\[.*\]\(https://example\.org",
    "newsletter-subscribe": r"^\{\{< newsletter-subscribe >\}\}$",
    "unknown shortcode": r"^\{\{< video ",
    "escaped shortcode": r"\{\{</\* ",
    "CJK": r"[\u4e00-\u9fff][\s\S]*[\u3040-\u30ff][\s\S]*[\uac00-\ud7af]",
    "right to left": r"[\u0600-\u06ff][\s\S]*[\u0590-\u05ff]",
    "combining mark": "c\u0327",
    "joined emoji": "\U0001f469\u200d",
    "footnotes": r"\[\^end\][\s\S]*\[\^end\][\s\S]*^\[\^long\]: .*\n\n    ",
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_one_post_has_every_construct(name: str, everything: FullPost) -> None:
    assert re.search(CONSTRUCTS[name], everything.body, re.M), f"the page shows no {name}"


def test_that_post_has_every_kind_of_block_and_link(
    everything: FullPost, documents: dict[str, Document]
) -> None:
    document = documents[everything.post.permalink]
    of_a_body = set(BlockKind) - {BlockKind.TITLE, BlockKind.META, BlockKind.EMPTY}
    assert {block.kind for block in document.blocks} >= of_a_body
    assert {link.kind for link in document.links} == set(LinkKind)


def test_the_page_of_keys_names_every_key(posts: Posts) -> None:
    body = posts["2025-11-24-keys.md"].body.replace("`1` … `6`", "`1` `2` `3` `4` `5` `6`")
    shown = {code.replace("\\|", "|") for code in re.findall(r"`([^`]+)`", body)}
    missing = [a.id for a in ACTIONS if a.keys and key_shown(a.keys[0]) not in shown]
    assert missing == []


def test_the_page_of_settings_names_every_setting(posts: Posts) -> None:
    body = posts["2020-04-06-settings.md"].body
    settings = set(Config._fields) - {"file", "lines"}
    assert {name for name in settings if not re.search(rf"\b{name}\b", body)} == set()
