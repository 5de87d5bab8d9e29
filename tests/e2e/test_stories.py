"""Typical tasks of readers, each told at four sizes of a real terminal, two of them in the soak."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.githost import CORPUS, corpus_repository, git
from tests.terminal import Terminal, running
from xsfreader.config import load, locate
from xsfreader.ingest import INGEST_VERSION
from xsfreader.source.xeplist import parse
from xsfreader.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

pytestmark = pytest.mark.corpus
SIZES = [(160, 45), (100, 30), (80, 24), (40, 15)]
TWO_PANES, WIDE = 90, 130
TOP = 6
"""Rows of the post that no message covers at any size."""


@pytest.fixture
def terminal(archive: Path, tmp_path: Path) -> Iterator[Terminal]:
    """Start the app with the blog and three specifications from a folder."""
    assert archive.exists()
    keep_specifications(tmp_path)
    with running("--offline", size=SIZES[0]) as terminal:
        terminal.wait("Chaos")
        yield terminal


def keep_specifications(folder: Path) -> None:
    """Take specifications from a folder, and put the XSF's list beside the archive."""
    served = corpus_repository(folder / "xeps.git", "xeps")
    paths = locate()
    source = load(paths.config).source
    with paths.config.open("a", encoding="utf-8") as config:
        config.write(f'xeps_source = "{folder}"\n')
    for name in ("xep.ent", "xep-0060.xml", "xep-0198.xml", "xep-0313.xml"):
        (folder / name).write_text(git(served, "show", f"HEAD:{name}") + "\n", encoding="utf-8")
    with Store.open(paths.archive(source), paths.state, ingest_version=INGEST_VERSION) as store:
        store.set_xeps(parse((CORPUS / "xeplist.xml").read_bytes()))


@pytest.fixture(params=[SIZES[::3], pytest.param(SIZES[1:3], marks=pytest.mark.soak)], ids=str)
def sizes(request: pytest.FixtureRequest) -> Sequence[tuple[int, int]]:
    """Give the largest and the smallest size, or those between them."""
    chosen: Sequence[tuple[int, int]] = request.param
    return chosen


def at_each_size(terminal: Terminal, sizes: Sequence[tuple[int, int]]) -> Iterator[None]:
    """Give the terminal one size after the other."""
    for size in sizes:
        terminal.resize(*size)
        terminal.settle()
        yield


def found(terminal: Terminal) -> bool:
    """Check that a search has its results."""
    return re.match(r" \d+\+? found", terminal.lines[2]) is not None


def search(terminal: Terminal, query: str) -> None:
    """Search the archive and open the best match."""
    terminal.press("1", "F")
    terminal.wait("Titles, texts, authors")
    terminal.press(query)
    terminal.wait(lambda _: found(terminal))
    terminal.settle()
    terminal.press("enter")
    terminal.wait(lambda _: not found(terminal))
    terminal.settle()


def find(terminal: Terminal, words: str) -> None:
    """Find words in the post that is open."""
    terminal.press("esc", "/")
    terminal.wait("Find in this post")
    terminal.press(words)
    terminal.settle()
    terminal.press("enter")


def top_lines(terminal: Terminal) -> list[str]:
    """Give the first rows of the post, without the list beside it."""
    columns = len(terminal.lines[0])
    left = 0 if columns < TWO_PANES else 36 if columns < WIDE else 46
    return [row[left:].strip(" ▁▂▃▄▅▆▇█") for row in terminal.lines[1 : TOP + 1]]


def wait_for_top(terminal: Terminal, rows: list[str]) -> None:
    """Wait until the first rows of the post end in these."""
    terminal.wait(lambda _: top_lines(terminal)[-len(rows) :] == rows)


def step_to_link(terminal: Terminal, words: str) -> None:
    """Step from link to link until the status line tells this target."""
    for _ in range(60):
        terminal.changed("tab", lambda: terminal.words)
        terminal.settle(0.1)
        if words in terminal.words:
            return
    raise AssertionError(f"no link leads to {words!r}:\n{terminal.text}")


def test_search_for_omemo_in_2020(terminal: Terminal, sizes: Sequence[tuple[int, int]]) -> None:
    for _ in at_each_size(terminal, sizes):
        search(terminal, "omemo after:2020-01 before:2021")
        terminal.wait("omemo: 1/")
        assert re.search("omemo", " ".join(terminal.lines[1:-3]), re.IGNORECASE)


def test_follow_a_link_to_an_older_post_and_return_to_the_same_line(
    terminal: Terminal, sizes: Sequence[tuple[int, int]]
) -> None:
    for _ in at_each_size(terminal, sizes):
        search(terminal, '"newsletter october 2022"')
        find(terminal, "libs, XEPs")
        step_to_link(terminal, "link: The XMPP Newsletter August 2022")
        before = top_lines(terminal)
        terminal.press("enter")
        terminal.wait(lambda _: "Libraries" in top_lines(terminal)[0])
        terminal.press("H")
        wait_for_top(terminal, before)
        terminal.press("L")
        terminal.wait(lambda _: "Libraries" in top_lines(terminal)[0])
        terminal.press("backspace")
        wait_for_top(terminal, before)


def test_go_back_through_posts_and_search_results(
    terminal: Terminal, sizes: Sequence[tuple[int, int]]
) -> None:
    for _ in at_each_size(terminal, sizes):
        terminal.press("l", "J", "space")
        terminal.settle()
        first = top_lines(terminal)
        terminal.press("J")
        terminal.settle()
        assert top_lines(terminal) != first
        search(terminal, '"brussels trip report"')
        terminal.press("H")
        terminal.wait(lambda _: found(terminal))
        terminal.settle()
        terminal.press("H")
        wait_for_top(terminal, first)


def test_switch_to_german_at_the_same_heading(
    terminal: Terminal, sizes: Sequence[tuple[int, int]]
) -> None:
    for _ in at_each_size(terminal, sizes):
        search(terminal, '"newsletter september 2025"')
        terminal.press("esc", "g")
        terminal.settle()
        for _ in range(30):
            if "XMPP Software News" in top_lines(terminal)[0]:
                break
            terminal.changed("}", lambda: top_lines(terminal))
            terminal.settle(0.1)
        terminal.press("T")
        terminal.wait("Der XMPP Newsletter")
        terminal.press("d")
        terminal.wait(lambda _: "XMPP-Software" in top_lines(terminal)[0])
        terminal.press("H")
        terminal.wait(lambda _: "XMPP Software News" in top_lines(terminal)[0])


def test_read_about_a_xep_from_a_link_its_card_and_the_list(
    terminal: Terminal, sizes: Sequence[tuple[int, int]]
) -> None:
    for _ in at_each_size(terminal, sizes):
        search(terminal, "brussels trip report xep:198")
        find(terminal, "stream management")
        step_to_link(terminal, "XEP-0198 Stream Management, Stable · xmpp.org")
        before = top_lines(terminal)
        terminal.press("x")
        terminal.wait("Stable · Standards Track")
        terminal.wait("Read the specification")
        terminal.wait("2025-12-05  The XMPP")
        terminal.press("esc")
        terminal.wait(lambda text: "Read the" not in text)
        terminal.press("enter")
        terminal.wait("XEP-0198: Stream Management")
        terminal.settle()
        terminal.press("t")
        terminal.wait("Contents")
        terminal.press("j", "j", "j", "j", "enter")
        terminal.wait(lambda _: top_lines(terminal)[0][:1].isdigit())
        terminal.press("/acks", "enter")
        terminal.wait("acks: ")
        terminal.press("H")
        terminal.wait("XEP-0198: Stream Management")
        terminal.press("backspace")
        wait_for_top(terminal, before[3:])
        terminal.press("4")
        terminal.wait("The specification")
        terminal.press("/60", "enter")
        terminal.wait("0060")
        terminal.settle()
        terminal.press("g", "l", "enter")
        terminal.wait("XEP-0060: Publish-Subscribe")
        terminal.press("G")
        terminal.wait("100 %")


@pytest.mark.usefixtures("archive")
def test_filter_and_stars_and_place_are_there_at_the_next_start(
    sizes: Sequence[tuple[int, int]],
) -> None:
    first_words: list[str] = []
    for stars, size in enumerate(sizes):
        with running("--offline", size=size) as terminal:
            terminal.wait(lambda _: terminal.words.startswith("XSF Blog"))
            terminal.settle()
            assert " ".join(first_words) in " ".join(top_lines(terminal))
            terminal.press("5")
            terminal.wait(lambda text, stars=stars: text.count("★") >= stars)  # type: ignore[misc]
            terminal.press("1", "/summit", "enter")
            terminal.wait("/summit   ")
            terminal.press(*["j"] * stars, "s")
            terminal.wait("\n Starred")
            terminal.press("enter", "space")
            terminal.settle(1.5)
            first_words = next(filter(None, top_lines(terminal))).split()[:2]
            terminal.press("q")
            assert terminal.ended() == 0
