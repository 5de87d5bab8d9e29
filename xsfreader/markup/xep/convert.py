"""Turn a specification's elements into the nodes that the builder of documents takes.

Numbers and anchors are those of the XSF's page, so that links to them lead where they should.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from markdown_it.token import Token

from xsfreader.markup.inline import SUPERSCRIPT
from xsfreader.markup.limits import MAX_COLUMNS
from xsfreader.markup.nodes import Node, break_line, heading, link, marked, paragraph, plain
from xsfreader.xep.elements import Element, find_sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_MAX_CELLS = 20_000
"""Of a table, those that spans add included."""

_BLANKS = re.compile(r"[ \t\r\n]+")
_FIRST_LINES = re.compile(r"\A(?:[ \t]*\n)+")
_MARKS = {"em": "em", "i": "em", "cite": "em", "dfn": "em", "strong": "strong", "b": "strong"}


class Converter:
    """Converts elements in reading order; it counts sections, examples, tables and notes."""

    def __init__(self, root: Element) -> None:
        self.notes: dict[str, tuple[int, Element]] = {}
        """Number and element of each note by its text; notes that say the same are one."""
        self._references: Counter[int] = Counter()
        elements = list(root.walk())
        self._sections = {each.element: each for each in find_sections(elements)}
        self._examples = self._tables = 0
        for each in elements:
            if each.tag == "note":
                self.notes.setdefault(each.text(), (len(self.notes) + 1, each))

    def flow(self, children: Iterable[Element | str], *, hidden: bool = False) -> Iterator[Node]:
        """Yield the blocks of some content; ``hidden`` is text that is in no paragraph.

        Of an unknown element, what it contains is shown.
        """
        run: list[Token] = []
        for child in children:
            if isinstance(child, str) or not _has_blocks(child):
                run += self._tokens(child)
                continue
            yield from _paragraph(run, hidden=hidden)
            run = []
            handler = _BLOCKS.get(child.tag, Converter._content)
            yield from handler(self, child)
        yield from _paragraph(run, hidden=hidden)

    def inline(self, children: Iterable[Element | str]) -> list[Token]:
        """Return the inline tokens of some content, each of its blocks on lines of its own."""
        tokens: list[Token] = []
        for line in _lines(self.flow(children)):
            tokens += [break_line(), *line] if tokens else line
        return tokens

    # Inline

    def _tokens(
        self, child: Element | str, kind: str = "text", *, linked: bool = False
    ) -> Iterator[Token]:
        """Yield inline tokens; ``kind`` is that of text, ``linked`` whether a link is around it."""
        if isinstance(child, str):
            yield Token(kind, "", 0, content=child)
            return
        if child.tag == "note":
            number, _ = self.notes[child.text()]
            meta = {"id": number - 1, "subId": self._references[number]}
            self._references[number] += 1
            yield Token("footnote_ref", "", 0, meta=meta)
        elif child.tag == "br":
            yield break_line()
        elif child.tag == "img":
            yield Token(kind, "", 0, content=f"▣ {child.get('alt') or 'image'}")
        elif child.get("class") == "super":
            power = child.words()
            shown = power.translate(SUPERSCRIPT) if power.isdecimal() else f"^{power}"
            yield Token(kind, "", 0, content=shown)
        else:
            is_link = child.tag == "link" and not linked
            kind = "code_inline" if child.tag == "tt" else kind
            inner = [
                token
                for each in child.children
                for token in self._tokens(each, kind, linked=linked or is_link)
            ]
            inner = marked(_MARKS.get(child.tag, ""), inner)
            yield from link(child.get("url"), inner) if is_link else inner

    # Blocks

    def _content(self, element: Element) -> Iterator[Node]:
        if "box" in element.get("class").split():
            yield Node.of("blockquote_open", *self.flow(element.children))
        else:
            yield from self.flow(element.children)

    def _quote(self, element: Element) -> Iterator[Node]:
        yield Node.of("blockquote_open", *self.flow(element.children))

    def _section(self, element: Element) -> Iterator[Node]:
        section = self._sections[element]
        title = f"{section.number} {element.get('topic')}"
        yield heading(title, section.anchor, section.depth + 1)
        yield from self.flow(element.children)

    def _list(self, element: Element) -> Iterator[Node]:
        items = [
            each.children if isinstance(each, Element) and each.tag == "li" else [each]
            for each in element.children
            if isinstance(each, Element) or each.strip()
        ]
        kind = "ordered_list_open" if element.tag == "ol" else "bullet_list_open"
        children = [Node.of("list_item_open", *self.flow(each, hidden=True)) for each in items]
        node = Node.of(kind, *children)
        if re.fullmatch("[0-9]{1,6}", element.get("start")):
            node.token.attrs["start"] = element.get("start")
        if children:
            yield node

    def _definitions(self, element: Element) -> Iterator[Node]:
        yield Node.of("dl_open", *self.flow(element.children))

    def _term(self, element: Element) -> Iterator[Node]:
        yield Node.prose("dt_open", self.inline(element.children))

    def _definition(self, element: Element) -> Iterator[Node]:
        yield Node.of("dd_open", *self.flow(element.children))

    def _code(self, element: Element) -> Iterator[Node]:
        code = _FIRST_LINES.sub("", element.text()).rstrip()
        figure = [Node(Token("fence", "", 0, content=code), [])] if code else []
        caption = plain(element.get("caption"))
        if element.tag == "example":
            self._examples += 1
            caption = [*plain(f"Example {self._examples}.", "strong"), *plain(" "), *caption]
            figure.insert(0, Node.of("anchor", id=f"example-{self._examples}"))
        if caption[-1].content or element.tag == "example":
            figure.insert(-1 if code else len(figure), Node.prose("caption_open", caption))
        yield Node.of("figure_open", *figure)

    def _vulnerability(self, element: Element) -> Iterator[Node]:
        name = f"CVE-{element.get('id')}"
        nist = link(f"https://nvd.nist.gov/vuln/detail/{name}", plain("NIST"))
        mitre = link(f"https://cve.mitre.org/cgi-bin/cvename.cgi?name={name}", plain("Mitre"))
        caption = [*plain(name, "strong"), *plain(" ("), *nist, *plain(", "), *mitre, *plain(")")]
        text = self.inline(element.children)
        yield Node.prose("caption_open", caption)
        yield Node.prose(
            "paragraph_open", link(element.get("url"), text) if element.get("url") else text
        )

    def _table(self, element: Element) -> Iterator[Node]:
        self._tables += 1
        caption = plain(f"Table {self._tables}:", "strong")
        caption += plain(f" {element.get('caption')}")
        rows = _grid(element)
        if rows is None:
            rows = []
            caption += plain(f" {element.words()}")
        if rows and any(cell.tag == "td" for cell in rows[0]):
            rows.insert(0, [Element("th", {})] * len(rows[0]))
        lines = [Node.of("", *map(self._cell, row)) for row in rows]
        table = [Node.of("table_open", Node.of("", *lines))] if lines else []
        anchor = Node.of("anchor", id=f"table-{self._tables}")
        yield Node.of("figure_open", anchor, Node.prose("caption_open", caption), *table)

    def _cell(self, element: Element) -> Node:
        return Node.prose(f"{element.tag}_open", self.inline(element.children))


_BLOCKS: dict[str, Callable[[Converter, Element], Iterator[Node]]] = {
    **{f"section{depth}": Converter._section for depth in range(1, 6)},
    "p": Converter._content,
    "div": Converter._content,
    "di": Converter._content,
    "blockquote": Converter._quote,
    "ul": Converter._list,
    "ol": Converter._list,
    "dl": Converter._definitions,
    "dt": Converter._term,
    "dd": Converter._definition,
    "example": Converter._code,
    "code": Converter._code,
    "pre": Converter._code,
    "cve": Converter._vulnerability,
    "table": Converter._table,
}


def _has_blocks(element: Element) -> bool:
    if element.tag == "note":
        return False
    return element.tag in _BLOCKS or any(
        isinstance(each, Element) and _has_blocks(each) for each in element.children
    )


def _paragraph(tokens: list[Token], *, hidden: bool) -> Iterator[Node]:
    """Yield the paragraph of some tokens; none if they show nothing."""
    tokens = _collapse(tokens)
    if any(each.content.strip() or each.type == "footnote_ref" or each.attrs for each in tokens):
        node = paragraph(tokens)
        node.token.hidden = hidden
        yield node


def _collapse(tokens: list[Token]) -> list[Token]:
    """Make one blank of the blanks and line breaks of the source.

    There is none at the start of a line, none before a reference to a note, but one between two.
    """
    found: list[Token] = []
    after_blank = True
    for token in tokens:
        if token.type in ("text", "code_inline"):
            text = _BLANKS.sub(" ", token.content)
            token.content = text.removeprefix(" ") if after_blank else text
            if not token.content:
                continue
            after_blank = token.content.endswith(" ")
        elif token.type == "footnote_ref":
            if found and found[-1].content.endswith(" "):
                found[-1].content = found[-1].content[:-1]
                found = found if found[-1].content else found[:-1]
            if found and found[-1].type == "footnote_ref":
                found += plain(" ")
            after_blank = False
        elif token.type == "hardbreak":
            after_blank = True
        found.append(token)
    return found


def _lines(nodes: Iterable[Node], lead: str = "") -> Iterator[list[Token]]:
    """Yield the inline tokens of blocks, for a table's cell."""
    for node in nodes:
        kind = node.token.type
        lines: Iterable[list[Token]]
        if kind == "fence":
            code = node.token.content.split("\n")
            lines = [[Token("code_inline", "", 0, content=line)] for line in code]
        elif node.children and node.children[0].token.type == "inline":
            lines = [node.inline_tokens]
        else:
            lines = _lines(node.children, "• " if kind == "list_item_open" else "")
        for line in lines:
            yield [*plain(lead), *line] if lead else line
            lead = " " * len(lead)


def _rows(element: Element, *tags: str) -> Iterator[Element]:
    """Yield a table's rows or a row's cells, those in a ``tbody`` as well."""
    for child in element.children:
        if isinstance(child, Element):
            yield from (child,) if child.tag in tags else _rows(child, *tags)


def _span(cell: Element, name: str) -> int:
    written = cell.get(name)
    return min(int(written), _MAX_CELLS) or 1 if re.fullmatch("[0-9]{1,9}", written) else 1


def _grid(table: Element) -> list[list[Element]] | None:
    """Return a table's rows with as many cells each; what spans several is in the first.

    None for a table that is too large to be one.
    """
    found = list(_rows(table, "tr"))
    rows: list[dict[int, Element]] = [{} for _ in found]
    filled = 0
    for number, row in enumerate(found):
        column = 0
        for cell in _rows(row, "td", "th"):
            while column in rows[number]:
                column += 1
            below = rows[number : number + _span(cell, "rowspan")]
            beside = range(column, column + _span(cell, "colspan"))
            filled += len(below) * len(beside)
            if filled > _MAX_CELLS:
                return None
            for places in below:
                places.update(dict.fromkeys(beside, Element(cell.tag, {})))
            rows[number][column] = cell
    width = max((max(places, default=-1) + 1 for places in rows), default=0)
    if width > MAX_COLUMNS or width * len(rows) > _MAX_CELLS:
        return None
    empty = Element("td", {})
    return [[places.get(column, empty) for column in range(width)] for places in rows if width]
