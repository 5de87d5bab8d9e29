"""Print shell completion scripts with every command and option."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from xsfreader.cli import main
from xsfreader.cli.arguments import SHELLS

TYPED = """
source "$1"
try() {
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    _shtab_xsfreader xsfreader "${COMP_WORDS[COMP_CWORD]}" ""
    echo "${COMPREPLY[@]}"
}
try xsfreader l; try xsfreader list --st; try xsfreader state e; try xsfreader --off
"""


@pytest.mark.parametrize("shell", SHELLS)
def test_script_names_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    told = capsys.readouterr().out
    for word in ("sync", "list", "show", "search", "xeps", "state", "config", "paths", "offline"):
        assert word in told


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_commands_options_and_choices(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path_factory.mktemp("completion") / "xsfreader.bash"
    main(["completion", "bash"])
    file.write_text(capsys.readouterr().out)
    done = subprocess.run(
        ["bash", "-c", TYPED, "bash", str(file)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:4] == ["list", "--starred", "export", "--offline"]


def test_unknown_shell_is_an_error_that_lists_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["completion", "csh"])
    assert caught.value.code == 2
    assert "bash" in capsys.readouterr().err
