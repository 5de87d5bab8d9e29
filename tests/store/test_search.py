"""Searches find what a scan over folded words finds, best matches first."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpus import corpus_files, needs_corpus
from tests.store.conftest import EN, TODAY, apply_posts, make
from xsfreader.errors import QueryError
from xsfreader.ingest import ingest
from xsfreader.model import Filter
from xsfreader.source.names import is_post
from xsfreader.store import Store
from xsfreader.store.query import Query, parse_query
from xsfreader.store.snippet import snippet
from xsfreader.text import Term, fold, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xsfreader.model import FullPost


def found(store: Store, text: str, languages: tuple[str, ...] = EN) -> list[str]:
    return [hit.post.title for hit in store.search(text, -1, languages, TODAY)]


def test_titles_come_before_bodies_and_newer_before_older(store: Store) -> None:
    apply_posts(
        store,
        [
            make("a.md", title="old body", day="2020-01-01", text="omemo here"),
            make("b.md", title="new body", day="2024-01-01", text="omemo here"),
            make("c.md", title="OMEMO old", day="2010-01-01", text="other words"),
            make("d.md", title="OMEMO new", day="2012-01-01", text="other words"),
        ],
    )
    assert found(store, "omemo") == ["OMEMO new", "OMEMO old", "new body", "old body"]
    assert [hit.post.title for hit in store.search("omemo", 1, EN, TODAY)] == ["OMEMO new"]
    assert store.search("omemo", 0, EN, TODAY) == []
    assert store.search("", 9, EN, TODAY) == []


def test_a_translation_comes_last(store: Store) -> None:
    apply_posts(
        store,
        [
            make("a.md", title="omemo a", day="2020-01-01"),
            make("a.de.md", title="omemo a de", day="2020-01-01"),
            make("b.md", title="b", text="omemo", day="2010-01-01"),
            make("c.de.md", title="c de", text="omemo", day="2009-01-01"),
        ],
    )
    assert found(store, "omemo") == ["omemo a", "b", "c de", "omemo a de"]
    assert found(store, "omemo", ("de",)) == ["omemo a de", "b", "c de", "omemo a"]
    assert found(store, "omemo lang:de") == ["omemo a de", "c de"]


def test_a_minus_excludes_posts(store: Store) -> None:
    apply_posts(
        store,
        [
            make("a.md", title="a", text="omemo with an audit"),
            make("b.md", title="b", text="omemo end-to-end"),
            make("c.md", title="c", text="other words"),
        ],
    )
    assert found(store, "omemo -audit") == ["b"]
    assert found(store, 'omemo -"end to end"') == ["a"]
    assert found(store, "-omemo") == ["c"]
    assert found(store, "end-to-end") == ["b"]
    assert found(store, "omemo - -- -!") == found(store, "omemo")


def test_filters_narrow_the_results(store: Store) -> None:
    apply_posts(
        store,
        [
            make("a.md", day="2014-12-31", authors=("Nÿco", "Kev"), xeps=(384,), text="alpha"),
            make("b.md", day="2015-01-01", categories=("XMPP Summit",), text="alpha"),
            make("c.md", day="2020-06-01", text="beta"),
        ],
    )
    store.set_read(["/2014/12/a/"], True)
    store.set_starred("/2015/01/b/", True)
    assert found(store, "author:nyco") == ["a"]
    assert found(store, "author:ny alpha") == ["a"]
    assert found(store, "author:kevin") == []
    assert found(store, "category:summit") == ["b"]
    assert found(store, "xep:384") == ["a"]
    assert found(store, "xep:384 beta") == []
    assert found(store, "before:2015") == ["a"]
    assert found(store, "after:2015") == ["c", "b"]
    assert found(store, "after:2020-06") == ["c"]
    assert found(store, "before:2020-06-01 after:2015") == ["b"]
    assert found(store, "is:unread") == ["c", "b"]
    assert found(store, "alpha is:unread") == ["b"]
    assert found(store, "is:starred alpha") == ["b"]
    assert found(store, "lang:de") == []
    assert found(store, "nyco") == ["a"]
    with pytest.raises(QueryError):
        store.search("before:soon", 9, EN, TODAY)


def test_a_snippet_shows_the_words(store: Store) -> None:
    text = "Padding of words. " * 60 + "Here Remko Tronçon speaks of STRAẞE. " + "And more. " * 60
    apply_posts(store, [make("a.md", text=" ".join(text.split()))])
    (hit,) = store.search("troncon strasse", 9, EN, TODAY)
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["Tronçon", "STRAẞE"]
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")
    assert len(hit.snippet) < 200


def test_a_snippet_is_the_first_part_with_most_of_the_words(store: Store) -> None:
    apart = " between" * 40
    text = f"alpha alpha alpha{apart} beta{apart} one alpha with beta{apart} two alpha beta beta"
    apply_posts(store, [make("a.md", text=text)])
    (hit,) = store.search("beta alpha", 9, EN, TODAY)
    assert "one alpha with beta" in hit.snippet
    assert len(hit.marks) == 2


def test_a_post_removed_since_the_search_is_skipped(store: Store) -> None:
    apply_posts(store, [make("a.md", text="alpha"), make("b.md", text="alpha")])
    query = parse_query("alpha")
    ids = store.search_ids(query, 9, EN, TODAY)
    apply_posts(store, [make("b.md", text="alpha")])
    assert [hit.post.path for hit in store.read_hits(ids, query)] == ["b.md"]


def test_a_post_found_by_its_title_shows_its_beginning(store: Store) -> None:
    apply_posts(store, [make("a.md", title="Omemo", text="The beginning. " * 50)])
    (hit,) = store.search("omemo", 9, EN, TODAY)
    assert hit.snippet.startswith("The beginning.")
    assert hit.marks == ()


WORDS = st.sampled_from(["Straße", "naïve", "c++", "XEP-0384", "中文", "a", "ﬁne", "x\u0301y", "…"])


@given(
    st.lists(WORDS, max_size=80).map(" ".join),
    st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=3),
)
def test_a_snippet_marks_the_words_searched(text: str, wanted: list[tuple[str, bool]]) -> None:
    terms = [Term(tuple(words(word)), prefix) for word, prefix in wanted if words(word)]
    shown, marks = snippet(text, terms)
    assert "\n" not in shown
    wholes = [" ".join(term.words) for term in terms]
    end = 0
    for start, stop in marks:
        assert end <= start < stop <= len(shown)
        end = stop
        seen = " ".join(words(shown[start:stop]))
        assert any(seen.startswith(whole) or whole.startswith(seen) for whole in wholes)
    if terms and all(holds(words(text), term) for term in terms):
        assert marks


def holds(text: list[str], term: Term) -> bool:
    """Whether a text contains the words of a term in sequence."""
    return spelled(term) in f" {' '.join(text)} "


def spelled(term: Term) -> str:
    return f" {' '.join(term.words)}" + ("" if term.prefix else " ")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[FullPost]]]:
    posts = [ingest(path, path, data) for path, data in corpus_files().items() if is_post(path)]
    folder = tmp_path_factory.mktemp("corpus")
    with Store.open(folder / "a.db", folder / "s.db", ingest_version=1) as store:
        apply_posts(store, posts)
        yield store, posts


def scan(columns: dict[str, list[str]], query: Query) -> set[str]:
    """Find the posts that contain each term in a column, by scanning all texts."""
    terms = [spelled(term) for term in query.terms]
    return {
        path
        for path, texts in columns.items()
        if all(any(term in text for text in texts) for term in terms)
    }


@needs_corpus
def test_a_search_finds_what_a_scan_finds(corpus: tuple[Store, list[FullPost]]) -> None:
    store, posts = corpus
    columns = {
        full.post.path: [
            f" {' '.join(words(column))} "
            for column in (
                full.post.title,
                full.text,
                "; ".join(full.post.authors),
                "; ".join(full.post.categories),
            )
        ]
        for full in posts
    }
    chosen = random.Random(2007)
    queries = []
    for _ in range(20):
        text = columns[chosen.choice(posts).post.path][1].split()
        start = chosen.randrange(max(1, len(text) - 4))
        queries += [
            text[start] + " ",
            text[start][: chosen.randint(2, 6)],
            '"' + " ".join(text[start : start + chosen.randint(2, 4)]) + '"',
            " ".join(chosen.sample(text, min(3, len(text)))),
        ]
    queries += ["Tronçon", "troncon", "xep-0384", "c++", "NOT", "(", "Nÿco", "chrząszcz", "février"]
    paths = dict(store._archive.rows("SELECT id, path FROM post"))
    for written in queries:
        query = parse_query(written, strict=True)
        ids = store.search_ids(query, -1, EN, dt.date(2100, 1, 1))
        expected = scan(columns, query) if query.terms else set()
        assert {paths[id_] for id_ in ids} == expected, written
        assert len(ids) == len(expected)
        # Snippets take most of the time, and each is computed by itself.
        for hit in store.read_hits(ids[:5], query):
            assert hit.snippet.isprintable() or "\u200d" in hit.snippet
            for start, end in hit.marks:
                assert fold(hit.snippet[start:end]).strip()


@needs_corpus
def test_the_archive_of_the_corpus_is_small_enough(
    corpus: tuple[Store, list[FullPost]],
) -> None:
    store, _ = corpus
    store._archive.checkpoint()
    markdown = sum(len(data) for path, data in corpus_files().items() if is_post(path))
    file = sqlite3.connect(store._archive.path)
    pages, size = (file.execute(f"PRAGMA {x}").fetchone()[0] for x in ("page_count", "page_size"))
    file.close()
    assert pages * size <= 3 * markdown
    assert store._archive.path.stat().st_size == pages * size


@needs_corpus
def test_the_trip_report_is_found(corpus: tuple[Store, list[FullPost]]) -> None:
    store, _ = corpus
    for query in ("brussels trip report", "author:stpeter Troncon hackfest", '"trip report" XMPP'):
        links = [hit.post.permalink for hit in store.search(query, 5, EN, TODAY)]
        assert "/2011/02/brussels-trip-report/" in links, query


def test_marks_count_for_all_translations_and_a_language_includes_its_variants(
    store: Store,
) -> None:
    apply_posts(
        store,
        [
            make("a.md", title="a"),
            make("a.pt-br.md", title="a pt"),
            make("b.md", title="b"),
            make("c.ptx.md", title="c"),
        ],
    )
    assert found(store, "lang:pt") == ["a pt"]
    assert found(store, "lang:pt-br") == ["a pt"]
    assert found(store, "lang:p") == []
    store.set_read(["/pt-br/2025/06/a-pt/"], True)
    store.set_starred("/2025/06/b/", True)
    assert set(found(store, "is:unread")) == {"b", "c"}
    assert found(store, "is:starred") == ["b"]
    listed = store.posts(Filter(language="pt"), TODAY)
    assert [post.title for post, _ in listed] == ["a pt"]
