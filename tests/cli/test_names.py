"""Names that are mistyped, and names of authors, categories and files, on the command line."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from xsfreader.cli import FAILURE, OK, main

MISTAKES = {
    "setting": ('thme = "nord"', "thme: unknown setting; did you mean theme?"),
    "odd setting": ("zzzz = 1", "unknown setting; available: branch,"),
    "theme": ('theme = "nrod"', 'theme: unknown theme "nrod"; did you mean nord?'),
    "action": ('[keys]\nstra = "x"', "keys.stra: no such action; did you mean star?"),
    "key": ('[keys]\nstar = "hyper"', "keys.star: "),
}


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder with two posts."""
    posts = tmp_path / "posts"
    posts.mkdir()
    for name, author, category in (
        ("a", "Peter Saint-Andre", "Newsletter"),
        ("b", "Jérôme Poisson", "XMPP Summit"),
    ):
        text = f"---\ntitle: {name}\ndate: 2025-01-01\nauthor: {author}\ncategories: [{category}]\n"
        (posts / f"{name}.md").write_text(f"{text}---\nText.\n")
    return str(posts)


@pytest.mark.parametrize("command", ["list", "sync", "search x", "show x", "xeps", "config"])
@pytest.mark.parametrize(("text", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_every_command_reports_a_mistake_in_the_configuration(
    command: str, text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text + "\n")
    arguments = [*command.split(), "--source", "guide", "--config", str(config)]
    assert main(arguments) == FAILURE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert f"{config}:" in printed.err


@pytest.mark.parametrize(
    ("option", "name", "titles"),
    [
        ("--author", "peter", ["a"]),
        ("--author", "Saint", ["a"]),
        ("--author", "JEROME", ["b"]),
        ("--author", "Jérôme Poisson", ["b"]),
        ("--category", "summit", ["b"]),
        ("--category", "news", ["a"]),
    ],
)
def test_a_part_of_a_name_is_enough(
    option: str, name: str, titles: list[str], folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "--source", folder, option, name, "--json"]) == OK
    assert [post["title"] for post in json.loads(capsys.readouterr().out)] == titles


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["list", "--author", "petre"],
            "no author matches “petre”; did you mean Peter Saint-Andre?",
        ),
        (["list", "--category", "newsleter"], "did you mean Newsletter?"),
        (["list", "--author", "zzz"], "No posts match; no author matches “zzz”"),
        (["search", "author:petre"], "did you mean Peter Saint-Andre?"),
        (["search", "category:sumit"], "did you mean XMPP Summit?"),
        (["search", "auhtor:peter"], "unknown filter auhtor: did you mean author:?"),
        (["search", "xep:9", "is:changed"], "No posts match these filters\n"),
        (["search", "zzz:peter"], "unknown filter zzz: available: author:, category:"),
    ],
)
def test_a_mistyped_name_gets_a_suggestion(
    arguments: list[str], words: str, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--source", folder]) == OK
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err


@pytest.mark.parametrize("name", ["nosuch.md", "./nosuch", "../posts/nosuch.markdown"])
@pytest.mark.parametrize("fetched", [False, True])
def test_a_missing_file_is_named(
    name: str, fetched: bool, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = folder if fetched else "http://127.0.0.1:9/x.git"
    assert main(["show", "--source", source, name]) == FAILURE
    assert capsys.readouterr().err == f"xsfreader: {name}: no such file\n"


def test_a_post_comes_from_standard_input(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(folder) / "a.md"
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(file.read_bytes())))
    assert main(["show", "-", "--json"]) == OK
    assert json.loads(capsys.readouterr().out)["title"] == "a"
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"no post")))
    assert main(["show", "-"]) == FAILURE
    assert capsys.readouterr().err.startswith("xsfreader: standard input: ")
