"""Faults of the reader's state: exports cut short, marks of several machines, a locked state."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.terminal import COMMAND
from xsfreader.cli import main
from xsfreader.config import Config, locate
from xsfreader.library import Library
from xsfreader.paths import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

OLD = "what was exported before\n"
MANY = 1500
needs_limits = pytest.mark.skipif(os.name != "posix", reason="needs limits of POSIX")


# Exports


def mark_many() -> None:
    """Mark so many posts that an export has over 64 KiB."""
    with Library(Config(), locate(), "guide") as library:
        library.set_all_read([f"/2020/01/{number}/" for number in range(MANY)], read=True)


def export(file: Path, *, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Export in another process, which may not let a file grow beyond ``limit`` bytes."""
    return subprocess.run(
        [COMMAND, "--source", "guide", "state", "export", str(file)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=None if limit is None else full_after(limit),
    )


def full_after(size: int) -> Callable[[], None]:
    """Return a function for a child that lets no file grow beyond some bytes."""

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@needs_limits
def test_an_export_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    mark_many()
    file = tmp_path / "marks.json"
    file.write_text(OLD)
    done = export(file, limit=64 << 10)
    assert done.returncode == 1
    assert done.stderr == f"xsfreader: {file}: File too large\n"
    assert file.read_text() == OLD
    assert [one.name for one in tmp_path.iterdir()] == [file.name]
    assert export(file).returncode == 0
    assert len(json.loads(file.read_text())["marks"]) == MANY


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_a_failure_at_any_step_leaves_the_file_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "marks.json"
    file.write_text(OLD)
    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, "new")
    monkeypatch.undo()
    assert file.read_text() == OLD
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


@pytest.mark.skipif(os.name != "posix", reason="needs permissions of POSIX")
def test_permissions_and_links_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "marks.json", tmp_path / "link"
    write_whole(file, "one")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    link.symlink_to(file.name)
    write_whole(link, "two")
    assert link.is_symlink()
    assert file.read_text() == "two"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        ("/dev/stdout", 0, ""),
        ("/dev/null", 0, ""),
        ("/dev/full", 1, "/dev/full: No space left on device"),
        ("/nosuch/folder/x", 1, "/nosuch/folder/x: No such file or directory"),
        (".", 1, ".: Is a directory"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's devices")
def test_odd_targets(capfd: pytest.CaptureFixture[str], target: str, code: int, words: str) -> None:
    assert main(["--source", "guide", "state", "export", target]) == code
    printed = capfd.readouterr()
    assert printed.err == (f"xsfreader: {words}\n" if words else "")
    if target == "/dev/stdout":
        assert json.loads(printed.out)["format"] == "xsfreader-state"
