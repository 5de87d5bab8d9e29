"""``kill -9`` at any moment loses nothing, be it in a sync, an import, an export or a mark.

To add a kind: a script that prints ``begins`` once it is ready, and a test that checks what it
left after each kill.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.githost import GitHost, commit, new_repository
from tests.test_sync import SYNC, bring, opened, post, posts
from xsfreader.config import Config, locate
from xsfreader.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xsfreader.store import Store

COUNT = 150
ROOT = Path(__file__).parents[2]
kills = pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.soak)])


def killed_after(seconds: float, script: str, *arguments: object) -> list[str]:
    """Run a script, kill it some seconds after it begins, and return the lines it printed."""
    with subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "begins\n", process.stderr.read()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        lines = process.stdout.read().split("\n")
        assert process.wait() <= 0, process.stderr.read()
    # The last line may be cut.
    return lines[:-1]


# Sync


def version(number: int) -> dict[str, bytes]:
    """Return the posts of a commit; from one to the next all change, some are added or removed."""
    text = f"Version {number}. " + "Words to be indexed, many of them. " * 60
    return {
        f"content/blog/{i}.md": post(f"Post {i}", day=i % 28 + 1, text=text)
        for i in range(number * 10, number * 10 + COUNT)
    }


def permalinks(number: int) -> set[str]:
    return {f"/2020/01/post-{i}/" for i in range(10 * number, 10 * number + COUNT)}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = new_repository(tmp_path / "up" / "blog.git")
    commit(path, version(0))
    return path


@pytest.fixture
def url(tmp_path: Path, repository: Path) -> Iterator[str]:
    with GitHost(tmp_path / "up") as host:
        yield host.url(repository.name)


@pytest.fixture
def longest(tmp_path: Path, url: str) -> float:
    """Somewhat more than the seconds that a whole sync takes."""
    start = time.monotonic()
    with opened(tmp_path / "probe") as store:
        bring(store, url)
    return 1.5 * (time.monotonic() - start)


def star_all(store: Store) -> None:
    store.set_read(sorted(permalinks(0)), True)
    for permalink in sorted(permalinks(0))[:20]:
        store.set_starred(permalink, True)


@kills
def test_first_sync_killed(tmp_path: Path, url: str, longest: float, kills: int) -> None:
    chance = random.Random(kills)
    for number in range(kills):
        folder = tmp_path / f"data-{number}"
        with opened(folder) as store:
            star_all(store)
            state = store.export_state()
        killed_after(chance.uniform(0, longest), SYNC, folder, url)
        with opened(folder) as store:
            assert set(posts(store)) in (set(), permalinks(0))
            assert store.export_state() == state
            bring(store, url)
            assert set(posts(store)) == permalinks(0)
            assert store.export_state() == state
            assert store.warnings == ()
        shutil.rmtree(folder)


@kills
def test_incremental_sync_killed(
    tmp_path: Path, repository: Path, url: str, longest: float, kills: int
) -> None:
    chance, folder, before = random.Random(kills), tmp_path / "data", 0
    with opened(folder) as store:
        bring(store, url)
        star_all(store)
        state = store.export_state()
    for number in range(1, kills + 1):
        commit(repository, version(number))
        killed_after(chance.uniform(0, longest), SYNC, folder, url)
        with opened(folder) as store:
            found = set(posts(store))
            assert found in (permalinks(before), permalinks(number))
            before = number if found == permalinks(number) else before
            body = store.full(min(found)).body
            assert body.startswith(f"Version {before}.")
            assert store.export_state() == state
            assert len(store.known().files) == len(found)
            assert store.warnings == ()
    with opened(folder) as store:
        bring(store, url)
        assert set(posts(store)) == permalinks(kills)
        assert store.export_state() == state


# Marks

MARK = """
import itertools, sys
from xsfreader.config import Config, locate
from xsfreader.library import Library

library = Library(Config(), locate(), "guide")
library.save_without_waiting(print)
print("begins", flush=True)
for number in itertools.count(int(sys.argv[1])):
    library.set_starred(f"/{number}/", starred=True)
    library.set_read(f"/{number}/", read=True)
    print(number, flush=True)
"""
STATE = """
import sys
from xsfreader.cli import main
print("begins", flush=True)
for file in sys.argv[2:]:
    main(["--source", "guide", "state", sys.argv[1], file])
"""


def marks_now() -> dict[str, dict[str, int]]:
    with Library(Config(), locate(), "guide") as library:
        assert library.warnings == ()
        marks: dict[str, dict[str, int]] = library.export_state()["marks"]
        return marks


@kills
def test_marking_killed(kills: int) -> None:
    chance, first, confirmed = random.Random(kills), 0, set[int]()
    for _ in range(kills):
        lines = killed_after(chance.uniform(0, 0.3), MARK, first)
        confirmed |= set(map(int, lines))
        marks = marks_now()
        for number in confirmed:
            assert marks[f"/{number}/"].items() >= {"read": True, "starred": True}.items()
        first = max(confirmed, default=first) + 2
    assert confirmed


@kills
def test_import_killed(tmp_path: Path, kills: int) -> None:
    chance, imported = random.Random(kills), set[int]()
    with Library(Config(), locate(), "guide") as library:
        library.set_starred("/own/", starred=True)
        own = library.export_state()["marks"]
    files = []
    for number in range(kills):
        files.append(tmp_path / f"{number}.json")
        marks = {f"/{number}/{i}/": {"read": True, "read_at": 1 + i} for i in range(500)}
        data = {"format": "xsfreader-state", "version": 1, "marks": marks}
        files[-1].write_text(json.dumps(data))
        killed_after(chance.uniform(0, 0.4), STATE, "import", files[-1])
        found = marks_now()
        here = {int(name.split("/")[1]) for name in found if name != "/own/"}
        assert imported <= here <= imported | {number}
        assert len(found) == 1 + 500 * len(here), "all of a file or nothing of it"
        assert found.items() >= own.items()
        imported = here
    with Library(Config(), locate(), "guide") as library:
        for file in files:
            library.import_state(json.loads(file.read_text()))
    assert len(marks_now()) == 1 + 500 * kills


@kills
def test_export_killed(tmp_path: Path, kills: int) -> None:
    chance, file = random.Random(kills), tmp_path / "marks.json"
    with Library(Config(), locate(), "guide") as library:
        library.set_all_read([f"/2020/01/{number}/" for number in range(2000)], read=True)
        whole = library.export_state()
    file.write_text(json.dumps({"before": True}))
    for _ in range(kills):
        killed_after(chance.uniform(0, 0.3), STATE, "export", *[file] * 50)
        assert json.loads(file.read_text()) in (whole, {"before": True})
    assert marks_now() == whole["marks"]
