"""How marks lie on the server: each machine has 17 items of its own in one node.

Two machines never write the same item, so none can overwrite what another has just written. A
machine publishes what it knows and no item has; reading is merging all items.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from xsfreader.store.merging_marks import LATEST, TimedMarks

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMESPACE = "urn:uuid:0a4e1292-a968-47e5-ab15-0825d2525b0f"
"""Of the elements; also the name of the node: marks of xsfreader, first layout.

XEP-0060 takes any name, XML any URI. `urn:xmpp:` is for the XSF's own, an https address or a tag
would need a domain of the project, and a random UUID is nobody else's. Contacts may see the name,
and learn nothing by it. A layout that this one can't read gets another.
"""
BUCKETS = 16
"""Items a machine has: 5,000 marks in one would be more than a server takes in one stanza."""
_ITEM = re.compile(r"([0-9a-f]{16})\.([0-9a-f]|new)")
_PERMALINK = re.compile("[^\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]{1,2000}")
"""What XML can hold as it is, in an attribute."""
_ROOT, _POST = f"{{{NAMESPACE}}}marks", f"{{{NAMESPACE}}}p"
_READ, _STARRED, _PLACE = "r", "s", "at"
"""The names of attributes; short, as there may be thousands."""
_MOST = 1 << 31


def new_device() -> str:
    """Make the id of a machine; it says nothing about it."""
    return secrets.token_hex(8)


def device_of(item: str) -> str | None:
    """Return the machine that an item belongs to; None if it isn't one of ours."""
    found = _ITEM.fullmatch(item)
    return found and found[1]


def item_of(device: str, permalink: str) -> str:
    """Return the item of a machine in which the marks of a post belong."""
    bucket = hashlib.sha1(permalink.encode(), usedforsecurity=False).digest()[0] % BUCKETS
    return f"{device}.{bucket:x}"


def recent_item(device: str) -> str:
    """Return the small item of a machine, for a few marks that no other item has yet."""
    return f"{device}.new"


def can_travel(permalink: str) -> bool:
    """Tell whether XML can hold a permalink; one of a real post always can be held."""
    return _PERMALINK.fullmatch(permalink) is not None


def to_xml(marks: Iterable[TimedMarks]) -> Element:
    """Write marks as the content of an item: of each kind the values, then the time."""
    root = Element(_ROOT)
    for each in marks:
        post = SubElement(root, _POST, {"id": each.permalink})
        if each.read_at:
            post.set(_READ, f"{each.read} {each.read_at}")
        if each.starred_at:
            post.set(_STARRED, f"{each.starred} {each.starred_at}")
        if each.place_at:
            post.set(_PLACE, f"{each.block or 0} {each.offset or 0} {each.place_at}")
    return root


def from_xml(root: Element, latest: int = LATEST) -> dict[str, TimedMarks]:
    """Read the content of an item, by permalink. Raises ValueError if it is not as we write it.

    No time may be after ``latest``. What a later version adds is ignored.
    """
    if root.tag != _ROOT:
        raise ValueError(f"not marks: {root.tag:.60}")
    return {post.get("id", ""): _marks(post, latest) for post in root.iterfind(_POST)}


def _marks(post: Element, latest: int) -> TimedMarks:
    permalink = post.get("id", "")
    if not can_travel(permalink):
        raise ValueError("marks of no post")
    read, read_at = _numbers(post, _READ, 1, latest) or (0, 0)
    starred, starred_at = _numbers(post, _STARRED, 1, latest) or (0, 0)
    block, offset, place_at = _numbers(post, _PLACE, _MOST, _MOST, latest) or (None, None, 0)
    return TimedMarks(permalink, read, read_at, starred, starred_at, block, offset, place_at)


def _numbers(post: Element, name: str, *most: int) -> tuple[int, ...] | None:
    text = post.get(name)
    if text is None:
        return None
    numbers = tuple(map(int, text.split(" ")))
    limits = zip(numbers, most, strict=True)
    if not numbers[-1] or not all(0 <= number <= limit for number, limit in limits):
        raise ValueError(f"{name}: {text:.60}")
    return numbers
