"""Run the installed command with its output in pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMAND = Path(sys.executable).with_name("xsfreader")


def run(
    *arguments: str,
    program: tuple[str | Path, ...] = (COMMAND,),
    environment: Mapping[str, str] | None = None,
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """Run ``xsfreader`` with these arguments, or another program."""
    return subprocess.run(
        [*program, *arguments],
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        **{"timeout": 120, **options},
    )


def home_variables(home: Path) -> dict[str, str]:
    """Return what makes a folder the home of the commands we run."""
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "WIN_PD_OVERRIDE_LOCAL_APPDATA": str(home / "AppData"),
    }
