"""Authors at work, in a real terminal: drafts, pull requests, archives that are not needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.githost import GitHost, commit, git, new_repository
from tests.terminal import running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run

DRAFT = "---\ntitle: Newsletter\ndate: 2020-02-01\ndraft: true\n---\n{}\n"
POST = "---\ntitle: Old news\ndate: 2020-01-01\n---\nWords.\n"
BROKEN = "---\ntitle: [unclosed\n"


def test_a_draft_is_previewed_broken_and_mended(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text(POST)
    draft = tmp_path / "draft.md"
    draft.write_text(DRAFT.format("A newt."))
    with running("--source", str(tmp_path)) as terminal:
        terminal.wait("A newt.")
        terminal.wait("draft")
        terminal.wait("2 posts")
        terminal.press("enter")
        draft.write_text(BROKEN)
        terminal.wait("Last good text; the file is unreadable now: front matter is not closed")
        text = terminal.wait("1 unreadable file: press P")
        assert "A newt." in text
        terminal.press("P")
        terminal.wait("Unreadable files")
        terminal.press("esc")
        terminal.wait(lambda text: "Unreadable files" not in text)
        draft.write_text(DRAFT.format("A better newt."))
        terminal.wait("A better newt.")
        text = terminal.wait(lambda text: "Last good text" not in text and "press P" not in text)
        assert "draft" in text
        terminal.press("q")
        assert terminal.ended() == 0


def test_a_pull_request_is_read_before_it_is_merged(tmp_path: Path, run: Run) -> None:
    blog = new_repository(tmp_path / "blog.git")
    commit(blog, {"content/blog/old.md": POST.encode()})
    files = {"content/blog/old.md": POST, "content/blog/new.md": DRAFT.format("A newt.")}
    head = commit(blog, {name: text.encode() for name, text in files.items()}, branch="fork")
    git(blog, "update-ref", "refs/pull/12/head", head)
    git(blog, "update-ref", "-d", "refs/heads/fork")
    with GitHost(tmp_path) as host:
        source = ("--source", host.url("blog.git"))
        with running(*source, "--branch", "pull/12") as terminal:
            terminal.wait("XSF Blog, pull request 12 ─ 2 posts")
            assert "Newsletter" in terminal.wait("A newt.")
            terminal.press("q")
            assert terminal.ended() == 0
        with running(*source, "--branch", "pull/7") as terminal:
            words = "/blog.git has no pull request 7; check the number"
            terminal.wait(lambda _: words in terminal.words)
        assert run("paths").stdout.count("archive-127-0-0-1") == 1
        assert run("sync", *source).returncode == 0
    assert "Newsletter" not in run("list", *source).stdout
    assert "Newsletter" in run("list", *source, "--branch", "pull/12").stdout


def test_forget_asks_before_it_removes_an_archive(tmp_path: Path, run: Run) -> None:
    (tmp_path / "old.md").write_text(POST)
    source = str(tmp_path)
    assert run("sync", "--source", source).returncode == 0
    for answer, words, code in (("n", "Nothing was removed", 1), ("y", "removed /", 0)):
        with running("forget", source) as terminal:
            terminal.wait("Remove it? [y/N]")
            terminal.press(answer, "enter")
            terminal.wait(words)
            assert terminal.ended() == code
    assert run("forget", "--yes", source).returncode == 1
