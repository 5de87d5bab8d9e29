"""``xsfreader list`` and ``search``: what they print of posts with translations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from xsfreader.cli import OK, main

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "report.md": "title: Report",
    "report.de.md": "title: Bericht",
    "report.fr.md": "title: Rapport",
    "only.de.md": "title: Nur deutsch",
}


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder with a post in three languages, and one in one."""
    posts = tmp_path / "posts"
    posts.mkdir()
    for name, front in FILES.items():
        text = f"---\n{front}\ndate: 2025-01-01\n---\nWords in common.\n"
        (posts / name).write_text(text)
    return str(posts)


def titles(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Give the sorted titles that a command prints."""
    assert main([*arguments, "--json"]) == OK
    return sorted(post["title"] for post in json.loads(capsys.readouterr().out))


@pytest.mark.parametrize("command", [["list"], ["search", "common"]], ids=["list", "search"])
def test_a_post_is_printed_once_in_the_preferred_language(
    command: list[str], folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command += ["--source", folder]
    assert titles(capsys, *command) == ["Nur deutsch", "Report"]
    assert titles(capsys, *command, "--all-languages") == sorted(
        front.removeprefix("title: ") for front in FILES.values()
    )
    config = tmp_path / "config.toml"
    config.write_text('languages = ["fr", "de"]\n')
    assert titles(capsys, *command, "--config", str(config)) == ["Nur deutsch", "Rapport"]


def test_a_wanted_language_is_printed(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    german = ["Bericht", "Nur deutsch"]
    assert titles(capsys, "list", "--source", folder, "--language", "de") == german
    assert titles(capsys, "search", "--source", folder, "common lang:de") == german


def test_a_star_counts_for_all_languages(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marks = {"/de/2025/01/bericht/": {"starred": True, "starred_at": 1}}
    file = tmp_path / "marks.json"
    file.write_text(json.dumps({"format": "xsfreader-state", "version": 1, "marks": marks}))
    assert titles(capsys, "list", "--source", folder)
    assert main(["state", "import", str(file), "--source", folder]) == OK
    assert titles(capsys, "list", "--source", folder, "--starred") == ["Report"]
