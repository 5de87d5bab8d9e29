"""The front matter of a post: YAML, TOML or JSON, parsed without trust.

YAML scalars stay text: Hugo's rules for dates and titles differ from YAML's, and YAML tags must
not have any effect.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import tomllib
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from frontmatter.default_handlers import BaseHandler, JSONHandler, YAMLHandler

from xsfreader.errors import UnreadablePostError
from xsfreader.text import replace_controls, unstack

try:
    from yaml import CBaseLoader as BaseLoader
except ImportError:
    from yaml import BaseLoader  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_SIZE = 64 << 10
"""Bytes that front matter may have."""

MAX_VALUE = 2_000
"""Characters of a value; the longest real one, a summary, has 800."""

_MAX_DOTS = 500
"""Full stops in a line of TOML."""

MAX_VALUES = 100
"""Values of a name. By YAML's aliases a few bytes may stand for megabytes."""

Value = str | list[str]

_TRANSLATED = {
    "titolo": "title",
    "data": "date",
    "categorie": "categories",
    "autore": "author",
    "sommario": "summary",
}
"""Names of fields that translators translated by mistake; the site ignores them."""

_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[Tt]|[ \t]+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d*)?)?"
    r"[ \t]*(?:[Zz]|([+-]\d{1,2})(?::?(\d{2}))?)?(?: [A-Z]{3,5})?)?"
)
_OTHER_DATES = (
    "%d %b %Y",
    "%a, %d %b %Y %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S %Z",
    "%d %b %y %H:%M %z",
    "%d %b %y %H:%M %Z",
    "%A, %d-%b-%y %H:%M:%S %Z",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S %Z %Y",
    "%a %b %d %H:%M:%S %z %Y",
)
"""The other forms that Hugo reads: RFC 1123, 822 and 850, those of C, Unix and Ruby."""


_NAMED_ZONE = re.compile(r"\b[A-Z]{3,4}\b")
"""Names of zones, of which Python knows few; only the day as written counts."""


class _TextLoader(BaseLoader):
    """A YAML loader that returns every scalar except null as text."""


_TextLoader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile("^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]
)
_TextLoader.add_constructor("tag:yaml.org,2002:null", lambda _loader, _node: None)


class _YamlHandler(YAMLHandler):
    """YAML with scalars as text."""

    def load(self, fm: str, **_: object) -> dict[str, Any]:
        return {} if (loaded := super().load(fm, Loader=_TextLoader)) is None else loaded


class _TomlHandler(BaseHandler):
    """TOML with tomllib; python-frontmatter's own handler needs another package."""

    FM_BOUNDARY = re.compile(r"^\+{3,}\s*$", re.MULTILINE)

    def load(self, fm: str, **_: object) -> dict[str, Any]:
        if max(line.count(".") for line in fm.split("\n")) > _MAX_DOTS:
            raise ValueError("a key of too many parts")  # takes tomllib quadratic time
        return tomllib.loads(fm)


_HANDLERS: dict[str, BaseHandler] = {
    "YAML": _YamlHandler(),
    "TOML": _TomlHandler(),
    "JSON": JSONHandler(),
}


class FrontMatter(NamedTuple):
    """The fields of a post's front matter."""

    values: Mapping[str, Value]
    """By name in lower case."""
    translated: Mapping[str, Value]
    """Those with a name that translators translated, by the name that was meant."""

    def lines(self, *names: str) -> list[str]:
        """Return the values of the first of these names that has any."""
        for values in (self.values, self.translated):
            for name in names:
                value = values.get(name, [])
                cleaned = map(clean, [value] if isinstance(value, str) else value)
                if found := [item for item in cleaned if item]:
                    return found
        return []

    def line(self, name: str) -> str:
        """Return the value of a name, or an empty string."""
        return " ".join(self.lines(name))


def clean(text: str) -> str:
    """Put text on one line, without control characters and surrounding spaces."""
    return " ".join(part for part in replace_controls(unstack(text)).split(" ") if part).strip()


def split(text: str) -> tuple[FrontMatter, str]:
    """Split a file into front matter and Markdown. Raises UnreadablePostError."""
    text = text.lstrip("\n\t ")
    syntax = next((name for name, handler in _HANDLERS.items() if handler.detect(text)), None)
    if syntax is None:
        raise UnreadablePostError("no front matter")
    try:
        matter, body = _HANDLERS[syntax].split(text)
    except ValueError:
        raise UnreadablePostError("front matter is not closed") from None
    if len(matter) > MAX_SIZE:
        raise UnreadablePostError(f"front matter is larger than {MAX_SIZE >> 10} KB")
    values = _load(syntax, matter)
    translated = {meant: values[name] for name, meant in _TRANSLATED.items() if name in values}
    return FrontMatter(values, translated), body.strip("\n").rstrip()


def _load(syntax: str, matter: str) -> dict[str, Value]:
    """Parse front matter; of names that differ in case alone, the last one counts."""
    try:
        loaded: object = _HANDLERS[syntax].load(matter)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = _line_of(error)
        where = f", line {line}" if line else ""
        raise UnreadablePostError(f"Invalid {syntax} in front matter{where}") from None
    if not isinstance(loaded, dict):
        raise UnreadablePostError("front matter has no fields")
    return {str(name).lower(): _value(value) for name, value in loaded.items()}


def _line_of(error: Exception) -> int | None:
    """Return the line of the file where an error is, if known."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        return mark.line + 1 if mark else None
    if isinstance(error, JSONDecodeError):
        return error.lineno
    found = re.search(r"at line (\d+)", str(error))  # tomllib has no attribute for it
    return int(found[1]) if found else None


def _value(value: object) -> Value:
    """Return a scalar as text, and a list as the texts of its scalars."""
    if isinstance(value, list):
        return [_text(item) for item in value[:MAX_VALUES]]
    return _text(value)


def _text(value: object) -> str:
    """Return a scalar as text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)[:MAX_VALUE] if isinstance(value, str | int | float) else ""


def read_date(text: str) -> dt.datetime:
    """Parse a date or a time; the default time zone is UTC. Raises UnreadablePostError."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return _read_other_date(text)
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
        raise UnreadablePostError(f"no such date {text[:40]!r}") from None
    return moment


def _read_other_date(text: str) -> dt.datetime:
    without_zone = _NAMED_ZONE.sub("UTC", text[:40])
    for form in _OTHER_DATES:
        with contextlib.suppress(ValueError):
            moment = dt.datetime.strptime(without_zone, form)  # noqa: DTZ007
            return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    raise UnreadablePostError(f"invalid date {text[:40]!r}")
