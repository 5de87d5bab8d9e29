"""Decoding a file, and repairing text that was once decoded with the wrong encoding.

ftfy finds and repairs such text, but its import takes a tenth of a second, and checking all text
takes longer than the rest of ingest. So it only gets lines with a pair of characters that is
typical of wrongly decoded text.
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
"""Encodings that UTF-8 is mistaken for: those that ftfy tries."""

_COMMON = (range(0xA0, 0x250), range(0x370, 0x400), range(0x410, 0x450))
"""Characters that posts are likely to contain, two bytes each in UTF-8."""

_ASCII = bytes(range(128))
_RUN = re.compile(r"[^\x00-\x7f][^\x00-\x7f]+")
_LONE = re.compile(r"[ÃÂ] ")
"""In wrongly decoded text, a no-break space has often become a normal space."""


def decode(data: bytes) -> str:
    """Decode UTF-8 with or without a BOM and with any line ends, and repair it.

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
    return text if text.isascii() else _repair(text)


def _repair(text: str) -> str:
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
    """Return the first two characters of common characters after a wrong decoding."""
    starts = {chr(point).encode() for points in _COMMON for point in points}
    starts |= {bytes((0xE2, second)) for second in range(0x80, 0xB0)}
    starts |= {b"\xef\xbb", b"\xf0\x9f"}
    pairs = {start.decode(charmap, "ignore") for start in starts for charmap in _CHARMAPS}
    return frozenset({pair for pair in pairs if len(pair) == 2})
