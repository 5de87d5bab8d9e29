"""Permissions in tests: root may read and write everything, so root's powers are dropped.

On Linux these are capabilities. Without them root is asked for permissions like everybody else,
as the owner of its files; so the folders of pytest can be used, and so can an interpreter that
is installed in root's home. For everyone but root nothing changes.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests import command
from tests.command import COMMAND

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
PREFIX = (
    ["setpriv", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"] if IS_ROOT else []
)
"""What to put before a command's words."""
needs_permissions = pytest.mark.skipif(
    os.name != "posix" or (IS_ROOT and shutil.which("setpriv") is None),
    reason="no permissions here, or none for root",
)
"""Marks the tests that use this module."""

_CAPABILITY_VERSION = 0x20080522
_DAC_OVERRIDE, _DAC_READ_SEARCH, _FOWNER = 1 << 1, 1 << 2, 1 << 3


def run(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``xsfreader`` with these arguments, without root's powers."""
    return command.run(*arguments, program=(*PREFIX, COMMAND), environment=environment)


def python(
    code: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a piece of Python, without root's powers."""
    return command.run(
        code, *arguments, program=(*PREFIX, sys.executable, "-c"), environment=environment
    )


@contextlib.contextmanager
def unprivileged() -> Iterator[None]:
    """Take root's powers from this thread while the block runs; programs it starts have them."""
    if not IS_ROOT:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    # Two sets of three words each: effective, permitted, inheritable.
    words = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, words) == 0
    before = words[0]
    words[0] &= ~(_DAC_OVERRIDE | _DAC_READ_SEARCH | _FOWNER)
    assert libc.capset(header, words) == 0
    try:
        yield
    finally:
        words[0] = before
        assert libc.capset(header, words) == 0
