"""Build spans, links and images from a block's inline tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xsfreader.markup.document import Link
from xsfreader.markup.lines import Mark, Role
from xsfreader.markup.links import xep_link
from xsfreader.markup.shortcodes import OPEN, PLACEHOLDER, Shortcode, label, restore
from xsfreader.markup.tokens import plain_text
from xsfreader.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.token import Token

    from xsfreader.markup.spans import References, SpanBuilder

_MENTION = re.compile(r"\bXEP-(\d{4})(?!\d)")
_BLANKS = re.compile(r" {2,}")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class InlineBuilder:
    """Adds inline tokens to a span builder."""

    def __init__(
        self,
        references: References,
        builder: SpanBuilder,
        role: Role,
        block: int,
        shortcodes: list[Shortcode],
    ) -> None:
        self._references = references
        self._shortcodes = shortcodes
        self._builder = builder
        self._role = role
        self._block = block
        self._marks = Mark.NONE
        self._link = -1
        self._link_start = 0
        self._marks_outside = Mark.NONE
        self.anchors: list[tuple[str, int]] = []
        """Ids of footnote references found, with their offsets."""

    def add(self, tokens: Sequence[Token], marks: Mark = Mark.NONE) -> None:
        """Add the tokens' text; ``marks`` apply to all of it."""
        self._marks = marks
        for token in tokens:
            handler = _HANDLERS.get(token.type)
            if handler is not None:
                handler(self, token)
            elif token.content:
                self._add_text(token.content)

    def _add_text(self, text: str) -> None:
        self._builder.add(text, self._role, self._marks, self._link)

    def _on_text(self, token: Token) -> None:
        text = token.content
        if "  " in text:
            text = _BLANKS.sub(" ", text)
        while OPEN in text and (found := PLACEHOLDER.search(text)):
            self._add_words(text[: found.start()])
            shown = label(self._shortcodes[int(found[1])])
            self._builder.add(shown, Role.NOTE, self._marks, self._link)
            text = text[found.end() :]
        self._add_words(text)

    def _add_words(self, text: str) -> None:
        if "XEP-" in text and self._link < 0:
            self._add_mentions(text)
        else:
            self._add_text(text)

    def _add_mentions(self, text: str) -> None:
        """Add text outside any link; a mention of a XEP becomes a link."""
        done = 0
        for found in _MENTION.finditer(text):
            self._add_text(text[done : found.start()])
            self._link = self._references.add_link(*xep_link(int(found[1])), implicit=True)
            self._add_text(found.group())
            self._link = -1
            done = found.end()
        self._add_text(text[done:])

    def _on_break(self, token: Token) -> None:
        self._add_text(" " if token.type == "softbreak" else "\n")

    def _on_open(self, token: Token) -> None:
        self._marks |= _MARKS[token.tag]

    def _on_close(self, token: Token) -> None:
        self._marks &= ~_MARKS[token.tag]

    def _on_link_open(self, token: Token) -> None:
        self._link_start = self._builder.at
        self._link = self._references.add_link("", str(token.attrs.get("href", "")))
        self._marks_outside = self._marks
        self._marks |= self._references.link_marks(self._link)

    def _on_link_close(self, _token: Token) -> None:
        links, index = self._references.links, self._link
        if self._builder.at == self._link_start:
            self._add_text(links[index].href or "(link without target)")
        text = self._builder.text_from(self._link_start)
        old = links[index]
        links[index] = Link(text, old.href, old.url, old.kind, old.fragment, old.xep)
        self._link = -1
        self._marks = self._marks_outside

    def _on_code(self, token: Token) -> None:
        text = restore(token.content, self._shortcodes)
        self._builder.add(text, self._role, self._marks | Mark.INLINE_CODE, self._link)

    def _on_image(self, token: Token) -> None:
        """Show the description of an image within text."""
        src, alt = str(token.attrs.get("src", "")), plain_text(token.children or ())
        title = clean(str(token.attrs.get("title", "")))
        references = self._references
        references.add_image(src, clean(alt), title, self._link, self._block)
        link = self._link
        if link < 0:
            link = references.add_link(clean(alt), src, implicit=True)
        label = alt or title or src
        self._builder.add(f"▣ {label}", Role.NOTE, self._marks | Mark.LINK, link)

    def _on_reference(self, token: Token) -> None:
        name, number = reference_id(token)
        self.anchors.append((name, self._builder.at))
        shown = str(number).translate(_SUPERSCRIPT)
        link = self._references.add_link(shown, f"#fn:{number}")
        self._builder.add(shown, self._role, self._marks | Mark.LINK, link)

    def _on_backlink(self, token: Token) -> None:
        name, _ = reference_id(token)
        link = self._references.add_link("↩", f"#{name}")
        self._builder.add(" ↩", Role.NOTE, Mark.LINK, link)


def reference_id(token: Token) -> tuple[str, int]:
    """Return Goldmark's id of a footnote reference, and the footnote's number."""
    number, again = int(token.meta["id"]) + 1, int(token.meta.get("subId", 0))
    return f"fnref{again or ''}:{number}", number


_MARKS = {"strong": Mark.STRONG, "em": Mark.EMPHASIS, "s": Mark.STRIKE}
_HANDLERS: dict[str, Callable[[InlineBuilder, Token], None]] = {
    "text": InlineBuilder._on_text,
    "softbreak": InlineBuilder._on_break,
    "hardbreak": InlineBuilder._on_break,
    "strong_open": InlineBuilder._on_open,
    "em_open": InlineBuilder._on_open,
    "s_open": InlineBuilder._on_open,
    "strong_close": InlineBuilder._on_close,
    "em_close": InlineBuilder._on_close,
    "s_close": InlineBuilder._on_close,
    "link_open": InlineBuilder._on_link_open,
    "link_close": InlineBuilder._on_link_close,
    "code_inline": InlineBuilder._on_code,
    "image": InlineBuilder._on_image,
    "footnote_ref": InlineBuilder._on_reference,
    "footnote_anchor": InlineBuilder._on_backlink,
}
