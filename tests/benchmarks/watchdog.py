"""Read with a watchdog on the event loop; report what blocked it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from tests.benchmarks.terminal import Timed, python

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.data import Home
    from tests.benchmarks.measure import Figures

LIMIT = 25
"""Milliseconds; a step longer by wall time alone waited for a disk or another program."""
PHASES = (
    ("start", "", 1),
    ("open", "\r", 1),
    ("page", " ", 12),
    ("line", "j", 20),
    ("end, top", "Gg", 3),
    ("headings", "}}}{", 2),
    ("links", "\t\t\t", 3),
    ("next post", "J", 20),
    ("previous post", "K", 10),
    ("next unread", "]", 8),
    ("star, read", "sm", 3),
    ("find", "/xmpp\r", 2),
    ("matches", "nnN", 2),
    ("leave matches", "\x1b", 1),
    ("link letters", "f\x1b", 2),
    ("to the list", "h", 1),
    ("list", "j", 20),
    ("views", "2345611", 1),
    ("zen", "lzz", 1),
    ("contents", "t\x1b", 2),
    ("search", "Fomemo\x1b\x1b", 2),
)


def watch(figures: Figures, home: Home, folder: Path) -> list[str]:
    """Read for a while; return a table of the steps that took too long."""
    file = folder / "steps.json"
    limit = LIMIT * figures.slowness
    home.forget()
    command = [python(), "-m", "tests.benchmarks.watched", str(file), str(limit), "--offline"]
    began: list[tuple[float, str]] = [(0.0, "start")]
    with Timed(command, home.environment) as terminal:
        terminal.until(2000)
        terminal.settle(1)
        for name, keys, times in PHASES:
            began.append((time.perf_counter(), name))
            for key in keys * times:
                terminal.press(key)
                # Escape alone is one only once nothing follows it for a while.
                terminal.settle(0.5 if key == "\x1b" else 0.08)
        began.append((time.perf_counter(), "leave"))
        terminal.quit("q")
    steps = json.loads(file.read_text(encoding="utf-8"))
    reading = busy = 0
    lines = [f"{'while':16}{'ms':>8}{'cpu':>8}  where"]
    for step in steps:
        phase = next(name for at, name in reversed(began) if at <= step["at"])
        if phase not in ("start", "leave"):
            reading += 1
            busy += step["cpu"] > limit
        where = " | ".join(step["where"][:2])
        lines.append(f"{phase:16}{step['ms']:8.1f}{step['cpu']:8.1f}  {where}")
    group = f"Steps of the event loop over {limit:.0f} ms"
    figures.add(group, "while reading", float(reading), "", size=home.size, limit=0)
    figures.add(group, "  that computed so long", float(busy), "", size=home.size)
    return lines
