"""Alternatives, measured the same way."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tests.benchmarks.terminal import Timed, python

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.benchmarks.measure import Figures
    from xsfreader.model import FullPost

GROUP = "Others"
EMPTY = "empty Textual app, launch to text"
MARKDOWN_OPEN = "Textual's Markdown widget, open by key"
NOTHING = "python -c pass"

_EMPTY = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    BINDINGS = [("q", "quit", "Quit")]
    def compose(self):
        yield Static("nothing but this line")

Empty().run()
"""
_MARKDOWN = """
import sys
from textual.app import App
from textual.widgets import MarkdownViewer

TEXT = open(sys.argv[1], encoding="utf-8").read()

class Viewer(App):
    BINDINGS = [("q", "quit", "Quit"), ("o", "show", "Show")]
    def compose(self):
        text = "nothing but this line" if "--empty" in sys.argv else TEXT
        yield MarkdownViewer(text, show_table_of_contents=False)
    async def action_show(self):
        await self.query_one(MarkdownViewer).document.update(TEXT)

Viewer().run()
"""


class Peers:
    """Measures the alternatives with one post, in one folder."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], posts: Sequence[FullPost]
    ) -> None:
        self.folder = folder
        self.environment = environment
        self.posts = posts
        folder.mkdir(parents=True, exist_ok=True)
        self.largest = max(posts, key=lambda full: len(full.body))
        self._script("empty.py", _EMPTY)
        self._script("markdown.py", _MARKDOWN)
        (folder / "post.md").write_text(self.largest.body, encoding="utf-8")

    def _script(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def _python(self, name: str, *arguments: str) -> Timed:
        return Timed([python(), self.folder / name, *arguments], self.environment)

    def empty(self) -> float:
        """Launch an empty Textual app; return the milliseconds to its text."""
        with self._python("empty.py") as terminal:
            took = terminal.until("nothing but this line")
            terminal.settle()
            terminal.quit("q")
        return took

    def markdown(self, figures: Figures, times: int) -> None:
        """Measure Textual's own Markdown widget on the largest post."""
        post = str(self.folder / "post.md")
        words = self._first_words()
        launches, opened, memory = [], [], []
        for _ in range(times):
            with self._python("markdown.py", post) as terminal:
                launches.append(terminal.until(words))
            with self._python("markdown.py", post, "--empty") as terminal:
                terminal.until("nothing but this line")
                terminal.settle(0.3)
                terminal.press("o")
                opened.append(terminal.until(words))
                terminal.settle(0.3)
                memory.append(terminal.resident)
        figures.add(GROUP, "Textual's MarkdownViewer, launch to text", launches)
        figures.add(GROUP, MARKDOWN_OPEN, opened)
        figures.add(GROUP, "Textual's MarkdownViewer, resident", memory, "MB")

    def _first_words(self) -> str:
        paragraph = next(
            line for line in self.largest.body.splitlines() if line[:1].isalpha() and len(line) > 40
        )
        return " ".join(paragraph.split()[:4])

    def newsboat(self, figures: Figures, times: int) -> None:
        """Measure newsboat on a feed of the same posts, if it is installed."""
        program = shutil.which("newsboat")
        if program is None:
            figures.add(GROUP, "newsboat", float("nan"), "")
            return
        feed = self.folder / "feed.xml"
        feed.write_text(self._feed(), encoding="utf-8")
        urls, cache = self.folder / "urls", self.folder / "newsboat.db"
        urls.write_text(feed.as_uri() + "\n", encoding="utf-8")
        command = [program, "-q", "-u", str(urls), "-c", str(cache)]
        with Timed([*command, "-x", "reload"], self.environment) as terminal:
            figures.add(GROUP, "newsboat, first reload of a file", _to_end(terminal))
        launches: list[float] = []
        nexts: list[float] = []
        pages: list[float] = []
        memory: list[float] = []
        for _ in range(times):
            with Timed(command, self.environment) as terminal:
                terminal.press("\r\r")
                launches.append(terminal.settle(0.3))
            with Timed(command, self.environment) as terminal:
                terminal.settle(0.3)
                for key in ("\r", "\r"):
                    terminal.press(key)
                    terminal.settle()
                for key, kept in ((" ", pages), ("J", nexts), ("J", nexts)):
                    terminal.press(key)
                    kept.append(terminal.settle())
                memory.append(terminal.resident)
        figures.add(GROUP, "newsboat, launch to a post's text", launches)
        figures.add(GROUP, "newsboat, next post", nexts)
        figures.add(GROUP, "newsboat, page", pages)
        figures.add(GROUP, "newsboat, resident", memory, "MB")

    def _feed(self) -> str:
        newest = sorted(self.posts, key=lambda full: full.post.date, reverse=True)
        items = "".join(
            f"<item><title>{escape(full.post.title)}</title><link>{escape(full.post.url)}</link>"
            f"<guid>{escape(full.post.url)}</guid>"
            f"<pubDate>{full.post.date:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
            f"<description>{escape(full.text)}</description></item>"
            for full in newest
        )
        return (
            '<?xml version="1.0"?><rss version="2.0"><channel><title>XSF</title>'
            f"<link>https://xmpp.org</link><description>x</description>{items}</channel></rss>"
        )


def _to_end(terminal: Timed) -> float:
    try:
        while True:
            terminal.settle(5)
    except EOFError:
        return (time.perf_counter() - terminal.began) * 1000
