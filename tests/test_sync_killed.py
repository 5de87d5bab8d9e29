"""``kill -9`` at any moment leaves the old or the new archive, and the state unchanged."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.githost import GitHost, commit, new_repository
from tests.test_sync import SYNC, bring, opened, post, posts

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 150
KILLS = 5


def version(number: int) -> dict[str, bytes]:
    """Return the posts of a commit; from one to the next all change, some are added or removed."""
    text = f"Version {number}. " + "Words to be indexed, many of them. " * 60
    first = number * 10
    return {
        f"content/blog/{i}.md": post(f"Post {i}", day=i % 28 + 1, text=text)
        for i in range(first, first + COUNT)
    }


def killed_after(seconds: float, folder: Path, url: str) -> None:
    """Sync in another process and kill it some seconds after it starts."""
    arguments = [sys.executable, "-c", SYNC, str(folder), url]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()


def duration(folder: Path, url: str) -> float:
    """Measure the seconds that a whole sync takes."""
    start = time.monotonic()
    with opened(folder) as store:
        bring(store, url)
    return time.monotonic() - start


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 10))]
)
@pytest.mark.parametrize("kind", ["first", "incremental"])
def test_killed_at_any_moment(tmp_path: Path, kind: str, seed: int) -> None:
    chance = random.Random(f"{kind} {seed}")
    repository = new_repository(tmp_path / "up" / "blog.git")
    folder = tmp_path / "data"
    with GitHost(tmp_path / "up") as host:
        url = host.url("blog.git")
        commit(repository, version(0))
        longest = 1.5 * duration(tmp_path / "probe", url)
        with opened(folder) as store:
            if kind == "incremental":
                bring(store, url)
            for i in range(COUNT):
                store.set_starred(f"/2020/01/post-{i}/", True)
            before = {p.permalink: p.blob for p in posts(store).values()}
            state = store.export_state()
        for kill in range(KILLS):
            commit(repository, version(kill + 1))
            killed_after(chance.uniform(0, longest), folder, url)
            with opened(folder) as store:
                here = {p.permalink: p.blob for p in posts(store).values()}
                if here != before:
                    assert len(here) == COUNT
                    assert set(here) == {
                        f"/2020/01/post-{i}/" for i in range(10 * kill + 10, 10 * kill + 10 + COUNT)
                    }
                    assert store.full(f"/2020/01/post-{10 * kill + 10}/").body.startswith(
                        f"Version {kill + 1}."
                    )
                assert store.export_state() == state
                assert len(store.known().files) == len(here)
                before = here
        with opened(folder) as store:
            bring(store, url)
            assert len(posts(store)) == COUNT
            assert store.export_state() == state
