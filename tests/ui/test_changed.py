"""A post that changed after it was read: a sign in the list and a line above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ui.apps import reader, running, settle
from xsfreader.config import Config, locate
from xsfreader.library import Library
from xsfreader.model import View

if TYPE_CHECKING:
    from pathlib import Path

POST = "---\ntitle: {}\ndate: 2025-01-0{}\n---\n\n{}\n"


async def test_a_changed_post_says_so_until_it_is_opened(tmp_path: Path) -> None:
    source = tmp_path / "posts"
    source.mkdir()
    for number, name in enumerate(("First", "Second"), 1):
        (source / f"{name}.md").write_text(POST.format(name, number, "Words."), encoding="utf-8")
    with Library(Config(images="off"), locate(), str(source)) as library:
        library.refresh_local()
        first = next(e for e in library.entries(View.DATE, None) if e.title == "First").permalink
        library.set_read(first, read=True)
        (source / "First.md").write_text(POST.format("First", 1, "New words."), encoding="utf-8")
        library.refresh_local()
        assert library.is_changed(first)
    async with running(str(source), size=(120, 30)) as pilot:
        screen = reader(pilot)
        rows = [screen.posts.render_line(y).text for y in range(6)]
        assert any("~" in row and "First" in row for row in rows)
        screen.posts.reveal(first)
        await pilot.press("enter")
        await settle(pilot, 0.2)
        assert screen.item_id == first
        assert screen.notice.text == "The text of this post has changed since you read it"
        assert not screen.library.is_changed(first)
        rows = [screen.posts.render_line(y).text for y in range(6)]
        assert not any("~" in row for row in rows)
