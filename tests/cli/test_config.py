"""``xsfreader config``: print every action with its keys; report mistakes as the app does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xsfreader.cli import FAILURE, OK, main
from xsfreader.config import load
from xsfreader.ui.keymap import ACTIONS, effective

if TYPE_CHECKING:
    from pathlib import Path


def test_default_configuration_lists_every_action_as_a_comment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "--default"]) == OK
    text = capsys.readouterr().out
    assert '# star = "s"\n' in text
    settings, table, keys = text.partition("[keys]\n")
    file = tmp_path / "config.toml"
    file.write_text(settings + table + keys.replace("# ", ""))
    assert effective(load(file)) == ACTIONS


def test_current_configuration_has_configured_keys_uncommented(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[keys]\npreset = "newsboat"\nstar = "f9"\n')
    assert main(["config", "--config", str(file)]) == OK
    lines = capsys.readouterr().out.splitlines()
    assert 'star = "f9"' in "\n".join(lines).replace('"star"', "star").splitlines()
    assert not [line for line in lines if line.startswith("# star")]
    assert '# next-unread = "n, ]"' in lines


@pytest.mark.parametrize("setting", ['sync = "j"', 'fly = "f9"', 'sync = "ctrl+"'])
def test_invalid_keys_are_reported_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[keys]\n{setting}\n")
    assert main(["config", "--config", str(file)]) == FAILURE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"xsfreader: {file}:2: keys.")
    assert printed.err.count("\n") == 1
