"""Home directories with a synced blog."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests import command
from tests.command import home_variables
from tests.githost import GitHost, corpus_repository

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run() -> Run:
    """Run the command in this test's home."""
    return command.run


@pytest.fixture(scope="session")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the corpus fetched from a Git host that is gone since, and a configuration."""
    import fcntl

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / "fetched.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        home = folder / "fetched"
        if not home.exists():
            fetch(home, tmp_path_factory.mktemp("served"))
    return home


def fetch(home: Path, served: Path) -> None:
    corpus_repository(served / "xmpp.org.git")
    with GitHost(served) as host:
        url = host.url("xmpp.org.git")
        config = home / ".config" / "xsfreader" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(f'source = "{url}"\n')
        done = command.run("sync", environment=home_variables(home))
    assert done.returncode == 0, done.stderr


@pytest.fixture
def archive(fetched: Path, home: Path) -> Path:
    """A home for the test with the corpus in it, and no upstream to ask."""
    shutil.copytree(fetched, home, dirs_exist_ok=True)
    return home
