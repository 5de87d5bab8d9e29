"""Home directories with a synced blog."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.githost import GitHost, corpus_repository
from tests.terminal import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


def run_command(
    *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``xsfreader`` with its output in pipes."""
    return subprocess.run(
        [COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


@pytest.fixture
def run() -> Run:
    """Run the command in this test's home."""
    return run_command


@pytest.fixture(scope="session")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the corpus fetched from a Git host that is gone since, and a configuration."""
    home = tmp_path_factory.mktemp("fetched")
    served = tmp_path_factory.mktemp("served")
    corpus_repository(served / "xmpp.org.git")
    with GitHost(served) as host:
        url = host.url("xmpp.org.git")
        config = home / ".config" / "xsfreader" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(f'source = "{url}"\n')
        done = run_command("sync", environment=_variables(home))
    assert done.returncode == 0, done.stderr
    return home


def _variables(home: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
    }


@pytest.fixture
def archive(fetched: Path, home: Path) -> Path:
    """A home for the test with the corpus in it, and no upstream to ask."""
    shutil.copytree(fetched, home, dirs_exist_ok=True)
    return home
