"""``xsfreader state``: marks go to a file, and come from one."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from xsfreader.cli import FAILURE, OK, main

if TYPE_CHECKING:
    from pathlib import Path

POST = "/2024/03/sync-once-read-for-ever/"
MARKS = {
    "format": "xsfreader-state",
    "version": 1,
    "marks": {POST: {"starred": True, "starred_at": 1}},
}


@pytest.fixture(autouse=True)
def guide() -> None:
    """Marks need an archive."""
    assert main(["--source", "guide", "sync"]) == OK


def test_a_home_that_no_shell_expands_is_expanded(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "x.toml").write_text('source = "guide"\nwidth = 61\n')
    assert main(["--config=~/x.toml", "config"]) == OK
    assert "width = 61" in capsys.readouterr().out
    assert main(["--config=~/x.toml", "state", "export", "~/marks.json"]) == OK
    assert json.loads((home / "marks.json").read_text())["format"] == MARKS["format"]
    (home / "other.json").write_text(json.dumps(MARKS))
    assert main(["--config=~/x.toml", "state", "import", "~/other.json"]) == OK
    assert "1 marks changed" in capsys.readouterr().err


def test_the_home_of_an_unknown_user_is_a_name_like_any_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--config=~nobody-of-that-name/x.toml", "config"]) == FAILURE
    assert "~nobody-of-that-name/x.toml: no such file" in capsys.readouterr().err


@pytest.mark.parametrize("stdin", [False, True])
def test_a_byte_order_mark_before_marks_is_skipped(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    stdin: bool,
) -> None:
    text = "\ufeff" + json.dumps(MARKS)
    (home / "marks.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    file = "-" if stdin else str(home / "marks.json")
    assert main(["--source", "guide", "state", "import", file]) == OK
    assert "1 marks changed" in capsys.readouterr().err
