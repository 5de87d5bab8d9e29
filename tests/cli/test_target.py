"""``xsfreader TARGET``: what is opened, and what is wrong with a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xsfreader.cli import FAILURE, main
from xsfreader.cli.output import USAGE

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from xsfreader.library import Library

TEXT = "---\ntitle: {}\ndate: 2025-01-01\n---\n## Far below\nText.\n"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Source and target of each app that would have been opened."""
    found: list[tuple[str, str]] = []

    def open_app(_args: Namespace, library: Library, target: str) -> int:
        found.append((library.source_name, target))
        library.close()
        return 0

    monkeypatch.setattr("xsfreader.cli.commands._app", open_app)
    monkeypatch.setattr("xsfreader.cli.commands._terminal_problem", lambda: "")
    return found


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of the site with a post, and a file that is none."""
    blog = tmp_path / "site" / "content" / "blog" / "news"
    blog.mkdir(parents=True)
    (blog / "a.md").write_text(TEXT.format("A post"))
    (blog / "list.md").write_text(TEXT.format("list"))
    (blog / "none.md").write_text("Nothing.")
    return tmp_path / "site"


@pytest.mark.parametrize(
    ("target", "permalink"),
    [
        ("/2025/01/a-post/", "/2025/01/a-post/"),
        ("https://xmpp.org/2025/01/a-post/", "/2025/01/a-post/"),
        ("https://xmpp.org/2025/01/a-post/#far-below", "/2025/01/a-post/#far-below"),
        ("a-post", "/2025/01/a-post/"),
    ],
)
def test_the_app_opens_at_a_post(
    target: str, permalink: str, checkout: Path, opened: list[tuple[str, str]]
) -> None:
    assert main(["--source", str(checkout), target, "--offline"]) == 0
    assert main([target, "--source", str(checkout)]) == 0
    assert opened == [(str(checkout), permalink)] * 2


def test_a_file_is_opened_in_its_checkout_or_folder(
    checkout: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    opened: list[tuple[str, str]],
) -> None:
    monkeypatch.chdir(checkout / "content" / "blog" / "news")
    assert main(["a.md"]) == 0
    folder = tmp_path / "drafts"
    folder.mkdir()
    (folder / "b.md").write_text(TEXT.format("B"))
    assert main([str(folder / "b.md")]) == 0
    assert opened == [(str(checkout), "/2025/01/a-post/"), (str(folder), "/2025/01/b/")]


def test_a_command_wins_and_two_dashes_name_a_post(
    checkout: Path, opened: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--source", str(checkout), "list"]) == 0
    assert "A post" in capsys.readouterr().out
    assert not opened
    assert main(["--source", str(checkout), "--", "list"]) == 0
    assert opened == [(str(checkout), "/2025/01/list/")]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["lst"], USAGE, "error: lst: no such command or post; did you mean list?"),
        (["serach", "--offline"], USAGE, "did you mean search?"),
        (["zzz"], USAGE, "error: zzz: no such command or post\n"),
        (["a-post", "list"], USAGE, "a-post: no such command"),
        (["serach", "--offline", "omemo"], USAGE, "error: serach: no such command or post; did"),
        (["xep/198"], USAGE, "`xsfreader xeps 198 --read` prints it\n"),
        (["https://xmpp.org/extensions/xep-0045.html#a"], USAGE, "not a post: `xsfreader xeps 45"),
        (["a-pots"], FAILURE, "/2025/01/a-post/"),
        (["/2025/02/gone/"], FAILURE, "no post named /2025/02/gone/"),
        (["nosuch.md"], FAILURE, "nosuch.md: no such file\n"),
        (["{}/content/blog/news/none.md"], FAILURE, "none.md: no front matter"),
        (["--source", "http://127.0.0.1:9/x", "/2025/"], FAILURE, "run `xsfreader sync`"),
        (["--source", "http://127.0.0.1:9/x", "lst"], USAGE, "did you mean list?"),
    ],
)
def test_a_wrong_target_is_a_clear_error(
    arguments: list[str],
    code: int,
    words: str,
    checkout: Path,
    opened: list[tuple[str, str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = [each.format(checkout) for each in arguments]
    if "--source" not in arguments:
        arguments = ["--source", str(checkout), *arguments]
    try:
        done = main(arguments)
    except SystemExit as error:
        done = error.code if isinstance(error.code, int) else -1
    assert done == code
    assert words in capsys.readouterr().err
    assert not opened
