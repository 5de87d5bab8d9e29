"""The same place in another text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.model import Place

if TYPE_CHECKING:
    from xsfreader.markup import Document


def relocate_place(was: Document, now: Document, place: Place) -> Place:
    """Find in a newer text of a post what stood at ``place`` in the older one.

    That is the nearest block of the same text; where it was changed itself, the one as far
    behind the last block above it that is still there.
    """
    for back in range(place.block + 1):
        text = was.blocks[place.block - back].text
        found = [index for index, block in enumerate(now.blocks) if block.text == text != ""]
        if found:
            index = min(found, key=lambda index: abs(index - place.block + back)) + back
            return Place(min(index, len(now.blocks) - 1), place.offset)
    return Place(min(place.block, max(0, len(now.blocks) - 1)), place.offset)


def same_heading(was: Document, now: Document, place: Place) -> Place:
    """Find in a translation what stands where ``place`` is in the original.

    Translations keep the order of headings: with as many of them, the heading of that number
    is the same; else the one as far into the post. From there, as many blocks on.
    """
    before = [heading.block for heading in was.headings]
    after = [heading.block for heading in now.headings]
    passed = sum(block <= place.block for block in before)
    if not passed or not after:
        return Place(min(place.block, max(0, len(now.blocks) - 1)))
    number = passed if len(before) == len(after) else round(passed * len(after) / len(before))
    index = max(0, min(number, len(after)) - 1)
    start = after[index]
    end = after[index + 1] if index + 1 < len(after) else len(now.blocks)
    return Place(min(start + place.block - before[passed - 1], max(start, end - 1)))
