"""Build a document from block tokens."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xsfreader.markup.code import Budget, highlight
from xsfreader.markup.document import Block, BlockKind, Document, Frame, Heading, Table
from xsfreader.markup.figures import image_figure, shortcode_figure, shortcode_note
from xsfreader.markup.inline import InlineBuilder, reference_id
from xsfreader.markup.lines import Mark, Role, join_text
from xsfreader.markup.nodes import footnote_anchor, nest
from xsfreader.markup.segments import segments
from xsfreader.markup.shortcodes import Shortcode, restore
from xsfreader.markup.spans import References, SpanBuilder
from xsfreader.model import Place
from xsfreader.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from markdown_it.token import Token

    from xsfreader.markup.limits import Work
    from xsfreader.markup.lines import Span
    from xsfreader.markup.nodes import Node

_BULLETS = "•◦▪"
_HEADING_ROLES = (Role.HEADING1, Role.HEADING2, Role.HEADING3, Role.HEADING4)
_QUOTE = Frame("▎ ", bar=True)
_FRAMES = {
    "blockquote_open": _QUOTE,
    "dl_open": None,
    "dd_open": Frame("    "),
    "figure_open": None,
}
"""By type of a container; the text of a definition is indented."""

_LINES = {
    "title_open": (BlockKind.TITLE, Role.TITLE),
    "meta_open": (BlockKind.META, Role.META),
    "caption_open": (BlockKind.TEXT, Role.CAPTION),
    "mentions_open": (BlockKind.META, Role.NOTE),
    "note_open": (BlockKind.TEXT, Role.NOTE),
}


@dataclass(slots=True)
class _Level:
    """An open container: a list, an item, a quote and the like."""

    frame: Frame | None
    """None for a list; each of its items has one."""
    tight: bool
    bullet: bool
    used: bool = False
    """Whether it contains a block already."""


class DocumentBuilder:
    """Builds a document by walking through the tree of a post's block tokens."""

    def __init__(
        self,
        base: str,
        shortcodes: list[Shortcode] | None = None,
        work: Work | None = None,
        highlighting: Budget | None = None,
    ) -> None:
        self._shortcodes = shortcodes or []
        self._references = References(base, shortcodes=self._shortcodes, work=work)
        self._highlighting = highlighting or Budget()
        self._blocks: list[Block] = []
        self._headings: list[Heading] = []
        self._anchors: dict[str, Place] = {}
        self._levels: list[_Level] = []
        self._fold: int | None = None

    def add_post(
        self, tokens: Sequence[Token], footnotes: Mapping[int, Any], title: str = ""
    ) -> None:
        """Append the blocks of a post's tokens; ``footnotes`` is what the plugin numbered.

        A first heading that repeats ``title`` is hidden; its id leads to the top.
        """
        nodes, definitions = nest(tokens)
        referenced = {
            reference_id(child)[0]
            for token in tokens
            for child in token.children or ()
            if child.type == "footnote_ref"
        }
        start = len(self._blocks)
        self.add(nodes)
        if self._headings and self._headings[0].block == start:
            self._hide_title(start, title)
        if footnotes:
            self._emit(BlockKind.RULE)
        for index, footnote in footnotes.items():
            backlinks = [footnote_anchor(index, again) for again in range(footnote["count"])]
            backlinks = [each for each in backlinks if reference_id(each)[0] in referenced]
            self.add_footnote(index, backlinks, definitions[footnote["label"]])

    def _hide_title(self, index: int, title: str) -> None:
        """Leave nothing but its index of a heading that repeats the title."""
        block = self._blocks[index]
        if block.level == 1 and block.text.strip().casefold() == clean(title).strip().casefold():
            self._blocks[index] = Block(BlockKind.EMPTY, "", gap=0)
            self._anchors[self._headings.pop(0).id] = Place(0)

    def document(self) -> Document:
        """Return the document as far as it was built; what is added later comes behind it."""
        return Document(
            tuple(self._blocks),
            tuple(self._references.links),
            tuple(self._headings),
            tuple(self._references.images),
            dict(self._anchors),
            self._fold,
        )

    def fold(self) -> None:
        """Let all blocks that are added from now on be folded away."""
        self._fold = len(self._blocks)

    def _emit(
        self,
        kind: BlockKind,
        spans: tuple[Span, ...] = (),
        *,
        text: str | None = None,
        level: int = 0,
        image: int = -1,
        table: Table | None = None,
    ) -> None:
        """Append a block within the open containers, without a gap in a tight list."""
        used = [each for each in self._levels if each.used]
        tight = used[-1].tight if used else not self._blocks
        block = Block(
            kind,
            join_text(spans) if text is None else text,
            spans,
            tuple(each.frame for each in self._levels if each.frame),
            opened=sum(each.frame is not None for each in used),
            gap=0 if tight else 1,
            level=level,
            image=image,
            table=table,
        )
        self._blocks.append(block)
        for each in self._levels:
            each.used = True

    def _role(self) -> Role:
        return Role.QUOTE if any(each.frame is _QUOTE for each in self._levels) else Role.BODY

    def _inline(
        self, tokens: Sequence[Token], role: Role, marks: Mark = Mark.NONE, at: int = 0
    ) -> tuple[Span, ...]:
        """Return the spans of inline tokens for the next block, from an offset on."""
        block = len(self._blocks)
        builder = InlineBuilder(self._references, role, block, at)
        builder.add_tokens(tokens, marks)
        builder.strip()
        for name, offset in builder.anchors:
            self._anchors.setdefault(name, Place(block, offset))
        return builder.spans()

    def add(self, nodes: Iterable[Node]) -> None:
        """Append the blocks of some nodes."""
        for node in nodes:
            if handler := _HANDLERS.get(node.token.type):
                handler(self, node)

    # Containers

    @contextmanager
    def _inside(
        self, frame: Frame | None, *, tight: bool = False, bullet: bool = False
    ) -> Iterator[_Level]:
        """Put the blocks added meanwhile into a container."""
        level = _Level(frame, tight, bullet)
        self._levels.append(level)
        yield level
        self._levels.pop()

    def _add_list(self, node: Node) -> None:
        bullet = node.token.type == "bullet_list_open"
        tight = any(block.token.hidden for item in node.children for block in item.children)
        start = int(node.token.attrs.get("start", 1))
        digits = len(str(start + len(node.children) - 1))
        depth = sum(each.bullet for each in self._levels)
        with self._inside(None, tight=tight, bullet=bullet):
            for number, item in enumerate(node.children, start):
                marker = f"{number:>{digits}}. "
                box = item.token.meta.get("box", "")
                if bullet:
                    marker = box or f"{_BULLETS[min(depth, len(_BULLETS) - 1)]} "
                else:
                    marker += box
                with self._inside(Frame(marker), tight=tight) as level:
                    self.add(item.children)
                    if not level.used:
                        self._emit(BlockKind.TEXT)

    def _add_container(self, node: Node) -> None:
        frame = _FRAMES[node.token.type]
        with self._inside(frame, tight=frame is not _QUOTE):
            self.add(node.children)

    def add_footnote(self, index: int, backlinks: list[Token], node: Node) -> None:
        """Add a footnote, with links back to its references after the last paragraph."""
        number = index + 1
        self._anchors[f"fn:{number}"] = Place(len(self._blocks))
        if node.children and node.children[-1].token.type == "paragraph_open":
            node.children[-1].inline_tokens.extend(backlinks)
            backlinks = []
        with self._inside(Frame(f"{number}. ")):
            self.add(node.children)
            for token in backlinks:
                self._add_prose([token])

    # Blocks

    def _add_anchor(self, node: Node) -> None:
        self._anchors.setdefault(str(node.token.meta["id"]), Place(len(self._blocks)))

    def _add_line(self, node: Node) -> None:
        """Add a title, a line of facts, a caption or a note."""
        kind, role = _LINES[node.token.type]
        self._emit(kind, self._inline(node.inline_tokens, role))

    def _add_paragraph(self, node: Node) -> None:
        self._add_prose(node.inline_tokens)

    def _add_term(self, node: Node) -> None:
        self._add_prose(node.inline_tokens, Mark.STRONG)

    def _add_prose(self, tokens: Sequence[Token], marks: Mark = Mark.NONE) -> None:
        references = self._references
        for part, figure in segments(tokens, self._shortcodes):
            block = len(self._blocks)
            if figure is None:
                self._emit(BlockKind.TEXT, self._inline(part, self._role(), marks))
            elif figure.type == "image":
                href = part[0].attrs.get("href")
                self._emit_figure(image_figure(references, figure, href, block))
            elif (shortcode := self._shortcodes[figure.meta["number"]]).name == "figure":
                self._emit_figure(shortcode_figure(references, shortcode, block))
            else:
                self._emit(BlockKind.TEXT, self._inline(shortcode_note(shortcode), Role.NOTE))

    def _emit_figure(self, spans: tuple[Span, ...]) -> None:
        """Append a block for the image added last."""
        self._emit(BlockKind.FIGURE, spans, image=len(self._references.images) - 1)

    def _add_heading(self, node: Node) -> None:
        level = int(node.token.tag[1])
        block = len(self._blocks)
        spans = self._inline(node.inline_tokens, _HEADING_ROLES[min(level, 4) - 1])
        self._emit(BlockKind.HEADING, spans, level=level)
        name = str(node.token.meta["id"])
        self._headings.append(Heading(level, join_text(spans).replace("\n", " "), name, block))
        self._anchors.setdefault(name, Place(block))

    def _add_code(self, node: Node) -> None:
        token = node.token
        if token.type == "html_block" and token.content.lstrip().startswith("<!--"):
            return  # the site drops comments
        text = restore(token.content, self._shortcodes).rstrip("\n").expandtabs(4)
        builder = SpanBuilder(self._references)
        language = "html" if token.type == "html_block" else token.info.strip()
        for role, part in highlight(text, language, self._highlighting):
            builder.add(part, role)
        self._emit(BlockKind.CODE, builder.spans())

    def _add_rule(self, _node: Node) -> None:
        self._emit(BlockKind.RULE)

    def _add_table(self, node: Node) -> None:
        rows: list[tuple[tuple[Span, ...], ...]] = []
        at = 0
        lines = [row.children for part in node.children for row in part.children]
        for line in lines:
            cells: list[tuple[Span, ...]] = []
            for cell in line:
                role = Role.TABLE_HEADER if cell.token.type == "th_open" else self._role()
                cells.append(self._inline(cell.inline_tokens, role, at=at))
                at += len(join_text(cells[-1])) + 1
            rows.append(tuple(cells))
        styles = (str(cell.token.attrs.get("style", "")) for cell in lines[0])
        align = tuple(style.partition(":")[2] or "left" for style in styles)
        self._emit(
            BlockKind.TABLE,
            tuple(span for row in rows for cell in row for span in cell),
            text="\n".join("\t".join(map(join_text, row)) for row in rows),
            table=Table(rows[0], tuple(rows[1:]), align),
        )


_HANDLERS: dict[str, Callable[[DocumentBuilder, Node], None]] = {
    "bullet_list_open": DocumentBuilder._add_list,
    "ordered_list_open": DocumentBuilder._add_list,
    "blockquote_open": DocumentBuilder._add_container,
    "dl_open": DocumentBuilder._add_container,
    "dt_open": DocumentBuilder._add_term,
    "dd_open": DocumentBuilder._add_container,
    "figure_open": DocumentBuilder._add_container,
    "anchor": DocumentBuilder._add_anchor,
    "title_open": DocumentBuilder._add_line,
    "meta_open": DocumentBuilder._add_line,
    "caption_open": DocumentBuilder._add_line,
    "mentions_open": DocumentBuilder._add_line,
    "note_open": DocumentBuilder._add_line,
    "paragraph_open": DocumentBuilder._add_paragraph,
    "heading_open": DocumentBuilder._add_heading,
    "fence": DocumentBuilder._add_code,
    "code_block": DocumentBuilder._add_code,
    "html_block": DocumentBuilder._add_code,
    "hr": DocumentBuilder._add_rule,
    "table_open": DocumentBuilder._add_table,
}
