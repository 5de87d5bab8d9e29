"""Time the installed command in a terminal: from a key to the bytes that show its effect."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.benchmarks.peers import EMPTY, MARKDOWN_OPEN
from tests.benchmarks.terminal import Timed
from tests.command import COMMAND
from xsfreader.markup import Role, format_date, layout
from xsfreader.model import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.data import Home
    from tests.benchmarks.measure import Figures
    from tests.benchmarks.peers import Peers
    from xsfreader.library import Library
    from xsfreader.model import Entry

GROUP = "In a terminal of 120x40, key to screen"
LAUNCH = "launch to the post's text"
WITH_SYNC = "  with a sync beside it"
OPEN = "open the largest newsletter by key"
PAINTED = 2000
"""Bytes of output that only a page reaches, never a status line."""
REPEAT = 1 / 30
"""Seconds between the repeats of a held key."""
HELD = 50
QUERY = "omemo"
LIMITS = {
    OPEN: 33.0,
    "next post, J": 25.0,
    "page down": 12.0,
    "End": 12.0,
    "search, last key to results": 30.0,
}
"""Milliseconds."""
COLUMNS = (79, 59)
"""Widths of the text in terminals of 120 and of 100 columns."""


def words_of(library: Library, permalink: str) -> str:
    """Return words that stay on one line at the start of a post, in wide or narrow windows."""
    document = library.document(permalink)
    wide, narrow = (
        [
            span.text
            for line in layout(document, width).lines[:30]
            for span in line.spans
            if span.role is Role.BODY
        ]
        for width in COLUMNS
    )
    for text in wide:
        words = " ".join(text.split()[:3])
        if len(words) > 10 and any(words in other for other in narrow):
            return words
    return format_date(library.post(permalink).day)


def largest_newsletter(library: Library, among: int) -> tuple[int, Entry]:
    """Find the largest newsletter among the first posts, and its position in the list."""
    rows = library.entries(View.DATE, None)[:among]
    largest = max(
        (entry for entry in rows if "newsletter" in entry.title.lower()),
        key=lambda entry: len(library.item(entry.permalink).text),
    )
    at = next(at for at, entry in enumerate(rows) if entry.title == largest.title)
    return at, rows[at]


def launch(figures: Figures, home: Home, peers: Peers, times: int) -> None:
    """Measure starting on the corpus, alternating with an empty Textual app."""
    words = _first_words(home)
    launches: dict[str, Callable[[], float]] = {
        EMPTY: peers.empty,
        LAUNCH: lambda: _launched(home, words, "--offline"),
        WITH_SYNC: lambda: _launched(home, words),
    }
    took: dict[str, list[float]] = {name: [] for name in launches}
    for turn in range(2 * times + 1):
        for name, start in launches.items():
            milliseconds = start()
            if turn:
                took[name].append(milliseconds)
    figures.add("Others", EMPTY, took[EMPTY])
    for name in (LAUNCH, WITH_SYNC):
        figures.add(GROUP, name, took[name], beside=EMPTY, times=1.5)


def launch_larger(figures: Figures, home: Home, once: Home, times: int) -> None:
    """Measure starting on a larger archive, alternating with the corpus."""
    homes = [(each, _first_words(each)) for each in (once, home)]
    for each, words in homes:
        _launched(each, words, "--offline")
    took: list[list[float]] = [[], []]
    for _ in range(2 * times):
        for values, (each, words) in zip(took, homes, strict=True):
            values.append(_launched(each, words, "--offline"))
    beside = "  the corpus in turns with it"
    figures.add(GROUP, beside, took[0], size=home.size)
    figures.add(
        GROUP, LAUNCH, took[1], size=home.size, beside=beside,
        times=1.15 if home.size == 10 else None,
    )  # fmt: skip


def _first_words(home: Home) -> str:
    """Return words of the post shown at start."""
    home.forget()
    with home.library() as library:
        first = library.newest_unread()
        assert first is not None
        return words_of(library, first.permalink)


def _launched(home: Home, words: str, *options: str) -> float:
    """Start the app, wait until words are on the screen, and quit."""
    home.forget()
    # Whoever starts it has started it before: the file of marks is there, and empty.
    home.library().close()
    with Timed([COMMAND, *options], home.environment) as terminal:
        took = terminal.until(words)
        terminal.settle(0.3)
        terminal.quit("q")
    return took


def reading(figures: Figures, home: Home, times: int) -> None:
    """Measure opening, stepping, paging, searching and resizing.

    On the corpus that begins at the largest newsletter, elsewhere at a large one near the top.
    """
    size = home.size
    with home.library() as library:
        at, entry = largest_newsletter(library, 400 if size == 1 else 20)
        rows = library.entries(View.DATE, None)[: at + HELD + 20]
        words = {row.permalink: words_of(library, row.permalink) for row in rows[at : at + 16]}
        day = str(library.search(QUERY, 1)[0].post.day)
    took: dict[str, list[float]] = {}
    memory = []
    for _ in range(times):
        home.forget()
        with Timed([COMMAND, "--offline"], home.environment) as terminal:
            terminal.until(PAINTED)
            terminal.settle(0.5)
            if size == 1:
                took.setdefault(OPEN, []).append(_open(terminal, entry, words))
            else:
                for _ in range(at):
                    terminal.press("J")
                    terminal.settle(0.2)
            _measure(terminal, took, rows[at:], words, day)
            memory.append(terminal.resident)
            terminal.quit("q")
    for name, values in took.items():
        beside = f"{MARKDOWN_OPEN}@1" if name == OPEN else f"{name}@1" if size != 1 else ""
        most = 1.15 if size == 10 and name in LIMITS else None
        figures.add(
            GROUP, name, values, size=size, limit=LIMITS.get(name), beside=beside, times=most
        )
    figures.add(GROUP, "resident after that", memory, "MB", size=size, limit=60)


def _open(terminal: Timed, entry: Entry, words: dict[str, str]) -> float:
    """Open an unread post, and go back to the list."""
    # Typing in the list's filter brings the cursor to the post, Enter shows it.
    for keys in ("/", entry.title):
        terminal.press(keys)
        terminal.settle(0.4)
    terminal.press("\r")
    took = terminal.until(words[entry.permalink])
    terminal.settle(0.4)
    terminal.press("\r")
    terminal.settle(0.4)
    for _ in range(2):
        terminal.press("\x1b")
        terminal.settle(0.6)
    return took


def _measure(
    terminal: Timed, took: dict[str, list[float]], rows: list[Entry], words: dict[str, str],
    day: str,
) -> None:  # fmt: skip
    def keep(name: str, key: str, needle: str | int, quiet: float = 0.25) -> None:
        terminal.press(key)
        took.setdefault(name, []).append(terminal.until(needle))
        terminal.settle(quiet)

    own = words[rows[0].permalink]
    for row in rows[1:11]:
        keep("next post, J", "J", words[row.permalink])
    for row in rows[9::-1]:
        keep("previous post, K", "K", words[row.permalink])
    terminal.press("\r")
    terminal.settle(0.3)
    keep("first page down", " ", PAINTED)
    for _ in range(4):
        keep("page down", " ", PAINTED)
    keep("End", "G", PAINTED)
    keep("top", "g", own)
    terminal.resize((100, 40))
    took.setdefault("resize", []).append(terminal.until(own))
    terminal.settle(0.4)
    terminal.resize((120, 40))
    took["resize"].append(terminal.until(own))
    terminal.settle(0.4)
    terminal.press("F")
    terminal.settle(0.4)
    terminal.press(QUERY[:-1])
    terminal.settle(0.4)
    keep("search, last key to results", QUERY[-1], day)
    terminal.press("\x1b")
    terminal.settle(0.6)


def held(figures: Figures, home: Home, times: int) -> None:
    """Hold ``J`` for some posts, and measure how far the screen falls behind."""
    with home.library() as library:
        rows = library.entries(View.DATE, None)[: HELD + 1]
        dates = [f"{format_date(entry.day)} ·".encode() for entry in rows]
    behind = []
    for _ in range(times):
        home.forget()
        with Timed([COMMAND, "--offline"], home.environment) as terminal:
            terminal.until(PAINTED)
            terminal.settle(0.5)
            behind.append(_hold(terminal, dates))
            terminal.quit("q")
    figures.add(
        GROUP, f"most behind while J is held for {HELD} posts", behind, size=home.size, limit=100
    )


def _hold(terminal: Timed, dates: list[bytes]) -> float:
    sent: list[float] = []
    worst, shown = 0.0, 0
    data, began = b"", time.perf_counter()
    while shown < len(dates) - 1:
        now = time.perf_counter()
        if len(sent) < len(dates) - 1 and now >= began + len(sent) * REPEAT:
            sent.append(terminal.press("J"))
        terminal.read(0.002)
        now = time.perf_counter()
        data = data[-100:] + terminal.data
        terminal.data = b""
        for at in range(len(sent), shown, -1):
            if dates[at] in data:
                # A post that was passed over counts until one behind it is there.
                worst = max(worst, *(now - sent[each] for each in range(shown, at)))
                shown = at
                break
        if now - began > 60:
            raise TimeoutError(f"post {shown + 1} of {HELD} never came")
    return worst * 1000
