"""Read a specification's XML into a tree of elements: no network, no file, in bounds.

A specification has a document type and uses entities of a file beside it, ``xep.ent``, many of
which hold markup. Expat asks for whatever is outside of the document and gets, instead of a
file, the declarations of the entities that are used.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from xsfreader.errors import UnreadableSpecificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_BYTES = 4 << 20
"""The largest real one has 408 KB, mostly images."""
MAX_CHARACTERS = 1_000_000
"""Of text and attributes, entities replaced; the largest real one has 450,000."""
MAX_ELEMENTS = 10_000
"""The most that a real one has is 2,642."""
MAX_DEPTH = 40
"""Elements in each other; real ones are 13 deep."""
MAX_ENTITIES = 1_000
"""Declared; real ones use some 100. Expat before 2.7 dies of 100,000 in each other."""

_CHUNK = 16 << 10
"""Bytes read at a time, which takes about a millisecond."""
_USED = re.compile(rb"&([A-Za-z_:][\w:.-]*);")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_DECLARATION = re.compile(rb"<!ENTITY\s+([\w:.-]+)\s+(?:\"[^\"]*\"|'[^']*')\s*>")
_DECLARED = re.compile(rb"<!ENTITY\s+([\w:.-]+)")
SECTIONS = {f"section{depth}": depth for depth in range(1, 6)}
"""The elements that are sections, with their depth."""
_OF_XML = frozenset((b"lt", b"gt", b"amp", b"quot", b"apos"))


class Element:
    """An element with its text and elements in order."""

    __slots__ = ("attributes", "children", "tag")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element | str] = []

    def get(self, name: str) -> str:
        """Return an attribute with single blanks, empty if it isn't there."""
        return " ".join(self.attributes.get(name, "").split())

    def elements(self, tag: str) -> list[Element]:
        """Return the elements of a kind directly in this one."""
        return [each for each in self.children if isinstance(each, Element) and each.tag == tag]

    def first(self, tag: str) -> Element:
        """Return the first element of a kind, or an empty one."""
        return next(iter(self.elements(tag)), Element(tag, {}))

    def walk(self) -> Iterator[Element]:
        """Yield all elements in it, in order."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def text(self) -> str:
        """Return all text in it as written."""
        return "".join(each if isinstance(each, str) else each.text() for each in self.children)

    def words(self) -> str:
        """Return all text in it with single blanks."""
        return " ".join(self.text().split())


class Section(NamedTuple):
    """A section with the number and the anchor of the XSF's page."""

    element: Element
    depth: int
    number: str
    anchor: str


def find_sections(elements: Iterable[Element]) -> Iterator[Section]:
    """Yield the sections among a document's elements.

    The page's contents, which number those without an anchor, end at the fourth level.
    """
    places = [0] * 5
    count = 0
    for element in elements:
        if depth := SECTIONS.get(element.tag):
            places[depth - 1 :] = [places[depth - 1] + 1] + [0] * (5 - depth)
            count += depth < 5
            number = ".".join(map(str, places[:depth])) + "." * (depth == 1)
            yield Section(element, depth, number, element.get("anchor") or f"sect-id{count}")


def read_elements(xml: bytes, entities: bytes, root: Element) -> Iterator[None]:
    """Read a document into ``root``, step by step.

    ``entities`` are the bytes of ``xep.ent``, empty without one: entities that nobody declared
    are shown as written. Raises UnreadableSpecificationError.
    """
    if max(len(xml), len(entities)) > MAX_BYTES:
        raise unreadable(f"it or its entities have more than {MAX_BYTES >> 20} MB")
    parser = _Reader(root, _declarations(xml, entities)).parser
    try:
        for start in range(0, len(xml), _CHUNK):
            parser.Parse(xml[start : start + _CHUNK], False)
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise unreadable(f"its XML is broken, {error}") from error
    except (LookupError, ValueError) as error:  # an encoding that is unknown or takes many bytes
        raise unreadable(f"its encoding, {error}") from error


class _Reader:
    """Handles what expat finds."""

    def __init__(self, root: Element, declarations: bytes) -> None:
        self._declarations = declarations
        self._open = [root]
        self._elements = MAX_ELEMENTS
        self._characters = MAX_CHARACTERS
        self._entities = MAX_ENTITIES
        self.parser = parser = expat.ParserCreate()
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)
        parser.UseForeignDTD(True)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ExternalEntityRefHandler = self._external
        parser.EntityDeclHandler = self._declare

    def _external(self, context: str | None, *_names: str | None) -> int:
        """Answer what is outside: in the document type with declarations, in text with nothing."""
        outside = self.parser.ExternalEntityParserCreate(context)
        outside.Parse(b"" if context else self._declarations, True)
        return 1

    def _declare(self, *_declaration: object) -> None:
        self._entities -= 1
        if self._entities < 0:
            raise unreadable("it declares too many entities")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements -= 1
        if attributes:
            self._take(sum(map(len, attributes.values())))
        if self._elements < 0 or len(self._open) > MAX_DEPTH:
            raise unreadable("it has too many elements, or too many in each other")
        element = Element(tag, attributes)
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, _tag: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._take(len(text))
        self._open[-1].children.append(text)

    def _take(self, characters: int) -> None:
        self._characters -= characters
        if self._characters < 0:
            raise unreadable("it is too long, or made so by its entities")


def unreadable(why: str) -> UnreadableSpecificationError:
    """Return the error that says why a specification can't be shown."""
    return UnreadableSpecificationError(
        f"can't read this specification: {why}; https://xmpp.org/extensions/ has it as a page"
    )


def _declarations(xml: bytes, entities: bytes) -> bytes:
    """Return declarations of the entities that a document uses and doesn't declare itself."""
    known = _known(entities)
    done = set(_DECLARED.findall(xml)) | _OF_XML
    waiting = _USED.findall(xml)
    found: list[bytes] = []
    while waiting:
        name = waiting.pop()
        if name not in done:
            done.add(name)
            found.append(known.get(name) or b'<!ENTITY %b "&#38;#38;%b;">' % (name, name))
            waiting += _USED.findall(known.get(name, b""))
    return b"\n".join(found)


@lru_cache(maxsize=1)
def _known(entities: bytes) -> dict[bytes, bytes]:
    """Return the declarations of ``xep.ent`` by the entities' names."""
    found = _DECLARATION.finditer(_COMMENT.sub(b"", entities))
    return {each[1]: each[0] for each in reversed(list(found))}
