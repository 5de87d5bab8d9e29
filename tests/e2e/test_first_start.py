"""The first start, at four sizes: what this is, what happens, what to press."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.githost import Fault, GitHost, commit, new_repository
from tests.soak import soaked
from tests.terminal import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOWHERE = "http://127.0.0.1:9/xmpp.org.git"
SIZES = [(160, 45), (100, 30), (80, 24), (40, 15)]
POST = b"---\ntitle: The first real post\ndate: 2025-01-01\n---\nText.\n"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    """Serve a blog of one post, which takes its time."""
    commit(new_repository(tmp_path / "x.git"), {"content/blog/2025-01-01-x.md": POST})
    with GitHost(tmp_path) as host:
        host.fault = Fault(delay=3.0)
        yield host


@soaked("size", SIZES, [2, 3])
def test_without_a_network_it_says_what_this_is_and_what_to_press(size: tuple[int, int]) -> None:
    with running("--source", NOWHERE, size=size) as terminal:
        terminal.wait("sync failed")
        terminal.wait(lambda _: "press r to retry" in terminal.words)
        assert "Showing the built-in guide" in terminal.words
        assert "xsfreader is the blog of the XMPP" in terminal.words
        if size[1] > 20:
            assert "blog yet" in terminal.text
        terminal.press("q")
        assert terminal.ended() == 0


@soaked("size", SIZES, [3])
def test_offline_it_says_so_and_does_not_try(size: tuple[int, int]) -> None:
    with running("--offline", "--source", NOWHERE, size=size) as terminal:
        terminal.wait(lambda _: "start without it to sync" in terminal.words)
        terminal.press("j", "r")
        terminal.settle()
        assert "--offline fetches nothing; start without it to sync" in terminal.words
        assert "sync failed" not in terminal.text
        terminal.press("q")
        assert terminal.ended() == 0


@soaked("size", SIZES, [2])
def test_while_the_blog_is_fetched_it_says_so(size: tuple[int, int], host: GitHost) -> None:
    with running("--source", host.url("x.git"), size=size) as terminal:
        terminal.wait(lambda _: "Fetching the blog; this is the built-in guide" in terminal.words)
        assert "xsfreader is the blog of the XMPP" in terminal.words
        if size[1] > 20:
            assert "blog yet" in terminal.text
        terminal.wait(" …")
        host.fault = None
        terminal.wait("The first real post")
        terminal.press("q")
        assert terminal.ended() == 0


@soaked("size", SIZES, [0])
def test_a_file_opens_in_the_app(size: tuple[int, int], tmp_path: Path) -> None:
    for name in ("a", "b"):
        text = (
            f"---\ntitle: Post {name}\ndate: 2025-01-01\n---\nText.\n\n## Below\n\nMore {name}.\n"
        )
        (tmp_path / f"{name}.md").write_text(text)
    with running(str(tmp_path / "b.md"), size=size) as terminal:
        terminal.wait("More b.")
        terminal.press("h")
        terminal.wait("Post a")
        terminal.press("q")
        assert terminal.ended() == 0
