"""The list's cursor in a group with many entries."""

from __future__ import annotations

import datetime as dt
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import pytest
from textual.app import App

from xsfreader.model import Entry, Group, View
from xsfreader.ui.widgets.post_list import PostList

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.app import ComposeResult
    from textual.pilot import Pilot

    from xsfreader.library import Library


class FakeLibrary:
    """A library of two groups, the first with many entries."""

    languages = ("en",)

    def __init__(self) -> None:
        self.names = {"a": [f"a{n}" for n in range(1000)], "b": [f"b{n}" for n in range(5)]}

    def groups(self, _view: View, parent: str | None) -> list[Group]:
        if parent is not None:
            return []
        return [Group(key, key, 0, len(names), len(names)) for key, names in self.names.items()]

    def entries(self, _view: View, key: str, *, words: str) -> list[Entry]:
        assert not words
        return [
            Entry(name, name, dt.date(2020, 1, 1), "en", ("en",), read=False, starred=False)
            for name in self.names[key]
        ]

    def group_keys(self, _view: View, permalink: str) -> tuple[str, ...]:
        return (permalink[0],)

    def entry_permalink(self, permalink: str) -> str:
        return permalink

    def clock_problem(self) -> str:
        return ""


class Shown(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.fake = FakeLibrary()
        self.posts = PostList(cast("Library", self.fake), lambda action: action)

    def compose(self) -> ComposeResult:
        yield self.posts


@asynccontextmanager
async def showing() -> AsyncIterator[tuple[Pilot[None], PostList, FakeLibrary]]:
    app = Shown()
    async with app.run_test(size=(60, 30)) as pilot:
        app.posts.show(View.CATEGORY, "a0")
        await pilot.pause()
        yield pilot, app.posts, app.fake


def here(posts: PostList) -> str:
    return posts.row.key if posts.row is not None else ""


async def test_moving_to_the_end_reaches_the_last_row() -> None:
    async with showing() as (pilot, posts, _):
        posts.move_end(bottom=True)
        await pilot.pause()
        assert here(posts) == "group:b"
        posts.move(-1)
        assert here(posts) == "a999"
        posts.step(1)
        assert here(posts) == "b0"


async def test_a_post_in_another_group_is_found() -> None:
    async with showing() as (_, posts, _shelves):
        assert posts.reveal("b3")
        assert here(posts) == "b3"
        posts.show(View.CATEGORY, "b0", opened=frozenset({"a"}))
        assert here(posts) == "b0"
        assert posts.reveal("a777")
        assert here(posts) == "a777"


@pytest.mark.parametrize("news", [150, 400])
async def test_new_posts_above_leave_the_cursor_on_its_post(news: int) -> None:
    async with showing() as (_, posts, fake):
        posts.move(160)
        was = here(posts)
        fake.names["a"][:0] = [f"a-new{n}" for n in range(news)]
        posts.reload()
        assert here(posts) == was


async def test_a_list_without_posts_of_its_kind_says_so() -> None:
    async with showing() as (_, posts, fake):
        fake.names.clear()
        posts.reload()
        assert posts.render_line(1).text.strip() == "No post here has a category."
