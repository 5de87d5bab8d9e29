"""Measure, compare and print figures."""

from __future__ import annotations

import math
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")
EMPTY_MS = 125
"""What an empty Textual app took to start where the limits in milliseconds come from."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the table."""

    group: str
    name: str
    value: float
    unit: str
    size: int = 1
    """Size of the archive, in multiples of the corpus."""
    limit: float | None = None
    """Upper limit, in the same unit; milliseconds are those of a machine with ``EMPTY_MS``."""
    beside: str = ""
    """Name of the figure to compare with."""
    times: float | None = None
    """Upper limit, in multiples of that figure."""


@dataclass(slots=True)
class Figures:
    """All figures of one run."""

    rows: list[Figure]
    slowness: float = 1.0
    """How many times as long as ``EMPTY_MS`` an empty Textual app takes here."""

    def add(
        self,
        group: str,
        name: str,
        values: float | Sequence[float],
        unit: str = "ms",
        *,
        size: int = 1,
        limit: float | None = None,
        beside: str = "",
        times: float | None = None,
    ) -> float:
        """Add the median of measurements; return it."""
        value = values if isinstance(values, (int, float)) else statistics.median(values)
        self.rows.append(Figure(group, name, value, unit, size, limit, beside, times))
        return value

    def find(self, name: str, size: int) -> Figure | None:
        """Find a figure by name, preferably of that size."""
        found = [row for row in self.rows if row.name == name]
        return next((row for row in found if row.size == size), found[0] if found else None)

    def ratio(self, row: Figure) -> float | None:
        """Return a figure's ratio to the one it is compared with."""
        name, _, size = row.beside.partition("@")
        other = self.find(name, int(size or row.size)) if name else None
        return row.value / other.value if other is not None and other.value else None

    def limit(self, row: Figure) -> float | None:
        """Return a figure's limit on this machine."""
        slower = self.slowness if row.unit == "ms" else 1.0
        return row.limit and row.limit * slower

    def met(self, row: Figure) -> bool | None:
        """Check a figure against its limits; None without any."""
        ratio = self.ratio(row)
        checks = []
        if (limit := self.limit(row)) is not None:
            checks.append(row.value <= limit)
        if row.times is not None and ratio is not None:
            checks.append(ratio <= row.times)
        return all(checks) if checks else None


def timed(function: Callable[[], T]) -> tuple[T, float]:
    """Call a function; return its result and the milliseconds it took."""
    start = time.perf_counter()
    result = function()
    return result, (time.perf_counter() - start) * 1000


def repeat(function: Callable[[], object], times: int) -> list[float]:
    """Call a function some times; return the milliseconds of each."""
    return [timed(function)[1] for _ in range(times)]


def table(figures: Figures) -> str:
    """Format the figures as a table."""
    lines = [f"Limits in milliseconds are multiplied by {figures.slowness:.2f}."]
    group = ""
    for row in figures.rows:
        if row.group != group:
            group = row.group
            lines += ["", f"{group}", "-" * len(group)]
        ratio = figures.ratio(row)
        name, _, at = row.beside.partition("@")
        beside = f"{ratio:8.2f} × {name}{f' ({at}x)' if at else ''}" if ratio is not None else ""
        aims = []
        if (limit := figures.limit(row)) is not None:
            aims.append(f"{limit:.4g} {row.unit}")
        if row.times is not None:
            aims.append(f"{row.times:.3g} ×")
        met = figures.met(row)
        sign = {True: "ok ", False: "OVER", None: ""}[met]
        size = f" ({row.size}x)" if row.size != 1 else ""
        value = "not installed" if math.isnan(row.value) else f"{row.value:10.2f} {row.unit:4} "
        lines.append(
            f"{row.name + size:46}{value}"
            f"{sign:4} {'≤ ' + ', '.join(aims) if aims else '':20}{beside}".rstrip()
        )
    return "\n".join(lines)


def as_json(figures: Figures) -> list[dict[str, object]]:
    """Format the figures as JSON."""
    return [
        {
            "group": row.group,
            "name": row.name,
            "size": row.size,
            "value": None if math.isnan(row.value) else round(row.value, 4),
            "unit": row.unit,
            "limit": figures.limit(row),
            "beside": row.beside or None,
            "ratio": figures.ratio(row),
            "times": row.times,
            "met": figures.met(row),
        }
        for row in figures.rows
    ]


def parts_of(wanted: str, known: Iterable[str]) -> list[str]:
    """Read a list of parts from the command line. Raises ValueError."""
    names = list(known)
    chosen = [name.strip() for name in wanted.split(",") if name.strip()] or names
    if unknown := [name for name in chosen if name not in names]:
        raise ValueError(f"no part {', '.join(unknown)}; there are {', '.join(names)}")
    return chosen
