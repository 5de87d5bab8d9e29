"""Find the same place in another text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.model import Place

if TYPE_CHECKING:
    from xsfreader.markup import Document


def relocate_place(was: Document, now: Document, place: Place) -> Place:
    """Find a place of a post's older text in the newer one.

    That is the nearest block with the same text; if the block itself was changed, the one as far
    below the last block above it that is still there.
    """
    for back in range(place.block + 1):
        text = was.blocks[place.block - back].text
        found = [index for index, block in enumerate(now.blocks) if block.text == text != ""]
        if found:
            index = min(found, key=lambda index: abs(index - place.block + back)) + back
            return Place(min(index, len(now.blocks) - 1), place.offset)
    return Place(min(place.block, max(0, len(now.blocks) - 1)), place.offset)


def same_heading(was: Document, now: Document, place: Place) -> Place:
    """Find a place of a post in its translation.

    Translations keep the order of headings: if both have as many, it is the heading of the same
    number, else the one as far into the post; from there, as many blocks on.
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
