"""Folders on disk: a checkout, any folder, and what may lie in one."""

from __future__ import annotations

import os
import shutil
import threading
from typing import TYPE_CHECKING

import pytest

from tests.githost import git
from tests.unprivileged import needs_permissions, unprivileged
from xsfreader.errors import OversizeError, SourceError, UpstreamError
from xsfreader.model import Known, Snapshot
from xsfreader.source import directory as module
from xsfreader.source import names, open_source
from xsfreader.source.directory import DirectorySource

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def read(root: Path, known: Known | None = None) -> Snapshot:
    snapshot = DirectorySource(root).snapshot(known or Known(), lambda _: None)
    assert snapshot is not None
    return snapshot


def test_checkout_has_paths_of_the_site_and_ids_of_git(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "content/blog/a.md": b"a",
            "content/blog/2024/b.de.md": b"b",
            "content/blog/_index.md": b"no post",
            "content/about.md": b"no post",
            "README.md": b"no post",
            "static/images/x.png": b"x",
            "static/images/in/y.png": b"y",
        },
    )
    snapshot = read(tmp_path)
    git(tmp_path, "init", "-q")
    assert snapshot.files == {
        path: git(tmp_path, "hash-object", path)
        for path in ("content/blog/2024/b.de.md", "content/blog/a.md")
    }
    assert set(snapshot.blobs.values()) == {b"a", b"b"}
    assert set(snapshot.images) == {"/images/x.png", "/images/in/y.png"}
    source = open_source(str(tmp_path))
    assert source.blob("/images/in/y.png", snapshot.images["/images/in/y.png"]) == b"y"
    assert (
        source.blob("content/blog/a.md", git(tmp_path, "hash-object", "content/blog/a.md")) == b"a"
    )


def test_other_folders_have_relative_paths(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": b"a", "deep/b.md": b"b", "c.txt": b"c", "images/x.png": b"x"})
    snapshot = read(tmp_path)
    assert set(snapshot.files) == {"a.md", "deep/b.md"}
    assert set(snapshot.images) == {"/images/x.png", "images/x.png"}


def test_hidden_folders_and_node_modules_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": b"a", ".git/b.md": b"b", "node_modules/x/c.md": b"c", ".d.md": b"d"})
    assert set(read(tmp_path).files) == {"a.md"}


def test_only_changes_are_read(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": b"a", "b.md": b"b", "c.md": b"c"})
    old = read(tmp_path)
    known = Known(old.id, old.files)
    source = open_source(str(tmp_path))
    assert source.snapshot(known, lambda _: None) is None
    write(tmp_path, {"b.md": b"changed", "d.md": b"new", "e.md": b"a"})
    (tmp_path / "c.md").unlink()
    new = read(tmp_path, known)
    assert set(new.files) == {"a.md", "b.md", "d.md", "e.md"}
    assert set(new.blobs.values()) == {b"changed", b"new"}


@pytest.mark.parametrize("change", ["edit", "same size", "add", "remove", "rename", "image"])
def test_fingerprint_changes_when_a_file_does(tmp_path: Path, change: str) -> None:
    write(tmp_path, {"a.md": b"a", "b.md": b"b", "images/x.png": b"x"})
    source = DirectorySource(tmp_path)
    before = source.fingerprint()
    assert source.fingerprint() == before
    if change == "edit":
        write(tmp_path, {"a.md": b"longer"})
    elif change == "same size":
        write(tmp_path, {"new": b"z"})
        os.replace(tmp_path / "new", tmp_path / "a.md")  # noqa: PTH105 - what editors do
    elif change == "add":
        write(tmp_path, {"c.md": b"c"})
    elif change == "remove":
        (tmp_path / "a.md").unlink()
    elif change == "rename":
        (tmp_path / "a.md").rename(tmp_path / "z.md")
    else:
        write(tmp_path, {"images/x.png": b"another"})
    assert source.fingerprint() != before


def test_links_out_of_the_folder_are_rejected_and_links_within_it_read(tmp_path: Path) -> None:
    write(tmp_path, {"out/secret.md": b"secret", "in/a.md": b"a", "out/more/b.md": b"b"})
    root = tmp_path / "in"
    (root / "out.md").symlink_to(tmp_path / "out" / "secret.md")
    (root / "within.md").symlink_to("a.md")
    (root / "gone.md").symlink_to("nowhere.md")
    (root / "folder").symlink_to(tmp_path / "out")
    (root / "loop").symlink_to(root)
    (root / "loop.md").symlink_to("loop.md")
    snapshot = read(root)
    assert set(snapshot.blobs.values()) == {b"a"}
    assert set(snapshot.files) == {"a.md", "within.md", "out.md", "loop.md"}
    reasons = {item.path: item.reason for item in snapshot.refused}
    assert "link out of the folder" in reasons.pop("out.md")
    assert set(reasons) == {"loop.md"}


@pytest.mark.parametrize("blog", ["", "content/blog/"])
def test_pictures_beside_posts_are_listed_by_their_paths(tmp_path: Path, blog: str) -> None:
    files = {f"{blog}{name}": name.encode() for name in ("a.md", "b.PNG", "in/b.png", "c.txt")}
    write(tmp_path / "in", files | {"node_modules/x.png": b"x"})
    write(tmp_path, {"out.png": b"secret", "more/out.png": b"secret"})
    beside = tmp_path / "in" / blog
    (beside / "link.png").symlink_to(tmp_path / "out.png")
    (beside / "folder.png").symlink_to(tmp_path / "more")
    source, snapshot = DirectorySource(tmp_path / "in"), read(tmp_path / "in")
    assert set(snapshot.images) == {f"{blog}b.PNG", f"{blog}in/b.png"}
    assert set(snapshot.files) == {f"{blog}a.md"}
    assert source.blob(f"{blog}in/b.png", "any") == b"in/b.png"
    before = source.fingerprint()
    (beside / "b.PNG").write_bytes(b"another")
    assert source.fingerprint() != before
    assert read(tmp_path / "in").images[f"{blog}b.PNG"] != snapshot.images[f"{blog}b.PNG"]


def test_images_are_not_read_through_links_out_of_the_folder(tmp_path: Path) -> None:
    write(tmp_path, {"secret.png": b"secret", "in/a.md": b"a", "in/images/x.png": b"x"})
    (tmp_path / "in/images/out.png").symlink_to(tmp_path / "secret.png")
    source = DirectorySource(tmp_path / "in")
    assert set(read(tmp_path / "in").images) == {"/images/x.png", "images/x.png"}
    for path in ("/images/out.png", "/images/../../secret.png", "/images/none.png", "../a.md"):
        with pytest.raises(UpstreamError, match="is not in"):
            source.blob(path, "0" * 40)


@needs_permissions
def test_unreadable_files_are_reported(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": b"a", "b.md": b"b", "c/d.md": b"d"})
    (tmp_path / "b.md").chmod(0)
    (tmp_path / "c").chmod(0)
    try:
        with unprivileged():
            snapshot = read(tmp_path)
    finally:
        (tmp_path / "c").chmod(0o700)
    assert {item.path for item in snapshot.refused} == {"b.md", "c/"}
    assert set(snapshot.blobs.values()) == {b"a"}


def test_file_that_becomes_unreadable_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"a.md": b"a", "b.md": b"b", "c.md": b"c"})
    real = module._read_bytes

    def failing(path: str, limit: int) -> bytes:
        if path.endswith("/a.md"):
            raise PermissionError(13, "Permission denied")
        if path.endswith("/b.md"):
            raise FileNotFoundError(2, "gone")
        return real(path, limit)

    monkeypatch.setattr(module, "_read_bytes", failing)
    snapshot = read(tmp_path)
    assert [(r.path, r.reason) for r in snapshot.refused] == [
        ("a.md", "can't be read: Permission denied")
    ]
    assert set(snapshot.files) == {"a.md", "c.md"}


def test_rejected_files_are_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": b"a", "long.md": b"x" * (10 << 20), "bad\n.md": b"b"})
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()
    with open(os.fsencode(tmp_path) + b"/\xff.md", "wb") as file:  # noqa: PTH123 - not UTF-8
        file.write(b"c")
    snapshot = read(tmp_path)
    assert set(snapshot.blobs.values()) == {b"a"}
    assert {item.path for item in snapshot.refused} == {"long.md", "bad\\n.md", "\\udcff.md"}
    assert all(item.path in snapshot.files for item in snapshot.refused)
    assert all(path.isprintable() for path in snapshot.files)


def test_too_many_files_are_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {f"{i}.md": b"a" for i in range(20)})
    monkeypatch.setattr(names, "FILES_LIMIT", 10)
    with pytest.raises(OversizeError, match="too many files"):
        read(tmp_path)
    monkeypatch.undo()
    write(tmp_path, {"/".join("d" * 25) + "/a.md": b"a"})
    with pytest.raises(OversizeError):
        read(tmp_path)


def test_folder_without_posts_and_deleted_folder_are_errors(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    source = DirectorySource(folder)
    with pytest.raises(UpstreamError, match="no Markdown files"):
        source.snapshot(Known(), lambda _: None)
    folder.rmdir()
    with pytest.raises(UpstreamError, match="can't be read"):
        source.snapshot(Known(), lambda _: None)
    with pytest.raises(UpstreamError, match="can't be read"):
        source.fingerprint()


def test_files_may_appear_and_vanish_while_reading(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": b"a"})
    done = threading.Event()

    def churn() -> None:
        while not done.is_set():
            write(tmp_path, {f"{i}/x.md": b"x" * i for i in range(20)})
            for i in range(20):
                shutil.rmtree(tmp_path / str(i))

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for _ in range(30):
            snapshot = read(tmp_path)
            assert not snapshot.refused
            assert set(snapshot.files.values()) == set(snapshot.blobs)
            DirectorySource(tmp_path).fingerprint()
    finally:
        done.set()
        thread.join()


def test_guide_is_a_source() -> None:
    source = open_source("guide")
    assert source.name == "guide"
    assert source.local
    snapshot = source.snapshot(Known(), lambda _: None)
    assert snapshot is not None
    assert all(path.startswith("content/blog/") for path in snapshot.files)
    assert not snapshot.refused
    path, blob = next(iter(snapshot.images.items()))
    assert source.blob(path, blob)
    known = Known(snapshot.id, snapshot.files)
    assert source.snapshot(known, lambda _: None) is None


def test_too_large_image_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.md": b"a", "images/x.png": b"xxxx"})
    monkeypatch.setattr(names, "IMAGE_LIMIT", 3)
    with pytest.raises(SourceError, match="larger"):
        DirectorySource(tmp_path).blob("/images/x.png", "0" * 40)


@pytest.mark.parametrize("link", ["content", "content/blog"])
def test_a_checkout_whose_posts_are_elsewhere_is_refused(tmp_path: Path, link: str) -> None:
    write(tmp_path, {"out/blog/secret.md": b"secret", "out/secret.md": b"secret", "in/a.md": b"a"})
    place = tmp_path / "in" / link
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(tmp_path / "out")
    for call in (read, lambda root: DirectorySource(root).fingerprint()):
        with pytest.raises(UpstreamError, match="link out of the folder"):
            call(tmp_path / "in")
    with pytest.raises(UpstreamError, match="link out of the folder"):
        DirectorySource(tmp_path / "in").blob("content/blog/secret.md", "0" * 40)


@pytest.mark.parametrize("link", ["static", "static/images", "images"])
def test_images_elsewhere_are_not_read(tmp_path: Path, link: str) -> None:
    write(tmp_path, {"out/images/secret.png": b"secret", "out/x.png": b"x", "in/a.md": b"a"})
    if link != "images":
        write(tmp_path, {"in/content/blog/a.md": b"a"})
    place = tmp_path / "in" / link
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(tmp_path / "out")
    assert read(tmp_path / "in").images == {}


def test_a_checkout_may_link_within_itself(tmp_path: Path) -> None:
    write(tmp_path, {"posts/a.md": b"a", "pictures/x.png": b"x"})
    for link, target in (("content/blog", "posts"), ("static/images", "pictures")):
        (tmp_path / link).parent.mkdir()
        (tmp_path / link).symlink_to(tmp_path / target)
    snapshot = read(tmp_path)
    assert set(snapshot.files) == {"content/blog/a.md"}
    assert set(snapshot.images) == {"/images/x.png"}
