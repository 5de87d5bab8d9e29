"""Posts that the site doesn't show: left out over Git, shown with a label from a folder."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.budget import examples
from tests.store.conftest import EN, TODAY, apply_posts, make
from xsfreader.model import Filter, View

if TYPE_CHECKING:
    from xsfreader.store import Store

NOON = dt.datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=dt.UTC)
MOMENTS = st.none() | st.integers(-3, 3).map(lambda days: NOON + dt.timedelta(days=days))
POSTS = [
    make("draft.md", draft=True),
    make("scheduled.md", publish=NOON + dt.timedelta(days=1)),
    make("ahead.md", day="2026-01-02"),
    make("expired.md", expires=NOON),
    make("shown.md", publish=NOON, expires=NOON + dt.timedelta(days=1)),
]
LABELS = {
    "draft": "draft",
    "scheduled": "scheduled",
    "ahead": "scheduled",
    "expired": "expired",
    "shown": "",
}


def test_what_the_site_does_not_show_is_left_out(store: Store) -> None:
    apply_posts(store, POSTS)
    assert [each.title for each in store.entries(View.DATE, None, EN, TODAY)] == ["shown"]
    assert [post.title for post, _ in store.posts(Filter(), TODAY)] == ["shown"]
    assert [hit.post.title for hit in store.search("words", 9, EN, TODAY)] == ["shown"]
    assert store.search("is:draft", 9, EN, TODAY) == []
    assert store.count(EN, TODAY) == store.unread_count(EN, TODAY) == 1


def test_a_day_later_what_was_scheduled_is_shown_without_a_sync(store: Store) -> None:
    apply_posts(store, POSTS)
    later = TODAY + dt.timedelta(days=1)
    found = {each.title for each in store.entries(View.DATE, None, EN, later)}
    assert found == {"scheduled", "ahead"}


def test_from_a_folder_all_are_shown_with_a_label(store: Store) -> None:
    store.previews = True
    apply_posts(store, POSTS)
    entries = store.entries(View.DATE, None, EN, TODAY)
    assert {each.title: each.label for each in entries} == LABELS
    assert {post.title: post.label(TODAY) for post, _ in store.posts(Filter(), TODAY)} == LABELS
    drafts = {hit.post.title for hit in store.search("is:draft", 9, EN, TODAY)}
    assert drafts == LABELS.keys() - {"shown"}


@given(draft=st.booleans(), date=MOMENTS, publish=MOMENTS, expires=MOMENTS)
@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
def test_the_label_in_the_list_is_that_of_the_post(
    store: Store,
    draft: bool,
    date: dt.datetime | None,
    publish: dt.datetime | None,
    expires: dt.datetime | None,
) -> None:
    store.previews = True
    full = make(date=date or NOON, draft=draft, publish=publish, expires=expires)
    apply_posts(store, [full], snapshot=repr(full))
    (entry,) = store.entries(View.DATE, None, EN, TODAY)
    (listed,) = (post for post, _ in store.posts(Filter(), TODAY))
    assert entry.label == full.post.label(TODAY) == listed.label(TODAY)
