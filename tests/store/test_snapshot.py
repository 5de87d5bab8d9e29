"""Applying snapshots: posts added, changed, moved and removed, and their marks."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.budget import examples
from tests.store.conftest import EN, TODAY, Opener, apply_posts, make
from xsfreader.errors import StoreError, SyncRunningError
from xsfreader.model import Filter, FullPost, Known, Place
from xsfreader.reports import UnreadableFile
from xsfreader.store import Store
from xsfreader.store.snapshot import distinct


def permalinks(store: Store) -> set[str]:
    return {post.permalink for post, _ in store.posts(Filter(), TODAY)}


def found(store: Store, text: str) -> set[str]:
    return {hit.post.path for hit in store.search(text, -1, EN, TODAY)}


def test_a_new_archive_is_empty(store: Store) -> None:
    assert store.known() == Known()
    assert store.snapshot_id is None
    assert store.synced() is None
    assert store.count(EN, TODAY) == 0
    assert store.newest(EN, TODAY) is None


def test_a_snapshot_is_stored_unchanged(store: Store) -> None:
    full = make(
        "x/ü.de.md", title="Ä / b", authors=("A", "B"), categories=("N", "M"),
        aliases=("/de/alt/", "/alt/"), summary="s", xeps=(384, 1), body="*Tronçon*", text="Tronçon",
    )  # fmt: skip
    report = apply_posts(store, [full], images={"/images/x.png": "b1"})
    assert (report.total, report.new, report.changed, report.removed) == (1, 1, 0, 0)
    permalink = full.post.permalink
    assert store.post(permalink) == full.post
    assert store.full(permalink) == full
    assert store.full(permalink).body == "*Tronçon*"
    assert store.known() == Known("1", {full.post.path: full.post.blob})
    assert store.snapshot_id == "1"
    assert store.synced() is not None
    assert store.image_blob("/images/x.png") == "b1"
    assert store.image_blob("/images/y.png") is None
    assert store.post("/nowhere/\udcff") is None


def test_new_changed_and_removed_posts_are_counted(store: Store) -> None:
    a, b, c = make("a.md"), make("b.md"), make("c.md")
    apply_posts(store, [a, b, c])
    changed = make("b.md", text="other")._replace(post=b.post._replace(blob="new"))
    report = apply_posts(store, [changed, make("d.md")], "2", kept=[a])
    assert (report.total, report.new, report.changed, report.removed) == (3, 1, 1, 1)
    assert permalinks(store) == {"/2025/06/a/", "/2025/06/b/", "/2025/06/d/"}
    assert found(store, "other") == {"b.md"}
    assert found(store, "words") == {"a.md", "d.md"}


def test_a_file_that_moved_is_made_of_its_stored_content(store: Store) -> None:
    apply_posts(store, [make("a.md", text="unmistakable")])
    kept = store.find_blob("blob of a.md")
    assert isinstance(kept, FullPost)
    moved = kept._replace(post=kept.post._replace(path="new/a.md", translation_key="new/a"))
    report = apply_posts(store, [moved], "2")
    assert (report.total, report.new, report.changed, report.removed) == (1, 0, 0, 0)
    assert store.full("/2025/06/a/") == moved
    assert store.translations("/2025/06/a/") == {"en": "/2025/06/a/"}
    assert found(store, "unmistakable") == {"new/a.md"}


def test_marks_follow_a_file_to_another_language(store: Store) -> None:
    before = make("a.md")
    apply_posts(store, [before])
    store.set_starred("/2025/06/a/", True)
    after = make("a.de.md", title="a", blob=before.post.blob)
    report = apply_posts(store, [after], "2")
    assert (report.new, report.removed) == (0, 0)
    assert store.marks("/de/2025/06/a/").starred
    assert store.resolve("/2025/06/a/") == ()


def test_unreadable_files_are_named_every_time_until_they_change(store: Store) -> None:
    a = make("a.md")
    report = apply_posts(
        store, [a], aside=[UnreadableFile("b.md", "no title"), UnreadableFile("c.md", "empty")]
    )
    assert report.unreadable == (
        UnreadableFile("b.md", "no title"),
        UnreadableFile("c.md", "empty"),
    )
    assert store.known().files == {f"{x}.md": f"blob of {x}.md" for x in "abc"}
    assert store.find_blob("blob of b.md") == UnreadableFile("b.md", "no title")
    files = {"a.md": "blob of a.md", "b.md": "blob of b.md", "c.md": "mended"}
    report = store.apply_snapshot("2", files, [make("c.md", blob="mended")], [], {})
    assert report.unreadable == (UnreadableFile("b.md", "no title"),)
    assert store.unreadable() == report.unreadable
    assert (report.total, report.new) == (2, 1)


def test_a_post_that_can_no_longer_be_read_is_removed(store: Store) -> None:
    apply_posts(store, [make("a.md")])
    store.set_read(["/2025/06/a/"], True)
    report = apply_posts(store, [], "2", aside=[UnreadableFile("a.md", "broken")])
    assert (report.total, report.removed) == (0, 1)
    assert found(store, "words") == set()
    apply_posts(store, [make("a.md", blob="mended")], "3")
    assert store.marks("/2025/06/a/").read


def test_files_with_one_permalink_are_all_kept(store: Store) -> None:
    a, b = make("a.md", title="Same"), make("b.md", title="Same")
    assert apply_posts(store, [a, b]).total == 2
    assert permalinks(store) == {"/2025/06/same/", "/2025/06/same/#b"}
    assert store.full("/2025/06/same/#b").body == "Some words"
    assert store.resolve("/2025/06/same") == ("/2025/06/same/",)
    assert store.resolve("/2025/06/same/#b") == ("/2025/06/same/#b",)
    store.set_starred("/2025/06/same/#b", True)
    kept = store.find_blob(b.post.blob)
    assert isinstance(kept, FullPost)
    assert kept.post == b.post
    apply_posts(store, [], "2", kept=[b])
    assert permalinks(store) == {"/2025/06/same/"}
    assert store.post("/2025/06/same/") == b.post
    assert store.marks("/2025/06/same/").starred


@given(st.dictionaries(st.sampled_from([f"{x}/{y}.md" for x in "ab" for y in "cd"]),
                       st.sampled_from(["/1/", "/2/"])))  # fmt: skip
def test_permalinks_are_unique_and_the_first_path_keeps_it(wanted: dict[str, str]) -> None:
    made = distinct(wanted)
    assert made.keys() == wanted.keys()
    assert len(set(made.values())) == len(made)
    assert {one.partition("#")[0] for one in made.values()} == set(wanted.values())
    assert set(wanted.values()) <= set(made.values())


def test_marks_follow_a_changed_title(store: Store) -> None:
    apply_posts(store, [make("a.md", title="Old")])
    store.set_read(["/2025/06/old/"], True)
    store.set_starred("/2025/06/old/", True)
    store.set_place("/2025/06/old/", Place(3, 4))
    report = apply_posts(store, [make("a.md", title="New", blob="2")], "2")
    assert (report.new, report.changed, report.removed) == (0, 1, 0)
    assert store.marks("/2025/06/new/") == store.marks("/2025/06/old/")
    assert store.marks("/2025/06/new/").place == Place(3, 4)


def test_marks_follow_an_alias(store: Store) -> None:
    apply_posts(store, [make("a.md", title="Olé", permalink="/2025/06/ol%C3%A9/")])
    store.set_starred("/2025/06/ol%C3%A9/", True)
    apply_posts(
        store, [make("b.md", title="New", day="2025-07-01", aliases=("/2025/06/olé/",))], "2"
    )
    assert store.marks("/2025/07/new/").starred
    assert store.resolve("/2025/06/ol%C3%A9/") == ("/2025/07/new/",)


def test_moved_marks_do_not_overwrite_newer_ones(store: Store) -> None:
    apply_posts(store, [make("a.md", title="Old")])
    store.set_starred("/2025/06/old/", True)
    store.set_read(["/2025/06/old/"], True)
    store.set_starred("/2025/06/new/", True)
    store.set_starred("/2025/06/new/", False)
    apply_posts(store, [make("a.md", title="New", blob="2")], "2")
    assert not store.marks("/2025/06/new/").starred
    assert store.marks("/2025/06/new/").read


def test_marks_follow_at_the_next_start_if_the_state_was_locked(
    store: Store, opened: Opener
) -> None:
    apply_posts(store, [make("a.md", title="Old")])
    store.set_starred("/2025/06/old/", True)
    holder = sqlite3.connect(store._state.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    apply_posts(store, [make("a.md", title="New", blob="2")], "2")
    holder.execute("ROLLBACK")
    holder.close()
    assert not store.marks("/2025/06/new/").starred
    store.close()
    again = opened()
    assert again.marks("/2025/06/new/").starred


def test_posts_made_by_other_rules_are_fetched_again(opened: Opener) -> None:
    first = opened(1)
    a, b = make("a.md", text="before"), make("b.md")
    apply_posts(first, [a, b])
    first.close()
    second = opened(2)
    assert second.known() == Known()
    assert second.count(EN, TODAY) == 2
    report = apply_posts(second, [make("a.md", text="after")], "1")
    assert (report.total, report.new, report.changed, report.removed) == (1, 0, 0, 1)
    assert found(second, "before") == set()
    assert found(second, "after") == {"a.md"}
    assert second.known().snapshot == "1"


def test_a_snapshot_that_fails_changes_nothing(store: Store) -> None:
    a = make("a.md")
    apply_posts(store, [a])
    nothing: Any = None
    broken = make("b.md", language=nothing)
    with pytest.raises(StoreError):
        apply_posts(store, [broken], "2")
    assert store.snapshot_id == "1"
    assert permalinks(store) == {a.post.permalink}
    assert found(store, "words") == {"a.md"}
    apply_posts(store, [make("b.md")], "3")
    assert permalinks(store) == {"/2025/06/b/"}


def test_posts_that_swap_titles(store: Store) -> None:
    apply_posts(store, [make("a.md", title="One"), make("b.md", title="Two")])
    apply_posts(
        store, [make("a.md", title="Two", blob="3"), make("b.md", title="One", blob="4")], "2"
    )
    one = store.post("/2025/06/one/")
    assert one is not None
    assert one.path == "b.md"


def test_the_sync_lock_is_exclusive(store: Store, opened: Opener) -> None:
    other = opened()
    with store.sync_lock():
        with pytest.raises(SyncRunningError), other.sync_lock():
            pass
        apply_posts(store, [make("a.md")])
        assert other.count(EN, TODAY) == 1
    with other.sync_lock():
        pass


def test_a_sync_without_changes_is_recorded(store: Store) -> None:
    apply_posts(store, [make("a.md")])
    before = store.synced()
    store.record_check()
    after = store.synced()
    assert before is not None
    assert after is not None
    assert after >= before
    assert store.snapshot_id == "1"


FILES = st.dictionaries(
    st.sampled_from(["a.md", "a.de.md", "b.md", "x/a.md", "x/b.md"]),
    st.tuples(
        st.sampled_from(["One", "Two", "Three"]),
        st.sampled_from(["2024-02-01", "2025-06-01", "2025-06-02"]),
        st.sampled_from(["alpha", "beta", "gamma alpha"]),
        st.sampled_from([(), ("/2025/06/one/",)]),
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(30))
@given(st.lists(FILES, min_size=1, max_size=4))
@example(
    [
        # A translation by its permalink alone, whose original is removed then.
        {
            "a.de.md": ("Two", "2025-06-01", "beta", ()),
            "x/b.md": ("Two", "2025-06-01", "alpha", ()),
        },
        {"a.de.md": ("Two", "2025-06-01", "beta", ())},
    ]
)
def test_a_snapshot_does_not_depend_on_those_before(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[dict[str, tuple[str, str, str, tuple[str, ...]]]],
) -> None:
    folder = tmp_path_factory.mktemp("s")
    with (
        Store.open(folder / "a.db", folder / "s.db", ingest_version=1) as store,
        Store.open(folder / "b.db", folder / "s.db", ingest_version=1) as fresh,
    ):
        wholes = [
            [
                make(path, title=title, day=day, text=text, aliases=aliases,
                     blob=f"{title}{day}{text}{aliases}")
                for path, (title, day, text, aliases) in files.items()
            ]
            for files in history
        ]  # fmt: skip
        for number, whole in enumerate(wholes):
            known = store.known().files
            given_ = [full for full in whole if known.get(full.post.path) != full.post.blob]
            kept = [full for full in whole if known.get(full.post.path) == full.post.blob]
            report = apply_posts(store, given_, str(number), kept=kept)
            assert report.total == len(whole)
        apply_posts(fresh, wholes[-1])
        assert store.posts(Filter(), TODAY) == fresh.posts(Filter(), TODAY)
        for word in ("alpha", "beta", "one", "three"):
            assert found(store, word) == found(fresh, word)
        for full in wholes[-1]:
            name = full.post.permalink
            assert store.resolve(name) == fresh.resolve(name)
            assert store.full(store.resolve(name)[0]).text == full.text or len(wholes[-1]) > 1
        store._archive.rows("INSERT INTO found (found) VALUES ('integrity-check')")
