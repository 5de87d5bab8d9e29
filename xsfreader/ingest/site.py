"""The site's rules for languages, permalinks and aliases."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, unquote_plus

from xsfreader.model import DEFAULT_LANGUAGE

if TYPE_CHECKING:
    import datetime as dt

_LANGUAGE = re.compile(r"\.([a-z]{2}(?:-[a-z]{2,4})?)$", re.IGNORECASE)
_KEPT = frozenset("./\\_#+~-@")
_ESCAPED = re.compile("%[0-9A-Fa-f]{2}")
_SAME_FOLDER = re.compile(r"(?:/\.?(?=/|$))+/?")
_SAFE = "/@+=~$&,:;"
"""Characters that Go doesn't escape in the path of a URL, besides letters and digits."""


def language_of(path: str) -> str:
    """Return the language of a file: before the extension (``2025-10-05.de.md``), else English."""
    name = path.removesuffix(".md").rpartition("/")[2]
    found = _LANGUAGE.search(name)
    return found[1].lower() if found and found.start() > 0 else DEFAULT_LANGUAGE


def _sanitize(text: str) -> str:
    """Keep letters, marks, digits and a few signs; replace each run of spaces by one hyphen.

    Spaces at the start or next to a hyphen are dropped.
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
    """Join a folder and a title to a path as Hugo 0.161.0 does, without percent-encoding.

    A slash in the title separates parts of the path. The title is unquoted like a query string:
    ``+`` becomes a space, and ``%41`` becomes ``A``.
    """
    title = unquote_plus(_sanitize(title))
    if title.find("#") == len(title) - 1:
        # Go drops the empty fragment of a URL.
        title = title[:-1]
    path = _sanitize(_SAME_FOLDER.sub("/", folder + title))
    # Each character becomes one: ``İ`` would become two.
    return "".join(char.lower()[0] for char in path)


def permalink(title: str, day: dt.date, language: str) -> str:
    """Return the permalink of a post: ``[/lang]/YYYY/MM/slug-of-title/``, percent-encoded."""
    prefix = "" if language == DEFAULT_LANGUAGE else f"/{language}"
    path = _path(f"/{day.year}/{day.month:02}/", title)
    return prefix + quote(path, safe=_SAFE).rstrip("/") + "/"


def permalink_of_url(url: str, language: str) -> str | None:
    """Return the permalink of a post whose front matter has a ``url``; None for an empty one.

    Without a slash at the start it is below the language.
    """
    path = unquote(posixpath.normpath("/" + url.lstrip("/")))
    if path == "/":
        return None
    prefix = "" if url.startswith("/") or language == DEFAULT_LANGUAGE else f"/{language}"
    return prefix + quote(path, safe=_SAFE) + ("" if path.endswith((".html", ".htm")) else "/")


def aliases(written: list[str], language: str) -> tuple[str, ...]:
    """Return aliases as the site has them, below the language, and as they are written.

    Each has a slash at both ends.
    """
    bare = ["/" + alias.strip("/ ") + "/" for alias in written if alias.strip("/ ")]
    if language == DEFAULT_LANGUAGE:
        return tuple(dict.fromkeys(bare))
    return tuple(dict.fromkeys(path for alias in bare for path in (f"/{language}{alias}", alias)))
