"""One block's inline tokens turned into spans, links and images."""

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

    from xsfreader.markup.runs import Collected, Run

_MENTION = re.compile(r"\bXEP-(\d{4})(?!\d)")
_BLANKS = re.compile(r" {2,}")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Inline:
    """Fills a run from inline tokens."""

    def __init__(
        self, collected: Collected, run: Run, role: Role, block: int, codes: list[Shortcode]
    ) -> None:
        self._collected = collected
        self._codes = codes
        self._run = run
        self._role = role
        self._block = block
        self._marks = Mark.NONE
        self._link = -1
        self._link_start = 0
        self._outside = Mark.NONE
        self.anchors: list[tuple[str, int]] = []
        """Ids of the references to footnotes met, with their offsets."""

    def fill(self, tokens: Sequence[Token], marks: Mark = Mark.NONE) -> None:
        """Append what the tokens say; ``marks`` lie over all of it."""
        self._marks = marks
        for token in tokens:
            handler = _HANDLERS.get(token.type)
            if handler is not None:
                handler(self, token)
            elif token.content:
                self._add(token.content)

    def _add(self, text: str) -> None:
        self._run.add(text, self._role, self._marks, self._link)

    def _on_text(self, token: Token) -> None:
        text = token.content
        if "  " in text:
            text = _BLANKS.sub(" ", text)
        while OPEN in text and (found := PLACEHOLDER.search(text)):
            self._words(text[: found.start()])
            shown = label(self._codes[int(found[1])])
            self._run.add(shown, Role.NOTE, self._marks, self._link)
            text = text[found.end() :]
        self._words(text)

    def _words(self, text: str) -> None:
        if "XEP-" in text and self._link < 0:
            self._prose(text)
        else:
            self._add(text)

    def _prose(self, text: str) -> None:
        """Text outside any link: a mention of a XEP becomes a link of our own."""
        done = 0
        for found in _MENTION.finditer(text):
            self._add(text[done : found.start()])
            self._link = self._collected.add_link(*xep_link(int(found[1])), implicit=True)
            self._add(found.group())
            self._link = -1
            done = found.end()
        self._add(text[done:])

    def _on_break(self, token: Token) -> None:
        self._add(" " if token.type == "softbreak" else "\n")

    def _on_open(self, token: Token) -> None:
        self._marks |= _MARKS[token.tag]

    def _on_close(self, token: Token) -> None:
        self._marks &= ~_MARKS[token.tag]

    def _on_link_open(self, token: Token) -> None:
        self._link_start = self._run.at
        self._link = self._collected.add_link("", str(token.attrs.get("href", "")))
        self._outside = self._marks
        self._marks |= self._collected.marks_of(self._link)

    def _on_link_close(self, _token: Token) -> None:
        links, index = self._collected.links, self._link
        if self._run.at == self._link_start:
            self._add(links[index].href or "(link without target)")
        text = self._run.text_from(self._link_start)
        old = links[index]
        links[index] = Link(text, old.href, old.url, old.kind, old.fragment, old.xep)
        self._link = -1
        self._marks = self._outside

    def _on_code(self, token: Token) -> None:
        text = restore(token.content, self._codes)
        self._run.add(text, self._role, self._marks | Mark.INLINE_CODE, self._link)

    def _on_image(self, token: Token) -> None:
        """A picture amid text: its description stands for it."""
        src, alt = str(token.attrs.get("src", "")), plain_text(token.children or ())
        title = clean(str(token.attrs.get("title", "")))
        collected = self._collected
        collected.add_image(src, clean(alt), title, self._link, self._block)
        link = self._link
        if link < 0:
            link = collected.add_link(clean(alt), src, implicit=True)
        label = alt or title or src
        self._run.add(f"▣ {label}", Role.NOTE, self._marks | Mark.LINK, link)

    def _on_reference(self, token: Token) -> None:
        name, number = reference_id(token)
        self.anchors.append((name, self._run.at))
        shown = str(number).translate(_SUPERSCRIPT)
        link = self._collected.add_link(shown, f"#fn:{number}")
        self._run.add(shown, self._role, self._marks | Mark.LINK, link)

    def _on_back(self, token: Token) -> None:
        name, _ = reference_id(token)
        link = self._collected.add_link("↩", f"#{name}")
        self._run.add(" ↩", Role.NOTE, Mark.LINK, link)


def reference_id(token: Token) -> tuple[str, int]:
    """Goldmark's id of a reference to a footnote, and the footnote's number."""
    number, again = int(token.meta["id"]) + 1, int(token.meta.get("subId", 0))
    return f"fnref{again or ''}:{number}", number


_MARKS = {"strong": Mark.STRONG, "em": Mark.EMPHASIS, "s": Mark.STRIKE}
_HANDLERS: dict[str, Callable[[Inline, Token], None]] = {
    "text": Inline._on_text,
    "softbreak": Inline._on_break,
    "hardbreak": Inline._on_break,
    "strong_open": Inline._on_open,
    "em_open": Inline._on_open,
    "s_open": Inline._on_open,
    "strong_close": Inline._on_close,
    "em_close": Inline._on_close,
    "s_close": Inline._on_close,
    "link_open": Inline._on_link_open,
    "link_close": Inline._on_link_close,
    "code_inline": Inline._on_code,
    "image": Inline._on_image,
    "footnote_ref": Inline._on_reference,
    "footnote_anchor": Inline._on_back,
}
