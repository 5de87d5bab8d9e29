"""Fetch and cache images."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests import command, pictures
from tests.githost import Fault, GitHost, commit, new_repository
from xsfreader import images
from xsfreader.config import Config, locate
from xsfreader.errors import ImageError, UnreachableError
from xsfreader.library import Library
from xsfreader.reports import FetchReport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xsfreader.reports import Progress

RED, BLUE = pictures.png((64, 32)), pictures.png((48, 16), (0, 0, 200))
POST = """---
title: Two pictures
date: 2020-01-02
---

![Red](/images/a/red.png) and

{{< figure src="/images/blue%20one.png" >}}

![Gone](/images/gone.png) ![Drawing](/images/x.svg) ![Else](https://example.org/images/z.png)
"""
FILES = {
    "content/blog/2020-01-02-two.md": POST.encode(),
    "static/images/a/red.png": RED,
    "static/images/blue one.png": BLUE,
    "static/images/unused.png": pictures.png((9, 9)),
    "static/images/x.svg": pictures.SVG,
}


def silent(_progress: Progress) -> None:
    """Say nothing."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    commit(new_repository(tmp_path / "served" / "blog.git"), FILES)
    with GitHost(tmp_path / "served") as host:
        yield host


@pytest.fixture
def library(host: GitHost) -> Iterator[Library]:
    with Library(Config(source=host.url("blog.git")), locate()) as library:
        library.sync(silent)
        host.reset()
        yield library


def test_image_is_fetched_once_and_cached(library: Library, host: GitHost) -> None:
    assert not library.images.look_up(["/images/a/red.png"])["/images/a/red.png"].cached
    assert library.images.cached("/images/a/red.png") is None
    assert not host.seen
    library.images.fetch("/images/a/red.png")
    assert library.images.cached("/images/a/red.png") == RED
    assert host.seen
    host.reset()
    library.images.fetch("/images/a/red.png")
    with library.clone() as again:
        assert again.images.cached("/images/a/red.png") == RED
        held = again.images.look_up(["/images/a/red.png", "/images/gone.png"])
    assert set(held) == {"/images/a/red.png"}
    assert held["/images/a/red.png"].cached
    # Pillow measures it.
    assert held["/images/a/red.png"].size == ((64, 32) if find_spec("PIL") else None)
    assert not host.seen


def test_missing_image_is_an_error_without_a_request(library: Library, host: GitHost) -> None:
    for path, why in (("/images/gone.png", "missing on the site"), ("/images/x.svg", "SVG")):
        with pytest.raises(ImageError, match=why):
            library.images.fetch(path)
    assert not host.seen


def test_unreachable_host_is_an_error(library: Library, host: GitHost) -> None:
    host.stop()
    with pytest.raises(UnreachableError):
        library.images.fetch("/images/a/red.png")


def test_invalid_answer_is_an_image_error(library: Library, host: GitHost) -> None:
    host.fault = Fault(only="command=fetch", body=b"0000")
    with pytest.raises(ImageError, match="could not be fetched"):
        library.images.fetch("/images/a/red.png")


def test_all_images_of_posts_are_fetched_and_no_others(library: Library, host: GitHost) -> None:
    told: list[Progress] = []
    assert library.fetch_images(told.append) == FetchReport("image", fetched=2)
    assert told[-1].done == told[-1].total == 2
    assert len({request.connection for request in host.seen[-6:]}) == 1
    assert library.images.cached("/images/blue one.png") == BLUE
    assert library.images.cached("/images/unused.png") is None
    host.reset()
    assert library.fetch_images(silent) == FetchReport("image", cached=2)
    assert not host.seen


def test_changed_image_is_fetched_again_and_the_old_one_deleted(
    library: Library, host: GitHost
) -> None:
    library.fetch_images(silent)
    before = library.images.look_up(["/images/a/red.png"])["/images/a/red.png"].blob
    commit(host.folder / "blog.git", {**FILES, "static/images/a/red.png": BLUE})
    library.sync(silent)
    assert library.images.cached("/images/a/red.png") == BLUE
    library.images.fetch("/images/a/red.png")
    library.fetch_images(silent)
    after = library.images.look_up(["/images/a/red.png"])["/images/a/red.png"].blob
    assert before != after


def test_images_of_a_folder_are_copied_into_our_file(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    for name, data in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    with Library(Config(), locate(), str(folder)) as library:
        library.sync(silent)
        assert library.images.cached("/images/a/red.png") is None
        library.images.fetch("/images/a/red.png")
        assert library.images.cached("/images/a/red.png") == RED
        (folder / "static" / "images" / "a" / "red.png").write_bytes(BLUE)
        library.sync(silent)
        assert library.images.cached("/images/a/red.png") is None
        library.images.prune()
        library.images.fetch("/images/a/red.png")
        assert library.images.cached("/images/a/red.png") == BLUE
        assert len(library.images._file.held()) == 1


def test_images_of_the_guide_are_read_directly() -> None:
    with Library(Config(), locate(), "guide") as library:
        library.refresh_local()
        path = next(iter(library._store.images()))
        assert library.images.look_up([path])[path].cached
        assert library.images.cached(path)
        assert not list(library.paths.data.glob("images-*"))


def test_without_the_extra_images_are_stored_without_sizes(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "extra_installed", lambda: False)
    library.images.fetch("/images/a/red.png")
    assert library.images.cached("/images/a/red.png") == RED
    held = library.images.look_up(["/images/a/red.png"])["/images/a/red.png"]
    assert held.cached
    assert held.size is None


@pytest.mark.parametrize(
    ("setting", "arguments", "words"),
    [
        ("on-view", (), ""),
        ("off", (), ""),
        ("on-view", ("--images",), "2 images fetched, 0 already cached"),
        ("all", (), "2 images fetched, 0 already cached"),
    ],
)
def test_sync_fetches_images_if_configured_or_requested(
    host: GitHost, home: Path, setting: str, arguments: tuple[str, ...], words: str
) -> None:
    config = home / ".config" / "xsfreader" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'source = "{host.url("blog.git")}"\nimages = "{setting}"\n')
    done = command.run("sync", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == ([words] if words else [])
    kept = list((home / ".local" / "share" / "xsfreader").glob("images-*.db"))
    assert bool(kept) == bool(words)


@pytest.mark.parametrize(
    ("src", "found"),
    [
        ("step-01.png", "content/blog/step-01.png"),
        ("./step-01.png?x#y", "content/blog/step-01.png"),
        ("step%2D01.png", "content/blog/step-01.png"),
        ("in/b.png", "content/blog/in/b.png"),
        ("in/../in/b.png", "content/blog/in/b.png"),
        ("/images/x.png", "/images/x.png"),
        ("../../static/images/x.png", None),
        ("../../../out.png", None),
        ("/content/blog/step-01.png", None),
        ("https://example.org/step-01.png", None),
        ("http://[step-01.png", None),
        ("none.png", None),
    ],
)
def test_picture_beside_a_post_is_found(tmp_path: Path, src: str, found: str | None) -> None:
    files = ("content/blog/step-01.png", "content/blog/in/b.png", "static/images/x.png")
    for name in (*files, "content/blog/a.md", "../out.png"):
        file = tmp_path / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(RED)
    post = f"---\ntitle: A\ndate: 2020-01-02\n---\n\n![x]({src})\n"
    (tmp_path / "site" / "content/blog/a.md").write_text(post)
    with Library(Config(), locate(), str(tmp_path / "site")) as library:
        library.refresh_local()
        (image,) = library.document("/2020/01/a/").images
        held = library.images.look_up([image.site_path] if image.site_path else [])
        assert set(held) == ({found} if found else set())
        if found is not None:
            library.images.fetch(found)
            assert library.images.cached(found) == RED
