"""The list's tree: open groups make rows, closed ones are not read."""

from __future__ import annotations

import datetime as dt

import pytest

from xsfreader.model import Entry, Group
from xsfreader.ui.widgets.post_tree import PostTree

POSTS = {
    "2026/08": ["new", "newer"],
    "2026/07": ["mid"],
    "2025/01": ["old", "older"],
}


def entry(name: str, *, read: bool = False) -> Entry:
    return Entry(name, name.title(), dt.date(2026, 1, 1), "en", ("en",), read, starred=False)


class FakeLibrary:
    """A library of two years, three months and five posts that records its calls."""

    def __init__(self, read: frozenset[str] = frozenset()) -> None:
        self.read = read
        self.asked: list[str | None] = []

    def groups(self, parent: str | None) -> list[Group]:
        self.asked.append(parent)
        if parent is None:
            return [self._group("2026", 0), self._group("2025", 0)]
        return [self._group(key, 1) for key in POSTS if key.startswith(parent)]

    def _group(self, key: str, depth: int) -> Group:
        names = [n for month, names in POSTS.items() if month.startswith(key) for n in names]
        unread = sum(name not in self.read for name in names)
        return Group(key, key, depth, len(names), unread, has_groups=depth == 0)

    def entries(self, key: str | None) -> list[Entry]:
        self.asked.append(key)
        return [entry(name, read=name in self.read) for name in POSTS[key or ""]]


def tree(library: FakeLibrary) -> PostTree:
    made = PostTree(library.groups, library.entries)
    made.load()
    return made


def keys(tree: PostTree) -> list[str]:
    return [row.key for row in tree.rows]


def test_closed_groups_are_not_read() -> None:
    library = FakeLibrary()
    assert keys(tree(library)) == ["group:2026", "group:2025"]
    assert library.asked == [None]


def test_reveal_opens_only_the_groups_on_the_way() -> None:
    made = tree(FakeLibrary())
    assert made.reveal(("2026", "2026/08"), "newer") == 3
    assert keys(made) == [
        "group:2026", "group:2026/08", "new", "newer", "group:2026/07", "group:2025",
    ]  # fmt: skip


def test_stepping_down_visits_every_post_once_in_order() -> None:
    made = tree(FakeLibrary())
    seen = []
    at: int | None = -1
    while at is not None and (at := made.step(at, 1)) is not None:
        seen.append(made.rows[at].key)
    assert seen == [name for names in POSTS.values() for name in names]


def test_stepping_up_visits_every_post_once_in_reverse() -> None:
    made = tree(FakeLibrary())
    seen = []
    at: int | None = len(made.rows)
    while at is not None and (at := made.step(at, -1)) is not None:
        seen.append(made.rows[at].key)
    assert seen == [name for names in POSTS.values() for name in names][::-1]


@pytest.mark.parametrize("direction", [1, -1])
def test_stepping_to_unread_skips_what_is_read(direction: int) -> None:
    made = tree(FakeLibrary(read=frozenset({"new", "newer", "mid", "older"})))
    at = made.step(-1 if direction > 0 else len(made.rows), direction, unread=True)
    assert at is not None
    assert made.rows[at].key == "old"
    assert "2026" not in made.opened
    assert made.step(at, direction, unread=True) is None


def test_reloading_keeps_groups_open() -> None:
    made = tree(FakeLibrary())
    made.reveal(("2026", "2026/08"), "new")
    before = keys(made)
    made.load(made.opened)
    assert keys(made) == before


def test_a_flat_view_has_only_entries() -> None:
    made = PostTree(lambda _: [], lambda _: [entry("a"), entry("b")], flat=True)
    made.load()
    assert keys(made) == ["a", "b"]


def test_stepping_down_from_a_closed_group_opens_it() -> None:
    made = tree(FakeLibrary())
    at = made.step(1, 1)
    assert at is not None
    assert made.rows[at].key == "old"
    assert [row.key for row in made.rows[:2]] == ["group:2026", "group:2025"]


def test_stepping_down_from_a_closed_group_skips_what_is_read() -> None:
    made = tree(FakeLibrary(read=frozenset({"new", "newer", "mid"})))
    at = made.step(0, 1, unread=True)
    assert at is not None
    assert made.rows[at].key == "old"


def test_marks_change_in_open_and_in_closed_groups() -> None:
    made = tree(FakeLibrary())
    made.reveal(("2026", "2026/08"), "new")
    made.toggle(made.roots[0], to=False)
    made.replace(frozenset({"new"}), lambda one: one._replace(read=True))
    made.reveal(("2026", "2026/08"), "newer")
    assert [row.entry.read for row in made.rows if row.entry] == [True, False]


def test_the_row_of_an_entry_has_its_group_as_parent() -> None:
    made = tree(FakeLibrary())
    found = made.reveal(("2026", "2026/08"), "newer")
    assert found is not None
    parent = made.rows[found].parent
    assert parent is not None
    assert parent.group.key == "2026/08"
