"""Parse a specification in steps, so that what is in sight is there before the rest."""

from __future__ import annotations

import time
from math import inf
from typing import TYPE_CHECKING

from xsfreader.markup.build import DocumentBuilder
from xsfreader.markup.code import Budget
from xsfreader.markup.document import Document
from xsfreader.markup.nodes import (
    Node,
    break_line,
    footnote_anchor,
    heading,
    link,
    paragraph,
    plain,
    text,
)
from xsfreader.markup.xep.convert import Converter
from xsfreader.markup.xep.notices import notice_of
from xsfreader.xep.elements import Element, read_elements, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_PAGE = "https://xmpp.org/extensions/xep-{}.html"
_STAGES = {"Draft": "Stable"}
"""By status; the XSF renamed one."""
_BODIES = {"Board": "XSF Board of Directors", "Council": "XMPP Council"}
_LEGAL = {
    "copyright": "Copyright",
    "permissions": "Permissions",
    "warranty": "Disclaimer of Warranty",
    "liability": "Limitation of Liability",
    "conformance": "IPR Conformance",
}
_LEFT_OUT = (
    "appendices",
    "appendix-xmpp",
    "appendix-discuss",
    "appendix-conformance",
    "appendix-biblatex",
)
"""Anchors of what every page says alike; links to them lead to the appendices."""


class SpecificationParser:
    """Parses a specification step by step.

    Blocks, links, headings and anchors are only ever appended, so places and indices stay valid.
    """

    def __init__(
        self, xml: bytes, entities: bytes, mentions: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Begin to parse the bytes of ``xep-NNNN.xml`` with those of ``xep.ent``.

        ``mentions`` are titles and addresses of posts that mention the specification.
        """
        self._builder: DocumentBuilder | None = None
        self._steps = self._parse(xml, entities, mentions)

    @property
    def document(self) -> Document:
        """The document as far as it was parsed."""
        return self._builder.document() if self._builder else Document(())

    def parse_all(self) -> Document:
        """Parse the whole. Raises UnreadableSpecificationError."""
        self.parse_some(inf)
        return self.document

    def parse_some(self, seconds: float) -> bool:
        """Parse for so many seconds of this thread's time; return whether all is parsed.

        A step may take some 15 ms more. Raises UnreadableSpecificationError.
        """
        end = time.thread_time() + seconds
        return all(time.thread_time() < end for _ in self._steps)

    def _parse(
        self, xml: bytes, entities: bytes, mentions: Sequence[tuple[str, str]]
    ) -> Iterator[None]:
        root = Element("", {})
        yield from read_elements(xml, entities, root)
        root = root.first("xep")
        header = root.first("header")
        if not header.children:
            raise unreadable("it is no XEP")
        converter = Converter(root)
        builder = self._builder = DocumentBuilder(
            _PAGE.format(header.first("number").words()),
            highlighting=Budget(characters=500_000, seconds=2),
        )
        for node in (*_head(header, converter), *converter.flow(header.elements("councilnote"))):
            builder.add([node])
        yield
        rest = [each for each in root.children if each is not header]
        for node in converter.flow(rest):
            builder.add([node])
            yield
        builder.add(_appendices(header, converter))
        yield
        notes = heading("Notes", "appendix-notes")
        builder.add([notes if converter.notes else Node.of("anchor", id="appendix-notes")])
        for number, note in list(converter.notes.values()):
            node = Node.of("", *converter.flow(note.children))
            builder.add_footnote(number - 1, [footnote_anchor(number - 1)], node)
            yield
        builder.add(_mentions(mentions))
        revisions = header.elements("revision")
        builder.add([heading("Revision History", "appendix-revs"), *_folded(revisions)])
        builder.fold()
        for revision in revisions:
            builder.add(_revision(revision, converter))
            yield


def _head(header: Element, converter: Converter) -> Iterator[Node]:
    """Yield title, facts, notice and abstract."""
    number, title = header.first("number").words(), header.first("title").words()
    status, kind = header.first("status").words(), header.first("type").words()
    newest = header.first("revision")
    version, day = newest.first("version").words(), newest.first("date").words()
    authors = ", ".join(_name(author) for author in header.elements("author"))
    dated = f"{version} ({day})" if day else version
    shown = [_STAGES.get(status, status), kind, dated, authors]
    yield Node.of(
        "figure_open",
        Node.of("anchor", id="top"),
        Node.prose("title_open", plain(f"XEP-{number}: {title}")),
        Node.prose("meta_open", plain(" · ".join(filter(None, shown)))),
        Node.of("hr"),
    )
    by = ", ".join(_specifications(header, "supersededby"))
    if notice := notice_of(status, kind, by, header.first("lastcall").words()):
        mark = "strong" if notice.startswith("WARNING") else ""
        yield Node.of("blockquote_open", paragraph(text(notice, mark)))
    yield from converter.flow(header.first("abstract").children)
    yield Node.of("anchor", id="appendix-docinfo")
    facts = [token for fact in _facts(header) for token in (*fact, break_line())]
    yield paragraph(facts[:-1])


def _facts(header: Element) -> Iterator[list[Token]]:
    """Yield lines of facts, each as inline tokens."""
    registry = f"https://xmpp.org/registrar/{header.first('shortname').words()}.html"
    facts = {
        "Approving Body": _BODIES.get(header.first("approver").words(), "XMPP Council"),
        "Dependencies": ", ".join(_specifications(header, "dependencies")),
        "Supersedes": ", ".join(_specifications(header, "supersedes")),
        "Superseded By": ", ".join(_specifications(header, "supersededby")),
        "Short Name": header.first("shortname").words(),
        "Expires": header.first("expires").words(),
        "Registry": registry if header.elements("registry") else "",
    }
    for name, fact in facts.items():
        if fact:
            value = link(fact, plain(fact)) if fact == registry else text(fact)
            yield [*plain(f"{name}:", "strong"), *plain(" "), *value]
    for schema in header.elements("schemaloc"):
        space, url = schema.first("ns").words(), schema.first("url").words()
        what = f" XML Schema for the '{space}' namespace: " if space else " "
        yield [*plain("Schema:", "strong"), *plain(what), *link(url, plain(url))]


def _appendices(header: Element, converter: Converter) -> Iterator[Node]:
    """Yield how to reach the authors, and the licence."""
    for name in _LEFT_OUT:
        yield Node.of("anchor", id=name)
    yield heading("Author Information", "appendix-authorinfo")
    for author in header.elements("author"):
        tokens = plain(_name(author), "strong")
        for tag, scheme in (("org", ""), ("email", "mailto:"), ("jid", "xmpp:"), ("uri", "")):
            if value := author.first(tag).words():
                tokens += [break_line()]
                tokens += plain(value) if tag == "org" else link(scheme + value, plain(value))
        yield paragraph(tokens)
        yield from converter.flow(author.first("authornote").children)
    yield heading("Legal Notices", "appendix-legal")
    legal = header.first("legal")
    for tag, title in _LEGAL.items():
        if nodes := list(converter.flow(legal.first(tag).children)):
            yield Node.of("figure_open", paragraph(plain(title, "strong")), *nodes)


def _folded(revisions: list[Element]) -> Iterator[Node]:
    """Yield the link that unfolds the revisions: it leads to the first of them."""
    if revisions:
        words = "▸ 1 version" if len(revisions) == 1 else f"▸ {len(revisions)} versions"
        yield paragraph(link(f"#{_anchor(revisions[0])}", plain(words)))


def _anchor(revision: Element) -> str:
    return f"revision-history-v{revision.first('version').words()}"


def _revision(revision: Element, converter: Converter) -> Iterator[Node]:
    version, day, by = (revision.first(tag).words() for tag in ("version", "date", "initials"))
    yield Node.of("anchor", id=_anchor(revision))
    term = [*plain(f"Version {version}", "strong"), *plain(f" ({day})")]
    nodes = list(converter.flow(revision.first("remark").children))
    if nodes and nodes[-1].token.type == "paragraph_open":
        nodes[-1].inline_tokens.extend(plain(f" · {by}" if by else ""))
    else:
        nodes.append(paragraph(plain(by)))
    yield Node.of("dl_open", Node.prose("dt_open", term), Node.of("dd_open", *nodes))


def _mentions(mentions: Sequence[tuple[str, str]]) -> Iterator[Node]:
    if mentions:
        yield heading("Posts that mention it", "posts")
    for title, address in mentions:
        yield Node.of("figure_open", paragraph(link(address, plain(title))))


def _specifications(header: Element, tag: str) -> list[str]:
    return [each.words() for each in header.first(tag).elements("spec")]


def _name(author: Element) -> str:
    return f"{author.first('firstname').words()} {author.first('surname').words()}".strip()
