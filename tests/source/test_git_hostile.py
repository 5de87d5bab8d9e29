"""The Git source against hostile trees, broken servers and damaged answers."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.githost import (
    Fault,
    GitHost,
    commit,
    git,
)
from tests.source.test_git import POST, blob_id, fetch, fetched
from xsfreader.errors import (
    OversizeError,
    SourceError,
    UnreachableError,
    UpstreamError,
)
from xsfreader.source import git as git_module
from xsfreader.source import names
from xsfreader.source.web import session

if TYPE_CHECKING:
    from pathlib import Path


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_received_and_unpacked_bytes_are_bounded(
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
def test_hostile_entries_are_reported_and_the_rest_fetched(
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


def test_duplicate_name_is_rejected(host: GitHost, blog: Path) -> None:
    one = git(blog, "hash-object", "-w", "--stdin", stdin=b"1")
    two = git(blog, "hash-object", "-w", "--stdin", stdin=b"2")
    entries = (("100644", b"a.md", one), ("100644", b"a.md", two), ("100644", b"b.md", one))
    publish_blog(blog, raw_tree(blog, *entries))
    snapshot = fetched(host)
    assert [item.reason for item in snapshot.refused] == ["is there twice"]
    assert list(snapshot.blobs.values()) == [b"1"]


def test_exponential_tree_is_rejected(
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


def test_deep_tree_is_rejected(host: GitHost, blog: Path) -> None:
    tree = raw_tree(
        blog, ("100644", b"a.md", git(blog, "hash-object", "-w", "--stdin", stdin=b"1"))
    )
    for _ in range(50):
        tree = raw_tree(blog, ("40000", b"d", tree))
    publish_blog(blog, tree)
    with pytest.raises(OversizeError, match="deeper"):
        fetch(host)


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
    ],
)  # fmt: skip
def test_misbehaving_server_gives_a_clear_error(
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
def test_damaged_answers_raise_only_our_errors(
    host: GitHost, blog: Path, seed: int, deaf: bool
) -> None:
    chance = random.Random(seed)
    commit(blog, {f"content/blog/{i}.md": POST * i for i in range(5)})
    for only in ("info/refs", "ls-refs", "filter", "want"):
        host.fault = Fault(only=only, deaf=deaf, change=lambda data: damaged(data, chance))
        with suppress(SourceError):
            snapshot = fetched(host)
            assert all(blob_id(data) == name for name, data in snapshot.blobs.items())


def test_other_objects_than_requested_are_rejected(host: GitHost, blog: Path) -> None:
    commit(blog, {"content/blog/a.md": POST})
    answers: list[bytes] = []

    def keep(answer: bytes) -> bytes:
        answers.append(answer)
        return answers[0]

    host.fault = Fault(only="command=fetch", change=keep)
    with pytest.raises(UpstreamError, match="did not send"):
        fetch(host)


def test_silent_server_times_out(
    host: GitHost, blog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(blog, {"content/blog/a.md": POST})
    monkeypatch.setattr(session, "READ_SECONDS", 0.2)
    host.fault = Fault(only="ls-refs", stall=0)
    with pytest.raises(UnreachableError, match="timed out"):
        fetch(host)
