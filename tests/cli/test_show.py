"""``xsfreader show``."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from xsfreader.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "command", ["show everything-a-post-may-hold", "list", "search omemo", "xeps", "xeps 384"]
)
def test_nothing_is_drawn_with_characters_in_a_pipe(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([*command.split(), "--source", "guide"]) == 0
    shown = capsys.readouterr().out
    assert "XMPP" in shown or "XEP" in shown
    assert re.findall("[\u2500-\u259f].*", shown) == []


def test_link_targets_are_listed_at_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    post = tmp_path / "2025-01-01-x.md"
    post.write_text(
        "---\ntitle: T\ndate: 2025-01-01\n---\n"
        "See [the list](/about/), [it](/about/), [it](/about/)\n"
        "and [a room](xmpp:jdev@muc.xmpp.org?join), never \x1b[31m[red](https://a/\x1bb).\n"
    )
    assert main(["show", str(post), "--plain"]) == 0
    text = capsys.readouterr().out
    assert main(["show", str(post), "--plain", "--links"]) == 0
    more = capsys.readouterr().out
    assert more.startswith(text)
    assert more.removeprefix(text).split("\n")[:4] == [
        "",
        "https://xmpp.org/about/  the list",
        "https://xmpp.org/about/  it",
        "xmpp:jdev@muc.xmpp.org?join  a room",
    ]
    assert "\x1b" not in more


def test_posts_in_a_folder_that_the_site_does_not_show_have_a_label(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "posts"
    folder.mkdir()
    for name, front in (("a", "draft: true"), ("b", "publishDate: 2199-01-01"), ("c", "")):
        text = f"---\ntitle: {name}\ndate: 2025-01-01\n{front}\n---\nText.\n"
        (folder / f"{name}.md").write_text(text)
    assert main(["list", "--source", str(folder), "--json"]) == 0
    found = {each["title"]: each["status"] for each in json.loads(capsys.readouterr().out)}
    assert found == {"a": "draft", "b": "scheduled", "c": "published"}
    assert main(["show", "--source", str(folder), "/2025/01/a/", "--plain"]) == 0
    assert "draft · 1 Jan 2025" in capsys.readouterr().out
    assert main(["show", str(folder / "b.md"), "--plain"]) == 0
    assert "scheduled · " in capsys.readouterr().out
    assert main(["search", "--source", str(folder), "is:draft", "--json"]) == 0
    assert {each["title"] for each in json.loads(capsys.readouterr().out)} == {"a", "b"}
