"""Posts whose text has changed upstream after they were read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.store.conftest import EN, TODAY, apply_posts, make
from xsfreader.model import View

if TYPE_CHECKING:
    from xsfreader.store import Store

PERMALINK = "/2025/06/a/"


def edit(store: Store, snapshot: str, **changes: Any) -> None:
    """Apply another version of the post, later than any mark: times are in milliseconds."""
    time.sleep(0.002)
    apply_posts(store, [make(**changes)], snapshot)


def signs(store: Store) -> list[bool]:
    return [each.changed for each in store.entries(View.DATE, None, EN, TODAY)]


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        ({"blob": "other", "text": "Other words"}, True),
        ({"blob": "other"}, False),
        ({"blob": "other", "authors": ("Someone",)}, False),
        ({"text": "Read by our own new rules"}, False),
    ],
)
def test_only_another_visible_text_counts(
    store: Store, after: dict[str, Any], *, changed: bool
) -> None:
    apply_posts(store, [make()])
    store.set_read([PERMALINK], True)
    edit(store, "2", **after)
    assert (PERMALINK in store.changed_posts()) is changed
    assert signs(store) == [changed]
    found = [hit.post.permalink for hit in store.search("is:changed", 9, EN, TODAY)]
    assert found == [PERMALINK] * changed


def test_reading_it_again_ends_it(store: Store) -> None:
    apply_posts(store, [make()])
    store.set_read([PERMALINK], True)
    edit(store, "2", blob="other", text="Other words")
    assert signs(store) == [True]
    store.set_read([PERMALINK], True)
    assert signs(store) == [False]
    edit(store, "3", blob="third", text="More words")
    assert signs(store) == [True]


def test_what_was_never_read_is_only_unread(store: Store) -> None:
    apply_posts(store, [make()])
    edit(store, "2", blob="other", text="Other words")
    assert signs(store) == [False]
    store.set_read([PERMALINK], True)
    assert signs(store) == [False]
