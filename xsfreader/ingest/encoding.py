"""Bytes to text, with text that was once decoded wrongly mended.

ftfy knows what is broken, but takes a tenth of a second to import and longer than all the rest
of ingest to look at what is whole. So only lines are shown to it that hold a pair of characters
in which broken text shows.
"""

from __future__ import annotations

import re
from functools import cache
from operator import add

from xsfreader.errors import UnreadablePostError
from xsfreader.model import POST_LIMIT

_CHARMAPS = (
    "latin-1", "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1257", "iso8859-2",
    "mac-roman", "cp437",
)  # fmt: skip
"""What UTF-8 has been mistaken for: the encodings that ftfy tries."""

_COMMON = (range(0xA0, 0x250), range(0x370, 0x400), range(0x410, 0x450))
"""Characters of two bytes that posts are likely to hold."""

_ASCII = bytes(range(128))
_RUN = re.compile(r"[^\x00-\x7f][^\x00-\x7f]+")
_LONE = re.compile(r"[ÃÂ] ")
"""A no-break space within broken text is often a plain one by now."""


def decode(data: bytes) -> str:
    """Decode a file: UTF-8, with or without a mark in front, any line ends, mended.

    Raises UnreadablePostError.
    """
    if len(data) > POST_LIMIT:
        raise UnreadablePostError(f"too large for a post: more than {POST_LIMIT >> 20} MiB")
    if not data.strip():
        raise UnreadablePostError("the file is empty")
    if b"\0" in data:
        raise UnreadablePostError("binary data, not text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadablePostError(f"line {line} is not UTF-8") from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else _mend(text)


def _mend(text: str) -> str:
    pairs = _suspicious_pairs()
    foreign = text.encode().translate(None, _ASCII).decode()
    found: list[int] = []
    if not pairs.isdisjoint(map(add, foreign, foreign[1:])):
        found += [
            run.start()
            for run in _RUN.finditer(text)
            if not pairs.isdisjoint(map(add, run[0], run[0][1:]))
        ]
    if "Ã" in foreign or "Â" in foreign:
        found += [lone.start() for lone in _LONE.finditer(text)]
    lines = {text.count("\n", 0, start) for start in found}
    if not lines:
        return text
    import ftfy

    whole = text.split("\n")
    for number in lines:
        whole[number] = ftfy.fix_encoding(whole[number])
    return "\n".join(whole)


@cache
def _suspicious_pairs() -> frozenset[str]:
    """First two characters of what a common character looks like, decoded wrongly."""
    starts = {chr(point).encode() for points in _COMMON for point in points}
    starts |= {bytes((0xE2, second)) for second in range(0x80, 0xB0)}
    starts |= {b"\xef\xbb", b"\xf0\x9f"}
    pairs = {start.decode(charmap, "ignore") for start in starts for charmap in _CHARMAPS}
    return frozenset({pair for pair in pairs if len(pair) == 2})
