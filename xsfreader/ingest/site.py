"""The site's rules: which file is a post, in which language, and at which path it stands."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

from xsfreader.model import DEFAULT_LANGUAGE

if TYPE_CHECKING:
    import datetime as dt

_LANGUAGE = re.compile(r"\.([a-z]{2}(?:-[a-z]{2,4})?)$", re.IGNORECASE)
_HYPHENS = re.compile("-{2,}")
_KEPT = frozenset("._-+@\\#~=%")
_SAFE = "/@+=~$&,:;"
"""What Go leaves as it is in a URL's path, beside letters and digits."""


def is_post(path: str) -> bool:
    """Whether a file of the blog's folder is a post: Markdown, and not a section's head."""
    name = path.rpartition("/")[2]
    return name.endswith(".md") and not name.startswith(("_index.", "."))


def language_of(path: str) -> tuple[str, str]:
    """Tell a file's language and what its translations have in common, from its path.

    The language stands before the ending (``2025-10-05.de.md``); none means English.
    """
    stem = path.removesuffix(".md")
    folder, slash, name = stem.rpartition("/")
    if (found := _LANGUAGE.search(name)) and found.start() > 0:
        return found[1].lower(), folder + slash + name[: found.start()]
    return DEFAULT_LANGUAGE, stem


class _Slug(dict[int, str]):
    """What each character of a title becomes in a slug, worked out when first met."""

    def __missing__(self, point: int) -> str:
        kept = (
            "-" if char == "/" or char.isspace() else char
            for char in chr(point).lower()
            if char == "/"
            or char.isspace()
            or char.isalnum()
            or char in _KEPT
            or unicodedata.category(char) == "Mn"
        )
        made = self[point] = "".join(kept)
        return made


_SLUG = _Slug()


def slug(title: str) -> str:
    """Make of a title the last part of its permalink, not yet percent-encoded.

    Letters and digits of any script and a few signs stay; spaces and slashes become hyphens.
    """
    return _HYPHENS.sub("-", title.strip().translate(_SLUG))


def permalink(title: str, day: dt.date, language: str) -> str:
    """Tell where the site puts a post: ``[/lang]/YYYY/MM/slug-of-title/``, percent-encoded."""
    prefix = "" if language == DEFAULT_LANGUAGE else f"/{language}"
    last = quote(slug(title), safe=_SAFE)
    return f"{prefix}/{day.year}/{day.month:02}/{last}" + ("/" if last else "")


def aliases(written: list[str], language: str) -> tuple[str, ...]:
    """Old paths as the site makes them, below the language, and as they are written.

    Each with a slash at either end.
    """
    bare = ["/" + alias.strip("/ ") + "/" for alias in written if alias.strip("/ ")]
    if language == DEFAULT_LANGUAGE:
        return tuple(dict.fromkeys(bare))
    return tuple(dict.fromkeys(path for alias in bare for path in (f"/{language}{alias}", alias)))
