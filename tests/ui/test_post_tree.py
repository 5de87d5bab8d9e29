"""The list's tree: what is open makes rows, what is closed is not read."""

from __future__ import annotations

import datetime as dt

import pytest

from xsfreader.model import Entry, Fold
from xsfreader.ui.widgets import post_tree
from xsfreader.ui.widgets.post_tree import PostTree

POSTS = {
    "2026/08": ["new", "newer"],
    "2026/07": ["mid"],
    "2025/01": ["old", "older"],
}


def entry(name: str, *, read: bool = False) -> Entry:
    return Entry(name, name.title(), dt.date(2026, 1, 1), "en", ("en",), 0, read, starred=False)


class Shelf:
    """Two years, three months, five posts; counts what was asked for."""

    def __init__(self, read: frozenset[str] = frozenset()) -> None:
        self.read = read
        self.asked: list[str | None] = []

    def folds(self, parent: str | None) -> list[Fold]:
        self.asked.append(parent)
        if parent is None:
            return [self._fold("2026", 0), self._fold("2025", 0)]
        return [self._fold(key, 1) for key in POSTS if key.startswith(parent)]

    def _fold(self, key: str, depth: int) -> Fold:
        names = [n for month, names in POSTS.items() if month.startswith(key) for n in names]
        unread = sum(name not in self.read for name in names)
        return Fold(key, key, depth, len(names), unread, folds=depth == 0)

    def entries(self, key: str | None, after: Entry | None, limit: int) -> list[Entry]:
        self.asked.append(key)
        names = POSTS[key or ""]
        names = names[names.index(after.permalink) + 1 if after else 0 :]
        return [
            entry(name, read=name in self.read) for name in names[: None if limit < 0 else limit]
        ]


def tree(shelf: Shelf) -> PostTree:
    made = PostTree(shelf.folds, shelf.entries)
    made.load()
    return made


def keys(tree: PostTree) -> list[str]:
    return [row.key for row in tree.rows]


def test_closed_folds_are_not_read() -> None:
    shelf = Shelf()
    assert keys(tree(shelf)) == ["fold:2026", "fold:2025"]
    assert shelf.asked == [None]


def test_revealing_opens_just_the_way() -> None:
    made = tree(Shelf())
    assert made.reveal(("2026", "2026/08"), "newer") == 3
    assert keys(made) == [
        "fold:2026", "fold:2026/08", "new", "newer", "fold:2026/07", "fold:2025",
    ]  # fmt: skip


def test_stepping_down_visits_every_post_once_in_order() -> None:
    made = tree(Shelf())
    seen = []
    at: int | None = -1
    while at is not None and (at := made.step(at, 1)) is not None:
        seen.append(made.rows[at].key)
    assert seen == [name for names in POSTS.values() for name in names]


def test_stepping_up_visits_every_post_once_in_reverse() -> None:
    made = tree(Shelf())
    seen = []
    at: int | None = len(made.rows)
    while at is not None and (at := made.step(at, -1)) is not None:
        seen.append(made.rows[at].key)
    assert seen == [name for names in POSTS.values() for name in names][::-1]


@pytest.mark.parametrize("direction", [1, -1])
def test_stepping_to_the_unread_passes_over_what_is_read(direction: int) -> None:
    made = tree(Shelf(read=frozenset({"new", "newer", "mid", "older"})))
    at = made.step(-1 if direction > 0 else len(made.rows), direction, unread=True)
    assert at is not None
    assert made.rows[at].key == "old"
    assert "2026" not in made.opened
    assert made.step(at, direction, unread=True) is None


def test_loading_anew_keeps_open_what_was_open() -> None:
    made = tree(Shelf())
    made.reveal(("2026", "2026/08"), "new")
    before = keys(made)
    made.load(made.opened)
    assert keys(made) == before


def test_a_flat_view_has_only_entries() -> None:
    made = PostTree(lambda _: [], lambda *_: [entry("a"), entry("b")], flat=True)
    made.load()
    assert keys(made) == ["a", "b"]


def test_stepping_down_from_a_closed_fold_opens_it() -> None:
    made = tree(Shelf())
    at = made.step(1, 1)
    assert at is not None
    assert made.rows[at].key == "old"
    assert [row.key for row in made.rows[:2]] == ["fold:2026", "fold:2025"]


def test_stepping_down_from_a_closed_fold_passes_over_what_is_read() -> None:
    made = tree(Shelf(read=frozenset({"new", "newer", "mid"})))
    at = made.step(0, 1, unread=True)
    assert at is not None
    assert made.rows[at].key == "old"


@pytest.fixture(params=[1, 2, 3])
def short(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Read a few entries at once, and nothing ahead."""
    monkeypatch.setattr(post_tree, "STRETCH", request.param)
    monkeypatch.setattr(post_tree, "MARGIN", 0)
    return int(request.param)


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("read", ["", "new mid older", "newer old"])
@pytest.mark.usefixtures("short")
def test_steps_find_what_is_read_only_as_it_is_needed(direction: int, read: str) -> None:
    made = tree(Shelf(read=frozenset(read.split())))
    seen = []
    at: int | None = -1 if direction > 0 else len(made.rows)
    while at is not None and (at := made.step(at, direction, unread=bool(read))) is not None:
        seen.append(made.rows[at].key)
    every = [name for names in POSTS.values() for name in names if name not in read.split()]
    assert seen == every[::direction]


def test_a_long_list_is_read_as_far_as_it_is_seen(short: int) -> None:
    names = [f"post {number}" for number in range(10)]
    asked = 0

    def load(_key: str | None, after: Entry | None, limit: int) -> list[Entry]:
        nonlocal asked
        asked += 1
        found = names[names.index(after.permalink) + 1 if after else 0 :]
        return [entry(name) for name in found[: None if limit < 0 else limit]]

    made = PostTree(lambda _: [], load, flat=True)
    made.load()
    assert keys(made) == names[:short]
    made.read_on(0, short)
    assert keys(made) == names[: 2 * short]
    made.load()
    assert keys(made) == names[: 2 * short]
    assert made.reveal((), "post 7") == 7
    assert keys(made) == names
    asked = 0
    made.read_on(0, 10)
    assert asked == 0
    made = PostTree(lambda _: [], load, flat=True)
    made.load()
    made.read_to_the_end()
    assert keys(made) == names


@pytest.mark.usefixtures("short")
def test_marks_stay_where_more_is_read() -> None:
    made = tree(Shelf())
    made.reveal(("2026", "2026/08"), "new")
    made.replace(frozenset({"new"}), lambda one: one._replace(read=True))
    made.reveal(("2026", "2026/08"), "newer")
    assert [row.entry.read for row in made.rows if row.entry] == [True, False]


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("start", range(-1, 6))
@pytest.mark.parametrize("direction", [1, -1])
def test_steps_from_any_row_lead_where_they_do_when_all_is_read(
    start: int, direction: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def walked(made: PostTree) -> str:
        made.reveal(("2026", "2026/08"), "new")
        made.reveal(("2025", "2025/01"), "old")
        at = min(start, len(made.rows) - 1)
        key = made.rows[at].key if at >= 0 else ""
        found = made.step(at, direction)
        return f"{key} -> {made.rows[found].key if found is not None else None}"

    seen = walked(tree(Shelf()))
    before = seen.split(" -> ")[0]
    monkeypatch.setattr(post_tree, "STRETCH", 100)
    whole = tree(Shelf())
    whole.reveal(("2026", "2026/08"), "new")
    whole.reveal(("2025", "2025/01"), "old")
    at = -1 if start < 0 else whole.index(before)
    assert at is not None
    found = whole.step(at, direction)
    assert seen == f"{before} -> {whole.rows[found].key if found is not None else None}"


@pytest.mark.usefixtures("short")
def test_what_belongs_above_a_row_is_read_before_one_goes_there() -> None:
    made = tree(Shelf())
    made.reveal(("2026", "2026/08"), "new")
    made.reveal(("2025", "2025/01"), "old")
    row = made.index("old")
    assert row is not None
    row += made.read_above(row)
    assert made.rows[row].key == "old"
    assert [each.key for each in made.rows[:row] if each.entry] == ["new", "newer"]
