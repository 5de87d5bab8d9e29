"""Without a network: the archive is readable; without an archive, the guide is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.githost import CORPUS
from tests.terminal import running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run

BRUSSELS = "/2011/02/brussels-trip-report/"
NOWHERE = "http://127.0.0.1:9/xmpp.org.git"


@pytest.mark.corpus
@pytest.mark.usefixtures("archive")
def test_list_show_and_search_need_no_network(run: Run) -> None:
    listed = json.loads(run("list", "--json").stdout)
    assert len(listed) == 326
    assert [post["date"] for post in listed] == sorted((p["date"] for p in listed), reverse=True)
    shown = run("show", f"http://www.xmpp.org{BRUSSELS}#friday")
    assert "Remko Tronçon" in shown.stdout
    found = json.loads(run("search", "Troncon intro", "--json").stdout)
    assert BRUSSELS in [hit["permalink"] for hit in found]
    unknown = run("show", "brussels-trip-reprot")
    assert unknown.returncode == 1
    assert BRUSSELS in unknown.stderr


@pytest.mark.corpus
@pytest.mark.usefixtures("archive")
def test_failed_sync_is_one_line_and_exit_code_1(run: Run) -> None:
    done = run("sync")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("xsfreader: ")


@pytest.mark.corpus
def test_damaged_encoding_of_a_file_is_repaired(run: Run) -> None:
    seed = CORPUS / "brussels-trip-report.seed.md"
    if not seed.exists():
        pytest.skip(f"{seed} is missing")
    done = run("show", str(seed))
    assert "Remko Tronçon" in done.stdout
    assert "√" not in done.stdout


@pytest.mark.corpus
@pytest.mark.usefixtures("archive")
def test_app_stays_usable_when_sync_fails() -> None:
    with running() as terminal:
        terminal.wait("XMPP at Chaos Communication Congress")
        terminal.wait("sync failed")
        terminal.wait(lambda _: "press r to retry" in terminal.words)
        terminal.press("q")
        assert terminal.ended() == 0


def test_first_start_without_network_shows_the_guide(home: Path) -> None:
    with running("--source", NOWHERE) as terminal:
        terminal.wait("Welcome to xsfreader")
        terminal.wait("Showing the built-in guide")
        terminal.wait("127.0.0.1 refused the connection")
        terminal.wait(lambda _: "press r to retry" in terminal.words)
        terminal.press("q")
        assert terminal.ended() == 0
    assert (home / ".local" / "share" / "xsfreader" / "state.db").exists()


def test_commands_without_an_archive_say_how_to_sync(run: Run) -> None:
    for command in (["list"], ["show", "x"], ["search", "x"]):
        done = run(*command, "--source", NOWHERE)
        assert done.returncode == 1
        assert "xsfreader sync" in done.stderr
        assert done.stderr.count("\n") == 1


def test_invalid_arguments_are_usage_errors(run: Run) -> None:
    for arguments in (["lst"], ["--source"], ["show", "x", "--width", "3"]):
        done = run(*arguments)
        assert done.returncode == 2, arguments
        assert done.stderr.startswith("usage: xsfreader "), arguments
        assert "Traceback" not in done.stderr


def test_invalid_folder_is_a_one_line_error(run: Run, tmp_path: Path) -> None:
    for source in (tmp_path / "none", tmp_path):
        done = run("sync", "--source", str(source))
        assert done.returncode == 1
        assert str(source) in done.stderr
        assert done.stderr.count("\n") == 1
