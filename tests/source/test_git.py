"""The Git source against the real ``git http-backend``, well behaved and not."""

from __future__ import annotations

import hashlib
import os
import random
import threading
from contextlib import suppress
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
    SourceError,
    StoppedError,
    UnreachableError,
    UpstreamError,
)
from xsfreader.model import Known, Progress, Snapshot
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
    return source.snapshot(known or Known(), lambda _: None, lambda: False)


def fetched(host: GitHost, known: Known | None = None, *, branch: str | None = None) -> Snapshot:
    snapshot = fetch(host, known, branch=branch)
    assert snapshot is not None
    return snapshot


def known(snapshot: Snapshot) -> Known:
    return Known(snapshot.id, snapshot.files)


def blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.corpus
def test_the_real_blog_comes_in_few_requests_and_bytes(tmp_path: Path) -> None:
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
        assert len(host.seen) <= 10
        assert host.sent <= 1_300_000
        assert len({request.connection for request in host.seen}) == 1
        host.reset()
        assert fetch(host, known(snapshot), name="up.git") is None
        assert len(host.seen) <= 4
        assert host.sent <= 4096


@pytest.mark.corpus
def test_only_what_changed_comes_from_one_commit_to_the_next(tmp_path: Path) -> None:
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


def test_a_file_that_only_moved_is_not_sent_again(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": POST, "content/blog/b.md": b"b"})
    old = fetched(host)
    commit(blog, {"content/blog/moved/a.md": POST, "content/blog/b.md": b"c"})
    new = fetched(host, known(old))
    assert new.files["content/blog/moved/a.md"] == blob_id(POST)
    assert list(new.blobs.values()) == [b"c"]


def test_a_branch_that_was_rewritten_is_followed(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": b"one"})
    old = fetched(host)
    commit(blog, {"content/blog/a.md": b"two"})
    new = fetched(host, known(old))
    assert new.id != old.id
    assert list(new.blobs.values()) == [b"two"]


def test_one_branch_is_read_and_no_other(host: GitHost, blog: Path) -> None:
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


def test_an_image_comes_by_its_id(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": b"a", "static/images/x.png": b"\x89PNG"})
    source = open_source(host.url("blog.git"))
    image = blob_id(b"\x89PNG")
    assert source.blob("/images/x.png", image, lambda: False) == b"\x89PNG"
    with pytest.raises(UpstreamError):
        source.blob("/images/x.png", "0" * 40, lambda: False)


def test_an_image_that_is_too_large_is_refused(
    host: GitHost, blog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(blog, {"content/blog/a.md": b"a", "static/images/x.png": bytes(100_000)})
    monkeypatch.setattr(names, "IMAGE_LIMIT", 99_999)
    with pytest.raises(OversizeError):
        open_source(host.url("blog.git")).blob("x", blob_id(bytes(100_000)), lambda: False)


@pytest.mark.parametrize("fault", [None, Fault(deaf=True)])
def test_a_server_without_filters_works_and_is_named(tmp_path: Path, fault: Fault | None) -> None:
    repository = new_repository(tmp_path / "blog.git", filters=False)
    files = {"content/blog/a.md": b"a", "static/images/x": b"x", "big": os.urandom(3 << 20)}
    commit(repository, files)
    told: list[Progress] = []
    with GitHost(tmp_path) as host:
        host.fault = fault
        source = open_source(host.url("blog.git"))
        snapshot = source.snapshot(Known(), told.append, lambda: False)
    assert snapshot is not None
    assert dict(snapshot.blobs) == {blob_id(b"a"): b"a"}
    assert any("whole site" in item.stage for item in told)


def test_a_server_that_speaks_version_0_finds_branches(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": b"draft"}, branch="draft")
    host.fault = Fault(deaf=True)
    assert list(fetched(host, branch="draft").blobs.values()) == [b"draft"]
    with pytest.raises(UpstreamError, match="no branch"):
        fetch(host, branch="none")


def test_progress_goes_forward_and_says_what_is_done(host: GitHost, blog: Path) -> None:
    commit(blog, {f"content/blog/{i}.md": b"%d" % i for i in range(100)})
    told: list[Progress] = []
    open_source(host.url("blog.git")).snapshot(Known(), told.append, lambda: False)
    stages = list(dict.fromkeys(item.stage for item in told))
    assert stages == ["contacting the server", "fetching the list of posts", "fetching posts"]
    posts = [item for item in told if item.stage == "fetching posts"]
    for unit in ("posts", "bytes"):
        done = [item.done for item in posts if item.unit == unit]
        assert done == sorted(done)
    assert posts[0] == Progress("fetching posts", 0, 100, "posts")
    assert posts[-1] == Progress("fetching posts", 100, 100, "posts")


def test_many_posts_come_in_batches(
    host: GitHost, blog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_module, "BATCH", 10)
    commit(blog, {f"content/blog/{i}.md": b"%d" % i for i in range(25)})
    assert len(fetched(host).blobs) == 25
    assert sum(b"command=fetch" in request.body for request in host.seen) == 4


def test_the_user_agent_names_git_and_the_program(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": b"a"})
    fetch(host)
    assert {request.headers["user-agent"] for request in host.seen} == {session.USER_AGENT}
    assert session.USER_AGENT.startswith("git/")
    assert "xsfreader" in session.USER_AGENT


def test_a_post_that_is_too_large_is_refused_and_the_rest_arrives(
    host: GitHost, blog: Path
) -> None:
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


def test_more_than_the_bounds_is_refused(
    host: GitHost, blog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(blog, {"content/blog/a.md": bytes(range(256)) * 40})
    monkeypatch.setattr(git_module, "RECEIVE_LIMIT", 300)
    with pytest.raises(OversizeError, match="more than"):
        fetch(host)
    monkeypatch.setattr(git_module, "RECEIVE_LIMIT", 1 << 20)
    monkeypatch.setattr(git_module, "UNPACK_LIMIT", 5000)
    with pytest.raises(OversizeError, match="unpacked"):
        fetch(host)


def raw_tree(repository: Path, *entries: tuple[str, bytes, str]) -> str:
    data = b"".join(
        mode.encode() + b" " + name + b"\0" + bytes.fromhex(blob) for mode, name, blob in entries
    )
    return git(repository, "hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=data)


def publish_blog(repository: Path, tree: str) -> None:
    content = raw_tree(repository, ("40000", b"blog", tree))
    root = raw_tree(repository, ("40000", b"content", content))
    made = git(repository, "commit-tree", "-m", "x", root)
    git(repository, "update-ref", "refs/heads/master", made)


@pytest.mark.parametrize(
    ("mode", "name", "path", "reason"),
    [
        ("100644", b"..", "content/blog/..", "name"),
        ("100644", b"a\x1b[2J.md", "content/blog/a\\x1b[2J.md", "name"),
        ("100644", b"a\n.md", "content/blog/a\\n.md", "name"),
        ("100644", b"/etc/x.md", "content/blog/\\x2fetc\\x2fx.md", "name"),
        ("100644", b"\xff.md", "content/blog/\\udcff.md", "name"),
        ("40000", b"..", "content/blog/..", "name"),
        ("120000", b"link.md", "content/blog/link.md", "symbolic link"),
        ("160000", b"module", "content/blog/module", "submodule"),
    ],
)
def test_hostile_entries_are_named_and_the_rest_arrives(
    host: GitHost, blog: Path, mode: str, name: bytes, path: str, reason: str
) -> None:
    good = git(blog, "hash-object", "-w", "--stdin", stdin=POST)
    inner = raw_tree(blog, ("100644", b"inner.md", good))
    bad = inner if mode == "40000" else good
    publish_blog(blog, raw_tree(blog, ("100644", b"a.md", good), (mode, name, bad)))
    snapshot = fetched(host)
    assert [item.path for item in snapshot.refused] == [path]
    assert reason in snapshot.refused[0].reason
    assert set(snapshot.files) == {"content/blog/a.md", path}
    assert list(snapshot.blobs) == [good]


def test_a_name_that_is_there_twice_is_refused(host: GitHost, blog: Path) -> None:
    one = git(blog, "hash-object", "-w", "--stdin", stdin=b"1")
    two = git(blog, "hash-object", "-w", "--stdin", stdin=b"2")
    entries = (("100644", b"a.md", one), ("100644", b"a.md", two), ("100644", b"b.md", one))
    publish_blog(blog, raw_tree(blog, *entries))
    snapshot = fetched(host)
    assert [item.reason for item in snapshot.refused] == ["is there twice"]
    assert list(snapshot.blobs.values()) == [b"1"]


def test_a_tree_that_multiplies_is_refused(
    host: GitHost, blog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "FILES_LIMIT", 5000)
    tree = raw_tree(
        blog, ("100644", b"a.md", git(blog, "hash-object", "-w", "--stdin", stdin=b"1"))
    )
    for _ in range(15):
        tree = raw_tree(blog, *(("40000", b"%02d" % i, tree) for i in range(10)))
    publish_blog(blog, tree)
    with pytest.raises(OversizeError, match="files"):
        fetch(host)


def test_a_tree_without_end_is_refused(host: GitHost, blog: Path) -> None:
    tree = raw_tree(
        blog, ("100644", b"a.md", git(blog, "hash-object", "-w", "--stdin", stdin=b"1"))
    )
    for _ in range(50):
        tree = raw_tree(blog, ("40000", b"d", tree))
    publish_blog(blog, tree)
    with pytest.raises(OversizeError, match="deeper"):
        fetch(host)


@pytest.mark.parametrize("files", [{"README.md": b"x"}, {"content/blog/x.txt": b"x"}])
def test_a_repository_without_a_blog_is_named(
    host: GitHost, blog: Path, files: dict[str, bytes]
) -> None:
    commit(blog, files)
    with pytest.raises(UpstreamError, match="no posts in content/blog") as raised:
        fetch(host)
    assert "blog.git" in str(raised.value)


def test_an_empty_repository_and_a_missing_branch_are_named(host: GitHost, blog: Path) -> None:
    with pytest.raises(UpstreamError, match="no commit yet"):
        fetch(host)
    commit(blog, {"content/blog/a.md": b"a"})
    with pytest.raises(UpstreamError, match="no branch “other”"):
        fetch(host, branch="other")


def test_a_missing_repository_is_named(host: GitHost) -> None:
    with pytest.raises(UpstreamError, match="was not found"):
        fetch(host, name="other.git")


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        (Fault(status=401), UpstreamError, "password"),
        (Fault(status=403), UpstreamError, "password"),
        (Fault(status=429), UpstreamError, "later"),
        (Fault(status=503), UpstreamError, "later"),
        (Fault(status=418), UpstreamError, "refused"),
        (Fault(body=b"<html>Sign in</html>"), UpstreamError, "sign in"),
        (Fault(change=lambda _: b"<html>"), UpstreamError, "Git transfer failed"),
        (Fault(change=lambda _: b""), UpstreamError, "ends in the middle"),
        (Fault(change=lambda b: b[:-9]), UpstreamError, "middle|Git transfer failed"),
        (Fault(only="ls-refs", change=lambda _: b"000aERR no\n0000"), UpstreamError, r"\(no\)"),
        (Fault(only="want", change=lambda _: b"0018ERR not\x1b[2J allowed\n0000"), UpstreamError,
            "did not send"),
        (Fault(only="want", change=lambda _: b"000dpackfile\n000d\x03\x1b[2Jgone0000"),
            UpstreamError, r"\(.\[2Jgone\)"),
        (Fault(only="filter", body=b"0000", headers={"Content-Type":
            "application/x-git-upload-pack-result"}), UpstreamError, "ends in the middle"),
        (Fault(only="want", change=lambda b: b[: len(b) // 2]), UpstreamError,
            "Git transfer failed"),
        (Fault(only="want", change=lambda b: flip(b, b.index(b"PACK") + 30)), UpstreamError,
            "Checksum"),
        (Fault(only="want", cut=50), UnreachableError, "was lost"),
        (Fault(cut=0), UnreachableError, "was lost"),
        (Fault(headers={"Content-Encoding": "gzip"}), UpstreamError, "check the address"),
    ],
)  # fmt: skip
def test_a_server_that_misbehaves_gets_a_clear_line(
    host: GitHost, blog: Path, fault: Fault, error: type[SourceError], reason: str
) -> None:
    commit(blog, {"content/blog/a.md": POST})
    host.fault = fault
    with pytest.raises(error, match=reason) as raised:
        fetch(host)
    assert str(raised.value).isprintable()
    host.fault = None
    assert fetch(host) is not None


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Change some bytes, drop some or insert packets that don't belong there."""
    for _ in range(chance.choice([1, 1, 2, 5])):
        at = chance.randrange(len(data) + 1)
        dropped = chance.choice([0, 0, 1, 4, len(data)])
        packet = chance.choice(
            [b"0000", b"0001", b"0003", b"0004", b"0005\x01", b"0005\x07", b"ffff"]
        )
        inserted = chance.choice([b"", packet, chance.randbytes(1), chance.randbytes(8)])
        data = data[:at] + inserted + data[at + dropped :]
    return data


@pytest.mark.parametrize("deaf", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_damaged_answers_raise_nothing_but_our_errors(
    host: GitHost, blog: Path, seed: int, deaf: bool
) -> None:
    chance = random.Random(seed)
    commit(blog, {f"content/blog/{i}.md": POST * i for i in range(5)})
    for only in ("info/refs", "ls-refs", "filter", "want"):
        host.fault = Fault(only=only, deaf=deaf, change=lambda data: damaged(data, chance))
        with suppress(SourceError):
            snapshot = fetched(host)
            assert all(blob_id(data) == name for name, data in snapshot.blobs.items())


def test_a_server_that_sends_other_objects_than_asked_is_refused(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": POST})
    answers: list[bytes] = []

    def keep(answer: bytes) -> bytes:
        answers.append(answer)
        return answers[0]

    host.fault = Fault(only="command=fetch", change=keep)
    with pytest.raises(UpstreamError, match="did not send"):
        fetch(host)


@pytest.mark.parametrize("only", ["info/refs", "ls-refs", "filter", "done"])
def test_a_stop_is_obeyed_while_the_server_is_silent(host: GitHost, blog: Path, only: str) -> None:
    commit(blog, {"content/blog/a.md": POST})
    host.fault = Fault(only=only, stall=60)
    asked = 0

    def stopped() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    with pytest.raises(StoppedError):
        open_source(host.url("blog.git")).snapshot(Known(), lambda _: None, stopped)
    left = [t for t in threading.enumerate() if t.name == "xsfreader-transfer"]
    assert all(t.daemon for t in left)


def test_a_silent_server_is_given_up(
    host: GitHost, blog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(blog, {"content/blog/a.md": POST})
    monkeypatch.setattr(session, "READ_SECONDS", 0.2)
    host.fault = Fault(only="ls-refs", stall=0)
    with pytest.raises(UnreachableError, match="timed out"):
        fetch(host)


def test_a_stop_is_obeyed_before_anything_is_asked(host: GitHost) -> None:
    with pytest.raises(StoppedError):
        open_source(host.url("blog.git")).snapshot(Known(), lambda _: None, lambda: True)


def test_an_error_in_the_callers_progress_ends_the_work(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": POST})

    def broken(_: Progress) -> None:
        raise RuntimeError("the screen is gone")

    with pytest.raises(RuntimeError, match="the screen is gone"):
        open_source(host.url("blog.git")).snapshot(Known(), broken, lambda: False)


def test_no_network_is_said(host: GitHost) -> None:
    host.stop()
    with pytest.raises(UnreachableError, match="refused the connection"):
        fetch(host)
    with pytest.raises(UnreachableError, match="was not found"):
        open_source("http://no-such-host.invalid/x").snapshot(
            Known(), lambda _: None, lambda: False
        )
