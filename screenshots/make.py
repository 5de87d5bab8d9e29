"""Make the screenshots of the README from the built-in guide: ``python screenshots/make.py``."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.config import Config
from xsfreader.ingest import INGEST_VERSION
from xsfreader.library import Library
from xsfreader.model import View, Xep
from xsfreader.paths import Paths
from xsfreader.store import Store
from xsfreader.ui.app import ReaderApp

if TYPE_CHECKING:
    from textual.pilot import Pilot

FOLDER = Path(__file__).parent
CONFIG = Config(xeps_source=str(FOLDER))
DAY = dt.date(2025, 7, 28)
ABSTRACT = (
    "How client and server manage their stream: stanzas are acknowledged, and a stream that broke"
    " is resumed."
)
XEPS = (
    Xep(45, "Multi-User Chat", "", "Standards Track", "Stable"),
    Xep(60, "Publish-Subscribe", "", "Standards Track", "Stable"),
    Xep(198, "Stream Management", ABSTRACT, "Standards Track", "Stable", "1.6.3", DAY),
    Xep(308, "Last Message Correction", "", "Standards Track", "Stable"),
    Xep(313, "Message Archive Management", "", "Standards Track", "Stable"),
    Xep(384, "OMEMO Encryption", "", "Standards Track", "Experimental"),
)


class Shot(NamedTuple):
    """A screen to show: how large, in which theme, and which keys lead to it."""

    name: str
    size: tuple[int, int]
    keys: str
    theme: str = "xsf-dark"


NEWSLETTER = "/2025/08/the-verona-newsletter-july-2025/"
SHOTS = (
    Shot("main", (120, 34), ""),
    Shot("search", (150, 34), "F @address down"),
    Shot("contents", (120, 34), "enter } } t"),
    Shot("card", (120, 34), "enter } } x j j j enter"),
    Shot("specification", (120, 34), "enter x j j j enter enter"),
    Shot("light", (120, 34), "enter", "xsf-light"),
    Shot("narrow", (60, 30), "enter"),
)


def prepare(home: Path) -> Paths:
    """Fill a home of its own with the guide, some of it read, and what is known of a XEP."""
    paths = Paths(home / "config.toml", home, home / "log")
    with Library(CONFIG, paths, "guide") as library:
        library.refresh_local()
        for entry in library.entries(View.DATE, None)[6:]:
            library.set_read(entry.permalink, read=True)
        library.set_starred("/2024/09/what-the-blog-says-about-a-xep/", starred=True)
        library.specifications.fetch(198, lambda _progress: None)
    with Store.open(paths.archive("guide"), paths.state, ingest_version=INGEST_VERSION) as store:
        store.set_xeps(XEPS)
    return paths


async def press(pilot: Pilot[None], keys: str) -> None:
    """Press keys one by one; behind @ is a text to type."""
    for key in keys.split():
        await pilot.press(*(key[1:] if key.startswith("@") else [key]))
        await pilot.pause(0.1)


async def take(shot: Shot, paths: Paths) -> str:
    """Run the app, press the keys, and give its screen as SVG."""
    with Library(CONFIG._replace(theme=shot.theme), paths, "guide") as library:
        app = ReaderApp(library, offline=True, fresh=True, target=NEWSLETTER)
        async with app.run_test(size=shot.size) as pilot:
            await pilot.pause(0.5)
            await press(pilot, shot.keys)
            await pilot.pause(0.5)
            svg = app.export_screenshot()
        app.close_libraries()
    return re.sub(r"\s*@font-face \{[^}]*\}", "", svg)


def main() -> None:
    """Make them all."""
    for shot in SHOTS:
        with tempfile.TemporaryDirectory() as folder:
            paths = prepare(Path(folder))
            (FOLDER / f"{shot.name}.svg").write_text(asyncio.run(take(shot, paths)))


if __name__ == "__main__":
    main()
