"""Parsing search queries. Any text is a valid query.

All words must be found, in any order; ``"several words"`` must be found as a phrase; the word
being typed matches as a prefix; ``-word`` excludes posts.
``author:``, ``category:``, ``xep:``, ``lang:``, ``before:``, ``after:`` and ``is:`` narrow the
search.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

from xsfreader.errors import QueryError
from xsfreader.text import words

MAX_LENGTH = 1000
MAX_TERMS = 32
"""Limits in characters and terms; the rest of a query is ignored."""

_TOKEN = re.compile(
    r"""(?P<filter>author|category|xep|lang|before|after|is):
        (?:"(?P<quoted_value>[^"]*)"?|(?P<value>\S*))
      | (?<!\S)-(?P<without>"[^"]+"?|\w[^\s"]*)
      | "(?P<phrase>[^"]*)(?P<closed>"?)
      | (?P<word>[^\s"]+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FILTERLIKE = re.compile(r"[a-z]+:(?!//)", re.IGNORECASE)
FILTERS = "author: category: xep: lang: before: after: is:"
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class Term(NamedTuple):
    """A word or phrase to find."""

    words: tuple[str, ...]
    """Folded, at least one."""
    prefix: bool = False
    """Whether the last word is a prefix."""


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
    query = _QueryBuilder()
    for found in _TOKEN.finditer(text[:MAX_LENGTH]):
        name = (found["filter"] or "").lower()
        if found["without"]:
            query.exclude(found["without"])
            continue
        if not name:
            if filterlike := _FILTERLIKE.match(found["word"] or ""):
                query.unknown.append(filterlike[0])
            closed = found["phrase"] is not None and bool(found["closed"])
            query.add_words(found["phrase"] or found["word"] or "", closed=closed)
            continue
        value = found["quoted_value"] if found["quoted_value"] is not None else found["value"]
        problem = query.add_filter(name, value.strip())
        if problem:
            query.problems.append(f"{found[0].removesuffix(':')}: {problem}")
            if strict:
                raise QueryError(query.problems[-1])
    return query.build(open_ended=bool(text) and not text[-1].isspace())


class _QueryBuilder:
    def __init__(self) -> None:
        self.problems: list[str] = []
        self.unknown: list[str] = []
        self._without: list[Term] = []
        self._terms: list[Term] = []
        self._closed = True
        self._authors: list[Term] = []
        self._categories: list[Term] = []
        self._xeps: list[int] = []
        self._languages: list[str] = []
        self._after: dt.date | None = None
        self._before: dt.date | None = None
        self._is: set[str] = set()

    def add_words(self, text: str, *, closed: bool) -> None:
        if found := tuple(words(text)):
            self._terms.append(Term(found))
            self._closed = closed

    def exclude(self, text: str) -> None:
        self._closed = True
        if found := tuple(words(text)):
            self._without.append(Term(found))

    def add_filter(self, name: str, value: str) -> str:
        """Add a filter; return what is wrong with it."""
        self._closed = True
        match name:
            case "author" | "category":
                found = tuple(words(value))
                if not found:
                    return f"needs a name: {name}:" + ("nyco" if name == "author" else "newsletter")
                (self._authors if name == "author" else self._categories).append(Term(found, True))
            case "xep":
                number = re.fullmatch(r"(?:xep-?)?0*(\d{1,5})", value, re.IGNORECASE | re.ASCII)
                if number is None:
                    return "needs a number: xep:384"
                self._xeps.append(int(number[1]))
            case "lang":
                if not re.fullmatch(r"[A-Za-z]{1,3}(?:-[A-Za-z]{0,4})?", value):
                    return "needs a language: lang:de"
                self._languages.append(value.lower())
            case "is":
                if value.lower() not in ("unread", "starred"):
                    return "use is:unread or is:starred"
                self._is.add(value.lower())
            case _:
                return self._add_day(name, value)
        return ""

    def _add_day(self, name: str, value: str) -> str:
        day = _first_day(value)
        if day is None:
            return f"needs a year, month or day: {name}:2015, {name}:2020-06, {name}:2020-06-30"
        if name == "before":
            self._before = min(day, self._before or day)
        else:
            self._after = max(day, self._after or day)
        return ""

    def build(self, *, open_ended: bool) -> Query:
        terms = self._terms[:MAX_TERMS]
        if terms and open_ended and not self._closed and len(self._terms) <= MAX_TERMS:
            last = terms[-1].words
            terms[-1] = Term(last, prefix=len(last[-1]) > 1)
        return Query(
            terms=tuple(terms),
            without=tuple(self._without[:MAX_TERMS]),
            authors=tuple(self._authors[:MAX_TERMS]),
            categories=tuple(self._categories[:MAX_TERMS]),
            xeps=tuple(self._xeps[:MAX_TERMS]),
            languages=tuple(self._languages[:MAX_TERMS]),
            after=self._after,
            before=self._before,
            unread="unread" in self._is,
            starred="starred" in self._is,
            problems=tuple(self.problems),
            unknown=tuple(self.unknown),
        )


def _first_day(text: str) -> dt.date | None:
    """Return the first day of a year or month, or the day itself."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else 1 for part in found.groups())
    if not 1 <= year <= dt.MAXYEAR or not 1 <= month <= 12:
        return None
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return dt.date(year, month, day)
