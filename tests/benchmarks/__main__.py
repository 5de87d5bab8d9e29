"""Measure, print a table and, if asked, write JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import blackbox, data, inprocess, processes, watchdog
from tests.benchmarks.measure import EMPTY_MS, Figures, as_json, parts_of, table
from tests.benchmarks.peers import Peers
from tests.corpus import BUNDLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xsfreader.model import FullPost

PARTS = ("processes", "markup", "store", "launch", "reading", "held", "others", "watchdog")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts chosen on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--parts", default="", help=f"some of {','.join(PARTS)}; all by default")
    parser.add_argument("--sizes", default="1,10,100", help="times the corpus, such as 1,10")
    parser.add_argument("--times", type=int, default=5, help="how often each is measured")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there, too")
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="keep archives for other runs")
    args = parser.parse_args(arguments)
    # Where byte code isn't kept, each process would compile the program anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if not BUNDLE.exists():
        parser.error(f"{BUNDLE} is missing: the real posts lie beside the repository")
    try:
        parts = parts_of(args.parts, PARTS)
        sizes = sorted({1, *map(int, args.sizes.split(","))})
    except ValueError as error:
        parser.error(str(error))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="xsfreader-benchmarks-") as temporary:
        folder = args.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        figures, steps = measure(folder, parts, sizes, args.times)
    say(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, {time.monotonic() - began:.0f} s")  # fmt: skip
    say(table(figures))
    if steps:
        say("\n" + "\n".join(steps))
    if args.json:
        content = {"figures": as_json(figures), "steps": steps}
        args.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


def say(words: str) -> None:
    """Print and flush."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def measure(
    folder: Path, parts: Sequence[str], sizes: Sequence[int], times: int
) -> tuple[Figures, list[str]]:
    """Measure the parts on archives of these sizes."""
    figures = Figures([])
    steps: list[str] = []
    posts: list[FullPost] = data.read_posts(data.blobs())
    once = data.make_home(folder, posts, 1)
    for size in sizes:
        home = once if size == 1 else data.make_home(folder, posts, size)
        sys.stderr.write(f"archive of {size} times the corpus\n")
        peers = Peers(folder / "others", home.environment, posts)
        if size == 1:
            figures.slowness = statistics.median(peers.empty() for _ in range(times)) / EMPTY_MS
            steps = _once(figures, folder, parts, times, home, peers, posts)
        if "store" in parts:
            inprocess.reading(figures, home)
        if "launch" in parts and size == 1:
            blackbox.launch(figures, home, peers, times)
        elif "launch" in parts:
            blackbox.launch_larger(figures, home, once, times)
        if "reading" in parts:
            blackbox.reading(figures, home, max(1, times // 2))
        if "held" in parts:
            blackbox.held(figures, home, max(1, times // 2))
    return figures, steps


def _once(
    figures: Figures,
    folder: Path,
    parts: Sequence[str],
    times: int,
    home: data.Home,
    peers: Peers,
    posts: list[FullPost],
) -> list[str]:
    """Measure the parts that don't depend on the size of the archive."""
    steps: list[str] = []
    if "processes" in parts:
        processes.small(figures, home, 2 * times)
        processes.syncs(figures, home, folder, times)
    if "markup" in parts:
        inprocess.markup(figures, posts)
        inprocess.landing(figures, folder / "landing")
    if "others" in parts:
        peers.markdown(figures, times)
        peers.newsboat(figures, times)
    if "watchdog" in parts:
        steps = watchdog.watch(figures, home, folder)
    return steps


if __name__ == "__main__":
    sys.exit(main())
