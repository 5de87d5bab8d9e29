"""Set-up for all tests: a home for each, no proxies or clipboard, profiles for hypothesis."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import settings

import xsfreader
from tests.command import home_variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.prosody import Prosody

settings.register_profile("default", max_examples=50, deadline=None)
settings.register_profile("soak", max_examples=2000, deadline=None)
settings.load_profile("default")

# Where byte code isn't kept, each process that tests start would compile the program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's job in the background ignores it, and so would what tests start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of ours in it is private
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2 << 30:
    # SQLite waits for the disk at each of some ten thousand transactions.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

CLIPBOARDS = ("TMUX", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
"""What leads to the clipboard of the person who runs the tests."""


def pytest_report_header() -> str:
    """Say which program is tested: the checkout's or an installed one."""
    return f"xsfreader {xsfreader.__version__} in {xsfreader.__file__}"


def pytest_xdist_auto_num_workers() -> int:
    """Run some workers a core, as most tests wait for a terminal or for Textual's pilot."""
    return 3 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that none is left for one worker in the end."""
    items.sort(key=lambda item: item.path.parent.name != "e2e")


@pytest.fixture(autouse=True)
def home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Create an empty home, so that no test touches the files of the person who runs it."""
    folder = tmp_path_factory.getbasetemp() / f"home-{uuid4().hex}"
    folder.mkdir()
    for name, value in home_variables(folder).items():
        monkeypatch.setenv(name, value)
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in CLIPBOARDS:
            monkeypatch.delenv(name)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def prosody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prosody]:
    """Run an XMPP server; each test registers accounts of its own."""
    from tests.prosody import Prosody

    with Prosody(tmp_path_factory.mktemp("prosody")) as server:
        yield server
