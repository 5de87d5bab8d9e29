"""Build spans, links and images from a block's inline tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xsfreader.markup.goldmark import plain_text, replace_entities
from xsfreader.markup.limits import MAX_MENTIONS
from xsfreader.markup.lines import Mark, Role
from xsfreader.markup.links import xep_link
from xsfreader.markup.shortcodes import label, restore
from xsfreader.markup.spans import SpanBuilder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.token import Token

    from xsfreader.markup.spans import References

_MENTION = re.compile(r"\b(XEP-\d{4})(?!\d)")
_BLANKS = re.compile(r" {2,}")
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class InlineBuilder(SpanBuilder):
    """Builds spans from inline tokens."""

    def __init__(self, references: References, role: Role, block: int, at: int = 0) -> None:
        super().__init__(references, at)
        self._start = at
        self._role = role
        self._block = block
        self._marks = Mark.NONE
        self._link = -1
        self._link_start = 0
        self._needs_blank = False
        self.anchors: list[tuple[str, int]] = []
        """Ids of footnote references found, with their offsets."""

    def add_tokens(self, tokens: Sequence[Token], marks: Mark = Mark.NONE) -> None:
        """Append the tokens' text; ``marks`` apply to all of it."""
        self._marks = marks
        outside: list[Mark] = []
        for token in tokens:
            if mark := _MARKS.get(token.tag):
                if token.nesting > 0:
                    outside.append(self._marks)
                    self._marks |= mark
                else:
                    self._marks = outside.pop()
            elif handler := _HANDLERS.get(token.type):
                handler(self, token)
            elif token.content:
                self._add_text(token.content)

    def _add_text(self, text: str) -> None:
        if self._needs_blank and text[0].isalnum():
            self.add(" ", self._role)
        self._needs_blank = False
        self.add(text, self._role, self._marks, self._link)

    def _on_text(self, token: Token) -> None:
        text = _BLANKS.sub(" ", token.content)
        if self.at == self._start:
            text = text.lstrip(" ")
        if self._link < 0 and "XEP-" in text and len(self.references.links) < MAX_MENTIONS:
            self._add_mentions(text)
        else:
            self._add_text(text)

    def _on_shortcode(self, token: Token) -> None:
        shown = label(self.references.shortcodes[token.meta["number"]])
        self.add(shown, Role.NOTE, self._marks, self._link)

    def _add_mentions(self, text: str) -> None:
        """Append text outside any link; a mention of a XEP becomes a link."""
        for index, part in enumerate(_MENTION.split(text, MAX_MENTIONS)):
            if index % 2:
                target = xep_link(int(part.removeprefix("XEP-")))
                self._link = self.references.add_link(*target, implicit=True)
            self._add_text(part)
            self._link = -1

    def _on_break(self, token: Token) -> None:
        if self.at > self._start:
            self._add_text(" " if token.type == "softbreak" else "\n")

    def _on_link_open(self, token: Token) -> None:
        href = str(token.attrs.get("href", ""))
        if token.markup == "autolink":
            href = replace_entities(href)
        self._link_start = self.at
        self._link = self.references.add_link("", href)
        self._marks |= self.references.link_marks(self._link)

    def _on_link_close(self, _token: Token) -> None:
        links, index = self.references.links, self._link
        if self.at == self._link_start:
            self._add_target(links[index].href)
        links[index] = links[index]._replace(text=self.text_from(self._link_start))
        self._link = -1
        self._marks &= ~(Mark.LINK | Mark.DOUBTFUL)

    def _add_target(self, href: str) -> None:
        """Show the target of a link without text, apart from the words around it."""
        if self._spans and not self._spans[-1].text[-1].isspace():
            self.add(" ", self._role)
            self._link_start = self.at
        self._add_text(href or "(link without target)")
        self._needs_blank = True

    def _on_comment(self, token: Token) -> None:
        """Leave comments out, as the site does; other HTML is shown as written."""
        if not token.content.startswith("<!--"):
            self._add_text(token.content)

    def _on_code(self, token: Token) -> None:
        text = restore(token.content, self.references.shortcodes)
        self.add(text, self._role, self._marks | Mark.INLINE_CODE, self._link)

    def _on_image(self, token: Token) -> None:
        """Show the description of an image within text."""
        src, alt = str(token.attrs.get("src", "")), plain_text(token.children or ())
        title = str(token.attrs.get("title", ""))
        self.references.add_image(src, alt, title, self._link, self._block)
        link = self._link
        if link < 0:
            link = self.references.add_link(alt, src, implicit=True)
        self.add(f"▣ {alt or title or src}", Role.NOTE, self._marks | Mark.LINK, link)

    def _on_reference(self, token: Token) -> None:
        name, number = reference_id(token)
        self.anchors.append((name, self.at))
        shown = str(number).translate(SUPERSCRIPT)
        link = self.references.add_link(shown, f"#fn:{number}")
        self.add(shown, self._role, self._marks | Mark.LINK, link)

    def _on_backlink(self, token: Token) -> None:
        name, _ = reference_id(token)
        link = self.references.add_link("↩", f"#{name}")
        self.add(" ↩", Role.NOTE, Mark.LINK, link)


def reference_id(token: Token) -> tuple[str, int]:
    """Return Goldmark's id of a footnote reference, and the footnote's number."""
    number, again = int(token.meta["id"]) + 1, int(token.meta.get("subId", 0))
    return f"fnref{again or ''}:{number}", number


_MARKS = {"strong": Mark.STRONG, "em": Mark.EMPHASIS, "s": Mark.STRIKE}
_HANDLERS: dict[str, Callable[[InlineBuilder, Token], None]] = {
    "text": InlineBuilder._on_text,
    "shortcode": InlineBuilder._on_shortcode,
    "softbreak": InlineBuilder._on_break,
    "hardbreak": InlineBuilder._on_break,
    "link_open": InlineBuilder._on_link_open,
    "link_close": InlineBuilder._on_link_close,
    "code_inline": InlineBuilder._on_code,
    "html_inline": InlineBuilder._on_comment,
    "image": InlineBuilder._on_image,
    "footnote_ref": InlineBuilder._on_reference,
    "footnote_anchor": InlineBuilder._on_backlink,
}
