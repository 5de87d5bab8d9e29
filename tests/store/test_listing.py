"""The list: entries, groups and counts, compared with a simple computation."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.budget import examples
from tests.store.conftest import EN, TODAY, Opener, apply_posts, make
from xsfreader.model import Entry, Filter, FullPost, Group, Post, View
from xsfreader.store import Store
from xsfreader.text import fold


def names(entries: list[Entry]) -> list[str]:
    return [entry.title for entry in entries]


def every(store: Store, view: View, languages: tuple[str, ...] = EN) -> dict[str, list[str]]:
    return {
        group.key: names(store.entries(view, group.key, languages, TODAY))
        for group in store.groups(view, None, languages, TODAY)
    }


def test_translations_are_one_entry_in_the_best_language(store: Store) -> None:
    apply_posts(
        store,
        [
            make("a.md", title="English"),
            make("a.de.md", title="Deutsch", day="2025-07-02"),
            make("a.it.md", title="Italiano"),
            make("b.it.md", title="Solo"),
        ],
    )
    (first, second) = store.entries(View.DATE, None, EN, TODAY)
    assert (first.title, first.languages) == ("English", ("en", "de", "it"))
    assert (second.title, second.language, second.languages) == ("Solo", "it", ("it",))
    (first, second) = store.entries(View.DATE, None, ("de", "it"), TODAY)
    assert (first.title, first.languages) == ("Deutsch", ("de", "it", "en"))
    assert [f.key for f in store.groups(View.DATE, "2025", ("de", "it"), TODAY)] == [
        "2025-07",
        "2025-06",
    ]
    assert [f.key for f in store.groups(View.DATE, "2025", EN, TODAY)] == ["2025-06"]
    assert store.translations("/de/2025/07/deutsch/") == {
        "de": "/de/2025/07/deutsch/",
        "en": "/2025/06/english/",
        "it": "/it/2025/06/italiano/",
    }


def test_a_translation_with_another_file_name_is_known_by_its_permalink(store: Store) -> None:
    apply_posts(store, [make("a.md", title="News"), make("b.de.md", title="News")])
    assert store.translations("/2025/06/news/") == {
        "en": "/2025/06/news/",
        "de": "/de/2025/06/news/",
    }
    assert store.count(EN, TODAY) == 1


def test_an_entry_is_read_when_a_translation_is(store: Store) -> None:
    apply_posts(store, [make("a.md"), make("a.de.md", title="x"), make("b.md")])
    assert store.unread_count(EN, TODAY) == 2
    store.set_read(["/de/2025/06/x/"], True)
    assert store.unread_count(EN, TODAY) == 1
    store.set_read(["/2025/06/a/"], True)
    store.set_starred("/de/2025/06/x/", True)
    assert store.unread_count(EN, TODAY) == 1
    (entry,) = store.entries(View.STARRED, None, EN, TODAY)
    assert (entry.permalink, entry.read, entry.starred) == ("/2025/06/a/", True, True)
    assert names(store.entries(View.UNREAD, None, EN, TODAY)) == ["b"]
    assert store.groups(View.DATE, None, EN, TODAY) == [
        Group("2025", "2025", 0, 2, 1, has_groups=True)
    ]
    assert store.groups(View.DATE, "2025", EN, TODAY) == [Group("2025-06", "June", 1, 2, 1)]


def test_a_post_is_hidden_until_its_date(store: Store) -> None:
    apply_posts(
        store, [make("a.md", day="2026-01-05T10:00:00"), make("a.de.md", title="x"), make("b.md")]
    )
    before, on = dt.date(2026, 1, 4), dt.date(2026, 1, 5)
    assert store.count(EN, before) == 2
    assert names(store.entries(View.DATE, None, EN, before)) == ["b", "x"]
    assert store.newest(EN, before) == store.entry("/2025/06/b/", EN, before)
    assert names(store.entries(View.DATE, None, EN, on)) == ["a", "b"]
    assert store.count(EN, on) == 2
    assert names(store.entries(View.DATE, None, EN, before)) == ["b", "x"]
    assert len(store.search("words", -1, EN, before)) == 2
    assert len(store.posts(Filter(), before)) == 2


def test_spellings_of_one_name_are_one_group(store: Store) -> None:
    apply_posts(
        store,
        [
            make("a.md", authors=("Nÿco",)),
            make("b.md", authors=("nyco", "Zoë")),
            make("c.md", authors=("Nyco",)),
            make("d.md", authors=("Nyco",)),
        ],
    )
    groups = store.groups(View.AUTHOR, None, EN, TODAY)
    assert [(f.key, f.label, f.total, f.unread) for f in groups] == [
        ("nyco", "Nyco", 4, 4),
        ("zoe", "Zoë", 1, 1),
    ]
    assert every(store, View.AUTHOR) == {"nyco": ["a", "b", "c", "d"], "zoe": ["b"]}
    listed = store.posts(Filter(author="NYCO"), TODAY)
    assert len(listed) == 4
    store.set_read(["/2025/06/a/", "/2025/06/b/"], True)
    assert [f.unread for f in store.groups(View.AUTHOR, None, EN, TODAY)] == [2, 0]


def test_categories_and_xeps(store: Store) -> None:
    apply_posts(
        store,
        [
            make("a.md", categories=("Newsletter", "XSF"), xeps=(384, 1)),
            make("b.md", categories=("Newsletter",), xeps=(45,)),
            make("c.md"),
        ],
    )
    assert every(store, View.CATEGORY) == {"newsletter": ["a", "b"], "xsf": ["a"]}
    assert every(store, View.XEP) == {"1": ["a"], "45": ["b"], "384": ["a"]}
    assert [f.label for f in store.groups(View.XEP, None, EN, TODAY)] == ["1", "45", "384"]
    assert store.groups(View.XEP, "1", EN, TODAY) == []
    assert store.groups(View.STARRED, None, EN, TODAY) == []
    assert store.group_keys(View.DATE, "/2025/06/a/", EN, TODAY) == ("2025", "2025-06")
    assert store.group_keys(View.CATEGORY, "/2025/06/a/", EN, TODAY) == ("newsletter",)
    assert store.group_keys(View.XEP, "/2025/06/c/", EN, TODAY) == ()
    assert store.group_keys(View.UNREAD, "/2025/06/c/", EN, TODAY) == ()
    assert store.group_keys(View.DATE, "/nowhere/", EN, TODAY) == ()


@pytest.mark.parametrize(
    "key", ["", "x", "2025-13", "9999", "9999-12", "0", "2025-06-01", "\udcff"]
)
def test_unknown_keys_have_no_entries(store: Store, key: str) -> None:
    apply_posts(store, [make("a.md")])
    assert store.entries(View.DATE, key, EN, TODAY) == []
    assert store.entries(View.XEP, key, EN, TODAY) == []
    assert store.groups(View.DATE, key, EN, TODAY) == []


def test_neighbours_are_adjacent_in_the_list(store: Store) -> None:
    apply_posts(
        store,
        [make(f"{name}.md", day="2025-06-01") for name in "cab"]
        + [make("d.md", day="2024-01-01"), make("e.md", day="2025-06-01T12:00:00")]
        + [make("b.de.md", title="x")],
    )
    listed = store.entries(View.DATE, None, EN, TODAY)
    assert names(listed) == ["e", "a", "b", "c", "d"]
    for place, entry in enumerate(listed):
        newer, older = store.neighbours(entry.permalink, EN, TODAY)
        assert newer == (listed[place - 1] if place else None)
        assert older == (listed[place + 1] if place + 1 < len(listed) else None)
    assert store.neighbours("/de/2025/06/x/", EN, TODAY) == (listed[1], listed[3])
    assert store.neighbours("/nowhere/", EN, TODAY) == (None, None)
    assert store.newest(EN, TODAY, unread=True) == listed[0]
    store.set_read([listed[0].permalink, listed[1].permalink], True)
    assert names([store.newest(EN, TODAY, unread=True) or listed[0]]) == ["b"]


def test_two_readers_of_different_languages_share_an_archive(store: Store, opened: Opener) -> None:
    apply_posts(store, [make("a.md", title="English"), make("a.de.md", title="Deutsch")])
    other = opened()
    for _ in range(3):
        assert names(store.entries(View.DATE, None, EN, TODAY)) == ["English"]
        assert names(other.entries(View.DATE, None, ("de",), TODAY)) == ["Deutsch"]


def test_the_list_is_read_while_another_connection_writes(store: Store, opened: Opener) -> None:
    apply_posts(store, [make("a.md", title="English"), make("a.de.md", title="Deutsch")])
    other = opened()
    holder = sqlite3.connect(store._archive.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert names(other.entries(View.DATE, None, ("de",), TODAY)) == ["Deutsch"]
    assert names(other.entries(View.DATE, None, EN, TODAY)) == ["English"]
    assert names(other.entries(View.DATE, None, ("de",), TODAY)) == ["Deutsch"]
    assert [f.total for f in other.groups(View.DATE, None, ("de",), TODAY)] == [1]
    other.set_read(["/2025/06/english/"], True)
    assert other.unread_count(("de",), TODAY) == 0
    holder.execute("ROLLBACK")
    holder.close()
    apply_posts(store, [make("b.md", title="Later", day="2025-07-01")], "2", kept=[make("a.de.md")])
    assert names(other.entries(View.DATE, None, ("de",), TODAY)) == ["Later", "Deutsch"]


def test_filters_of_the_command_line(store: Store) -> None:
    apply_posts(
        store,
        [
            make("a.md", day="2024-01-01", categories=("News",), xeps=(1,)),
            make("a.de.md", title="x", day="2024-01-01"),
            make("b.md", day="2024-01-31T23:59:59", authors=("Zoë",)),
        ],
    )
    store.set_starred("/2024/01/b/", True)
    store.set_read(["/2024/01/b/"], True)

    def found(**wanted: object) -> list[str]:
        return [p.title for p, _ in store.posts(Filter(**wanted), TODAY)]  # type: ignore[arg-type]

    assert found() == ["b", "a", "x"]
    assert found(language="DE") == ["x"]
    assert found(category="news") == ["a"]
    assert found(author="zoe") == ["b"]
    assert found(xep=1) == ["a"]
    assert found(since=dt.date(2024, 1, 2)) == ["b"]
    assert found(until=dt.date(2024, 1, 31)) == ["b", "a", "x"]
    assert found(until=dt.date(2024, 1, 30), unread=True) == ["a", "x"]
    assert found(starred=True) == ["b"]
    assert found(category="\udcff") == []
    marks = {post.title: marks for post, marks in store.posts(Filter(), TODAY)}
    assert (marks["b"].starred, marks["b"].read, marks["a"].read) == (True, True, False)


@pytest.mark.parametrize(
    "name",
    [
        "/2025/06/ol%C3%A9/", "/2025/06/olé/", "2025/06/OLÉ", "https://xmpp.org/2025/06/ol%C3%A9/",
        "http://www.xmpp.org/2025/06/olé#x", "xmpp.org/2025/06/olé/?a=b", "olé", "ole",
        "/old/place/", "old/place", "https://xmpp.org/old/place", " /2025/06/olé ",
        "//xmpp.org/old/place/",
    ],
)  # fmt: skip
def test_a_post_is_found_by_many_names(store: Store, name: str) -> None:
    apply_posts(
        store,
        [
            make("a.md", permalink="/2025/06/ol%C3%A9/", aliases=("/old/place/",)),
            make("b.md", title="Other"),
        ],
    )
    assert store.resolve(name) == ("/2025/06/ol%C3%A9/",)


@pytest.mark.parametrize(
    "name",
    ["", "/", "x", "https://example.org/2025/06/a/", "http://[", "\udcff", "mailto:a@b", "%"],
)
def test_other_names_match_nothing(store: Store, name: str) -> None:
    apply_posts(store, [make("a.md")])
    assert store.resolve(name) == ()
    store.suggest(name)


def test_a_name_may_match_several_posts_and_a_wrong_one_gets_suggestions(store: Store) -> None:
    apply_posts(
        store,
        [
            make("a.md", title="Same Name"),
            make("b.md", title="Same name", day="2024-06-01"),
            make("c.md", title="Brussels Trip Report", day="2011-02-18"),
        ],
    )
    assert store.resolve("same-name") == ("/2025/06/same-name/", "/2024/06/same-name/")
    assert store.suggest("trip") == ("/2011/02/brussels-trip-report/",)
    assert store.suggest("/2012/01/brussel-tripp-report/") == ("/2011/02/brussels-trip-report/",)
    assert len(store.suggest("name same")) == 2
    assert store.suggest("🎉") == ()


POSTS = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.sampled_from(["en", "de", "pt-br"]),
        st.dates(dt.date(2024, 11, 1), dt.date(2026, 2, 1)),
        st.lists(st.sampled_from(["Nyco", "nÿco", "Zoë"]), min_size=1, max_size=2, unique=True),
        st.booleans(),
    ),
    max_size=12,
    unique_by=lambda post: post[:2],
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(30))
@given(POSTS, st.sampled_from([("en",), ("de", "pt-br"), ("it",)]))
def test_the_list_equals_a_simple_computation(
    tmp_path_factory: pytest.TempPathFactory,
    posts: list[tuple[str, str, dt.date, list[str], bool]],
    languages: tuple[str, ...],
) -> None:
    made = [
        make(f"{stem}.{language}.md", day=str(day), authors=tuple(authors))
        for stem, language, day, authors, _ in posts
    ]
    read = {f.post.permalink for f, given_ in zip(made, posts, strict=True) if given_[4]}
    folder = tmp_path_factory.mktemp("s")
    with Store.open(folder / "a.db", folder / "s.db", ingest_version=1) as store:
        apply_posts(store, made)
        store.set_read(read, True)
        expected = slow(made, languages)
        entries = store.entries(View.DATE, None, languages, TODAY)
        assert [entry.permalink for entry in entries] == [post.permalink for post, _ in expected]
        unread = [
            post.permalink
            for post, group in expected
            if not read & {other.permalink for other in group}
        ]
        assert [e.permalink for e in entries if not e.read] == unread
        assert [e.permalink for e in store.entries(View.UNREAD, None, languages, TODAY)] == unread
        assert store.unread_count(languages, TODAY) == len(unread)
        check_groups(store, expected, set(unread), languages)


def slow(made: list[FullPost], languages: tuple[str, ...]) -> list[tuple[Post, list[Post]]]:
    groups: dict[str, list[Post]] = defaultdict(list)
    for full in made:
        groups[full.post.translation_key].append(full.post)

    def place(post: Post) -> tuple[bool, int, str]:
        preferred = post.language in languages
        order = languages.index(post.language) if preferred else 0
        return not preferred, order, post.language

    shown = {key: [p for p in group if p.day <= TODAY] for key, group in groups.items()}
    best = [(min(shown[key], key=place), group) for key, group in groups.items() if shown[key]]
    return sorted(best, key=lambda one: (-one[0].date.timestamp(), one[0].permalink))


def check_groups(
    store: Store,
    expected: list[tuple[Post, list[Post]]],
    unread: set[str],
    languages: tuple[str, ...],
) -> None:
    months = [
        month
        for year in store.groups(View.DATE, None, languages, TODAY)
        for month in store.groups(View.DATE, year.key, languages, TODAY)
    ]
    authors = store.groups(View.AUTHOR, None, languages, TODAY)
    for view, groups in ((View.DATE, months), (View.AUTHOR, authors)):
        for one in groups:
            below = [
                post.permalink
                for post, _ in expected
                if one.key
                in ([fold(a) for a in post.authors] if view is View.AUTHOR else [str(post.day)[:7]])
            ]
            listed = store.entries(view, one.key, languages, TODAY)
            assert [entry.permalink for entry in listed] == below
            assert (one.total, one.unread) == (len(below), len(unread & set(below)))
    assert sum(month.total for month in months) == len(expected)


def test_the_filter_folds_title_authors_and_categories(store: Store) -> None:
    apply_posts(
        store,
        [
            make("a.md", title="Émigré"),
            make("b.md", authors=("Zoë",), categories=("Trip Reports",)),
        ],
    )
    for words, found in (("emigre", ["Émigré"]), ("trip ZOE", ["b"]), ("zoe emigre", [])):
        assert names(store.entries(View.DATE, None, EN, TODAY, words=words)) == found


def test_a_list_is_valid_until_the_next_snapshot(store: Store, opened: Opener) -> None:
    apply_posts(store, [make("a.md")])
    other = opened()
    assert names(other.entries(View.DATE, None, EN, TODAY)) == ["a"]
    assert other._read_list(EN, TODAY) is other._read_list(EN, TODAY)
    apply_posts(store, [make("b.md")], kept=[make("a.md")])
    assert names(other.entries(View.DATE, None, EN, TODAY)) == ["a", "b"]
    assert names(other.entries(View.DATE, None, EN, dt.date(2025, 1, 1))) == []
