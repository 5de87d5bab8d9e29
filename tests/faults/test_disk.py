"""Disks and permissions: odd things in place of files, who may read ours, full and read-only disks.

Every test runs the installed command. ``FILES`` are all files that it opens.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import command, terminal, unprivileged
from tests.command import COMMAND
from tests.soak import soaked
from tests.unprivileged import needs_permissions
from xsfreader import disk
from xsfreader.cli import main
from xsfreader.config import locate
from xsfreader.errors import DiskError
from xsfreader.log import log, set_log_file
from xsfreader.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and permissions of POSIX")


def run(
    *arguments: str, umask: int = 0o022, full: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command, with no file over ``full`` bytes; assert that it ends without traceback."""
    done = command.run(*arguments, umask=umask, preexec_fn=None if full is None else limited(full))
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
    found = {}
    for path in [folder, *folder.rglob("*")]:
        # The files beside an open database come and go.
        with contextlib.suppress(FileNotFoundError):
            found[str(path.relative_to(folder))] = stat.S_IMODE(path.stat().st_mode)
    return found


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


@pytest.mark.skipif(sys.platform != "linux", reason="names of other systems are text")
@soaked("name", [b"m\xfcller", b"\xff\xfe", b"50%\xe4 #?&"])
def test_a_home_folder_that_is_not_utf_8(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: bytes
) -> None:
    folder = Path(os.fsdecode(os.fsencode(home) + b"/" + name))
    (folder / "posts").mkdir(parents=True)
    (folder / "posts" / "a.md").write_text("---\ntitle: A\ndate: 2025-01-02\n---\nWords\n")
    for variable in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(folder / variable))
    monkeypatch.setenv("HOME", str(folder))
    source = ("--source", str(folder / "posts"))
    assert run("show", "a", *source).returncode == 0
    assert (folder / "XDG_DATA_HOME" / "xsfreader" / "state.db").exists()
    with terminal.running(*source) as app:
        app.wait("Words")
        app.press("s")
        app.wait("Starred")
        app.press("q")
        assert app.ended() == 0
    assert "1 post" in locate().log.read_text()


def fill(data: Path) -> None:
    """Put something into the files: a mark only in the write-ahead log, as after a kill."""
    code = (
        "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "db.execute(\"INSERT INTO mark (permalink, starred, starred_at) VALUES ('/log/', 1, 1)\");"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, data / "state.db"], check=False)
    assert (data / "state.db-wal").stat().st_size


GUIDE = Path(disk.__file__).parent / "guide"
READING: tuple[tuple[str, ...], ...] = (("list",), ("show", "a"), ("state", "export"))
NOT_KEPT = "posts can be read, but marks aren't kept"


@needs_permissions
@pytest.mark.parametrize("log", [False, True], ids=["closed", "with a log"])
def test_everything_is_read_from_a_folder_that_cannot_be_written_to(
    data: Path, *, log: bool
) -> None:
    if log:
        fill(data)
    for path in data.iterdir():
        path.chmod(0o400)
    data.chmod(0o500)
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    try:
        shown = ""
        for command in READING:
            done = unprivileged.run(*command)
            assert done.returncode == 0, done
            assert done.stderr.splitlines()[0].endswith(NOT_KEPT)
            assert "Traceback" not in done.stderr
            shown += done.stdout
        assert "Words" in shown
        assert ("/log/" in shown) == log
        done = unprivileged.run("sync")
        assert done.returncode == 1
        assert "it can't be written to" in done.stderr
    finally:
        data.chmod(0o700)
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before


@needs_permissions
def test_the_app_reads_from_a_folder_that_cannot_be_written_to(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [*unprivileged.PREFIX, str(COMMAND)]
    monkeypatch.setattr(terminal, "COMMAND", command[0])
    data.chmod(0o500)
    try:
        with terminal.running(*command[1:]) as app:
            app.wait("Words")
            app.press("s")
            # In the list and above it; the status line may show something else by now.
            app.wait(lambda text: text.count("★") > 1)
            app.press("q")
            app.ended()
            assert b"not saved" in app.raw
            assert b"Traceback" not in app.raw
    finally:
        data.chmod(0o700)


@needs_permissions
def test_marks_are_kept_again_once_there_is_room(tmp_path: Path) -> None:
    def open_store() -> Store:
        return Store.open(tmp_path / "a.db", tmp_path / "s.db", ingest_version=1)

    open_store().close()
    tmp_path.chmod(0o500)
    try:
        with unprivileged.unprivileged(), open_store() as store:
            for _ in range(2):
                with pytest.raises(DiskError, match=r"s\.db: it can't be written to"):
                    store.set_starred("/x/", True)
                store.refresh()
            assert len(store.warnings) == 1
            tmp_path.chmod(0o700)
            store.refresh()
            store.set_starred("/x/", True)
    finally:
        tmp_path.chmod(0o700)
    with open_store() as store:
        assert store.marks("/x/").starred


@needs_permissions
def test_a_damaged_state_that_cannot_be_repaired_is_read_from_its_copy(data: Path) -> None:
    assert run("list").returncode == 0
    (data / "state.db").write_bytes(b"spoilt")
    data.chmod(0o500)
    try:
        assert unprivileged.run("list").returncode == 0
    finally:
        data.chmod(0o700)


def limited(size: int) -> Callable[[], None]:
    """Let no file grow over a size, which fails as a full disk does."""

    def limit() -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.parametrize("log", [False, True], ids=["closed", "with a log"])
def test_everything_is_read_from_a_full_disk(data: Path, *, log: bool) -> None:
    if log:
        fill(data)
    (data / "state.db-shm").unlink(missing_ok=True)
    for words in READING:
        done = run(*words, full=4096)
        assert done.returncode == 0, done
        assert NOT_KEPT in done.stderr
        assert ("/log/" in done.stdout) == (log and words[0] == "state")
    assert run("state", "export").stdout.count("/log/") == log
    assert run("list").stderr == ""


@soaked("size", [40_000, 150_000, 0, 220_000], [0, 1])
def test_a_sync_that_finds_too_little_room_fails_or_is_whole(home: Path, size: int) -> None:
    done = run("sync", "--source", "guide", full=size)
    if done.returncode:
        assert done.stderr.count("\n") <= 2
        assert ".db" in done.stderr
        assert run("sync", "--source", "guide").returncode == 0
    listed = run("list", "--all-languages", "--source", "guide", full=size or 1 << 30)
    assert listed.stdout.count("\n") == len(list(GUIDE.rglob("*.md")))
