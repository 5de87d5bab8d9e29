"""Time processes without a terminal: short commands, sync, and Git for comparison."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.benchmarks.data import blobs
from tests.benchmarks.measure import timed
from tests.benchmarks.peers import NOTHING
from tests.benchmarks.terminal import python
from tests.command import COMMAND
from tests.githost import GitHost, corpus_repository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.benchmarks.data import Home
    from tests.benchmarks.measure import Figures

GROUP = "Whole processes"
CLONE = "git clone --filter=blob:none, sparse"


def run(command: list[str], environment: Mapping[str, str]) -> float:
    """Run a command; return the milliseconds it took. Raises CalledProcessError."""
    return timed(
        lambda: subprocess.run(
            command,
            check=True,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    )[1]


def small(figures: Figures, home: Home, times: int) -> None:
    """Measure commands that print and exit, alternating with an empty Python."""
    command, environment = str(COMMAND), home.environment
    commands = {
        NOTHING: [python(), "-c", "pass"],
        "xsfreader --version": [command, "--version"],
        "xsfreader --help": [command, "--help"],
        "xsfreader list": [command, "list"],
        "xsfreader search omemo": [command, "search", "omemo"],
    }
    took: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(times + 1):
        for name, words in commands.items():
            milliseconds = run(words, environment)
            if turn:
                took[name].append(milliseconds)
    for name, values in took.items():
        # argparse and typing alone, which --version needs, take 2.4 times an empty Python.
        figures.add(
            GROUP,
            name,
            values,
            limit=80 if name == "xsfreader list" else None,
            times=3.5 if name == "xsfreader --version" else None,
            beside=NOTHING if name != NOTHING else "",
        )


def syncs(figures: Figures, home: Home, folder: Path, times: int) -> None:
    """Measure a first sync from a Git host on loopback, one without changes, and Git itself."""
    served = folder / "served"
    if not served.exists():
        corpus_repository(served / "blog.git")
    first, nothing, cloned, sent = [], [], [], []
    other = home.environment | {
        f"XDG_{name}_HOME": str(folder / "sync" / name) for name in ("CONFIG", "DATA", "STATE")
    }
    with GitHost(served) as host:
        url = host.url("blog.git")
        sync = [str(COMMAND), "sync", "--source", url]
        for _ in range(times):
            shutil.rmtree(folder / "sync", ignore_errors=True)
            host.reset()
            first.append(run(sync, other))
            sent.append(host.sent / 1e6)
            nothing.append(run(sync, other))
            clone = folder / "clone"
            shutil.rmtree(clone, ignore_errors=True)
            took = run(
                ["git", "clone", "-q", "--depth=1", "--filter=blob:none", "--sparse", url,
                 str(clone)], other,
            )  # fmt: skip
            took += run(["git", "-C", str(clone), "sparse-checkout", "set", "content/blog"], other)
            cloned.append(took)
        archives = sum(f.stat().st_size for f in (folder / "sync").rglob("archive-*.db"))
    figures.add(GROUP, CLONE, cloned)
    figures.add(GROUP, "first sync, with index", first, limit=1200, beside=CLONE, times=3.5)
    figures.add(GROUP, "  received", sent, "MB", limit=1.3)
    figures.add(GROUP, "sync with nothing new", nothing, limit=250, beside=CLONE)
    figures.add(GROUP, "Markdown of the posts", sum(map(len, blobs().values())) / 1e6, "MB")
    figures.add(
        GROUP, "archive on disk", archives / 1e6, "MB", beside="Markdown of the posts", times=3
    )
