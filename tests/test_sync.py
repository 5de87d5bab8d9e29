"""Syncing from a real Git host: the archive is updated completely or not at all."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.githost import (
    CORPUS,
    Fault,
    GitHost,
    commit,
    corpus_commits,
    corpus_repository,
    git,
    new_repository,
)
from xsfreader.errors import SourceError, SyncRunningError, UpstreamError
from xsfreader.ingest import INGEST_VERSION
from xsfreader.model import Filter, Post
from xsfreader.reports import Progress, SyncReport
from xsfreader.source import open_source
from xsfreader.store import Store
from xsfreader.sync import sync

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LATER = dt.date(9999, 1, 1)
SYNC = """
import sys
from pathlib import Path
from xsfreader.ingest import INGEST_VERSION
from xsfreader.source import open_source
from xsfreader.store import Store
from xsfreader.sync import sync

folder, url = Path(sys.argv[1]), sys.argv[2]
with Store.open(folder / "a.db", folder / "s.db", ingest_version=INGEST_VERSION) as store:
    print("begins", flush=True)
    sync(store, open_source(url), lambda progress: None)
"""


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    folder.mkdir(exist_ok=True)
    with Store.open(folder / "a.db", folder / "s.db", ingest_version=INGEST_VERSION) as store:
        yield store


def bring(store: Store, source: str) -> SyncReport:
    return sync(store, open_source(source), lambda _: None)


def posts(store: Store) -> dict[str, Post]:
    return {post.permalink: post for post, _ in store.posts(Filter(), LATER)}


def post(title: str, *, day: int = 1, text: str = "Text.") -> bytes:
    return f"---\ntitle: {title}\ndate: 2020-01-{day:02}\n---\n{text}\n".encode()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    new_repository(tmp_path / "repositories" / "blog.git")
    with GitHost(tmp_path / "repositories") as running:
        yield running


@pytest.fixture
def blog(host: GitHost) -> Path:
    return host.folder / "blog.git"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "data") as store:
        yield store


@pytest.mark.corpus
def test_real_blog_has_the_permalinks_of_the_site(tmp_path: Path, store: Store) -> None:
    corpus_repository(tmp_path / "up" / "up.git")
    with GitHost(tmp_path / "up") as host:
        report = bring(store, host.url("up.git"))
        assert len(host.seen) == 4
        assert host.sent <= 1_300_000
        assert report.summary().startswith("397 posts, 397 new (71 translations), 0 changed")
        assert report.unreadable == ()
        expected = json.loads(gzip.decompress((CORPUS / "hugo.json.gz").read_bytes()))
        # Two posts have one permalink on the site; here the second has a fragment behind it.
        here = {p.path: p.permalink.partition("#")[0] for p in posts(store).values()}
        assert here == {item["path"]: item["permalink"] for item in expected}
        host.reset()
        again = bring(store, host.url("up.git"))
        assert (again.total, again.new, again.changed, again.removed) == (397, 0, 0, 0)
        assert len(host.seen) == 2
        assert host.sent <= 4096


@pytest.mark.corpus
def test_stars_survive_from_the_first_commit_to_the_third(tmp_path: Path, store: Store) -> None:
    repository = corpus_repository(tmp_path / "up" / "up.git")
    with GitHost(tmp_path / "up") as host:
        starred: dict[str, Post] = {}
        for made in corpus_commits(repository):
            git(repository, "update-ref", "refs/heads/master", made)
            report = bring(store, host.url("up.git"))
            after = posts(store)
            assert report.total == len(after)
            if not starred:
                starred = after
                for permalink in after:
                    store.set_starred(permalink, True)
        kept = {p.permalink for p, marks in store.posts(Filter(starred=True), LATER)}
        assert kept == set(starred) & set(after)
        assert len(kept) > 200


def test_new_changed_moved_and_removed_files_are_counted(
    host: GitHost, blog: Path, store: Store
) -> None:
    first = {"a.md": post("A"), "b.md": post("B"), "c.md": post("C"), "d.md": post("D")}
    commit(blog, {f"content/blog/{name}": data for name, data in first.items()})
    assert bring(store, host.url("blog.git")).new == 4
    second = {
        "a.md": post("A"),
        "b.md": post("B", text="Other."),
        "moved/c.md": post("C"),
        "e.md": post("E"),
    }
    commit(blog, {f"content/blog/{name}": data for name, data in second.items()})
    report = bring(store, host.url("blog.git"))
    assert (report.total, report.new, report.changed, report.removed) == (4, 1, 1, 1)
    assert {p.path for p in posts(store).values()} == {f"content/blog/{name}" for name in second}
    assert store.full("/2020/01/b/").body.strip() == "Other."


def test_file_that_moves_to_another_language_changes_its_language(
    host: GitHost, blog: Path, store: Store
) -> None:
    commit(blog, {"content/blog/a.md": post("A")})
    bring(store, host.url("blog.git"))
    commit(blog, {"content/blog/a.de.md": post("A")})
    bring(store, host.url("blog.git"))
    assert [p.language for p in posts(store).values()] == ["de"]
    assert set(posts(store)) == {"/de/2020/01/a/"}


BAD = {
    "broken.md": b"---\ntitle: [A\ndate: 2020-01-01\n---\n",
    "open.md": b"---\ntitle: A\ndate: 2020-01-01\n",
    "bytes.md": b"---\ntitle: \xff\xfe\ndate: 2020-01-01\n---\n\xff",
    "empty.md": b"",
    "line.md": b"x" * (10 << 20),
    "binary.md": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("kind", ["git", "folder"])
def test_unreadable_files_are_reported_and_the_rest_is_synced(
    host: GitHost, blog: Path, store: Store, tmp_path: Path, kind: str
) -> None:
    files = {"content/blog/good.md": post("Good")}
    files |= {f"content/blog/{name}": data for name, data in BAD.items()}
    source = host.url("blog.git")
    commit(blog, files)
    if kind == "folder":
        source = str(tmp_path / "checkout")
        for path, data in files.items():
            (tmp_path / "checkout" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "checkout" / path).write_bytes(data)
    report = bring(store, source)
    assert (report.total, report.new) == (1, 1)
    assert {item.path for item in report.unreadable} == {f"content/blog/{name}" for name in BAD}
    assert all(item.reason and item.reason.isprintable() for item in report.unreadable)
    assert set(posts(store)) == {"/2020/01/good/"}
    assert bring(store, source) == SyncReport(
        snapshot=report.snapshot, total=1, unreadable=report.unreadable
    )


def test_unreadable_files_are_reported_until_they_are_corrected(
    host: GitHost, blog: Path, store: Store
) -> None:
    commit(
        blog, {"content/blog/a.md": post("A"), "content/blog/b.md": b"", "content/blog/c.md": b""}
    )
    assert len(bring(store, host.url("blog.git")).unreadable) == 2
    commit(
        blog,
        {"content/blog/a.md": post("A2"), "content/blog/b.md": post("B"), "content/blog/c.md": b""},
    )
    report = bring(store, host.url("blog.git"))
    assert [item.path for item in report.unreadable] == ["content/blog/c.md"]
    assert report.total == 2


def test_progress_goes_through_all_stages(host: GitHost, blog: Path, store: Store) -> None:
    commit(blog, {f"content/blog/{i}.md": post(f"P{i}") for i in range(20)})
    told: list[Progress] = []
    sync(store, open_source(host.url("blog.git")), told.append)
    assert list(dict.fromkeys(item.stage for item in told)) == [
        "contacting the server",
        "fetching the list of posts",
        "fetching posts",
        "reading posts",
        "saving",
    ]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(body=b"<html>"),
        Fault(only="want", cut=100),
        Fault(only="want", change=lambda data: data[:-40] + bytes(40)),
    ],
)
def test_failed_sync_leaves_the_archive_unchanged(
    host: GitHost, blog: Path, store: Store, fault: Fault
) -> None:
    commit(blog, {"content/blog/a.md": post("A")})
    bring(store, host.url("blog.git"))
    before = (store.known(), posts(store), store.synced())
    commit(blog, {"content/blog/b.md": post("B")})
    host.fault = fault
    with pytest.raises(SourceError):
        bring(store, host.url("blog.git"))
    assert (store.known(), posts(store), store.synced()) == before
    host.fault = None
    assert bring(store, host.url("blog.git")).new == 1


@pytest.mark.parametrize("stage", ["fetching posts", "reading posts", "saving"])
def test_interrupted_sync_leaves_the_archive_unchanged(
    host: GitHost, blog: Path, store: Store, stage: str
) -> None:
    commit(blog, {f"content/blog/{i}.md": post(f"P{i}") for i in range(50)})

    def interrupt(progress: Progress) -> None:
        if progress.stage == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync(store, open_source(host.url("blog.git")), interrupt)
    assert not posts(store)
    assert store.snapshot_id is None
    assert bring(store, host.url("blog.git")).new == 50


def test_repository_without_posts_leaves_the_archive_unchanged(
    host: GitHost, blog: Path, store: Store
) -> None:
    commit(blog, {"content/blog/a.md": post("A")})
    bring(store, host.url("blog.git"))
    commit(blog, {"README.md": b"moved elsewhere"})
    with pytest.raises(UpstreamError):
        bring(store, host.url("blog.git"))
    assert len(posts(store)) == 1


def test_libraries_print_nothing(tmp_path: Path) -> None:
    """Dulwich warns of a server that can't leave files out."""
    commit(new_repository(tmp_path / "blog.git", filters=False), {"content/blog/a.md": post("A")})
    with GitHost(tmp_path) as host:
        done = subprocess.run(
            [sys.executable, "-c", SYNC, str(tmp_path), host.url("blog.git")],
            capture_output=True,
            text=True,
            check=True,
        )
    assert (done.stdout, done.stderr) == ("begins\n", "")


def test_second_process_reports_that_one_is_syncing(
    host: GitHost, blog: Path, tmp_path: Path
) -> None:
    commit(blog, {"content/blog/a.md": post("A")})
    host.fault = Fault(only="want", delay=60)
    folder = tmp_path / "data"
    with opened(folder) as store:
        arguments = [sys.executable, "-c", SYNC, str(folder), host.url("blog.git")]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            other.stdout.readline()
            while not host.seen:
                assert other.poll() is None
                time.sleep(0.01)
            with pytest.raises(SyncRunningError):
                bring(store, host.url("blog.git"))
            other.kill()
        host.fault = None
        assert bring(store, host.url("blog.git")).new == 1


def test_changes_of_a_folder_are_synced(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    folder.mkdir()
    (folder / "a.md").write_bytes(post("A"))
    assert bring(store, str(folder)).new == 1
    (folder / "a.md").write_bytes(post("A", text="More."))
    assert bring(store, str(folder)).changed == 1
    assert bring(store, str(folder)).changed == 0


def test_guide_is_synced_completely(store: Store) -> None:
    report = bring(store, "guide")
    assert report.total >= 10
    assert report.unreadable == ()
    assert bring(store, "guide").new == 0
