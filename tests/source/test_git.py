"""The Git source against the real ``git http-backend``."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from tests.githost import (
    Fault,
    GitHost,
    commit,
    corpus_commits,
    corpus_repository,
    git,
    new_repository,
)
from xsfreader.errors import (
    OversizeError,
    UnreachableError,
    UpstreamError,
)
from xsfreader.model import Known, Snapshot
from xsfreader.reports import Progress
from xsfreader.source import git as git_module
from xsfreader.source import names, open_source
from xsfreader.source.web import session

if TYPE_CHECKING:
    from pathlib import Path

POST = b"---\ntitle: A\ndate: 2020-01-01\n---\nText.\n"


def fetch(
    host: GitHost, known: Known | None = None, *, branch: str | None = None, name: str = "blog.git"
) -> Snapshot | None:
    source = open_source(host.url(name), branch=branch)
    return source.snapshot(known or Known(), lambda _: None)


def fetched(host: GitHost, known: Known | None = None, *, branch: str | None = None) -> Snapshot:
    snapshot = fetch(host, known, branch=branch)
    assert snapshot is not None
    return snapshot


def known(snapshot: Snapshot) -> Known:
    return Known(snapshot.id, snapshot.files)


def blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def open_pull_request(repository: Path, number: int, files: dict[str, bytes]) -> None:
    """Give a commit the only name that a host gives it."""
    head = commit(repository, files, branch="fork")
    git(repository, "update-ref", f"refs/pull/{number}/head", head)
    git(repository, "update-ref", "-d", "refs/heads/fork")


@pytest.mark.corpus
def test_real_blog_takes_few_requests_and_bytes(tmp_path: Path) -> None:
    repository = corpus_repository(tmp_path / "up.git")
    listed = git(repository, "ls-tree", "-r", "master", "content/blog").splitlines()
    expected = {}
    for line in listed:
        meta, _, path = line.partition("\t")
        if path.endswith(".md") and "_index" not in path:
            expected[path] = meta.split()[2]
    with GitHost(tmp_path) as host:
        snapshot = fetch(host, name="up.git")
        assert snapshot is not None
        assert snapshot.files == expected
        assert len(snapshot.files) == 397
        assert set(snapshot.blobs) == set(expected.values())
        assert all(blob_id(data) == name for name, data in snapshot.blobs.items())
        assert not snapshot.refused
        assert len(host.seen) <= 4
        assert host.sent <= 1_300_000
        assert len({request.connection for request in host.seen}) == 1
        host.reset()
        assert fetch(host, known(snapshot), name="up.git") is None
        assert len(host.seen) <= 2
        assert host.sent <= 4096


@pytest.mark.corpus
def test_only_changed_files_are_fetched(tmp_path: Path) -> None:
    repository = corpus_repository(tmp_path / "up.git")
    first, second, _ = corpus_commits(repository)
    with GitHost(tmp_path) as host:
        git(repository, "update-ref", "refs/heads/master", first)
        old = fetch(host, name="up.git")
        assert old is not None
        git(repository, "update-ref", "refs/heads/master", second)
        new = fetch(host, known(old), name="up.git")
    assert new is not None
    assert set(new.blobs) == set(new.files.values()) - set(old.files.values())
    assert 0 < len(new.blobs) < len(new.files) / 2


def test_moved_file_is_not_fetched_again(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": POST, "content/blog/b.md": b"b"})
    old = fetched(host)
    commit(blog, {"content/blog/moved/a.md": POST, "content/blog/b.md": b"c"})
    new = fetched(host, known(old))
    assert new.files["content/blog/moved/a.md"] == blob_id(POST)
    assert list(new.blobs.values()) == [b"c"]


def test_rewritten_branch_is_followed(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": b"one"})
    old = fetched(host)
    commit(blog, {"content/blog/a.md": b"two"})
    new = fetched(host, known(old))
    assert new.id != old.id
    assert list(new.blobs.values()) == [b"two"]


def test_new_commit_is_found_by_the_same_source(host: GitHost, blog: Path) -> None:
    source = open_source(host.url("blog.git"))
    for text in (b"one", b"two"):
        commit(blog, {"content/blog/a.md": text})
        snapshot = source.snapshot(Known(), lambda _: None)
        assert snapshot is not None
        assert list(snapshot.blobs.values()) == [text]


def test_only_the_named_branch_is_read(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": b"default"})
    commit(blog, {"content/blog/a.md": b"draft"}, branch="draft")
    commit(blog, {"content/blog/a.md": b"draft two"}, branch="draft2")
    assert list(fetched(host).blobs.values()) == [b"default"]
    assert list(fetched(host, branch="draft").blobs.values()) == [b"draft"]
    assert list(fetched(host, branch="refs/heads/draft2").blobs.values()) == [b"draft two"]


def test_only_posts_and_images_are_listed(host: GitHost, blog: Path) -> None:
    files = {
        "content/blog/a.md": b"a",
        "content/blog/deep/er/b.de.md": b"b",
        "content/blog/_index.md": b"no post",
        "content/blog/picture.png": b"no post",
        "content/other/c.md": b"elsewhere",
        "static/images/x.png": b"x",
        "static/images/in/y.svg": b"y",
        "static/js/z.js": b"z",
    }
    commit(blog, files)
    snapshot = fetched(host)
    assert set(snapshot.files) == {"content/blog/a.md", "content/blog/deep/er/b.de.md"}
    assert dict(snapshot.images) == {
        "/images/x.png": blob_id(b"x"),
        "/images/in/y.svg": blob_id(b"y"),
    }
    assert set(snapshot.blobs.values()) == {b"a", b"b"}


def test_images_are_fetched_by_a_request_each_over_one_connection(
    host: GitHost, blog: Path
) -> None:
    images = {f"static/images/{i}.png": b"%d" % i for i in range(3)}
    commit(blog, {"content/blog/a.md": b"a", **images})
    source = open_source(host.url("blog.git"))
    for data in images.values():
        assert source.blob("x", blob_id(data)) == data
    assert [request.method for request in host.seen] == ["GET", "POST", "POST", "POST", "POST"]
    assert len({request.connection for request in host.seen}) == 1
    with pytest.raises(UpstreamError):
        source.blob("x", "0" * 40)


def test_too_large_image_is_rejected(
    host: GitHost, blog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(blog, {"content/blog/a.md": b"a", "static/images/x.png": bytes(100_000)})
    monkeypatch.setattr(names, "IMAGE_LIMIT", 99_999)
    with pytest.raises(OversizeError):
        open_source(host.url("blog.git")).blob("x", blob_id(bytes(100_000)))


@pytest.mark.parametrize("fault", [None, Fault(deaf=True)])
def test_server_without_filters_works_and_is_reported(tmp_path: Path, fault: Fault | None) -> None:
    repository = new_repository(tmp_path / "blog.git", filters=False)
    files = {"content/blog/a.md": b"a", "static/images/x": b"x", "big": os.urandom(3 << 20)}
    commit(repository, files)
    told: list[Progress] = []
    with GitHost(tmp_path) as host:
        host.fault = fault
        source = open_source(host.url("blog.git"))
        snapshot = source.snapshot(Known(), told.append)
    assert snapshot is not None
    assert dict(snapshot.blobs) == {blob_id(b"a"): b"a"}
    assert any("whole site" in item.stage for item in told)


def test_server_with_protocol_version_0_finds_branches(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": b"draft"}, branch="draft")
    host.fault = Fault(deaf=True)
    assert list(fetched(host, branch="draft").blobs.values()) == [b"draft"]
    with pytest.raises(UpstreamError, match="no branch"):
        fetch(host, branch="none")


def test_progress_only_increases(host: GitHost, blog: Path) -> None:
    commit(blog, {f"content/blog/{i}.md": b"%d" % i for i in range(100)})
    told: list[Progress] = []
    open_source(host.url("blog.git")).snapshot(Known(), told.append)
    stages = list(dict.fromkeys(item.stage for item in told))
    assert stages == ["contacting the server", "fetching the list of posts", "fetching posts"]
    posts = [item for item in told if item.stage == "fetching posts"]
    for unit in ("posts", "bytes"):
        done = [item.done for item in posts if item.unit == unit]
        assert done == sorted(done)
    assert posts[0] == Progress("fetching posts", 0, 100, "posts")
    assert posts[-1] == Progress("fetching posts", 100, 100, "posts")


def test_many_posts_are_fetched_in_batches(
    host: GitHost, blog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_module, "BATCH", 10)
    commit(blog, {f"content/blog/{i}.md": b"%d" % i for i in range(25)})
    assert len(fetched(host).blobs) == 25
    assert sum(b"command=fetch" in request.body for request in host.seen) == 4


def test_user_agent_names_git_and_the_program(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": b"a"})
    fetch(host)
    assert {request.headers["user-agent"] for request in host.seen} == {session.USER_AGENT}
    assert session.USER_AGENT.startswith("git/")
    assert "xsfreader" in session.USER_AGENT


def test_too_large_post_is_rejected_and_the_rest_fetched(host: GitHost, blog: Path) -> None:
    line = b"x" * (10 << 20)
    commit(blog, {"content/blog/long.md": line, "content/blog/a.md": b"a"})
    snapshot = fetched(host)
    assert dict(snapshot.blobs) == {blob_id(b"a"): b"a"}
    assert snapshot.files["content/blog/long.md"] == blob_id(line)
    (refused,) = snapshot.refused
    assert refused.path == "content/blog/long.md"
    assert "10.0 MiB" in refused.reason
    host.reset()
    commit(blog, {"content/blog/long.md": line, "content/blog/a.md": b"b"})
    assert len(fetched(host, known(snapshot)).blobs) == 1
    assert host.sent < 10_000


@pytest.mark.parametrize("files", [{"README.md": b"x"}, {"content/blog/x.txt": b"x"}])
def test_repository_without_a_blog_is_an_error(
    host: GitHost, blog: Path, files: dict[str, bytes]
) -> None:
    commit(blog, files)
    with pytest.raises(UpstreamError, match="no posts in content/blog") as raised:
        fetch(host)
    assert "blog.git" in str(raised.value)


@pytest.mark.parametrize("deaf", [False, True])
def test_head_of_a_pull_request_is_read(host: GitHost, blog: Path, *, deaf: bool) -> None:
    commit(blog, {"content/blog/a.md": b"merged"})
    open_pull_request(blog, 12, {"content/blog/a.md": b"proposed"})
    open_pull_request(blog, 123, {"content/blog/a.md": b"another"})
    host.fault = Fault(deaf=deaf)
    assert list(fetched(host, branch="pull/12").blobs.values()) == [b"proposed"]


@pytest.mark.parametrize(
    ("branch", "words"),
    [
        ("pull/1234", "has no pull request 1234; check the number"),
        ("pull/012", "has no branch “pull/012”; check the name"),
        ("pull/1/head", "has no branch “pull/1/head”; check the name"),
        ("none", "has no branch “none”; check the name"),
    ],
)
def test_missing_pull_request_is_an_error(
    host: GitHost, blog: Path, branch: str, words: str
) -> None:
    commit(blog, {"content/blog/a.md": POST})
    open_pull_request(blog, 12, {"content/blog/a.md": POST})
    with pytest.raises(UpstreamError) as caught:
        fetch(host, branch=branch)
    assert str(caught.value) == f"{host.url('blog.git')} {words}"


def test_empty_repository_and_missing_branch_are_errors(host: GitHost, blog: Path) -> None:
    with pytest.raises(UpstreamError, match="no commit yet"):
        fetch(host)
    commit(blog, {"content/blog/a.md": b"a"})
    with pytest.raises(UpstreamError, match="no branch “other”"):
        fetch(host, branch="other")


def test_missing_repository_is_an_error(host: GitHost) -> None:
    with pytest.raises(UpstreamError, match="was not found"):
        fetch(host, name="other.git")


def test_error_in_the_progress_callback_propagates(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": POST})

    def broken(_: Progress) -> None:
        raise RuntimeError("the screen is gone")

    with pytest.raises(RuntimeError, match="the screen is gone"):
        open_source(host.url("blog.git")).snapshot(Known(), broken)


def test_missing_network_is_reported(host: GitHost) -> None:
    host.stop()
    with pytest.raises(UnreachableError, match="refused the connection"):
        fetch(host)
    with pytest.raises(UnreachableError, match="was not found"):
        open_source("http://no-such-host.invalid/x").snapshot(Known(), lambda _: None)
