"""The query language."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.conftest import EN, TODAY, apply_posts, make
from xsfreader.errors import QueryError
from xsfreader.store import Store
from xsfreader.store.query import Query, parse_query
from xsfreader.text import Term


def terms(text: str) -> list[str]:
    return [" ".join(t.words) + ("*" if t.prefix else "") for t in parse_query(text).terms]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("omemo", ["omemo*"]),
        ("omemo ", ["omemo"]),
        ("Message  Archive", ["message", "archive*"]),
        ('"Message Archive"', ["message archive"]),
        ('"message arch', ["message arch*"]),
        ('one"two three"four', ["one", "two three", "four*"]),
        ("xep-0384", ["xep 0384*"]),
        ("c++", ["c"]),
        ("x", ["x"]),
        ("NOT", ["not*"]),
        ('a"', ["a"]),
        ("(", []),
        ("🎉 —", []),
        ("Tronçon Straße", ["troncon", "strasse*"]),
        ("中文", ["中 文"]),
        ("a:b http://x", ["a b", "http x"]),
        ("category:", []),
        ("omemo lang:de", ["omemo"]),
        ("omemo xep:abc", ["omemo"]),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert terms(text) == found


def test_filters() -> None:
    query = parse_query(
        'author:Nÿco category:"XMPP Summit" xep:XEP-0384 xep:1 lang:DE lang:pt-br '
        "before:2015 after:2010-06 after:2011-02-28 is:unread IS:starred omemo"
    )
    assert query == Query(
        terms=(Term(("omemo",), prefix=True),),
        authors=(Term(("nyco",), prefix=True),),
        categories=(Term(("xmpp", "summit"), prefix=True),),
        xeps=(384, 1),
        languages=("de", "pt-br"),
        after=dt.date(2011, 2, 28),
        before=dt.date(2015, 1, 1),
        unread=True,
        starred=True,
    )


@pytest.mark.parametrize(
    "text",
    ["category:", "author:++", "xep:abc", "xep:", "lang:", "lang:x1", "before:soon",
     "after:2015-13", "before:2015-02-30", "after:0000", "is:new", 'is:""'],
)  # fmt: skip
def test_a_strict_query_raises_for_an_invalid_value(text: str) -> None:
    parse_query(text)
    with pytest.raises(QueryError) as caught:
        parse_query(f"omemo {text}", strict=True)
    assert str(caught.value).startswith(f"{text.rstrip(':')}: ")


def test_an_invalid_filter_is_a_problem_and_an_unknown_one_is_words() -> None:
    query = parse_query("omemo before:20x titel:foo http://x ")
    assert [term.words for term in query.terms] == [("omemo",), ("titel", "foo"), ("http", "x")]
    assert query.problems[0].startswith("before:20x: needs a year")
    assert query.unknown == ("titel:",)
    assert parse_query("category:").problems[0].startswith("category: needs a name")


if TYPE_CHECKING:
    from collections.abc import Iterator

PIECES = st.sampled_from(
    ["omemo", "NOT", "AND", "OR", "NEAR(", '"', "'", "(", ")", "*", "^", "-", "+", ":", "{a b}:",
     "author:", "category:", "xep:", "lang:", "before:", "after:", "is:", "2015", "384", "de",
     "unread", " ", "c++", "xep-0384", "🎉", "ß", "中", "\x00", "\udcff", "\u202e", "title:", "%"]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=8).map("".join))


@given(TEXTS)
def test_any_text_is_a_query(text: str) -> None:
    query = parse_query(text)
    for term in (*query.terms, *query.authors, *query.categories):
        assert term.words
        assert all(word.isalnum() for word in term.words)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("shared")
    with Store.open(folder / "a.db", folder / "s.db", ingest_version=1) as store:
        apply_posts(store, [make("a.md", text="OMEMO in C++, XEP-0384 中文")])
        yield store


@given(text=TEXTS)
def test_no_search_raises(shared: Store, text: str) -> None:
    shared.search(parse_query(text), 5, EN, TODAY)


def test_long_queries_are_cut(shared: Store) -> None:
    for text in ("a " * 10_000, "xep:1 " * 5000, '"' * 9999, "omemo " * 5000, "中" * 9999):
        shared.search(parse_query(text), 5, EN, TODAY)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<presence/> in:xeps", ["< presence"]),
        ("in:xeps <pres", ["< pres*"]),
        ("IN:XEPS </iq> 1<2", ["iq", "1 2"]),
        ('"an <iq type" in:xeps', ["an < iq type"]),
        ("<presence/> in:xep", ["presence"]),
        ("<presence/> begin:xeps", ["presence", "begin xeps*"]),
    ],
)
def test_elements_are_words_in_specifications_alone(text: str, found: list[str]) -> None:
    assert terms(text) == found


def test_filters_of_posts_are_reported_in_specifications() -> None:
    query = parse_query("mam xep:313 in:xeps -old")
    assert query.specifications
    assert query.xeps == (313,)
    assert not query.problems
    assert parse_query("mam in:posts").problems == ("in:posts: use in:xeps",)
    for each in ("author:nyco", "lang:de", "before:2015", "is:unread", "is:draft", "category:x"):
        with pytest.raises(QueryError, match="in:xeps"):
            parse_query(f"mam in:xeps {each}", strict=True)
