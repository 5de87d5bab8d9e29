"""Disks and permissions: odd things in place of files, who may read ours, full and read-only disks.

Every test runs the installed command. ``FILES`` are all files that it opens.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.terminal import COMMAND
from xsfreader import disk
from xsfreader.cli import main
from xsfreader.config import locate
from xsfreader.log import log, set_log_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and permissions of POSIX")


def run(*arguments: str, umask: int = 0o022) -> subprocess.CompletedProcess[str]:
    """Run the command, and assert that it ends, and without a traceback."""
    done = subprocess.run(
        [str(COMMAND), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
        check=False,
        umask=umask,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def data(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Sync a folder of posts; give the folder with the archive and the state."""
    posts = home / "posts"
    posts.mkdir()
    (posts / "2025-01-02-a.md").write_text("---\ntitle: A\ndate: 2025-01-02\n---\nWords\n")
    monkeypatch.setenv("XSFREADER_SOURCE", str(posts))
    assert main(["sync"]) == 0
    close_log()
    yield locate().data
    close_log()


def close_log() -> None:
    for handler in log().handlers:
        handler.close()
    log().handlers.clear()
    logging.raiseExceptions = True


def bind(path: Path) -> None:
    # The address of a socket has at most a hundred bytes.
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as end:
        end.bind(path.name)


KINDS: dict[str, Callable[[Path], object]] = {
    "a named pipe": os.mkfifo,
    "a socket": bind,
    "a folder": lambda path: path.mkdir(),
    "a device": lambda path: path.symlink_to("/dev/zero"),
}

FILES: dict[str, tuple[Callable[[Path], Path], tuple[str, ...]]] = {
    "configuration": (lambda _: locate().config, ("list",)),
    "archive": (lambda data: next(data.glob("archive-*.db")), ("list",)),
    "log of the archive": (
        lambda data: next(data.glob("archive-*.db")).with_suffix(".db-wal"),
        ("list",),
    ),
    "state": (lambda data: data / "state.db", ("list",)),
    "lock": (lambda data: next(data.glob("*.lock")), ("sync",)),
    "list of XEPs": (lambda data: data / "xeps.db", ("xeps", "198")),
    "export": (lambda data: data / "export", ("state", "import", "export")),
}


CASES = [(name, "a named pipe") for name in FILES]
CASES += [(name, kind) for name in ("configuration", "state") for kind in KINDS]


@pytest.mark.parametrize(("name", "kind"), dict.fromkeys(CASES))
def test_something_else_in_place_of_a_file(
    data: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    path_of, command = FILES[name]
    path = path_of(data)
    monkeypatch.chdir(data)
    disk.make_folder(path.parent)
    path.unlink(missing_ok=True)
    KINDS[kind](path)
    done = run(*command)
    assert done.returncode == 1, done
    assert f"{path.name}: " in done.stderr
    assert f"it is {kind}, not a file" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_pipe_in_place_of_the_log_means_no_log(data: Path) -> None:
    file = locate().log
    file.unlink()
    os.mkfifo(file)
    assert run("sync").returncode == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_post_is_read_from_files_alone(tmp_path: Path, kind: str) -> None:
    KINDS[kind](tmp_path / "x")
    with pytest.raises(OSError, match=f"it is {kind}, not a file"):
        disk.read_file(tmp_path / "x", 10)


def modes(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode)
        for path in [folder, *folder.rglob("*")]
    }


@pytest.fixture
def rotating(tmp_path: Path) -> Iterator[Path]:
    """Log to a file in a folder that is missing."""
    file = tmp_path / "log" / "xsfreader.log"
    close_log()
    set_log_file(file)
    yield file
    close_log()


def test_all_files_are_private(data: Path) -> None:
    run("state", "export", str(data / "marks.json"), umask=0)
    for name, mode in modes(locate().data).items() | modes(locate().log.parent).items():
        assert mode & 0o077 == 0, name
    assert len(modes(data)) > 4


def test_files_of_an_older_version_are_made_private(data: Path) -> None:
    for path in [*data.iterdir(), locate().log]:
        path.chmod(0o644)
    run("sync")
    for name in [*data.glob("*.db"), locate().log]:
        assert stat.S_IMODE(name.stat().st_mode) == 0o600, name


def test_the_log_is_private_and_so_are_older_ones(rotating: Path) -> None:
    before = os.umask(0)
    try:
        for _ in range(3):
            log().info("x" * 4000)
        log().handlers[0].doRollover()  # type: ignore[attr-defined]
        log().info("more")
    finally:
        os.umask(before)
    assert set(modes(rotating.parent).values()) == {0o700, 0o600}
    assert len(modes(rotating.parent)) == 3


def test_folders_above_are_private_too(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        disk.make_folder(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)
    assert set(modes(tmp_path / "a").values()) == {0o700}
