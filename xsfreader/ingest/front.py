"""The YAML above a post, read without trust.

The values come from YAML's events, not from objects made of them: every scalar stays a string,
so that no tag, alias or deep nest does anything, whatever the file says.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import UnreadablePostError
from xsfreader.text import replace_controls

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_FRONT = 64 << 10
MAX_DEPTH = 8

Value = str | list[str]

_TRANSLATED = {
    "titolo": "title",
    "data": "date",
    "categorie": "categories",
    "autore": "author",
    "sommario": "summary",
}
"""Names that translators took for text to translate; the site does not know them."""

_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[Tt]|[ \t]+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d*)?)?"
    r"[ \t]*(?:[Zz]|([+-]\d{1,2})(?::?(\d{2}))?)?)?"
)


class Front(NamedTuple):
    """What stands above a post, by lower-case name."""

    values: dict[str, Value]
    translated: dict[str, Value]
    """Values whose names were translated, by the name meant."""

    def keep(self, name: str | None, value: Value) -> None:
        """Take a name with its value; of one that stands there twice the last counts."""
        if name is not None:
            self.values[name] = value
            if name in _TRANSLATED:
                self.translated[_TRANSLATED[name]] = value

    def append(self, name: str | None, value: str) -> None:
        """Take another string of the list that was kept under a name."""
        kept = self.values.get(name or "")
        if isinstance(kept, list):
            kept.append(value)

    def lines(self, *names: str) -> list[str]:
        """All strings of the first of these names that has some."""
        for values in (self.values, self.translated):
            for name in names:
                value = values.get(name, [])
                cleaned = [clean(item) for item in ([value] if isinstance(value, str) else value)]
                if found := [item for item in cleaned if item]:
                    return found
        return []

    def line(self, name: str) -> str:
        """The string of that name, or nothing."""
        return " ".join(self.lines(name))


def clean(text: str) -> str:
    """One line without control characters, direction overrides and outer space."""
    return " ".join(part for part in replace_controls(text).split(" ") if part).strip()


def load() -> None:
    """Load what reads YAML."""
    import yaml  # noqa: F401
    from frontmatter import default_handlers  # noqa: F401


def split(text: str) -> tuple[Front, str]:
    """Take a file apart into front matter and Markdown. Raises UnreadablePostError."""
    from frontmatter.default_handlers import YAMLHandler

    handler = YAMLHandler()
    text = text.lstrip("\n\t ")
    if not handler.detect(text):
        raise UnreadablePostError("no front matter")
    try:
        above, body = handler.split(text)
    except ValueError:
        raise UnreadablePostError("front matter is not closed") from None
    if len(above) > MAX_FRONT:
        raise UnreadablePostError(f"front matter is larger than {MAX_FRONT >> 10} KB")
    return _read(above), body.strip("\n").rstrip()


def _read(above: str) -> Front:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _mapping(yaml.parse(above, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" in line {mark.line + 1}" if mark else ""
        raise UnreadablePostError(f"front matter is no YAML{where}: {_clause(error)}") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise UnreadablePostError("front matter is no YAML") from None


def _clause(error: object) -> str:
    problem = str(getattr(error, "problem", None) or getattr(error, "context", None) or "")
    return clean(problem)[:100] or "broken"


def _mapping(events: Iterable[object]) -> Front:
    """Keep of a mapping what a post needs: names with strings, or with lists of strings."""
    import yaml

    front = Front({}, {})
    depth = 0
    name: str | None = None
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise UnreadablePostError("front matter is nested too deeply")
            if depth == 1 and not isinstance(event, yaml.MappingStartEvent):
                raise UnreadablePostError("front matter is a list, not names and values")
            if depth == 2:
                name = "" if name is None else name
                front.keep(name, "" if isinstance(event, yaml.MappingStartEvent) else [])
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            name = None if depth == 1 else name
        elif isinstance(event, yaml.NodeEvent):
            value = _string(event)
            if depth == 0:
                raise UnreadablePostError("front matter has no names and values")
            if depth == 2:
                front.append(name, value)
            elif depth == 1 and name is None:
                name = value.lower()
            elif depth == 1:
                front.keep(name, value)
                name = None
    return front


def _string(event: object) -> str:
    """A scalar as it is written; nothing for null, and for an alias of something else."""
    value = str(getattr(event, "value", ""))
    plain = not getattr(event, "style", None)
    return "" if plain and value.lower() in ("~", "null") else value


def read_date(text: str) -> dt.datetime:
    """Read a day or a moment; where no zone is named, it is UTC. Raises UnreadablePostError."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise UnreadablePostError(f"the date can't be read: {text[:40]!r}")
    year, month, day, hour, minute, second, zone, zone_minutes = found.groups()
    try:
        shift = dt.timedelta(0)
        if zone:
            sign = -1 if zone.startswith("-") else 1
            shift = sign * dt.timedelta(hours=abs(int(zone)), minutes=int(zone_minutes or 0))
        moment = dt.datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            tzinfo=dt.timezone(shift),
        )  # fmt: skip
        moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise UnreadablePostError(f"no such date: {text[:40]!r}") from None
    return moment
