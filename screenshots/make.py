"""Make the screenshots of the README from the built-in guide: ``python screenshots/make.py``."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

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
STREAM_MANAGEMENT = Xep(
    number=198,
    title="Stream Management",
    abstract="This specification defines an XMPP protocol extension for active management of an"
    " XML stream between two XMPP entities, including features for stanza acknowledgements and"
    " stream resumption.",
    type="Standards Track",
    status="Stable",
    version="1.6.3",
    revised=dt.date(2025, 7, 28),
)


@dataclass(frozen=True, slots=True)
class Shot:
    """A screen to show: how large, in which theme, and which keys lead to it.

    ``last`` are keys for when all pictures are there.
    """

    name: str
    size: tuple[int, int]
    keys: str
    theme: str = "xsf-dark"
    last: str = ""


SHOTS = (
    Shot("main", (120, 34), ""),
    Shot("light", (120, 34), "j enter } } } } } } } } } } }", "xsf-light"),
    Shot("search", (120, 34), "F @offline"),
    Shot("xep", (120, 34), "4 j j l j enter x enter"),
    Shot("contents", (120, 34), "j enter t j j j"),
    Shot("links", (120, 34), "enter", last="f"),
    Shot("narrow", (60, 30), "enter J J"),
)


def prepare(home: Path) -> Paths:
    """Fill a home of its own with the guide, some of it read, and what is known of a XEP."""
    paths = Paths(home / "config.toml", home, home / "log")
    with Library(Config(), paths, "guide") as library:
        library.refresh_local()
        for entry in library.entries(View.DATE, None)[6:]:
            library.set_read(entry.permalink, read=True)
        library.set_starred("/2024/09/what-the-blog-says-about-a-xep/", starred=True)
    with Store.open(paths.archive("guide"), paths.state, ingest_version=INGEST_VERSION) as store:
        store.set_xeps([STREAM_MANAGEMENT])
    return paths


async def press(pilot: Pilot[None], keys: str) -> None:
    """Press keys one by one; behind @ is a text to type."""
    for key in keys.split():
        await pilot.press(*(key[1:] if key.startswith("@") else [key]))
        await pilot.pause(0.1)


async def take(shot: Shot, paths: Paths) -> str:
    """Run the app, press the keys, and give its screen as SVG."""
    with Library(Config(theme=shot.theme), paths, "guide") as library:
        app = ReaderApp(library, offline=True, fresh=True)
        async with app.run_test(size=shot.size) as pilot:
            await pilot.pause()
            await press(pilot, shot.keys)
            await pilot.pause(1.0)
            # Pictures that came in view take their own room with the next layout.
            await pilot.resize_terminal(shot.size[0], shot.size[1] - 1)
            await pilot.pause(0.3)
            await pilot.resize_terminal(*shot.size)
            await pilot.pause(0.5)
            await press(pilot, shot.last)
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
