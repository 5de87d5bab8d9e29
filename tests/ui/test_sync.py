"""Sync beside reading: what comes is shown, what is read stays where it is."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.githost import Fault, GitHost, commit, git, new_repository
from tests.ui.apps import reader, running, settle, until
from xsfreader.config import Config, locate
from xsfreader.library import Library
from xsfreader.ui.app import ReaderApp
from xsfreader.ui.screens.choice import ChoiceScreen
from xsfreader.ui.screens.search import SearchScreen
from xsfreader.ui.widgets.article import ArticleView

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.geometry import Region
    from textual.pilot import Pilot
    from textual.screen import Screen
    from textual.strip import Strip

    from xsfreader.library.jobs import Job


def post(number: int, text: str = "") -> bytes:
    """Write a post long enough to be scrolled."""
    body = "\n\n".join(f"Paragraph {n} of post {number}." for n in range(60))
    day = f"2020-01-{number:02}"
    return f"---\ntitle: Post number {number}\ndate: {day}\n---\n{text}\n\n{body}\n".encode()


def folder_of(tmp_path: Path, count: int) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    for number in range(1, count + 1):
        (folder / f"{number}.md").write_bytes(post(number))
    return folder


@asynccontextmanager
async def syncing(
    tmp_path: Path, *, delay: float = 0.0
) -> AsyncIterator[tuple[Pilot[None], GitHost, Path]]:
    """Run the app on a host of five posts, which takes its time; gives host and repository."""
    repository = new_repository(tmp_path / "served" / "blog.git")
    commit(repository, {f"content/blog/{n}.md": post(n) for n in range(1, 6)})
    with (
        GitHost(tmp_path / "served") as host,
        Library(Config(), locate(), host.url("blog.git")) as library,
    ):
        host.fault = Fault(delay=delay) if delay else None
        app = ReaderApp(library)
        async with app.run_test(size=(120, 30)) as pilot:
            yield pilot, host, repository
        app.close_libraries()


async def test_a_folder_is_followed_while_its_post_is_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 3)
    with Library(Config(), locate(), str(folder)) as library:
        library.refresh_local()
    async with running(str(folder), size=(100, 20)) as pilot:
        screen = reader(pilot)
        await pilot.press("j", "enter", "space", "space")
        await settle(pilot)
        line = screen.article.page.lines[screen.article.scroll_offset.y].text
        (folder / "4.md").write_bytes(post(4))
        await until(pilot, lambda: "4 posts" in screen.header.posts)
        entry = screen.posts.entry
        assert entry is not None
        assert entry.title == "Post number 2"
        assert screen.item_id == entry.permalink
        top = screen.article.scroll_offset.y
        assert screen.article.page.lines[top].text == line
        (folder / "old.md").write_text("---\ntitle: A draft\ndate: 2001-02-03\ndraft: true\n---\n")
        await until(pilot, lambda: "5 posts" in screen.header.posts)
        titles = [row.entry.title for row in screen.posts.tree_of_posts.rows if row.entry]
        assert "A draft" in titles


async def test_an_edit_of_the_post_shown_shows_at_once(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 2)
    async with running(str(folder), size=(100, 20)) as pilot:
        screen = reader(pilot)
        await until(pilot, lambda: "2 posts" in screen.header.posts)
        (folder / "2.md").write_bytes(post(2, "A sentence that was not there before."))
        await until(
            pilot,
            lambda: (
                "A sentence that was not there"
                in pilot.app.export_screenshot().replace("&#160;", " ")
            ),
        )


def shown_text(pilot: Pilot[None]) -> str:
    """Return the whole text of the article."""
    return "\n".join(line.text for line in reader(pilot).article.page.lines)


def top_words(pilot: Pilot[None]) -> str:
    """Give the line on top of the post's pane."""
    article = reader(pilot).article
    return article.page.lines[article.scroll_offset.y].text


async def test_a_paragraph_more_above_moves_nothing_that_is_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 2)
    async with running(str(folder), size=(100, 20)) as pilot:
        screen = reader(pilot)
        await until(pilot, lambda: "2 posts" in screen.header.posts)
        await pilot.press("enter", "space", "space", "j")
        await settle(pilot)
        before, document = top_words(pilot), screen.article.document
        (folder / "2.md").write_bytes(post(2, "One paragraph.\n\nAnd another, before the rest."))
        await until(pilot, lambda: screen.article.document is not document)
        await settle(pilot)
        assert top_words(pilot) == before


async def test_links_matches_and_contents_follow_an_edit_of_the_post(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 2)
    body = "newt [one](https://one.example)\n\n## A\n\na\n\n## B\n\na newt\n"
    (folder / "2.md").write_bytes(post(2, body))
    async with running(str(folder), size=(100, 30)) as pilot:
        screen = reader(pilot)
        await until(pilot, lambda: "2 posts" in screen.header.posts)

        async def edit(word: str) -> None:
            nonlocal body
            body = f"{word} newt [more](https://more.example)\n\n## {word}\n\n{body}"
            (folder / "2.md").write_bytes(post(2, body))
            await until(pilot, lambda: word in shown_text(pilot))
            await settle(pilot)

        await pilot.press("enter", "slash", *"newt", "enter", "n")
        assert screen.status.text == "newt: 2/2"
        await edit("first")
        assert screen.find.summary == "newt: 3/3"
        assert screen.article.has_highlights
        await pilot.press("f")
        hinting = [screen.links.hinting]
        await edit("second")
        assert [*hinting, screen.links.hinting] == [True, False]
        await pilot.press("t", "end")
        await edit("third")
        await pilot.press("enter")
        await settle(pilot)
        document = screen.article.document
        assert document is not None
        assert document.blocks[screen.article.place.block].text == "B"


async def test_a_post_is_followed_to_its_new_title(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 2)
    async with running(str(folder), size=(100, 20)) as pilot:
        screen = reader(pilot)
        await until(pilot, lambda: "2 posts" in screen.header.posts)
        await pilot.press("enter")
        was = screen.item_id
        new = post(2).replace(b"Post number 2", b"Another title", 1)
        (folder / "2.md").write_bytes(new)
        await until(pilot, lambda: screen.item_id != was)
        assert screen.article.document is not None
        assert screen.article.document.blocks[0].text == "Another title"
        entry = screen.posts.entry
        assert entry is not None
        assert entry.permalink == screen.item_id


async def test_a_page_of_the_guide_that_is_read_stays_alive_until_it_is_left(
    tmp_path: Path,
) -> None:
    async with syncing(tmp_path, delay=1.5) as (pilot, host, _):
        screen = reader(pilot)
        await pilot.press("enter", "space")
        host.fault = None
        await until(pilot, lambda: "go to the list" in screen.status.text)
        assert screen.library.is_guide
        await pilot.press("T", "d")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.item_id is not None
        assert screen.item_id.startswith("/de/")
        await pilot.press("h")
        await until(pilot, lambda: "5 posts" in screen.header.posts)
        assert not reader(pilot).library.is_guide


async def test_a_broken_file_is_named_and_the_rest_is_there(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 2)
    (folder / "broken.md").write_text("---\ntitle: [unclosed\n")
    async with running(str(folder), size=(120, 20)) as pilot:
        screen = reader(pilot)
        await until(pilot, lambda: "1 unreadable" in screen.status.text)
        assert "broken.md" in screen.status.text
        assert "2 posts" in screen.header.posts
        assert "1 unreadable file: press P" in screen.header.render_line(0).text
        assert not screen.notice.display
        screen.status.say("something else")
        (folder / "3.md").write_bytes(post(3))
        await until(pilot, lambda: "1 new" in screen.status.text)
        assert screen.status.text == "1 new, 1 unreadable"
        assert not screen.status.alert
        await pilot.press("P")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceScreen))
        panel = pilot.app.screen
        assert isinstance(panel, ChoiceScreen)
        assert [row.partition(": ")[0] for row in panel.choices.rows] == ["broken.md"]
        await pilot.press("enter")
        await until(pilot, lambda: screen.status.text.endswith("broken.md"))
        (folder / "broken.md").unlink()
        await until(pilot, lambda: "unreadable" not in screen.header.render_line(0).text)
        await pilot.press("P")
        assert screen.status.text == "No unreadable files"


@pytest.mark.parametrize("size", [(100, 20), (60, 20)])
async def test_a_post_that_breaks_while_it_is_read_says_so_until_it_is_mended(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    folder = folder_of(tmp_path, 2)
    async with running(str(folder), size=size) as pilot:
        screen = reader(pilot)
        await until(pilot, lambda: "2 posts" in screen.header.posts)
        await pilot.press("enter", "space")
        place = screen.article.place
        (folder / "2.md").write_text("---\ntitle: [unclosed\n")
        await until(pilot, lambda: "1 unreadable" in screen.status.text)
        await until(pilot, lambda: screen.notice.display)
        await settle(pilot)
        notice = "Last good text; the file is unreadable now: front matter is not closed"
        assert screen.notice.text == notice
        lines = [screen.notice.render_line(y).text for y in range(screen.notice.size.height)]
        assert " ".join(" ".join(lines).split()) == notice
        assert f"Paragraph {place.block - 2} of post 2" in shown_text(pilot)
        assert screen.article.place == place
        screen.status.say("something else")
        (folder / "1.md").unlink()
        await until(pilot, lambda: "1 removed" in screen.status.text)
        assert "2.md" not in screen.status.text
        assert screen.notice.display
        (folder / "2.md").write_bytes(post(2, "A newt."))
        await until(pilot, lambda: not screen.notice.display)
        await pilot.press("g")
        await until(pilot, lambda: "A newt." in shown_text(pilot))
        assert screen.reading


async def test_a_notice_is_about_the_post_shown_alone(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 3)
    async with running(str(folder), size=(100, 20)) as pilot:
        screen = reader(pilot)
        await until(pilot, lambda: "3 posts" in screen.header.posts)
        (folder / "3.md").unlink()
        await until(pilot, lambda: screen.notice.display)
        await pilot.press("j")
        await until(pilot, lambda: not screen.notice.display)
        assert "of post 3" not in shown_text(pilot)


async def test_the_first_sync_leaves_the_guide_for_the_archive(tmp_path: Path) -> None:
    async with syncing(tmp_path) as (pilot, host, repository):
        screen = reader(pilot)
        await until(pilot, lambda: "5 posts" in screen.header.posts)
        assert not screen.library.is_guide
        entry = screen.posts.entry
        assert entry is not None
        assert entry.title == "Post number 5"
        commit(repository, {f"content/blog/{n}.md": post(n) for n in range(1, 8)})
        await pilot.press("r")
        await until(pilot, lambda: "2 new" in screen.status.text)
        assert screen.item_id == entry.permalink
        host.stop()
        await pilot.press("r")
        await until(pilot, lambda: "press r to retry" in screen.status.text)
        assert "7 posts" in screen.header.posts


@pytest.mark.parametrize(
    ("branch", "name"),
    [("pull/1234", "XSF Blog, pull request 1234"), ("next", "XSF Blog, next")],
)
async def test_the_header_says_which_branch_is_read(tmp_path: Path, branch: str, name: str) -> None:
    repository = new_repository(tmp_path / "served" / "blog.git")
    commit(repository, {"content/blog/1.md": post(1)})
    head = commit(repository, {"content/blog/2.md": post(2)}, branch="next")
    git(repository, "update-ref", "refs/pull/1234/head", head)
    with (
        GitHost(tmp_path / "served") as host,
        Library(Config(branch=branch), locate(), host.url("blog.git")) as library,
    ):
        app = ReaderApp(library)
        async with app.run_test(size=(120, 30)) as pilot:
            screen = reader(pilot)
            await until(pilot, lambda: screen.header.posts == "1 post")
            assert screen.header.render_line(0).text.startswith(f" {name} ─ 1 post, ")
            assert screen.item_id == "/2020/01/post-number-2/"
        app.close_libraries()


async def test_a_post_that_goes_while_it_is_read_is_told_and_no_key_falls_over_it(
    tmp_path: Path,
) -> None:
    folder = folder_of(tmp_path, 2)
    async with running(str(folder), size=(100, 20)) as pilot:
        screen = reader(pilot)
        await until(pilot, lambda: "2 posts" in screen.header.posts)
        await pilot.press("enter", "space")
        (folder / "2.md").unlink()
        await until(pilot, lambda: screen.header.posts == "1 post")
        await until(pilot, lambda: screen.notice.display)
        assert screen.notice.text == "Last text; this post was removed from the source"
        assert "Paragraph 1 of post 2" in shown_text(pilot)
        for key in ("m", "s", "x", "T", "t", "escape", "o", "y", "J", "K", "i", "A", "e", "h",
                    "j", "enter", "]", "1", "2", "4", "5", "6", "H", "L", "z", "z"):  # fmt: skip
            await pilot.press(key)
            await settle(pilot)
            if pilot.app.screen is not screen:
                await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.is_running


async def test_a_folder_that_comes_back_is_no_failure_any_more(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 2)
    (folder / "broken.md").write_text("---\ntitle: [unclosed\n")
    async with running(str(folder), size=(120, 20)) as pilot:
        screen = reader(pilot)
        await until(pilot, lambda: "1 unreadable" in screen.status.text)
        (folder / "broken.md").unlink()
        await until(pilot, lambda: not screen.status.text)
        folder.rename(tmp_path / "away")
        await until(pilot, lambda: "press r to retry" in screen.status.text)
        assert screen.header.alert
        await pilot.press("j")
        screen.status.say("something else")
        await settle(pilot, 1.5)
        assert screen.status.text == "something else"
        (tmp_path / "away").rename(folder)
        await until(pilot, lambda: not screen.header.alert)
        assert screen.status.text == "something else"


@pytest.mark.parametrize(("keys", "title"), [("F", SearchScreen), ("t", ChoiceScreen)])
async def test_the_archive_that_came_waits_for_a_panel_to_close(
    keys: str, title: type[Screen[object]], tmp_path: Path
) -> None:
    async with syncing(tmp_path, delay=1.0) as (pilot, host, _):
        screen = reader(pilot)
        await pilot.press(keys)
        await until(pilot, lambda: isinstance(pilot.app.screen, title))
        host.fault = None
        await until(pilot, lambda: "5 new" in screen.status.text)
        guide = [screen.library.is_guide]
        await pilot.press("escape")
        await until(pilot, lambda: screen.header.posts == "5 posts")
        guide.append(screen.library.is_guide)
        assert guide == [True, False]


async def test_a_search_follows_what_changes(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 4)
    async with running(str(folder), size=(120, 30)) as pilot:
        screen = reader(pilot)
        await until(pilot, lambda: "4 posts" in screen.header.posts)
        await pilot.press("F", *"paragraph")
        await until(pilot, lambda: isinstance(pilot.app.screen, SearchScreen))
        search = pilot.app.screen
        assert isinstance(search, SearchScreen)
        await until(pilot, lambda: len(search.results.hits) == 4)
        await pilot.press("down", "down")
        at = search.results.hits[2].target
        (folder / "4.md").unlink()
        await until(pilot, lambda: len(search.results.hits) == 3)
        assert search.results.hits[search.results.cursor].target == at
        await pilot.press("enter")
        await until(pilot, lambda: screen.item_id == at)


async def test_what_is_chosen_in_a_panel_comes_before_the_archive_that_came(
    tmp_path: Path,
) -> None:
    async with syncing(tmp_path, delay=1.0) as (pilot, host, _):
        screen = reader(pilot)
        await pilot.press("F", *"percent")
        host.fault = None
        await until(pilot, lambda: "5 new" in screen.status.text)
        search = pilot.app.screen
        assert isinstance(search, SearchScreen)
        hit = search.results.hits[0].target
        await pilot.press("enter")
        await until(pilot, lambda: screen.item_id == hit)
        await settle(pilot, 0.2)
        assert screen.reading
        guide = [screen.library.is_guide]
        await pilot.press("escape", "h")
        await until(pilot, lambda: screen.header.posts == "5 posts")
        guide.append(screen.library.is_guide)
        assert guide == [True, False]
        assert screen.header.unread == "5 unread"


async def test_a_command_is_given_the_post_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with syncing(tmp_path, delay=1.0) as (pilot, host, _):
        screen = reader(pilot)
        given: list[str] = []
        monkeypatch.setattr(screen.external, "run", lambda _words, text, **_: given.append(text))
        await pilot.press("vertical_line", *"cat")
        host.fault = None
        await until(pilot, lambda: "5 new" in screen.status.text)
        await pilot.press("enter")
        await until(pilot, lambda: bool(given))
        assert "Welcome to xsfreader" in given[0]
        await until(pilot, lambda: screen.header.posts == "5 posts")


async def test_child_process_starts_after_the_first_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[int] = []
    at_start: list[int] = []
    render_lines, job = ArticleView.render_lines, Library.job

    def recording_render_lines(self: ArticleView, crop: Region) -> list[Strip]:
        strips = render_lines(self, crop)
        painted.append(len(strips))
        return strips

    def recording_job(self: Library, *arguments: str) -> Job:
        at_start.append(len(painted))
        return job(self, *arguments)

    monkeypatch.setattr(ArticleView, "render_lines", recording_render_lines)
    monkeypatch.setattr(Library, "job", recording_job)
    async with running(str(folder_of(tmp_path, 2)), size=(100, 20)) as pilot:
        await until(pilot, lambda: bool(at_start))
    assert at_start[0] > 0


async def test_a_draft_has_a_label_in_the_list_and_in_the_post(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 1)
    text = post(2).replace(b"---\n", b"---\ndraft: true\n", 1)
    (folder / "2.md").write_bytes(text)
    async with running(str(folder), size=(100, 20)) as pilot:
        posts = reader(pilot).posts
        rows = [posts.render_line(line).text.split() for line in range(posts.size.height)]
        assert [row[-1] for row in rows if "number" in row] == ["draft", "1"]
        document = reader(pilot).article.document
        assert document is not None
        assert document.blocks[1].text.startswith("draft · 2 Jan 2020")
