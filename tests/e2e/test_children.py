"""Child processes do not block the app or outlive it; changes on disk show in an open app."""

from __future__ import annotations

import shutil
import socket
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.githost import GitHost, commit, new_repository
from tests.terminal import PATIENCE, Terminal, running
from xsfreader.config import Config, locate
from xsfreader.library import archive_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import Run

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def post(title: str, day: int) -> bytes:
    return f"---\ntitle: {title}\ndate: 2020-01-{day:02}\n---\nText of {title}.\n".encode()


def blog(*titles: str) -> dict[str, bytes]:
    return {f"content/blog/{n}.md": post(title, n) for n, title in enumerate(titles, 1)}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    """A host whose blog has two posts."""
    commit(new_repository(tmp_path / "served" / "blog.git"), blog("First", "Second"))
    with GitHost(tmp_path / "served") as running:
        yield running


@contextmanager
def silent_server() -> Iterator[str]:
    """Run a server that accepts connections and never answers; yield its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/blog.git"


def children(pid: int) -> list[int]:
    """Return the child processes of a process, without zombies."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = file.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(file.parent.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def child_of(terminal: Terminal) -> int:
    """Wait for the app's child to contact the server; return its process id."""
    terminal.wait("contacting the server")
    [child] = children(terminal.pid)
    return child


@linux
def test_app_quits_at_once_while_a_server_is_silent() -> None:
    with silent_server() as url, running("--source", url) as terminal:
        child = child_of(terminal)
        terminal.press("j", "k")
        # A sync that is waited for would go on for five minutes.
        terminal.press("q")
        assert terminal.ended() == 0
        assert not alive(child)


@linux
def test_child_ends_when_the_app_is_killed() -> None:
    with silent_server() as url, running("--source", url) as terminal:
        child = child_of(terminal)
        terminal.kill()
        end = time.monotonic() + PATIENCE
        while alive(child):
            assert time.monotonic() < end, "the child goes on"
            time.sleep(0.05)


def test_folder_named_xsfreader_is_not_executed(
    host: GitHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "here" / "xsfreader"
    trap.mkdir(parents=True)
    for name in ("__init__.py", "__main__.py"):
        (trap / name).write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')")
    monkeypatch.chdir(trap.parent)
    with running("--source", host.url("blog.git")) as terminal:
        terminal.wait("2 posts")
    assert not (tmp_path / "sprung").exists()


def test_command_line_sync_shows_in_an_open_app(run: Run, host: GitHost) -> None:
    source = ("--source", host.url("blog.git"))
    run("sync", *source)
    with running("--offline", *source) as terminal:
        terminal.wait("2 posts")
        commit(host.folder / "blog.git", blog("First", "Second", "Third"))
        assert run("sync", *source).returncode == 0
        terminal.wait("3 posts")
        terminal.wait("Third")


def test_first_command_line_sync_replaces_the_guide(run: Run, host: GitHost) -> None:
    source = ("--source", host.url("blog.git"))
    with running("--offline", *source) as terminal:
        terminal.wait("Welcome to xsfreader")
        assert run("sync", *source).returncode == 0
        terminal.wait("2 posts")


def test_marks_of_another_process_show_in_an_open_app(
    run: Run, host: GitHost, tmp_path: Path
) -> None:
    source = ("--source", host.url("blog.git"))
    run("sync", *source)
    with running("--offline", *source) as first:
        first.wait("2 unread")
        with running("--offline", *source) as second:
            second.wait("2 unread")
            second.press("s", "enter")
            second.wait("1 unread")
            first.wait("1 unread")
            first.wait("★")
        marks = tmp_path / "marks.json"
        exported = run("state", "export", *source).stdout
        assert "/2020/01/second/" in exported
        marks.write_text(exported.replace("/2020/01/second/", "/2020/01/first/"))
        assert run("state", "import", str(marks), *source).returncode == 0
        first.wait("0 unread")


def test_replaced_archive_file_shows_in_an_open_app(
    run: Run, host: GitHost, tmp_path: Path
) -> None:
    source = ("--source", host.url("blog.git"))
    run("sync", *source)
    file = archive_path(Config(), locate(), host.url("blog.git"))
    with running("--offline", *source) as terminal:
        terminal.wait("2 posts")
        commit(host.folder / "blog.git", blog("First", "Second", "Third"))
        elsewhere = {"XDG_DATA_HOME": str(tmp_path / "elsewhere")}
        assert run("sync", *source, environment=elsewhere).returncode == 0
        new = tmp_path / "elsewhere" / "xsfreader" / file.name
        shutil.copy(new, file.with_suffix(".new"))
        file.with_suffix(".new").replace(file)
        terminal.wait("3 posts")
        commit(host.folder / "blog.git", blog("First", "Second", "Third", "Fourth"))
        assert run("sync", *source).returncode == 0
        terminal.wait("4 posts")


def test_saved_file_of_a_folder_shows_in_an_open_app(tmp_path: Path) -> None:
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "1.md").write_bytes(post("First", 1))
    with running("--source", str(folder)) as terminal:
        terminal.wait("1 post")
        terminal.wait("Text of First")
        terminal.settle()
        (folder / "1.md").write_bytes(post("First", 1) + b"\nOne more line.\n")
        terminal.wait("One more line.")
