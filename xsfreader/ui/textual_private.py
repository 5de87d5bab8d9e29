"""Private parts of other people's packages, each with the reason why it is used.

``ui/driver.py`` uses another one, and says why. The test of private names knows both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.worker import WorkerFailed

if TYPE_CHECKING:
    from PIL.Image import Image


class KeepsCrash(App[None]):
    """A mixin: an app that keeps the exception it crashed with."""

    crash: Exception | None = None
    """The first exception that nothing caught."""

    def _handle_exception(self, error: Exception) -> None:
        """Keep an exception, of a message, timer, worker or line that was painted; end the app.

        In public, Textual only prints it, with the local variables, which may hold a password.
        """
        if self.crash is None:
            self.crash = error.error if isinstance(error, WorkerFailed) else error  # type: ignore[assignment]
        super()._handle_exception(error)


def encode_sixel(image: Image) -> str:
    """Encode an image for terminals that draw Sixel.

    textual-image encodes in public only what it scales, places and pads itself, by the size of
    a cell that it asks the terminal for when it is imported, which takes the next key press for
    the answer. Without an encoder, terminals with Sixel would get images of half cells.
    """
    from textual_image._sixel import image_to_sixels

    return image_to_sixels(image)
