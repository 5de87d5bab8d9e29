"""Time each layer by itself."""

from __future__ import annotations

import datetime as dt
import shutil
from functools import partial
from typing import TYPE_CHECKING

from rich.style import Style

from tests.benchmarks.data import blobs, read_posts
from tests.benchmarks.measure import repeat, timed
from xsfreader.ingest import INGEST_VERSION
from xsfreader.markup import layout, parse
from xsfreader.model import Filter, Place, View
from xsfreader.store import Store
from xsfreader.ui.render import Geometry, Highlights, Painter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.data import Home
    from tests.benchmarks.measure import Figures
    from xsfreader.model import FullPost

GROUP = "In process"
WIDTH = 92
PAGE = 50
TODAY = dt.date(2026, 1, 1)
LANGUAGES = ("en",)
SEARCHES = ("omemo", "xmpp", '"message archive"', "th", "xep-0384", "the of and to", "newsletter",
            "author:nyco", "is:unread newsletter")  # fmt: skip


def markup(figures: Figures, posts: list[FullPost]) -> None:
    """Measure parsing, layout and painting."""
    largest = max(posts, key=lambda full: len(full.body))
    url = largest.post.url
    parse(largest.body, base=url)
    parsing = repeat(lambda: parse(largest.body, base=url), 15)
    document = parse(largest.body, base=url)
    figures.add(GROUP, f"parse the largest post ({len(largest.body) >> 10} KB)", parsing)
    laying = repeat(lambda: layout(document, WIDTH), 15)
    figures.add(GROUP, "lay it out", laying)
    both = [a + b for a, b in zip(sorted(parsing), sorted(laying), strict=True)]
    figures.add(GROUP, "both", both, limit=25)
    figures.add(GROUP, "both, a post of the corpus", [_both(full) for full in posts])
    page = layout(document, WIDTH)
    geometry = Geometry(4, WIDTH, WIDTH + 8, document.links)
    painter = Painter(Style(), lambda _name: Style(bold=True))

    def paint() -> None:
        for line in page.lines[PAGE : 2 * PAGE]:
            painter.strip(line, geometry, Highlights())

    figures.add(GROUP, f"paint a page of {PAGE} lines", repeat(paint, 15))


def _both(full: FullPost) -> float:
    return timed(lambda: layout(parse(full.body, base=full.post.url), WIDTH))[1]


def landing(figures: Figures, folder: Path) -> list[FullPost]:
    """Measure the part of a first sync after the download."""
    files = blobs()
    read_posts(files)
    posts, took = timed(lambda: read_posts(files))
    figures.add(GROUP, f"ingest {len(posts)} posts", took)
    paths = {full.post.path: full.post.blob for full in posts}

    def land() -> float:
        with Store.open(
            folder / "archive.db", folder / "state.db", ingest_version=INGEST_VERSION
        ) as store:
            took = timed(lambda: store.apply_snapshot("0" * 40, paths, posts, [], {}))[1]
        shutil.rmtree(folder)
        return took

    figures.add(GROUP, "land and index them", [land() for _ in range(3)])
    return posts


def reading(figures: Figures, home: Home) -> None:
    """Measure reading lists and searches from the store."""
    size = home.size
    with home.library() as library:
        rows = library.entries(View.UNREAD, None)
        largest = rows[len(rows) // 2].permalink
        for words in ("s", "newsletter", "nothing has this"):
            took = repeat(partial(library.entries, View.DATE, None, words=words), 5)
            figures.add(GROUP, f"filter the list by {words}", took, size=size)

    def open_store() -> None:
        home.library().close()

    figures.add(GROUP, "open the store", repeat(open_store, 9), size=size)
    with Store.open(home.archive, home.paths.state, ingest_version=INGEST_VERSION) as store:

        def start() -> None:
            first = store.newest(LANGUAGES, TODAY, unread=True)
            store.groups(View.DATE, None, LANGUAGES, TODAY)
            store.unread_count(LANGUAGES, TODAY)
            store.count(LANGUAGES, TODAY)
            if first is not None:
                store.group_keys(View.DATE, first.permalink, LANGUAGES, TODAY)
                store.full(first.permalink)

        figures.add(GROUP, "all that the start reads", repeat(start, 9), size=size)
        for view in (View.DATE, View.CATEGORY, View.AUTHOR, View.XEP):
            took = repeat(partial(store.groups, view, None, LANGUAGES, TODAY), 5)
            figures.add(GROUP, f"list the groups by {view.value}", took, size=size)
        took = repeat(lambda: store.set_place(largest, Place(3, 0)), 9)
        figures.add(GROUP, "keep a place", took, size=size)
        if size == 1:
            took = repeat(lambda: store.posts(Filter(), TODAY), 5)
            figures.add(GROUP, "list all posts", took, size=size)
        limit = 40 if size >= 100 else 5 if size == 1 else None
        every = []
        for words in SEARCHES:
            took = repeat(partial(store.search, words, 50, LANGUAGES, TODAY), 5)
            every += took
            figures.add(GROUP, f"search {words}", took, size=size, limit=limit)
        figures.add(GROUP, "search, all of these", every, size=size, limit=limit)
