"""Files become posts as the site makes pages of them."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpus import CORPUS, corpus_files, needs_corpus
from xsfreader.errors import UnreadablePostError
from xsfreader.ingest import at_path, ingest
from xsfreader.ingest.site import permalink
from xsfreader.ingest.visible import mentioned_xeps, visible_text
from xsfreader.model import DEFAULT_AUTHOR, FullPost
from xsfreader.source.names import is_post

BLOB = "0" * 40


def read(front: str, body: str = "Text", path: str = "content/blog/a.md") -> FullPost:
    return ingest(path, BLOB, f"---\n{front}\n---\n\n{body}\n".encode())


def minimal(front: str = "", body: str = "Text", path: str = "content/blog/a.md") -> FullPost:
    return read(f"title: A Title\ndate: 2025-10-05\n{front}", body, path)


def test_complete_post() -> None:
    full = read(
        'title: "The Newsletter & more"\ndate: 2025-10-05\nauthor: emus\n'
        "categories: [Newsletter, XSF]\naliases:\n  - /old/place\nsummary: >\n  In\n  short",
        "See [XEP-0384](https://xmpp.org/extensions/xep-0384.html).",
        "content/blog/newsletter/2025-10-05.pt-br.md",
    )
    post = full.post
    assert post.permalink == "/pt-br/2025/10/the-newsletter-more/"
    assert (post.language, post.translation_key) == (
        "pt-br",
        "content/blog/newsletter/2025-10-05",
    )
    assert post.title == "The Newsletter & more"
    assert post.date == dt.datetime(2025, 10, 5, tzinfo=dt.UTC)
    assert post.authors == ("emus",)
    assert post.categories == ("Newsletter", "XSF")
    assert post.aliases == ("/pt-br/old/place/", "/old/place/")
    assert post.summary == "In short"
    assert post.xeps == (384,)
    assert full.text == "See XEP-0384."
    assert post.words == 2
    assert full.body.startswith("See [XEP-0384]")


@pytest.mark.parametrize(
    ("front", "authors"),
    [
        ("author: Seve, jcbrand", ("Seve", "jcbrand")),
        ("authors: Tobi; Nyco", ("Tobi", "Nyco")),
        ("authors: [Tobi, Nyco, Tobi]", ("Tobi", "Nyco")),
        ("author:", (DEFAULT_AUTHOR,)),
        ("author: ~", (DEFAULT_AUTHOR,)),
        ("author: ' ; , '", (DEFAULT_AUTHOR,)),
        ("", (DEFAULT_AUTHOR,)),
        ("Author: 007", ("007",)),
    ],
)
def test_authors(front: str, authors: tuple[str, ...]) -> None:
    assert minimal(front).post.authors == authors


@pytest.mark.parametrize(
    ("written", "moment", "permalink"),
    [
        ("2025-10-28", "2025-10-28T00:00:00+00:00", "/2025/10/t/"),
        ("2025-10-28T07:00:00Z", "2025-10-28T07:00:00+00:00", "/2025/10/t/"),
        ("2025-10-28 07:00", "2025-10-28T07:00:00+00:00", "/2025/10/t/"),
        ('"2025-1-2"', "2025-01-02T00:00:00+00:00", "/2025/01/t/"),
        ("2025-01-01T00:30:00+02:00", "2025-01-01T00:30:00+00:00", "/2025/01/t/"),
        ("2025-12-31 23:30:00.5 -0100", "2025-12-31T23:30:00+00:00", "/2025/12/t/"),
        ("05 Jan 2026", "2026-01-05T00:00:00+00:00", "/2026/01/t/"),
        ("Mon, 05 Jan 2026 10:00:00 +0100", "2026-01-05T10:00:00+00:00", "/2026/01/t/"),
        ("Mon, 05 Jan 2026 10:00:00 GMT", "2026-01-05T10:00:00+00:00", "/2026/01/t/"),
        ("Monday, 05-Jan-26 10:00:00 UTC", "2026-01-05T10:00:00+00:00", "/2026/01/t/"),
        ("Mon Jan  5 10:00:00 2026", "2026-01-05T10:00:00+00:00", "/2026/01/t/"),
    ],
)
def test_dates(written: str, moment: str, permalink: str) -> None:
    post = read(f"title: t\ndate: {written}").post
    assert post.date.isoformat() == moment
    assert post.permalink == permalink


@pytest.mark.parametrize(
    ("title", "made"),
    [
        ("XMPP @ FOSDEM", "xmpp-@-fosdem/"),
        ("And our students are...", "and-our-students-are.../"),
        ("Q2/2011  and / more", "q2/2011-and-/-more/"),
        ("Lettre d'information : été", "lettre-dinformation-%C3%A9t%C3%A9/"),
        ("Σίσυφος", "%CF%83%CE%AF%CF%83%CF%85%CF%86%CE%BF%CF%82/"),
        ("!?", ""),
        ("C++ and C#", "c-and-c/"),
        ("../.", "../"),
    ],
)
def test_permalink(title: str, made: str) -> None:
    assert permalink(title, dt.date(2025, 6, 1), "en") == f"/2025/06/{made}"


@given(st.text())
def test_a_permalink_is_a_printable_path_between_slashes(title: str) -> None:
    made = permalink(title, dt.date(2025, 6, 1), "de")
    assert made.startswith("/de/2025/06/")
    assert made.endswith("/")
    assert "//" not in made
    assert made.isascii()
    assert not any(char.isspace() for char in made)


@needs_corpus
def test_odd_titles_have_the_permalinks_that_the_sites_hugo_gives_them() -> None:
    with gzip.open(CORPUS / "slugs.json.gz") as file:
        cases: list[dict[str, str]] = json.load(file)
    day = dt.date(2026, 1, 4)
    made = {case["title"]: permalink(case["title"], day, "en") for case in cases}
    assert made == {case["title"]: case["permalink"] for case in cases}


def test_translated_field_names_are_read_but_ignored_for_the_permalink() -> None:
    post = read(
        "titolo: Notizie\ndata: 2025-08-05\ncategorie: [‘Newsletter’]", path="b/x.it.md"
    ).post
    assert (post.title, post.day, post.categories) == (
        "Notizie",
        dt.date(2025, 8, 5),
        ("Newsletter",),
    )
    assert post.permalink == "/it/1/01/"


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("content/blog/a.de.md", "de"),
        ("content/blog/a.PT-BR.md", "pt-br"),
        ("content/de/blog/a.md", "en"),
        ("de/a.md", "en"),
        ("content/blog/.de.md", "en"),
    ],
)
def test_the_language_is_in_the_name_of_a_file_alone(path: str, language: str) -> None:
    assert minimal(path=path).post.language == language


def test_line_ends_and_byte_order_mark() -> None:
    data = "\ufeff---\r\ntitle: t\r\ndate: 2025-01-01\r\n---\r\n\r\na\r\nb\r".encode()
    full = ingest("a.md", BLOB, data)
    assert (full.post.title, full.body) == ("t", "a\nb")


def test_code_at_the_start_keeps_its_indentation() -> None:
    assert minimal(body="    code\n\ntext").body == "    code\n\ntext"


def test_control_characters_are_removed_from_titles() -> None:
    post = read(
        'title: "a\\e[31m\\n b \\u202e\\0c"\ndate: 2025-01-01\ncategories: ["\\x9b x"]'
    ).post
    assert post.title == "a [31m b c"
    assert post.categories == ("x",)


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("Remko Tron√ßon spoke", "Remko Tronçon spoke"),
        ("l’été d’où", "l’été d’où"),
        ("Ã  la carte, dÃ©jÃ  vu", "à la carte, déjà vu"),
        ("â€œquotedâ€\u009d", "“quoted”"),
        ("Łódź — «naïve»", "Łódź — «naïve»"),
    ],
)
def test_wrongly_decoded_text_is_repaired(broken: str, whole: str) -> None:
    assert minimal(body=f"first\n\n{broken}\n\nlast").body == f"first\n\n{whole}\n\nlast"


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("# Head {#x}\n\n* a\n  1. b\n> c", "Head a b c"),
        ('[a **b**](/x(y)z "t") ![alt](/i.png) [r][1]\n\n[1]: http://x', "a b r alt"),
        ("![XMPP Newsletter Banner](/b.png)\n\nWelcome", "Welcome XMPP Newsletter Banner"),
        ("a <!-- gone\ntoo --> b\n\n<!--more-->\n\nc", "a b c"),
        ("[![alt](/i.png)](/target)", "alt"),
        (
            '{{< figure src="/a.png" caption="A *cap*" alt="B" >}}\n{{< newsletter-subscribe >}}',
            "A cap B",
        ),
        ("`code` and ```\n<message/>", "code and <message/>"),
        ("```xml\n<iq type='get'/>\n```", "<iq type='get'/>"),
        ("| a | b |\n|---|:-:|\n| snake_case | _em_ |", "a b snake_case em"),
        ("5 \\* 3 &amp; <https://x.org/a_b>", "5 * 3 & https://x.org/a_b"),
        ("x\x1b[31m\u202e", "x [31m"),
        ("- > quoted\n> - item\n\n- - -\n\n~~~\na\xa0 b\n~~~\n\t c", "quoted item a b c"),
        ("Head\n====\n\ntext[^1]\n\n[^1]: note", "Head text note"),
    ],
)
def test_visible_text(body: str, seen: str) -> None:
    assert visible_text(body) == seen


def test_xeps_in_order_of_first_mention() -> None:
    text = "XEP-0313, xep-0001 [x](/extensions/xep-0384.html) XEP-313 XEP 0198 XEP‑0030 myxep-0999"
    assert mentioned_xeps(text) == (313, 1, 384, 198, 30)
    assert mentioned_xeps(
        "Xep\xa00045", "xep–7 XEP–0007 axep-0009 XEP-00451 XEP\xa088 xep-٠٣٨٤"
    ) == (45, 7)


@given(st.text(max_size=300))
def test_any_body_has_visible_text(body: str) -> None:
    assert "\n" not in visible_text(body)
    mentioned_xeps(body)


def test_moving_a_post_equals_reading_it_there() -> None:
    front = "title: t\ndate: 2025-01-01\naliases: [/old, x]"
    for before in ("b/a.md", "b/a.de.md"):
        for after in ("c/a.md", "c/x.de.md", "c/x.pt-br.md"):
            assert at_path(read(front, path=before), after) == read(front, path=after)


@needs_corpus
def test_every_post_of_the_site_has_its_permalink() -> None:
    with gzip.open(CORPUS / "hugo.json.gz") as file:
        pages: list[dict[str, Any]] = json.load(file)
    files = corpus_files()
    assert {path for path in files if is_post(path)} == {page["path"] for page in pages}
    for page in pages:
        data = files[page["path"]]
        full = ingest(page["path"], BLOB, data)
        assert full.post.permalink == page["permalink"]
        assert full.post.language == page["language"]
        if page["title"]:
            assert full.post.title == page["title"]
        if not page["date"].startswith("0001"):
            assert full.post.date == dt.datetime.fromisoformat(page["date"])
        assert full.body in data.decode("utf-8-sig").replace("\r\n", "\n"), "mended what is whole"


@needs_corpus
def test_seed_copy_of_the_trip_report_is_repaired() -> None:
    data = (CORPUS / "brussels-trip-report.seed.md").read_bytes()
    full = ingest("content/blog/brussels-trip-report.md", BLOB, data)
    assert "Remko Tronçon" in full.body
    assert "√" not in full.body
    assert full.post.permalink == "/2011/02/brussels-trip-report/"


HOSTILE = {
    "empty": b"",
    "blank": b" \n\n",
    "binary": b"---\ntitle: a\n---\n\0\1\2",
    "png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "not UTF-8": b"---\ntitle: a\ndate: 2025-01-01\n---\ncaf\xe9\n",
    "no front matter": b"# A head\n\ntext",
    "not closed": b"---\ntitle: a\ndate: 2025-01-01\n\ntext",
    "no YAML": b"---\ntitle: [a\n---\ntext",
    "a list for a name": b"---\ntitle: a\ndate: 2025-01-01\n? [k]\n: v\n---\n",
    "no TOML": b"+++\ntitle = \n+++\ntext",
    "TOML not closed": b'+++\ntitle = "a"\n',
    "nested TOML": b"+++\ntitle = " + b"[" * 5000 + b"]" * 5000 + b"\n+++\n",
    "no JSON": b'{\n"title": \n}\ntext',
    "nested JSON": b'{\n"title": ' + b"[" * 50000 + b"]" * 50000 + b"\n}\n",
    "a long number": b'{\n"title": ' + b"1" * 50000 + b"\n}\n",
    "tab": b"---\n\ttitle: a\n---\n",
    "a list": b"---\n- a\n- b\n---\n",
    "a word": b"---\nword\n---\n",
    "nothing": b"---\n\n---\n",
    "no title": b"---\ndate: 2025-01-01\n---\n",
    "empty title": b"---\ntitle: ''\ndate: 2025-01-01\n---\n",
    "title of control characters": b'---\ntitle: "\\e\\n"\ndate: 2025-01-01\n---\n',
    "title a mapping": b"---\ntitle: {a: b}\ndate: 2025-01-01\n---\n",
    "no date": b"---\ntitle: a\n---\n",
    "no such day": b"---\ntitle: a\ndate: 2025-02-30\n---\n",
    "date in words": b"---\ntitle: a\ndate: Jan 5, 2026\n---\n",
    "date a word": b"---\ntitle: a\ndate: soon\n---\n",
    "date a list": b"---\ntitle: a\ndate: [[2025-01-01]]\n---\n",
    "date before time": b"---\ntitle: a\ndate: 0001-01-01T00:00:00+10:00\n---\n",
    "date of year 0": b"---\ntitle: a\ndate: 0000-01-01\n---\n",
    "date zone": b"---\ntitle: a\ndate: 2025-01-01T00:00:00+99:00\n---\n",
    "alias for a title": b"---\ntitle: *x\ndate: 2025-01-01\n---\n",
    "nested": b"---\ntitle: " + b"[" * 5000 + b"]" * 5000 + b"\n---\n",
    "nested mappings": b"---\n" + b"a: {" * 2000 + b"}" * 2000 + b"\n---\n",
    "a long line": b"---\ntitle: a\ndate: 2025-01-01\n---\n" + b"x" * 10_000_000,
    "long front matter": b"---\ntitle: a\ndate: 2025-01-01\nx: " + b"y" * 100_000 + b"\n---\n",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_invalid_files_are_rejected_with_a_reason(data: bytes) -> None:
    with pytest.raises(UnreadablePostError) as caught:
        ingest("content/blog/a.md", BLOB, data)
    reason = str(caught.value)
    assert reason
    assert reason.isprintable()
    assert len(reason) < 200


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"---\ntitle: a\ndate: [\n---\ntext", "Invalid YAML in front matter, line 4"),
        (b"---\ntitle: a\n\nauthor: b: c\n---\n", "Invalid YAML in front matter, line 4"),
        (b"---\ntitle: *x\n---\n", "Invalid YAML in front matter, line 2"),
        (b"---\ntitle: '\x01'\n---\n", "Invalid YAML in front matter"),
        (b'+++\ntitle = "a"\ndate = 2025-13-01\n+++\n', "Invalid TOML in front matter, line 3"),
        (b'{\n"title": "a",\n"date" 1\n}\n', "Invalid JSON in front matter, line 3"),
        (b"+++\ntitle = 1\n", "front matter is not closed"),
        (b"title: a", "no front matter"),
        (b"---\n- a\n---\n", "front matter has no fields"),
    ],
)
def test_reason_names_the_line(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadablePostError) as caught:
        ingest("content/blog/a.md", BLOB, data)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    "data",
    [
        (
            b"---\ntitle: A & B\ndate: 2025-10-05T07:00:00+02:00\nauthor: [emus, ~]\n"
            b"categories: [XSF]\nsummary: 7\n---\n\nText\n"
        ),
        (
            b'+++\ntitle = "A & B"\ndate = 2025-10-05T07:00:00+02:00\nauthor = ["emus"]\n'
            b'categories = ["XSF"]\nsummary = 7\n[extra]\nx = 1\n+++\n\nText\n'
        ),
        (
            b'{\n"title": "A & B",\n"date": "2025-10-05T07:00:00+02:00",\n'
            b'"author": ["emus", null],\n"categories": ["XSF"],\n"summary": 7\n}\n\nText\n'
        ),
    ],
    ids=["YAML", "TOML", "JSON"],
)
def test_yaml_toml_and_json_give_the_same_post(data: bytes) -> None:
    full = ingest("content/blog/a.md", BLOB, data)
    post = full.post
    assert (post.title, post.permalink) == ("A & B", "/2025/10/a-b/")
    assert post.date == dt.datetime(2025, 10, 5, 7, tzinfo=dt.UTC)
    assert (post.authors, post.categories, post.summary) == (("emus",), ("XSF",), "7")
    assert full.body == "Text"


def test_yaml_scalars_stay_text() -> None:
    post = read("title: 2024\ndate: '2025-01-02'\nauthor: Null\nauthors: 'Null'\nsummary: Yes").post
    assert (post.title, post.summary, post.authors) == ("2024", "Yes", ("Null",))


def test_hostile_but_valid_yaml_is_only_text() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    full = read(
        f"{bomb}title: t\ndate: 2025-01-01\nauthor: !!python/object/apply:os.system [x]\n"
        "categories: {a: b}\nsummary: !!binary aGk="
    )
    assert full.post.title == "t"
    assert full.post.authors == ("x",)


YAML = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["title", "date", "author", "authors", "categories", "aliases", "summary"]),
        YAML,
    )
)
def test_any_values_give_a_post_or_a_reason(front: dict[str, object]) -> None:
    import yaml

    data = f"---\n{yaml.safe_dump(front, allow_unicode=True)}---\ntext".encode("utf-8", "replace")
    try:
        post = ingest("content/blog/a.md", BLOB, data).post
    except UnreadablePostError:
        return
    for line in (post.title, post.summary, *post.authors, *post.categories, *post.aliases):
        assert "\n" not in line
        line.encode()
    assert post.title
    assert post.authors


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"---\n", b"---\ntitle: a\ndate: 2025-01-01\n---\n"]),
)
def test_any_bytes_give_a_post_or_a_reason(data: bytes, start: bytes) -> None:
    try:
        full = ingest("content/blog/a.md", BLOB, start + data)
    except UnreadablePostError:
        return
    assert full.text == "" or full.text.strip()


def test_hostile_bodies_are_read_quickly() -> None:
    for piece in ("[", "![", "[a](", "{{<", "[[", "*_", "`", "&", "\\", "{#", "<http:", "|-"):
        visible_text(piece * (200_000 // len(piece)))


def test_the_corpus_is_found_from_here() -> None:
    assert CORPUS.name == "corpus"
    assert CORPUS.parent.parent == Path(__file__).resolve().parents[2]
