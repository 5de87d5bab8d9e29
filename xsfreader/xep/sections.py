"""The visible words of a specification's sections, for the full-text index."""

from __future__ import annotations

from xsfreader.model import Section
from xsfreader.xep.elements import SECTIONS, Element, find_sections, read_elements

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
    parts: list[str] = []
    _add_text(element, parts)
    return " ".join("".join(parts).split())


def _add_text(element: Element, parts: list[str]) -> None:
    """Add the text of an element without that of the sections in it."""
    between = "" if element.tag in _INLINE else " "
    parts.append(between)
    if "caption" in element.attributes:
        parts += element.attributes["caption"], between
    for child in element.children:
        if isinstance(child, str):
            parts.append(child)
        elif child.tag not in SECTIONS:
            _add_text(child, parts)
    parts.append(between)
