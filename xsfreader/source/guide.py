"""The built-in guide: posts shipped with the program, in the folders of the site."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import xsfreader
from xsfreader.source.directory import DirectorySource

FOLDER: Final = Path(xsfreader.__file__).parent / "guide"


class GuideSource(DirectorySource):
    """The posts that explain the program, readable without a network."""

    def __init__(self) -> None:
        super().__init__(FOLDER)

    @property
    def name(self) -> str:
        """The name that a person gives."""
        return "guide"
