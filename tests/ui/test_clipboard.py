"""Copying: by the terminal and by programs for it; and what the keys for it copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tests.ui.apps import reader, running, settle
from xsfreader.config import Config
from xsfreader.ui import clipboard
from xsfreader.ui.clipboard import commands, give

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.ui.apps import Driver

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the fake programs are shell scripts")
SH, PATH = shutil.which("sh"), os.environ.get("PATH", "")
PAGE = "https://xmpp.org/2026/01/keys-to-copy/"
LONG = "value = 'a line of code that no narrow column holds, with an end far off to the right'"
POST = f"""---
title: Keys to copy
date: 2026-01-02
author: somebody
---
Before all sections: [a link](https://example.org/long/address?with=query#and-fragment).

```
first
    {LONG}
```

{"Words. " * 400}

## The second part

{"More words. " * 400}

## Ünd das Ende

> ```python
> second
> ```

1. ```
   third
   ```
"""


# Which programs


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({}, "linux", []),
        ({"TMUX": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""}, "linux", []),
        ({"TMUX": "/x,1,0"}, "linux", [["tmux", "tmux"]]),
        ({"DISPLAY": ":0"}, "linux", [["xclip", "xsel"]]),
        ({"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, "linux", [["wl-copy", "xclip", "xsel"]]),
        ({"TMUX": "x", "WAYLAND_DISPLAY": "w"}, "linux", [["tmux", "tmux"], ["wl-copy"]]),
        ({}, "darwin", [["pbcopy"]]),
        ({"WSL_DISTRO_NAME": "Debian"}, "linux", [["clip.exe"]]),
        ({}, "win32", [["clip.exe"]]),
    ],
)
def test_programs_are_those_that_can_work(
    environ: dict[str, str], platform: str, expected: list[list[str]]
) -> None:
    found = commands(environ, platform)
    assert [[command[0] for command in each] for each in found] == expected


class Programs:
    """A folder of fake programs, the whole PATH; each writes down what it was given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, *, status: int = 0, seconds: float = 0) -> None:
        file = self.folder / name
        file.write_text(
            f'#!{SH}\nPATH={PATH}\nsleep {seconds}\necho "$@$LC_ALL" > {file}.options\n'
            f"cat > {file}.text\nexit {status}\n"
        )
        file.chmod(0o700)

    def text(self, name: str) -> str | None:
        file = self.folder / f"{name}.text"
        return file.read_bytes().decode() if file.exists() else None


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    folder = tmp_path / "bin"
    folder.mkdir()
    made = Programs(folder)
    monkeypatch.setenv("PATH", str(folder))
    return made


@POSIX
def test_a_text_is_given_as_it_is(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "")
    programs.add("xclip")
    text = "two lines\n  $HOME `id` 'quotes' “Ä” 🎉\n"
    assert give(("xclip", "-selection", "clipboard"), text)
    assert programs.text("xclip") == text
    assert (programs.folder / "xclip.options").read_text() == "-selection clipboard\n"
    programs.add("clip.exe")
    assert give(("clip.exe",), "Ä")
    assert (programs.folder / "clip.exe.text").read_bytes() == b"\xc4\x00"
    programs.add("pbcopy")
    assert give(("pbcopy",), "Ä")
    assert "UTF-8" in (programs.folder / "pbcopy.options").read_text()


@POSIX
def test_a_program_that_fails_is_missing_or_hangs_took_nothing(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not give(("xclip",), "text")
    programs.add("xclip", status=1)
    assert not give(("xclip",), "text")
    (programs.folder / "xsel").write_text("no program")
    assert not give(("xsel",), "text")
    monkeypatch.setattr(clipboard, "TIMEOUT_SECONDS", 0.2)
    programs.add("wl-copy", seconds=20)
    before = time.monotonic()
    assert not give(("wl-copy",), "text")
    assert time.monotonic() - before < 10


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_tmux_takes_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setenv("TMUX_TMPDIR", str(tmp_path))

    def tmux(*words: str) -> str:
        done = subprocess.run(["tmux", *words], capture_output=True, text=True, check=True)
        return done.stdout

    tmux("-f", os.devnull, "new-session", "-d", "sleep 60")
    try:
        monkeypatch.setenv("TMUX", tmux("display-message", "-p", "#{socket_path},#{pid},0").strip())
        [[command, _]] = commands(os.environ, "linux")
        text = "first\n  sécond\n"
        assert give(command, text)
        assert tmux("show-buffer") == text
    finally:
        tmux("kill-server")


# What the keys copy


@asynccontextmanager
async def opened(folder: Path, size: tuple[int, int] = (100, 30)) -> AsyncIterator[Driver]:
    """Read a post with three sections and code in it."""
    posts = folder / "content" / "blog"
    posts.mkdir(parents=True)
    (posts / "2026-01-02-keys-to-copy.md").write_text(POST, encoding="utf-8")
    async with running(str(folder), size=size) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        yield pilot


def said(pilot: Driver) -> str:
    return reader(pilot).status.text


async def copied(pilot: Driver, *keys: str) -> str:
    """Press keys; return what was copied once that is said."""
    await pilot.press(*keys)
    await settle(pilot)
    copying = [worker for worker in pilot.app.workers if worker.group == "clipboard"]
    if copying:
        await pilot.app.workers.wait_for_complete(copying)
        await settle(pilot)
    return pilot.app.clipboard


async def test_y_copies_the_address_or_the_link_with_the_focus(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        assert await copied(pilot, "y") == PAGE
        assert said(pilot) == f"Address sent to the terminal: {PAGE}"
        link = "https://example.org/long/address?with=query#and-fragment"
        assert await copied(pilot, "tab", "y") == link
        assert said(pilot) == f"Link sent to the terminal: {link}"
        assert await copied(pilot, "h", "y") == PAGE


async def test_footer_says_what_y_copies(tmp_path: Path) -> None:
    async with opened(tmp_path, (120, 30)) as pilot:

        def footer() -> str:
            return reader(pilot).key_bar.render_line(0).text

        assert "y copy address" in footer()
        await pilot.press("tab")
        assert footer().startswith(" y copy link")
        await pilot.press("j", "h")
        assert "y copy" not in footer()


async def test_capital_y_copies_the_section_in_view(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        assert await copied(pilot, "Y") == PAGE
        assert said(pilot) == f"No section here; address sent to the terminal: {PAGE}"
        await pilot.press("right_curly_bracket")
        assert await copied(pilot, "Y") == f"{PAGE}#the-second-part"
        assert said(pilot).startswith("Address of the section sent to the terminal: ")
        assert await copied(pilot, "space", "Y") == f"{PAGE}#the-second-part"
        assert await copied(pilot, "G", "Y") == f"{PAGE}#%C3%BCnd-das-ende"
        assert await copied(pilot, "g", "h", "Y") == PAGE


@pytest.mark.parametrize("size", [(100, 30), (40, 20)])
async def test_c_copies_the_code_in_view(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, size) as pilot:
        assert await copied(pilot, "c") == f"first\n    {LONG}"
        assert said(pilot) == "Code sent to the terminal: 2 lines"
        await pilot.press("right_curly_bracket", "c")
        assert said(pilot) == "No code on screen"


async def test_c_lets_choose_among_several_blocks(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        screen = reader(pilot)
        await pilot.press("G", "c")
        assert said(pilot) == "Type a code block's letters"
        rows = [screen.article.render_line(y).text for y in range(screen.article.size.height)]
        assert any(row.split()[-2:] == ["a", "second"] for row in rows), rows
        assert any(row.split()[-2:] == ["s", "third"] for row in rows), rows
        assert await copied(pilot, "s") == "third"
        assert said(pilot) == "Code sent to the terminal: 1 line"
        assert await copied(pilot, "h", "c", "a") == "second"
        await pilot.press("c", "m")
        assert said(pilot) == "No code block has these letters"
        assert not screen.links.hinting


async def test_a_page_of_the_guide_has_no_address_but_its_links_to_the_web_do() -> None:
    async with running(size=(120, 60)) as pilot:
        await pilot.press("enter", "Y")
        assert said(pilot) == "This page is built in and has no address"
        screen = reader(pilot)
        document = screen.article.document
        assert document is not None
        seen = set()
        for _ in document.links:
            await pilot.press("tab", "y")
            seen.add(said(pilot).partition(":")[0])
        assert seen == {"That page is built in and has no address", "Link sent to the terminal"}


@POSIX
async def test_what_a_program_took_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: Programs
) -> None:
    monkeypatch.setenv("TMUX", "x")
    monkeypatch.setenv("DISPLAY", ":0")
    async with opened(tmp_path) as pilot:
        await copied(pilot, "y")
        assert said(pilot) == f"Address sent to the terminal: {PAGE}"
        for name, status in {"tmux": 1, "xclip": 1, "xsel": 0}.items():
            programs.add(name, status=status)
        await copied(pilot, "y")
        assert said(pilot) == f"Address copied: {PAGE}"
        assert programs.text("xsel") == PAGE
        programs.add("tmux")
        await copied(pilot, "Y", "c")
        assert programs.text("tmux") == programs.text("xsel") == f"first\n    {LONG}"


@POSIX
async def test_a_program_that_hangs_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: Programs
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(clipboard, "TIMEOUT_SECONDS", 1.0)
    programs.add("xclip", seconds=30)
    async with opened(tmp_path) as pilot:
        screen = reader(pilot)
        before = screen.article.scroll_offset.y
        await pilot.press("y", "j")
        assert screen.article.scroll_offset.y == before + 1
        assert "terminal" not in said(pilot)
        await copied(pilot)
        assert said(pilot) == f"Address sent to the terminal: {PAGE}"


@POSIX
async def test_text_cut_in_an_input_is_copied_the_same_way(
    monkeypatch: pytest.MonkeyPatch, programs: Programs
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "w")
    programs.add("wl-copy")
    async with running() as pilot:
        await pilot.press("slash", *"sync")
        pilot.app.query_one("#prompt", Input).select_all()
        assert await copied(pilot, "ctrl+x") == "sync"
        assert programs.text("wl-copy") == "sync"


@pytest.mark.parametrize(
    ("openers", "browser", "problem"),
    [
        ({"https": ("nofirefox", "{}")}, "true", "nofirefox: command not found"),
        ({"https": ("lynx",)}, "true", "lynx: command not found"),
        ({}, "nobrowser --new-tab", "nobrowser: command not found"),
        ({}, "", "No browser found"),
    ],
)
async def test_an_opener_that_is_missing_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    openers: dict[str, tuple[str, ...]],
    browser: str,
    problem: str,
) -> None:
    monkeypatch.setenv("BROWSER", browser)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "content" / "blog").mkdir(parents=True)
    (tmp_path / "content" / "blog" / "2026-01-02-keys-to-copy.md").write_text(POST)
    config = Config(images="off", openers=openers)
    async with running(str(tmp_path), config=config) as pilot:
        assert await copied(pilot, "o") == PAGE
        assert said(pilot) == f"{problem}; link sent to the terminal: {PAGE}"
