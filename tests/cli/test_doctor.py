"""``xsfreader doctor``: what it finds, and what it keeps to itself."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.unprivileged import needs_permissions
from xsfreader.cli import FAILURE, OK, main
from xsfreader.cli import doctor as doctor_module
from xsfreader.config import locate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Doctor = Callable[..., dict[str, dict[str, str]]]

SECRET = "s3cr3t"  # noqa: S105 - it is none


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Return a function that runs the command and returns the problems by name."""

    def run(*arguments: str, code: int = FAILURE) -> dict[str, dict[str, str]]:
        capsys.readouterr()
        assert main(["doctor", "--json", *arguments]) == code
        found = json.loads(capsys.readouterr().out)
        assert found["ok"] == (code == OK)
        return {each["name"]: each for each in found["checks"] if each["problem"] or code == OK}

    return run


def test_a_sound_home_has_no_problem_and_is_left_alone(
    home: Path, doctor: Doctor, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor("--source", "guide", code=OK)
    assert list(home.iterdir()) == []
    main(["sync", "--source", "guide"])
    found = doctor("--source", "guide", code=OK)
    assert found["Archive archive-guide.db"]["value"] == "17 posts"
    assert "textual " in found["Libraries"]["value"]
    assert main(["doctor", "--source", "guide"]) == OK
    shown = capsys.readouterr().out
    assert all(f"{name}: {each['value']}\n" in shown for name, each in found.items())
    assert shown.endswith("\nNo problem found\n")


def _damage(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:12288] = bytes(8192)
    file.write_bytes(data)


def _make_newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 90")
        db.execute("ALTER TABLE post ADD COLUMN newer TEXT")


@pytest.mark.parametrize(
    ("file", "harm", "words"),
    [
        ("archive-guide.db", _damage, "damaged"),
        ("state.db", _damage, "damaged"),
        ("archive-guide.db", _make_newer, "written by a newer version"),
        pytest.param(
            "state.db", lambda file: file.chmod(0o644), "chmod go= ~/", marks=needs_permissions
        ),
    ],
)
def test_a_file_that_is_not_right_is_named_and_not_changed(
    doctor: Doctor,
    file: str,
    harm: Callable[[Path], None],
    words: str,
) -> None:
    main(["sync", "--source", "guide"])
    harmed = locate().data / file
    harm(harmed)
    before = harmed.read_bytes(), harmed.stat().st_mode
    problems = doctor("--source", "guide")
    (only,) = problems
    assert file in only
    assert words in problems[only]["problem"]
    assert (harmed.read_bytes(), harmed.stat().st_mode) == before


@pytest.mark.parametrize(
    ("arguments", "name", "words"),
    [
        (["--source", "http://127.0.0.1:9/x.git"], "Source", "refused the connection"),
        (["--source", "/no/such"], "Source", "no such folder"),
        (["--source", "guide", "--config", "/no/such.toml"], "Configuration", "no such file"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_remedy(
    doctor: Doctor, arguments: list[str], name: str, words: str
) -> None:
    problems = doctor(*arguments)
    assert set(problems) == {name}
    assert words in problems[name]["problem"]
    assert ";" in problems[name]["problem"]


@needs_permissions
def test_only_a_configuration_with_a_password_must_be_private(
    doctor: Doctor, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("width = 80\n")
    config.chmod(0o444)
    doctor("--source", "guide", "--config", str(config), code=OK)
    config.chmod(0o644)
    config.write_text('xep_list = "https://ann:secret@example.org/list.xml"\n')
    problems = doctor("--source", "guide", "--config", str(config))
    assert "chmod go=" in problems["Configuration"]["problem"]


def test_offline_no_server_is_asked(doctor: Doctor) -> None:
    found = doctor("--source", "http://127.0.0.1:9/x.git", "--offline", code=OK)
    assert "not asked" in found["Source"]["value"]


def test_an_account_needs_its_extra(
    doctor: Doctor,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[xmpp]\njid = "ann@example.org"\npassword_file = "x"\n')
    monkeypatch.setitem(doctor_module._EXTRAS, "xmpp", ("nosuch-package",))
    problems = doctor("--source", "guide", "--config", str(config))
    assert "pip install 'xsfreader[xmpp]'" in problems["Extra xmpp"]["problem"]


def test_a_report_has_no_password_account_or_home(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = home / "config.toml"
    config.write_text(
        f'source = "http://ann:{SECRET}@127.0.0.1:9/x"\n'
        f'[xmpp]\njid = "ann@example.org"\npassword_command = ["echo", "{SECRET}"]\n'
    )
    main(["sync", "--source", "guide"])
    for form in ([], ["--json"]):
        assert main(["doctor", "--config", str(config), *form]) == FAILURE
    shown = capsys.readouterr().out
    for hidden in (SECRET, "ann", str(home)):
        assert hidden not in shown
