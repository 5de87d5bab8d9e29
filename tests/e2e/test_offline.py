"""Without a network: the archive is readable; without an archive, the guide is."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.githost import CORPUS
from tests.terminal import COMMAND, running

if TYPE_CHECKING:
    from tests.e2e.conftest import Run

BRUSSELS = "/2011/02/brussels-trip-report/"
NOWHERE = "http://127.0.0.1:9/xmpp.org.git"


@pytest.mark.corpus
@pytest.mark.usefixtures("archive")
def test_list_show_and_search_need_no_network(run: Run) -> None:
    listed = json.loads(run("list", "--json").stdout)
    assert len(listed) == 328
    assert [post["date"] for post in listed] == sorted((p["date"] for p in listed), reverse=True)
    shown = run("show", "brussels-trip-report")
    assert "Remko Tronçon" in shown.stdout
    found = json.loads(run("search", "Troncon intro", "--json").stdout)
    assert BRUSSELS in [hit["permalink"] for hit in found]


@pytest.mark.corpus
@pytest.mark.usefixtures("archive")
def test_failed_sync_is_one_line_and_exit_code_1(run: Run) -> None:
    done = run("sync")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("xsfreader: ")


@pytest.mark.corpus
@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    "name",
    [
        BRUSSELS,
        BRUSSELS.strip("/"),
        "https://xmpp.org" + BRUSSELS,
        "http://www.xmpp.org" + BRUSSELS + "#friday",
        "brussels-trip-report",
    ],
)
def test_post_is_found_by_every_name(run: Run, name: str) -> None:
    done = run("show", name, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["permalink"] == BRUSSELS


@pytest.mark.corpus
@pytest.mark.usefixtures("archive")
def test_ambiguous_name_lists_candidates(run: Run) -> None:
    done = run("show", "google-summer-of-code")
    unknown = run("show", "brussels-trip-reprot")
    assert unknown.returncode == 1
    assert BRUSSELS in unknown.stderr
    assert done.returncode in (0, 1)


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
    for arguments in (
        ["lst"],
        ["--=x"],
        ["--source"],
        ["--offline", "--frish"],
        ["list", "--since", "soon"],
        ["show"],
        ["show", "x", "--width", "3"],
        ["search"],
        ["search", "x", "--limit", "0"],
    ):
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


def test_closed_pipe_is_not_a_traceback(run: Run) -> None:
    import subprocess

    from tests.terminal import COMMAND

    run("sync", "--source", "guide")
    done = subprocess.run(
        f"{COMMAND} show --source guide everything-a-post-may-hold | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk here")
@pytest.mark.parametrize("words", [("list",), ("show", "welcome-to-xsfreader")])
def test_full_disk_is_a_one_line_error(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [COMMAND, "--source", "guide", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "xsfreader: the output: No space left on device\n"
