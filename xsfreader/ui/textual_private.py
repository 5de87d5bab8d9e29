"""Private parts of other people's packages, each with the reason why it is used.

``ui/driver.py`` uses another one, and says why. The test of private names knows both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


def encode_sixel(image: Image) -> str:
    """Encode an image for terminals that draw Sixel.

    textual-image encodes in public only what it scales, places and pads itself, by the size of
    a cell that it asks the terminal for when it is imported, which takes the next key press for
    the answer. Without an encoder, terminals with Sixel would get images of half cells.
    """
    from textual_image._sixel import image_to_sixels

    return image_to_sixels(image)
