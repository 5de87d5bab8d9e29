"""The one place where post text is made harmless for a terminal.

Everything that markup puts into a span passes `clean`; everything it puts into a link's
target passes `clean_url`.
"""

from __future__ import annotations

import re
from functools import cache

_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by Unicode's book that show nothing."""


# Compiling these takes longer than all else of a start here, and few posts need them.


@cache
def _invisible() -> re.Pattern[str]:
    return re.compile(
        "(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)"
        "|[\u00ad\u061c\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
        "\u115f\u1160\u3164\uffa0\U000e0000-\U000e007f]"
    )


@cache
def _deceptive() -> re.Pattern[str]:
    return re.compile("[\x80-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@cache
def _separators() -> re.Pattern[str]:
    return re.compile("[\x85\u2028\u2029]")


@cache
def _suspicious() -> re.Pattern[str]:
    return re.compile(
        "[^\n\x20-\x7e\xa0-\xac\xae-\u0619\u0620-\u115e\u1161-\u180d\u180f-\u1fff\u2010-\u2027"
        "\u202f-\u205f\u2070-\u3163\u3165-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\uff9f"
        "\uffa1-\ufff8\ufffc\ufffd\U00010000-\U000dffff]"
    )


def clean(text: str) -> str:
    r"""The text without what could steer a terminal or deceive a reader; ``\n`` stays.

    Controls become their pictures (``␛``), bidi overrides and characters that are none
    become ``\ufffd``, invisible format characters go. Joiners stay, emoji and scripts need
    them; so do the marks that only hint at a direction.
    """
    if text.isprintable() and (text.isascii() or _FILLERS.isdisjoint(text)):
        return text
    if not _suspicious().search(text):
        return text
    text = text.replace("\t", " ")
    text = _separators().sub(" ", text)
    text = _deceptive().sub("\ufffd", text)
    text = _invisible().sub(lambda found: found.group(1) or "", text)
    return "\n".join(part.translate(_PICTURES) for part in text.split("\n"))


@cache
def _control() -> re.Pattern[str]:
    return re.compile(
        "[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
    )


def clean_url(url: str) -> str:
    """The target with every control, blank and format character percent-encoded."""
    if url.isascii() and url.isprintable() and " " not in url:
        return url
    return _control().sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8", "replace")),
        url,
    )
