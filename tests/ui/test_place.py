"""Test that the place in the post stays through every change of the window."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from textual.app import App, ComposeResult

from tests.corpus import corpus_files, needs_corpus
from tests.ui.apps import reader, running, settle
from xsfreader.ingest import ingest
from xsfreader.markup import build_article
from xsfreader.source.names import is_post
from xsfreader.ui.widgets.article import ArticleView

if TYPE_CHECKING:
    from xsfreader.markup import Document


class OnePost(App[None]):
    """Nothing but a post."""

    CSS = "ArticleView { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }"

    def compose(self) -> ComposeResult:
        yield ArticleView(92)


def documents(count: int) -> list[Document]:
    """Choose posts of the corpus."""
    files = sorted((path, data) for path, data in corpus_files().items() if is_post(path))
    chosen = random.Random(1).sample(files, count)
    fulls = [ingest(path, "0" * 40, data) for path, data in chosen]
    return [build_article(full.post, full.body) for full in fulls]


@needs_corpus
@pytest.mark.parametrize(
    ("posts", "resizes"), [(12, 8), pytest.param(50, 20, marks=pytest.mark.soak)]
)
async def test_the_top_block_stays_at_every_width(posts: int, resizes: int) -> None:
    chance = random.Random(2)
    async with OnePost().run_test(size=(100, 24)) as pilot:
        view = pilot.app.query_one(ArticleView)
        for document in documents(posts):
            view.show(document)
            view.scroll_to(y=chance.uniform(0.2, 0.8) * view.max_scroll_y, animate=False)
            await pilot.pause()
            block = view.page.lines[view.scroll_offset.y].block
            for _ in range(resizes):
                width = chance.randint(30, 200)
                await pilot.resize_terminal(width, 24)
                while view.size.width + 1 < width or view.page.width != view.column:
                    await pilot.pause()
                top = view.scroll_offset.y
                seen = {line.block for line in view.page.lines[top : top + 1]}
                at_end = top >= view.max_scroll_y
                assert block in seen or at_end, (document.blocks[block], seen)


@pytest.mark.parametrize("key", ["ctrl+t", "r", "t", "F"])
async def test_panels_keep_the_place(key: str) -> None:
    async with running(size=(100, 24)) as pilot:
        await pilot.press("J", "enter", "space", "space")
        before = reader(pilot).article.place
        await pilot.press(key)
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert reader(pilot).article.place == before


@pytest.mark.parametrize("keys", [("q",), ("F", "ctrl+q")], ids=["reading", "in a panel"])
async def test_quitting_and_starting_again_keeps_post_and_place(keys: tuple[str, ...]) -> None:
    async with running(size=(100, 24)) as pilot:
        await pilot.press("J", "enter", "space", "space", "space")
        await settle(pilot)
        screen = reader(pilot)
        before = (screen.item_id, screen.article.place)
        await pilot.press(*keys)
    async with running(size=(60, 24), fresh=False) as pilot:
        await settle(pilot, 0.2)
        screen = reader(pilot)
        assert (screen.item_id, screen.article.place) == before
