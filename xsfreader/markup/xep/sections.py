"""The visible words of a specification's sections, for the full-text index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xsfreader.markup.xep.elements import Element, find_sections, read_elements
from xsfreader.model import Section

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECTIONS = frozenset(f"section{depth}" for depth in range(1, 6))
_INLINE = frozenset(("b", "cite", "dfn", "em", "i", "link", "span", "strong", "sub", "sup", "tt"))
"""Elements that don't end a word."""


def read_sections(xml: bytes, entities: bytes) -> list[Section]:
    """Return the abstract and the sections of a specification, in order.

    Neither authors, licence nor revisions are among them. Raises UnreadableSpecificationError.
    """
    root = Element("", {})
    for _ in read_elements(xml, entities, root):
        pass
    root = root.first("xep")
    header = root.first("header")
    title = f"XEP-{header.first('number').words()}: {header.first('title').words()}"
    words = [_words(header.first(tag)) for tag in ("abstract", "shortname")]
    return [
        Section("", title, " ".join(words).strip()),
        *(
            Section(each.anchor, each.element.get("topic"), _words(each.element))
            for each in find_sections(root.walk())
        ),
    ]


def _words(element: Element) -> str:
    return " ".join("".join(_text(element)).split())


def _text(element: Element) -> Iterator[str]:
    """Yield the text of an element without that of the sections in it."""
    between = "" if element.tag in _INLINE else " "
    yield between + element.get("caption") + between
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.tag not in _SECTIONS:
            yield from _text(child)
    yield between
