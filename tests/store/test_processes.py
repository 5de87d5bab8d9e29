"""Several processes with the same files open lose nothing."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.store.conftest import TODAY, Opener, apply_posts, make
from xsfreader.model import Filter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOLDING = """
import contextlib, sys, threading
from pathlib import Path
from tests.store.conftest import TODAY, apply_posts, make
from xsfreader.model import Filter, Xep
from xsfreader.store import Store
from xsfreader.store.images import ImageFile

folder = Path(sys.argv[1])

def opened():
    return Store.open(folder / "archive.db", folder / "state.db", ingest_version=1)

def clone():
    with opened() as other:
        other.marks("/a/")
        other.xeps()
        with contextlib.closing(ImageFile(folder / "images.db")) as pictures:
            pictures.held()

def clones():
    for _ in range(3):
        threads = [threading.Thread(target=clone) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

store = opened()
kept = ImageFile(folder / "images.db")
store.set_xeps([])
kept.put("first", b"x", None)
for line in sys.stdin:
    command, _, argument = line.strip().partition(" ")
    if command == "star":
        store.set_starred(argument, True)
    elif command == "picture":
        kept.put(argument, b"x", None)
    elif command == "land":
        apply_posts(store, [make(f"{argument}.md")], argument)
    elif command == "clones":
        clones()
    print("done", *store.warnings, flush=True)
kept.close()
store.close()
"""

LOOKING = """
import contextlib, json, sys
from pathlib import Path
from tests.store.conftest import TODAY
from xsfreader.model import Filter
from xsfreader.store import Store
from xsfreader.store.images import ImageFile

folder = Path(sys.argv[1])
with Store.open(folder / "archive.db", folder / "state.db", ingest_version=1) as store:
    marks = store.export_state()["marks"]
    store.xeps()
    with contextlib.closing(ImageFile(folder / "images.db")) as pictures:
        print(json.dumps({
            "starred": sorted(name for name, mark in marks.items() if mark.get("starred")),
            "posts": sorted(post.title for post, _ in store.posts(Filter(), TODAY)),
            "pictures": sorted(pictures.held()),
            "warnings": list(store.warnings),
        }))
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def holding(folder: Path) -> Iterator[Callable[[str], str]]:
    """A process that keeps the files open, obeys commands and prints its warnings."""
    with ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", HOLDING, str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
        )
        assert process.stdin is not None
        assert process.stdout is not None
        commands, answers = process.stdin, process.stdout

        def tell(command: str) -> str:
            print(command, file=commands, flush=True)
            answer = answers.readline()
            assert answer.startswith("done"), answer
            return answer.removeprefix("done").strip()

        yield tell


def look(folder: Path) -> dict[str, list[str]]:
    """Open and close the files in another process."""
    import json

    done = subprocess.run(
        [sys.executable, "-c", LOOKING, str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_data_survives_while_other_processes_open_and_close_the_files(
    holding: Callable[[str], str], folder: Path
) -> None:
    starred, pictures = [], ["first"]
    for number in range(3):
        starred.append(f"/{number}/")
        pictures.append(f"p{number}")
        assert holding("clones") == ""
        assert holding(f"star {starred[-1]}") == ""
        holding(f"land s{number}")
        holding(f"picture p{number}")
        assert look(folder) == {
            "starred": starred,
            "posts": [f"s{number}"],
            "pictures": sorted(pictures),
            "warnings": [],
        }
    assert not [one.name for one in folder.iterdir() if ".broken-" in one.name]


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="needs Linux's list of locks")
def test_closing_clones_does_not_release_the_locks(
    holding: Callable[[str], str], folder: Path
) -> None:
    def locked() -> set[str]:
        inodes = {str(one.stat().st_ino): one.name for one in folder.iterdir()}
        lines = Path("/proc/locks").read_text().splitlines()
        held = {line.split()[5].rpartition(":")[2] for line in lines if "POSIX" in line}
        return {name for inode, name in inodes.items() if inode in held}

    holding("land a")
    holding("star /a/")
    before = locked()
    assert {"archive.db", "state.db", "xeps.db", "images.db"} <= before
    holding("clones")
    assert before <= locked()


def test_a_state_repaired_by_another_process_is_reopened(
    holding: Callable[[str], str], folder: Path
) -> None:
    holding("star /a/")
    look(folder)
    state = folder / "state.db"
    for suffix in ("", "-wal", "-shm"):
        file = folder / f"state.db{suffix}"
        if file.exists():
            file.rename(folder / f"gone{suffix}")
    assert state.with_name("state.db.bak").exists()
    first = look(folder)
    assert first["starred"] == ["/a/"]
    assert "missing" in first["warnings"][0]
    holding("star /b/")
    assert look(folder)["starred"] == ["/a/", "/b/"]


def test_every_store_of_a_process_shows_the_notices(opened: Opener, folder: Path) -> None:
    store = opened()
    apply_posts(store, [make("a.md")])
    store.close()
    (folder / "archive.db").write_bytes(b"no database" * 50)
    first = opened()
    assert len(first.warnings) == 1
    assert opened().warnings == first.warnings
    assert first.posts(Filter(), TODAY) == []
