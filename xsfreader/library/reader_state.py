"""The reader's own: what was read and starred, where one was, how the app was left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xsfreader.library.base import Base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xsfreader.model import Marks, Place


class ReaderState(Base):
    """The part of the library that keeps the reader's state."""

    def marks(self, permalink: str) -> Marks:
        """Read what the reader left at a post."""
        return self._store.marks(permalink)

    def session(self) -> str | None:
        """Read what the app left of how it stood with this source."""
        return self._store.setting(f"session:{self.source_name}")

    def keep_session(self, text: str) -> None:
        """Keep how the app stands with this source."""
        self._store.set_setting(f"session:{self.source_name}", text)

    def theme(self) -> str:
        """Tell the theme: the configured one, else the one chosen last; empty for ours."""
        return self.config.theme or self._store.setting("theme") or ""

    def keep_theme(self, name: str) -> None:
        """Keep the theme that was chosen."""
        self._store.set_setting("theme", name)

    def is_read(self, permalink: str) -> bool:
        """Tell whether a post was read, in whatever language."""
        return any(self.marks(other).read for other in self._with_translations(permalink))

    def is_starred(self, permalink: str) -> bool:
        """Tell whether a post is starred, in whatever language."""
        return any(self.marks(other).starred for other in self._with_translations(permalink))

    def set_all_read(self, permalinks: Sequence[str], *, read: bool) -> None:
        """Mark posts, and for unread all their translations, at once."""
        if not read:
            permalinks = [o for permalink in permalinks for o in self._with_translations(permalink)]
        self._store.set_read(permalinks, read)

    def set_read(self, permalink: str, *, read: bool) -> None:
        """Mark a post as read, or it and its translations as unread."""
        self.set_all_read([permalink], read=read)

    def set_starred(self, permalink: str, *, starred: bool) -> None:
        """Star a post, or take the stars of it and its translations away."""
        for other in [permalink] if starred else self._with_translations(permalink):
            self._store.set_starred(other, starred)

    def set_place(self, permalink: str, place: Place) -> None:
        """Keep where in a post the reader is."""
        self._store.set_place(permalink, place)

    def export_state(self) -> dict[str, Any]:
        """Give all marks as plain values for JSON."""
        return self._store.export_state()

    def import_state(self, data: object) -> int:
        """Take in exported marks, the newest of each counts; how many changed.

        Raises StoreError where these are no marks.
        """
        changed = self._store.import_state(data)
        self._store.move_marks_from_aliases()
        return changed
