"""Which source is read: branches and pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.githost import GitHost, commit, git, new_repository
from xsfreader.cli import main
from xsfreader.cli.output import FAILURE, OK, USAGE
from xsfreader.config import locate

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
