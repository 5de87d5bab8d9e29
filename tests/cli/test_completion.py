"""Shell completion scripts, tried in the shells that are there."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.terminal import PATIENCE
from xsfreader.cli import main
from xsfreader.cli.arguments import COMMANDS, SHELLS

if TYPE_CHECKING:
    from pathlib import Path

TYPED = {"lis": "list", "list --st": "list --starred", "state ex": "state export",
         "--off": "--offline", "sync --wa": "sync --watch",
         "show --pl": "show --plain"}  # fmt: skip
"""What is typed after ``xsfreader``, and what it becomes."""
BASH = """
source "$1"; shift
COMP_WORDS=(xsfreader $1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
_shtab_xsfreader xsfreader "${COMP_WORDS[COMP_CWORD]}" ""
echo "${COMPREPLY[@]}"
"""


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"needs {shell}")


@pytest.fixture
def script(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Path:
    """The script for the shell that the test names."""
    assert main(["completion", request.param]) == 0
    file = tmp_path / "_xsfreader"
    file.write_text(capsys.readouterr().out)
    return file


def run(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("script", SHELLS, indirect=True)
def test_script_names_every_command(script: Path) -> None:
    text = script.read_text()
    assert [name for name in COMMANDS if name not in text] == []


@needs("bash")
@pytest.mark.parametrize("script", ["bash"], indirect=True)
def test_bash_completes_commands_options_and_choices(script: Path) -> None:
    for typed, completed in TYPED.items():
        words = run("bash", "-c", BASH, "bash", script, typed)
        assert words.split() == completed.split()[-1:]


@needs("fish")
@pytest.mark.parametrize("script", ["fish"], indirect=True)
def test_fish_completes_commands_options_and_choices(script: Path) -> None:
    for typed, completed in TYPED.items():
        words = run("fish", "-c", f"source {script}; complete -C 'xsfreader {typed}'")
        assert [line.split("\t")[0] for line in words.splitlines()] == completed.split()[-1:]


@needs("zsh")
@pytest.mark.parametrize("script", ["zsh"], indirect=True)
@pytest.mark.parametrize("sourced", [False, True])
def test_zsh_completes_commands_options_and_choices(script: Path, sourced: bool) -> None:
    import pexpect

    zsh = pexpect.spawn("zsh", ["-f", "-i"], timeout=PATIENCE, encoding="utf-8")
    before, after = ("", f"source {script}") if sourced else (f"fpath+={script.parent}", "")
    zsh.sendline(f"autoload -U compinit; {before}\ncompinit -u -D; {after}")
    zsh.sendline('xsfreader() { echo "<$*>" }; echo READ""Y')
    zsh.expect("READY")
    for typed, completed in TYPED.items():
        zsh.send(f"xsfreader {typed}\t\n")
        zsh.expect_exact(f"<{completed}>")
    zsh.close(force=True)


def test_unknown_shell_is_an_error_that_lists_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["completion", "csh"])
    assert caught.value.code == 2
    assert "bash" in capsys.readouterr().err
