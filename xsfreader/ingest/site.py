"""The site's rules: which file is a post, in which language, and at which path it stands."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

from xsfreader.model import DEFAULT_LANGUAGE

if TYPE_CHECKING:
    import datetime as dt

_LANGUAGE = re.compile(r"\.([a-z]{2}(?:-[a-z]{2,4})?)$", re.IGNORECASE)
_KEPT = frozenset("./\\_#+~-@")
_ESCAPED = re.compile("%[0-9A-Fa-f]{2}")
_SAME_FOLDER = re.compile(r"(?:/\.?(?=/|$))+/?")
_SAFE = "/@+=~$&,:;"
"""What Go leaves as it is in a URL's path, beside letters and digits."""


def language_of(path: str) -> tuple[str, str]:
    """Tell a file's language and what its translations have in common, from its path.

    The language stands before the ending (``2025-10-05.de.md``); none means English.
    """
    stem = path.removesuffix(".md")
    folder, slash, name = stem.rpartition("/")
    if (found := _LANGUAGE.search(name)) and found.start() > 0:
        return found[1].lower(), folder + slash + name[: found.start()]
    return DEFAULT_LANGUAGE, stem


def _sanitize(text: str) -> str:
    """Keep letters, marks, digits and a few signs; a run of blanks becomes one hyphen.

    There is none where a hyphen stands already, nor where nothing stands before the blanks.
    """
    made: list[str] = []
    blank = after_hyphen = False
    for at, char in enumerate(text):
        kind = unicodedata.category(char)
        if kind[0] in "LM" or kind == "Nd" or char in _KEPT or _ESCAPED.match(text, at):
            after_hyphen = char == "-"
            if blank and not after_hyphen:
                made.append("-")
            blank = False
            made.append(char)
        elif made and not after_hyphen and char.isspace():
            blank = True
    return "".join(made)


def _path(folder: str, title: str) -> str:
    """Make a path of a folder and a title, not yet percent-encoded, as Hugo 0.161.0 does.

    A slash in the title is a level of the path. The title is read as a query string once: ``+``
    is a blank, and ``%41`` is ``A``.
    """
    title = unquote_plus(_sanitize(title))
    if title.find("#") == len(title) - 1:
        # An empty fragment of the URL, which Go drops.
        title = title[:-1]
    path = _sanitize(_SAME_FOLDER.sub("/", folder + title))
    # One character to one: ``İ`` would become two.
    return "".join(char.lower()[0] for char in path)


def permalink(title: str, day: dt.date, language: str) -> str:
    """Tell where the site puts a post: ``[/lang]/YYYY/MM/slug-of-title/``, percent-encoded."""
    prefix = "" if language == DEFAULT_LANGUAGE else f"/{language}"
    path = _path(f"/{day.year}/{day.month:02}/", title)
    return prefix + quote(path, safe=_SAFE).rstrip("/") + "/"


def aliases(written: list[str], language: str) -> tuple[str, ...]:
    """Old paths as the site makes them, below the language, and as they are written.

    Each with a slash at either end.
    """
    bare = ["/" + alias.strip("/ ") + "/" for alias in written if alias.strip("/ ")]
    if language == DEFAULT_LANGUAGE:
        return tuple(dict.fromkeys(bare))
    return tuple(dict.fromkeys(path for alias in bare for path in (f"/{language}{alias}", alias)))
