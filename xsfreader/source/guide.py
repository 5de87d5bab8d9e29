"""The guide: an archive shipped with the program, laid out like the site."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import xsfreader
from xsfreader.source.directory import DirectorySource

FOLDER: Final = Path(xsfreader.__file__).parent / "guide"


class GuideSource(DirectorySource):
    """The posts that explain the program, and are there without a network."""

    def __init__(self) -> None:
        super().__init__(FOLDER)

    @property
    def name(self) -> str:
        """What a person calls it."""
        return "guide"
