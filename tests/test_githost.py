"""The Git host of the tests serves the real Git client, and misbehaves when a fault is set."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.githost import Fault, GitHost, commit, git, new_repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("filters", [True, False])
def test_git_clones_from_it(tmp_path: Path, filters: bool) -> None:
    repository = new_repository(tmp_path / "up" / "blog.git", filters=filters)
    files = {f"content/blog/{i}.md": b"%d" % i for i in range(100)}
    made = commit(repository, files)
    with GitHost(tmp_path / "up") as host:
        git(
            tmp_path,
            *("clone", "-q", "--depth=1", "--filter=blob:none", "--sparse"),
            *(host.url("blog.git"), "clone"),
        )
        git(tmp_path / "clone", "sparse-checkout", "set", "content/blog")
        assert host.sent == sum(request.sent for request in host.seen) > 0
    assert git(tmp_path / "clone", "rev-parse", "HEAD") == made
    assert (tmp_path / "clone" / "content/blog/42.md").read_bytes() == b"42"


def test_git_itself_fails_at_faults(tmp_path: Path) -> None:
    commit(new_repository(tmp_path / "up" / "blog.git"), {"a": b"a"})
    with GitHost(tmp_path / "up") as host:
        for fault in (Fault(status=404), Fault(only="want", cut=10)):
            host.fault = fault
            with pytest.raises(subprocess.CalledProcessError):
                git(tmp_path, "clone", "-q", host.url("blog.git"), "clone")
        host.fault = None
        git(tmp_path, "clone", "-q", host.url("blog.git"), "clone")
    with pytest.raises(subprocess.CalledProcessError):
        git(tmp_path, "ls-remote", host.url("blog.git"))
