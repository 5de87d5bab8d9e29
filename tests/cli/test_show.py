"""``xsfreader show``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


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
