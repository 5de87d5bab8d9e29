"""Typical tasks of readers, in a real terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.githost import CORPUS, corpus_repository, git
from tests.soak import soaked
from tests.terminal import Terminal, running
from xsfreader.config import load, locate
from xsfreader.ingest import INGEST_VERSION
from xsfreader.source.xeplist import parse
from xsfreader.store import Store

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.usefixtures("archive"),
]
wide = soaked("size", [(120, 40), (80, 24)])
narrow = soaked("size", [(120, 40), (80, 24)], [1])
Size = tuple[int, int]


def search(terminal: Terminal, query: str, title: str) -> None:
    """Search the archive and open the post of that title."""
    terminal.press("F")
    terminal.wait("Titles, texts, authors")
    terminal.press(query)
    terminal.wait(" found\n")
    terminal.settle()
    titles = terminal.lines[3::2]
    wanted = next(i for i, line in enumerate(titles) if title in line)
    terminal.press(*["down"] * wanted, "enter")
    terminal.wait(lambda text: " found\n" not in text)
    terminal.settle()


def post_lines(terminal: Terminal) -> list[str]:
    """Give the rows of the post alone, without the list beside it."""
    rows = terminal.lines[1:-2]
    return [re.sub(r"^.{34,36}│", "", row).strip(" ▁▂▃▄▅▆▇█") for row in rows]


def status(terminal: Terminal) -> str:
    """Give what the status line says; a long target takes two rows."""
    return " ".join(" ".join(terminal.lines[-3:-1]).split())


def step_to_link(terminal: Terminal, words: str) -> None:
    """Step from link to link until the status line tells this target."""
    for _ in range(60):
        terminal.changed("tab", lambda: status(terminal))
        terminal.settle(0.1)
        if words in status(terminal):
            return
    raise AssertionError(f"no link leads to {words!r}:\n{terminal.text}")


def reach_link_to_xep_198(terminal: Terminal) -> None:
    """Open the trip report, and step to its link to a specification."""
    terminal.wait("Chaos")
    search(terminal, "brussels trip report xep:198", "Brussels Trip Report")
    terminal.press("esc")
    step_to_link(terminal, "XEP-0198 Stream Management, Stable")


@wide
def test_search_for_omemo_in_2020(size: Size) -> None:
    with running("--offline", size=size) as terminal:
        terminal.wait("Chaos")
        search(terminal, "omemo after:2020-01 before:2021", "2020")
        terminal.wait("1/")
        assert re.search("omemo", terminal.text, re.IGNORECASE)


@narrow
def test_follow_a_link_to_an_older_post_and_return_to_the_same_line(size: Size) -> None:
    with running("--offline", size=size) as terminal:
        terminal.wait("Chaos")
        search(terminal, "newsletter october 2022", "The XMPP Newsletter October 2022")
        terminal.press("esc", "/")
        terminal.wait("Find in this post")
        terminal.press("libs, XEPs")
        terminal.settle()
        terminal.press("enter")
        step_to_link(terminal, "August 2022")
        terminal.settle()
        before = post_lines(terminal)
        terminal.press("enter")
        terminal.wait(lambda _: "Libraries" in post_lines(terminal)[0])
        terminal.press("H")
        terminal.wait(lambda _: post_lines(terminal) == before)
        terminal.press("L")
        terminal.wait(lambda _: "Libraries" in post_lines(terminal)[0])
        terminal.press("backspace")
        terminal.wait(lambda _: post_lines(terminal) == before)


@wide
def test_go_back_through_posts_and_search_results(size: Size) -> None:
    with running("--offline", size=size) as terminal:
        terminal.wait("Chaos")
        terminal.press("l", "J", "space")
        terminal.settle()
        first = post_lines(terminal)
        terminal.press("J")
        terminal.settle()
        assert post_lines(terminal) != first
        search(terminal, "brussels trip report", "Brussels Trip Report")
        terminal.press("H")
        terminal.wait(" found\n")
        terminal.settle()
        terminal.press("H")
        terminal.wait(lambda _: post_lines(terminal) == first)


@narrow
def test_switch_to_german_at_the_same_heading(size: Size) -> None:
    with running("--offline", size=size) as terminal:
        terminal.wait("Chaos")
        search(terminal, '"newsletter september 2025"', "The XMPP Newsletter September 2025")
        terminal.press("esc", "g")
        terminal.settle()
        for _ in range(30):
            if "XMPP Software News" in post_lines(terminal)[0]:
                break
            terminal.changed("}", lambda: post_lines(terminal))
            terminal.settle(0.1)
        terminal.press("T")
        terminal.wait("Der XMPP Newsletter")
        terminal.press("d")
        terminal.wait(lambda _: "XMPP-Software" in post_lines(terminal)[0])
        terminal.press("H")
        terminal.wait(lambda _: "XMPP Software News" in post_lines(terminal)[0])


@wide
def test_find_posts_and_status_of_a_xep(size: Size) -> None:
    keep_xeps()
    with running("--offline", size=size) as terminal:
        reach_link_to_xep_198(terminal)
        terminal.press("x")
        terminal.wait("XEP-0198 Stream Management")
        terminal.wait("Stable · Standards Track")
        terminal.wait("The specification, and posts")
        terminal.press("esc")
        terminal.settle()
        assert "The specification, and posts" not in terminal.text


def keep_specifications(folder: Path) -> None:
    """Take specifications from a folder, and name the XSF's list beside the archive."""
    keep_xeps()
    served = corpus_repository(folder / "xeps.git", "xeps")
    with locate().config.open("a", encoding="utf-8") as config:
        config.write(f'xeps_source = "{folder}"\n')
    for name in ("xep.ent", "xep-0060.xml", "xep-0198.xml", "xep-0313.xml"):
        (folder / name).write_text(git(served, "show", f"HEAD:{name}") + "\n", encoding="utf-8")


@narrow
def test_from_a_link_to_a_section_of_a_specification_and_back(size: Size, tmp_path: Path) -> None:
    keep_specifications(tmp_path)
    with running("--offline", size=size) as terminal:
        reach_link_to_xep_198(terminal)
        before = post_lines(terminal)
        terminal.press("enter")
        terminal.wait("XEP-0198: Stream Management")
        terminal.settle()
        terminal.press("t")
        terminal.wait("Contents")
        terminal.press("j", "j", "j", "j", "enter")
        terminal.wait(lambda _: post_lines(terminal)[0][:1].isdigit())
        terminal.press("/acks", "enter")
        terminal.wait("acks: ")
        terminal.press("H")
        terminal.wait("XEP-0198: Stream Management")
        terminal.press("backspace")
        terminal.wait(lambda _: post_lines(terminal)[3:] == before[3:])


@wide
def test_read_a_specification_from_its_card_and_from_the_list(size: Size, tmp_path: Path) -> None:
    keep_specifications(tmp_path)
    with running("--offline", size=size) as terminal:
        reach_link_to_xep_198(terminal)
        terminal.press("x")
        terminal.wait("Read the specification")
        terminal.press("enter")
        terminal.wait("XEP-0198: Stream Management")
        terminal.press("4")
        terminal.wait("The specification")
        terminal.press("/60", "enter")
        terminal.wait("0060")
        terminal.settle()
        terminal.press("g", "l", "enter")
        terminal.wait("XEP-0060: Publish-Subscribe")
        terminal.press("G")
        terminal.wait(lambda _: "100 %" in status(terminal))


def keep_xeps() -> None:
    """Put the XSF's list beside the archive, as a sync would."""
    paths = locate()
    source = load(paths.config).source
    with Store.open(paths.archive(source), paths.state, ingest_version=INGEST_VERSION) as store:
        store.set_xeps(parse((CORPUS / "xeplist.xml").read_bytes()))


@narrow
def test_stars_and_place_are_restored_at_the_next_start(size: Size, archive: Path) -> None:
    assert archive.exists()
    with running("--offline", size=size) as terminal:
        terminal.wait("Chaos")
        if size[0] < 90:
            terminal.press("h")
            terminal.settle()
        for _ in range(3):
            terminal.press("s")
            terminal.wait("\n Starred  ")
            terminal.press("j")
            terminal.settle()
        terminal.press("k", "k")
        terminal.settle()
        terminal.press("enter", "space", "space")
        terminal.settle(1.5)
        before = post_lines(terminal)
        terminal.press("q")
        assert terminal.ended() == 0
    with running("--offline", size=size) as terminal:
        terminal.wait(lambda _: post_lines(terminal) == before)
        terminal.press("5")
        terminal.wait(lambda text: text.count("★") >= 3)
