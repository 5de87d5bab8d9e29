"""The programs that other programs are chosen from: pagers, browsers, commands to pipe to."""

from __future__ import annotations

import os
import sys

import pytest

from xsfreader.ui.opener import command, may_end_unread, shell_sign

URL = "https://xmpp.org/a"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the system has its own")
@pytest.mark.parametrize(
    ("browser", "words"),
    [
        (f"nosuch{os.pathsep}sh -x", ["sh", "-x", URL]),
        (f"nosuch{os.pathsep}nor-this", ["nosuch", URL]),
        ("sh -c 'echo %s'", ["sh", "-c", f"echo {URL}"]),
        (os.pathsep, None),
    ],
)
def test_the_variable_may_list_browsers_and_place_the_link(
    browser: str, words: list[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("BROWSER", browser)
    assert command(URL, {}) == words


@pytest.mark.parametrize(
    ("pager", "less", "unread"),
    [
        ("less", "", False),
        ("less -R", "-R --mouse", False),
        ("less -FX", "", True),
        ("/usr/bin/less", "FRX", True),
        ("less --quit-if-one-screen", "", True),
        ("cat", "", True),
        ("vim -R", "-F", False),
    ],
)
def test_a_pager_that_may_end_at_once_is_known(
    pager: str, less: str, unread: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LESS", less)
    assert may_end_unread(pager.split()) == unread


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("grep XMPP | head", "|"),
        ("cat > file", ">"),
        ("grep '|' a\\|b", ""),
        ("sh -c 'grep a | head'", ""),
        ("echo it\\'s", ""),
    ],
)
def test_what_needs_a_shell_is_found(text: str, sign: str) -> None:
    assert shell_sign(text) == sign
