"""Parsing search queries. Any text is a valid query.

All words must be found, in any order; ``"several words"`` must be found as a phrase; the word
being typed matches as a prefix; ``-word`` excludes posts.
``author:``, ``category:``, ``xep:``, ``lang:``, ``before:``, ``after:`` and ``is:`` narrow the
search. ``in:xeps`` searches specifications, and there ``<presence/>`` is an element.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from typing import Any, NamedTuple

from xsfreader.errors import QueryError
from xsfreader.text import Term, protocol_words, words

MAX_LENGTH = 1000
MAX_TERMS = 32
"""Limits in characters and terms; the rest of a query is ignored."""

_PART = r"""(?xi)
    (?P<filter>author|category|xep|lang|before|after|is|in):
        (?:"(?P<quoted_value>[^"]*)"?|(?P<value>\S*))
      | (?<!\S)-(?P<without>"[^"]+"?|\w[^\s"]*)
      | "(?P<phrase>[^"]*)(?P<closed>"?)
      | (?P<word>[^\s"]+)
"""
FILTERS = "author: category: xep: lang: before: after: is: in:"


NOT_IN_XEPS = frozenset(
    (
        *("authors", "categories", "languages", "after", "before"),
        *("unread", "starred", "changed", "draft"),
    )
)
"""What only posts have."""


class Query(NamedTuple):
    """A parsed query."""

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    """Terms that exclude a post."""
    authors: tuple[Term, ...] = ()
    categories: tuple[Term, ...] = ()
    xeps: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    """Any of these; empty for all."""
    after: dt.date | None = None
    """First day, inclusive."""
    before: dt.date | None = None
    """First day after the range, exclusive."""
    unread: bool = False
    starred: bool = False
    changed: bool = False
    """Only posts whose text has changed upstream since they were read."""
    drafts: bool = False
    """Only posts that the site doesn't show."""
    specifications: bool = False
    """Search specifications instead of posts."""
    problems: tuple[str, ...] = ()
    """What is wrong with filters that were ignored, a few words each."""
    unknown: tuple[str, ...] = ()
    """Words that look like a filter but are not one; they are searched as words."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to search for."""
        return self._replace(problems=(), unknown=()) == Query()


def parse_query(text: str, *, strict: bool = False) -> Query:
    """Parse a query.

    A filter with a missing or invalid value is ignored and listed in ``problems``; if
    ``strict``, it raises QueryError instead.
    """
    fields: defaultdict[str, list[Any]] = defaultdict(list)
    complete = True
    split = protocol_words if re.search(r"(?i)(?<!\S)in:xeps(?!\S)", text) else words
    for token in re.finditer(_PART, text[:MAX_LENGTH]):
        if name := (token["filter"] or "").lower():
            value = token["quoted_value"] if token["quoted_value"] is not None else token["value"]
            if problem := _add_filter(fields, name, value.strip()):
                fields["problems"].append(f"{token[0].removesuffix(':')}: {problem}")
            complete = True
        elif token["without"]:
            fields["without"] += _terms(split(token["without"]))
            complete = True
        else:
            if filterlike := re.match(r"(?i)[a-z]+:(?!//)", token["word"] or ""):
                fields["unknown"].append(filterlike[0])
            if terms := _terms(split(token["phrase"] or token["word"] or "")):
                fields["terms"] += terms
                complete = bool(token["closed"])
    if fields["in"] and fields.keys() & NOT_IN_XEPS:
        fields["problems"].append("in:xeps: of the filters, only xep: goes with it")
    if strict and fields["problems"]:
        raise QueryError(fields["problems"][0])
    if not complete and not text[-1].isspace():
        last = fields["terms"][-1].words
        fields["terms"][-1] = Term(last, prefix=len(last[-1]) > 1)
    return Query(
        after=max(fields.pop("after", []), default=None),
        before=min(fields.pop("before", []), default=None),
        unread=bool(fields.pop("unread", False)),
        starred=bool(fields.pop("starred", False)),
        changed=bool(fields.pop("changed", False)),
        drafts=bool(fields.pop("draft", False)),
        specifications=bool(fields.pop("in", False)),
        **{name: tuple(found[:MAX_TERMS]) for name, found in fields.items()},
    )


def without_filters(text: str) -> str:
    """Return the words and phrases of a query as they were typed."""
    tokens = re.finditer(_PART, text[:MAX_LENGTH])
    return " ".join(token[0] for token in tokens if not (token["filter"] or token["without"]))


def _terms(found: list[str], *, prefix: bool = False) -> list[Term]:
    """Return the words of a phrase as a term; none without words."""
    return [Term(tuple(found), prefix)] if found else []


def _add_filter(fields: defaultdict[str, list[Any]], name: str, value: str) -> str:
    """Add a filter to the fields of a query; return what is wrong with it."""
    match name:
        case "author" | "category":
            terms = _terms(words(value), prefix=True)
            if not terms:
                return f"needs a name: {name}:" + ("nyco" if name == "author" else "newsletter")
            fields["authors" if name == "author" else "categories"] += terms
        case "xep":
            number = re.fullmatch(r"(?:xep-?)?0*(\d{1,5})", value, re.IGNORECASE | re.ASCII)
            if number is None:
                return "needs a number: xep:384"
            fields["xeps"].append(int(number[1]))
        case "lang":
            if not re.fullmatch(r"[A-Za-z]{1,3}(?:-[A-Za-z]{0,4})?", value):
                return "needs a language: lang:de"
            fields["languages"].append(value.lower())
        case "is":
            if value.lower() not in ("unread", "starred", "changed", "draft"):
                return "use is:unread, is:starred, is:changed or is:draft"
            fields[value.lower()].append(True)
        case "in":
            if value.lower() != "xeps":
                return "use in:xeps"
            fields["in"].append(True)
        case _:
            day = _first_day(value)
            if day is None:
                return f"needs a year, month or day: {name}:2015, {name}:2020-06, {name}:2020-06-30"
            fields[name].append(day)
    return ""


def _first_day(text: str) -> dt.date | None:
    """Return the first day of a year or month, or the day itself."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", text)
    if found is None:
        return None
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
