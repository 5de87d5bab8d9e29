"""The reader's state: read marks, stars, positions, theme and session."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from xsfreader.library.base import Base
from xsfreader.model import specification_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xsfreader.model import Marks, Place

QUIT_SECONDS = 1.0
"""How long quitting waits for the last marks to be written."""


class ReaderState(Base):
    """The part of the library with the reader's state."""

    marked = 0.0
    """When the reader last marked something here, on the monotonic clock; places don't count."""
    lost = ""
    """What could not be written until this was closed, and why, in one line."""

    def save_without_waiting(self, report: Callable[[str], None]) -> None:
        """Keep marks and settings that can't be written at once; they are shown all the same.

        ``refresh`` tries to write them again, and so does ``close``, which waits for a moment.
        ``report`` is called with the reason, once until writing succeeds again.
        """
        self._store.save_without_waiting(report)

    def close(self) -> None:
        """Write what is not written yet, and close the files."""
        self.lost = self._store.save_rest(QUIT_SECONDS)
        super().close()

    def marks(self, permalink: str) -> Marks:
        """Read the marks of a post."""
        return self._store.marks(permalink)

    def session(self) -> str | None:
        """Read the session that the app saved for this source and branch."""
        return self._store.setting(f"session:{self._files_name}")

    def keep_session(self, text: str) -> None:
        """Save the session for this source and branch."""
        self._store.set_setting(f"session:{self._files_name}", text)

    def theme(self) -> str:
        """Return the configured theme, else the one chosen last; empty for the default."""
        return self.config.theme or self._store.setting("theme") or ""

    def keep_theme(self, name: str) -> None:
        """Save the chosen theme."""
        self._store.set_setting("theme", name)

    def list_width(self) -> int:
        """Return the configured width of the list, else the one chosen last; 0 for neither."""
        kept = self._store.setting("list_width") or ""
        return self.config.list_width or (int(kept) if kept.isdecimal() else 0)

    def keep_list_width(self, cells: int) -> None:
        """Save the chosen width of the list."""
        self._store.set_setting("list_width", str(cells))

    def is_read(self, permalink: str) -> bool:
        """Return whether a post or a translation of it was read."""
        return any(self.marks(other).read for other in self._with_translations(permalink))

    def is_changed(self, permalink: str) -> bool:
        """Return whether the text of a post has changed upstream since it was read."""
        return permalink in self._store.changed_posts()

    def is_starred(self, permalink: str) -> bool:
        """Return whether a post or a translation of it is starred."""
        return any(self.marks(other).starred for other in self._with_translations(permalink))

    def set_all_read(self, permalinks: Sequence[str], *, read: bool) -> None:
        """Mark posts as read, or them and their translations as unread, in one transaction."""
        if not read:
            permalinks = [o for permalink in permalinks for o in self._with_translations(permalink)]
        self._store.set_read(permalinks, read)
        self.marked = time.monotonic()

    def set_read(self, permalink: str, *, read: bool) -> None:
        """Mark a post as read, or it and its translations as unread."""
        self.set_all_read([permalink], read=read)

    def set_starred(self, permalink: str, *, starred: bool) -> None:
        """Star a post, or unstar it and its translations."""
        for other in [permalink] if starred else self._with_translations(permalink):
            self._store.set_starred(other, starred)
        self.marked = time.monotonic()

    def set_place(self, permalink: str, place: Place) -> None:
        """Save the reading position in a post; there is none of a specification."""
        if specification_number(permalink) is None:
            self._store.set_place(permalink, place)

    def export_state(self) -> dict[str, Any]:
        """Return all marks as plain values for JSON."""
        return self._store.export_state()

    def import_state(self, data: object) -> int:
        """Merge exported marks, the newer of two winning; return how many posts changed.

        Raises StoreError if the data is not an export.
        """
        changed = self._store.import_state(data)
        self._store.move_marks_from_aliases()
        return changed
