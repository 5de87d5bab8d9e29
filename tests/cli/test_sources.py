"""Which source is read, what is stored of it, and removing that."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.githost import GitHost, commit, git, new_repository
from xsfreader.cli import main
from xsfreader.cli.output import FAILURE, OK, USAGE
from xsfreader.config import Config, locate
from xsfreader.library import Library, archive_path
from xsfreader.model import Known
from xsfreader.store.files import lock, sync_lock_file
from xsfreader.store.specifications import SpecificationFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POST = "---\ntitle: {}\ndate: 2020-01-01\n---\nText.\n"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The address of a blog with one post, and with another in pull request 12."""
    blog = new_repository(tmp_path / "served" / "blog.git")
    commit(blog, {"content/blog/a.md": POST.format("Merged").encode()})
    head = commit(blog, {"content/blog/a.md": POST.format("Proposed").encode()}, branch="fork")
    git(blog, "update-ref", "refs/pull/12/head", head)
    with GitHost(tmp_path / "served") as host:
        yield host.url("blog.git")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command; return its code, output and messages."""
    code = main(arguments)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_pull_request_has_its_own_archive(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "sync", "--source", url)[0] == OK
    assert run(capsys, "sync", "--source", url, "--branch", "pull/12")[0] == OK
    assert "Merged" in run(capsys, "list", "--source", url)[1]
    assert "Proposed" in run(capsys, "list", "--source", url, "--branch=pull/12")[1]
    assert len(list(locate().data.glob("archive-*.db"))) == 2


def test_branch_is_configured_too_and_the_option_is_stronger(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'source = "{url}"\nbranch = "pull/12"\n')
    for arguments, title in (((), "Proposed"), (("--branch", ""), "Merged")):
        assert run(capsys, "--config", str(config), *arguments, "sync")[0] == OK
        assert title in run(capsys, "--config", str(config), *arguments, "list")[1]


def test_missing_pull_request_is_one_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "sync", "--source", url, "--branch", "pull/7")
    assert (code, out) == (FAILURE, "")
    assert err.endswith(f"xsfreader: {url} has no pull request 7; check the number\n")


@pytest.mark.parametrize("source", ["guide", "."])
def test_branch_of_a_folder_is_a_usage_error(
    source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "list", "--source", source, "--branch", "main")
    assert (code, err) == (USAGE, "xsfreader: --branch needs a Git URL as the source\n")


def stored() -> set[str]:
    """Return the names of all files but those of the state."""
    data = locate().data
    return {one.name for one in data.iterdir() if not one.name.startswith("state.db")}


@pytest.mark.parametrize("command", ["sync", "list", "search word", "show post", "xeps"])
def test_mistyped_address_leaves_no_archive(command: str, url: str) -> None:
    for source in (f"{url}x", "http://127.0.0.1:9/blog.git"):
        assert main([*command.split(), "--source", source]) == FAILURE
    assert stored() == set()


@pytest.mark.parametrize("command", ["sync", "list"])
def test_folder_without_posts_leaves_no_archive(command: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "missing"):
        assert main([command, "--source", str(tmp_path / name)]) == FAILURE
    data = locate().data
    assert not data.exists() or stored() == set()


def test_another_blog_is_told_what_can_be_read(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(tmp_path / "served" / "blog.git", {"posts/a.md": POST.format("Else").encode()})
    code, _, err = run(capsys, "sync", "--source", url)
    assert code == FAILURE
    assert "forks and mirrors of xmpp.org can be read; clone another blog" in err
    assert err.count("\n") == err.count("xsfreader:")
    assert stored() == set()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one post, in the archive."""
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "a.md").write_text(POST.format("A"))
    assert main(["sync", "--source", str(folder)]) == OK
    return folder


def test_forget_removes_an_archive_and_keeps_the_marks(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Library(Config(), locate(), str(folder)) as library:
        library.set_starred("/2020/01/a/", starred=True)
        library.images._file.put("blob", b"x", None)
    xeps = locate().specifications(str(folder))
    with contextlib.closing(SpecificationFile(xeps)) as file:
        file.set_listed(Known("1"))
    assert main(["sync", "--source", "guide"]) == OK
    own = {name for name in stored() if "guide" not in name}
    capsys.readouterr()
    code, out, _ = run(capsys, "forget", "--yes", str(folder))
    assert code == OK
    assert {line.rpartition("/")[2] for line in out.splitlines()} == own
    assert out.count("removed ") == len(own) == 4
    assert not any("posts" in name for name in stored())
    assert "archive-guide.db" in stored()
    code, _, err = run(capsys, "forget", "--yes", str(folder))
    assert code == FAILURE
    assert err == f"xsfreader: no archive of {folder} is stored; `xsfreader paths` lists all\n"
    assert main(["sync", "--source", str(folder)]) == OK
    assert run(capsys, "list", "--source", str(folder), "--starred")[1].count("\n") >= 1


def test_forget_takes_what_paths_lists(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.md").unlink()
    folder.rmdir()
    listed = [line for line in run(capsys, "paths")[1].splitlines() if "archive " in line]
    assert len(listed) == 1
    assert run(capsys, "forget", "--yes", listed[0].split(maxsplit=1)[1])[0] == OK
    assert "archive " not in run(capsys, "paths")[1]
    assert stored() == set()


@pytest.mark.parametrize("by", ["source", "file"])
def test_specifications_are_listed_and_removed(
    by: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    xeps = "http://127.0.0.1:9/xeps.git"
    file = locate().specifications(xeps)
    with contextlib.closing(SpecificationFile(file)) as specifications:
        specifications.set_listed(Known("1"))
    assert f"\nspecifications {file}\n" in run(capsys, "paths")[1]
    config = tmp_path / "config.toml"
    config.write_text('source = "http://127.0.0.1:9/blog.git"\nbranch = "pull/12"\n')
    name = xeps if by == "source" else str(file)
    code, out, _ = run(capsys, "--config", str(config), "forget", "--yes", name)
    assert (code, out) == (OK, f"removed {file}\n")
    assert str(file) not in run(capsys, "paths")[1]
    assert run(capsys, "list", "--source", str(folder))[0] == OK


def test_forget_takes_its_own_argument_alone(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XSFREADER_SOURCE", str(folder))
    with pytest.raises(SystemExit):
        main(["forget", "--yes", "", "--source", str(folder)])
    assert capsys.readouterr().err.endswith("argument SOURCE: it is empty\n")
    assert run(capsys, "forget", "--yes", "nosuch", "--source", str(folder))[0] == FAILURE
    assert any("posts" in name for name in stored())


def test_forget_asks_and_needs_a_terminal_for_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stored()
    assert run(capsys, "forget", str(folder))[0] == USAGE
    assert stored() == before


def test_forget_leaves_an_archive_that_is_open_or_synced(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stored()
    with Library(Config(), locate(), str(folder)):
        code, _, err = run(capsys, "forget", "--yes", str(folder))
    assert code == FAILURE
    assert "is in use; quit the other xsfreader" in err
    with lock(sync_lock_file(archive_path(Config(), locate(), str(folder))), 0):
        assert run(capsys, "forget", "--yes", str(folder))[0] == FAILURE
    assert stored() == before
    assert run(capsys, "list", "--source", str(folder))[0] == OK


@pytest.mark.parametrize("kind", ["text", "database", "folder", "state"])
def test_forget_removes_nothing_but_archives(
    kind: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = archive_path(Config(), locate(), str(folder))
    name = str(folder)
    if kind == "state":
        name = str(locate().state)
    else:
        for one in archive.parent.glob(f"{archive.name}*"):
            one.unlink()
    if kind == "folder":
        archive.mkdir()
        (archive / "diary.txt").write_text("mine")
    elif kind == "text":
        archive.write_text("mine, and no database at all")
    elif kind == "database":
        with contextlib.closing(sqlite3.connect(archive)) as db:
            db.execute("CREATE TABLE diary (day)")
    beside = archive.with_name(archive.name + "-diary.txt")
    beside.write_text("mine")
    before = {one for one in tmp_path.rglob("*") if ".log" not in one.name}
    code, out, err = run(capsys, "forget", "--yes", name)
    assert (code, out) == (FAILURE, "")
    assert err.count("\n") == 1
    assert {one for one in tmp_path.rglob("*") if ".log" not in one.name} == before


def test_problems_lists_every_unreadable_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = ("--source", str(folder))
    assert run(capsys, "problems", *source) == (OK, "", "No unreadable files\n")
    (folder / "b.md").write_text("---\ntitle: [unclosed\n")
    (folder / "c.md").write_text("---\ndate: 2020-01-01\n---\nText.\n")
    code, out, err = run(capsys, "problems", *source)
    assert (code, err) == (OK, "")
    assert [line.partition(": ")[0] for line in out.splitlines()] == ["b.md", "c.md"]
    assert "c.md: no title\n" in out
    found = json.loads(run(capsys, "problems", "--json", *source)[1])
    assert [f"{file['path']}: {file['reason']}" for file in found] == out.splitlines()


def test_problems_of_nothing_fetched_is_an_error(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "problems", "--json", "--source", url)
    assert (code, out) == (FAILURE, "")
    assert "nothing fetched yet" in err
