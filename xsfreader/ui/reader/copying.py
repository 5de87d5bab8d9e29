"""Copy to the clipboard: the selection, a link, the post's address, a section's, a code block."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from xsfreader.markup import LinkKind
from xsfreader.ui.reader.base import Part

if TYPE_CHECKING:
    from xsfreader.markup import Link
    from xsfreader.ui.clipboard import CopyingApp


class Copying(Part):
    """Copies, and says what, and whether only the terminal was asked to."""

    def copy_text(self, text: str, what: str, shown: str = "") -> None:
        """Copy a text; report it as ``what``, followed by the text or by ``shown``."""

        def report(taken: bool) -> None:  # noqa: FBT001 - the clipboard calls it
            how = "copied" if taken else "sent to the terminal"
            self.screen.status.say(f"{what} {how}: {shown or text}")

        cast("CopyingApp", self.screen.app).copy(text, report)

    def copy(self) -> None:
        """Copy the selected text, else the current link, else the post's address."""
        if selected := self.screen.get_selected_text():
            self.screen.clear_selection()
            self.copy_text(selected, "Selection", f"{len(selected)} characters")
        elif (link := self._link) is not None:
            self._copy_link(link)
        elif (url := self.address()) is not None:
            self.copy_text(url, "Address")

    @property
    def _link(self) -> Link | None:
        return self.screen.current_link if self.screen.reading else None

    @property
    def target(self) -> str:
        """What ``copy`` copies now, in a word."""
        if self.screen.get_selected_text():
            return "selection"
        return "address" if self._link is None else "link"

    def _copy_link(self, link: Link) -> None:
        library = self.screen.library
        if link.kind is LinkKind.DOUBTFUL:
            self.copy_text(link.href, "Not a valid link; text")
        elif library.is_guide and library.item_at(link.url) is not None:
            self.screen.status.say("That page is built in and has no address")
        else:
            self.copy_text(link.url, "Link")

    def copy_section(self) -> None:
        """Copy the post's address with the section in view."""
        section = self.screen.article.section
        if (url := self.address()) is None:
            return
        if section is None:
            self.copy_text(url, "No section here; address")
        else:
            self.copy_text(f"{url}#{quote(section.id)}", "Address of the section")

    def copy_block(self, block: int) -> None:
        """Copy a code block of the post."""
        document = self.screen.article.document
        if document is not None:
            code = document.blocks[block].text
            lines = code.count("\n") + 1
            self.copy_text(code, "Code", "1 line" if lines == 1 else f"{lines} lines")

    def address(self) -> str | None:
        """Return the post's address, or say why it has none."""
        if self.screen.item_id is None:
            return None
        if self.screen.library.is_guide and self.screen.specification is None:
            self.screen.status.say("This page is built in and has no address")
            return None
        return self.screen.library.item(self.screen.item_id).url
