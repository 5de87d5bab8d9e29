"""A clock that is behind: what is dated in the future isn't shown, and that is said."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from tests.githost import GitHost, commit, new_repository
from tests.ui.apps import reader, running, settle
from xsfreader.cli import OK, main
from xsfreader.config import Config, locate
from xsfreader.library import Library, base
from xsfreader.ui.app import ReaderApp

if TYPE_CHECKING:
    from pathlib import Path

EARLY = dt.date(1970, 1, 1)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "current_day", lambda: EARLY)


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_guide_is_there_whatever_the_clock_says(size: tuple[int, int]) -> None:
    async with running(size=size) as pilot:
        screen = reader(pilot)
        assert screen.item_id == "/2026/08/welcome-to-xsfreader/"
        assert screen.library.count() > 10
        assert "scheduled" not in "".join(
            screen.posts.render_line(y).text for y in range(screen.posts.size.height)
        )


async def test_posts_of_the_future_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    posts = {
        f"content/blog/{day}.md": f"---\ntitle: Post {day}\ndate: 2026-01-0{day}\n---\n".encode()
        for day in (1, 2)
    }
    commit(new_repository(tmp_path / "served" / "blog.git"), posts)
    words = "2 posts are dated in the future. Check the clock: it says 1970-01-01."
    with (
        GitHost(tmp_path / "served") as host,
        Library(Config(images="off"), locate(), host.url("blog.git")) as library,
    ):
        library.sync(lambda _progress: None)
        app = ReaderApp(library, offline=True)
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            listed = reader(pilot).posts
            for key in ("1", "6"):
                await pilot.press(key)
                shown = "".join(listed.render_line(y).text for y in range(6))
                assert words in " ".join(shown.split())
        assert main(["--offline", "--source", host.url("blog.git"), "list"]) == OK
        assert words in capsys.readouterr().err
