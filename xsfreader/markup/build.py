"""Build a document from block tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from xsfreader.markup.code import highlight
from xsfreader.markup.document import Block, BlockKind, Document, Frame, Heading, Table
from xsfreader.markup.figures import image_figure, shortcode_figure, shortcode_note
from xsfreader.markup.inline import InlineBuilder, reference_id
from xsfreader.markup.lines import Mark, Role
from xsfreader.markup.segments import ImageSegment, TextSegment, segments
from xsfreader.markup.shortcodes import Shortcode, restore
from xsfreader.markup.spans import References, SpanBuilder
from xsfreader.model import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.token import Token

    from xsfreader.markup.lines import Span

_TASK = re.compile(r"\[([ xX])\](?:\s+|\Z)")
_BULLETS = "•◦▪"
_HEADING_ROLES = (Role.HEADING1, Role.HEADING2, Role.HEADING3, Role.HEADING4)
_QUOTE = Frame("▎ ", bar=True)
_INDENT = Frame("    ")


@dataclass(slots=True)
class _Level:
    """An open container: a list, an item, a quote and the like."""

    frame: Frame | None
    """None for a list; each of its items has one."""
    tight: bool = False
    used: bool = False
    """Whether it contains a block already."""
    bullet: bool = False
    number: int = 0
    """Of the next item of an ordered list."""
    digits: int = 0
    quote: bool = False


class DocumentBuilder:
    """Builds a document by walking through a post's block tokens."""

    def __init__(self, base: str, shortcodes: list[Shortcode]) -> None:
        self._references = References(base)
        self._shortcodes = shortcodes
        self._blocks: list[Block] = []
        self._headings: list[Heading] = []
        self._anchors: dict[str, Place] = {}
        self._levels: list[_Level] = []

    def build(self, tokens: Sequence[Token]) -> Document:
        """Return the document for the tokens."""
        index = 0
        while index < len(tokens):
            handler = _HANDLERS.get(tokens[index].type)
            index = handler(self, tokens, index) if handler else index + 1
        return Document(
            tuple(self._blocks),
            tuple(self._references.links),
            tuple(self._headings),
            tuple(self._references.images),
            self._anchors,
        )

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
        """Append a block within the open containers."""
        gap = self._gap()
        frames = [each for each in self._levels if each.frame is not None]
        opened = sum(1 for _ in takewhile(lambda each: each.used, frames))
        for each in self._levels:
            each.used = True
        self._blocks.append(
            Block(
                kind,
                "".join(span.text for span in spans) if text is None else text,
                spans,
                tuple(each.frame for each in frames if each.frame is not None),
                opened,
                gap,
                level,
                image,
                table,
            )
        )

    def _gap(self) -> int:
        """Return the blank lines above the next block: none within a tight list."""
        if not self._blocks:
            return 0
        tight = False
        for each in self._levels:
            if not each.used:
                break
            tight = each.tight
        return 0 if tight else 1

    def _role(self) -> Role:
        return Role.QUOTE if any(each.quote for each in self._levels) else Role.BODY

    def _inline(self, builder: SpanBuilder, role: Role) -> InlineBuilder:
        return InlineBuilder(self._references, builder, role, len(self._blocks), self._shortcodes)

    # Containers

    def _on_list(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        count, tight = 0, False
        for at in range(index + 1, len(tokens)):
            each = tokens[at]
            if each.level == token.level:
                break
            if each.level == token.level + 1 and each.type == "list_item_open":
                count += 1
            elif each.level == token.level + 2 and each.type == "paragraph_open":
                tight = each.hidden
        start = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else 0
        self._levels.append(
            _Level(
                None,
                tight,
                bullet=token.type == "bullet_list_open",
                number=start,
                digits=len(str(start + max(count - 1, 0))),
            )
        )
        return index + 1

    def _on_item(self, tokens: Sequence[Token], index: int) -> int:
        owner = self._levels[-1]
        if owner.bullet:
            depth = sum(each.bullet for each in self._levels) - 1
            marker = f"{_BULLETS[min(depth, len(_BULLETS) - 1)]} "
        else:
            marker = f"{owner.number:>{owner.digits}}. "
            owner.number += 1
        content = tokens[index + 2].content if index + 2 < len(tokens) else ""
        if tokens[index + 1].type == "paragraph_open" and (found := _TASK.match(content)):
            box = "☐ " if found[1] == " " else "☑ "
            marker = box if owner.bullet else marker + box
            _drop_start(tokens[index + 2], len(found.group()))
        self._levels.append(_Level(Frame(marker), owner.tight))
        return index + 1

    def _on_item_close(self, _tokens: Sequence[Token], index: int) -> int:
        if not self._levels[-1].used:
            self._emit(BlockKind.TEXT)
        return self._on_close(_tokens, index)

    def _on_quote(self, _tokens: Sequence[Token], index: int) -> int:
        self._levels.append(_Level(_QUOTE, quote=True))
        return index + 1

    def _on_definition_text(self, _tokens: Sequence[Token], index: int) -> int:
        self._levels.append(_Level(_INDENT, tight=True))
        return index + 1

    def _on_definition_list(self, _tokens: Sequence[Token], index: int) -> int:
        self._levels.append(_Level(None, tight=True))
        return index + 1

    def _on_footnote_block(self, _tokens: Sequence[Token], index: int) -> int:
        self._emit(BlockKind.RULE)
        return index + 1

    def _on_footnote(self, tokens: Sequence[Token], index: int) -> int:
        number = int(tokens[index].meta["id"]) + 1
        self._anchors[f"fn:{number}"] = Place(len(self._blocks))
        self._levels.append(_Level(Frame(f"{number}. ")))
        return index + 1

    def _on_close(self, _tokens: Sequence[Token], index: int) -> int:
        self._levels.pop()
        return index + 1

    # Blocks

    def _on_paragraph(self, tokens: Sequence[Token], index: int) -> int:
        end = index + 2
        backlinks: list[Token] = []
        while end < len(tokens) and tokens[end].type == "footnote_anchor":
            if reference_id(tokens[end])[0] in self._anchors:
                backlinks.append(tokens[end])
            end += 1
        self._add_prose([*(tokens[index + 1].children or ()), *backlinks], Mark.NONE)
        return end

    def _on_term(self, tokens: Sequence[Token], index: int) -> int:
        self._add_prose(tokens[index + 1].children or (), Mark.STRONG)
        return index + 2

    def _on_backlink(self, tokens: Sequence[Token], index: int) -> int:
        if reference_id(tokens[index])[0] in self._anchors:
            self._add_prose([tokens[index]], Mark.NONE)
        return index + 1

    def _add_prose(self, children: Sequence[Token], marks: Mark) -> None:
        role = self._role()
        for part in segments(children, self._shortcodes):
            if isinstance(part, TextSegment):
                builder = SpanBuilder()
                inline = self._inline(builder, role)
                inline.add(part.tokens, marks)
                builder.strip()
                for name, offset in inline.anchors:
                    self._anchors.setdefault(name, Place(len(self._blocks), offset))
                self._emit(BlockKind.TEXT, builder.spans())
            elif isinstance(part, ImageSegment):
                block = len(self._blocks)
                spans, image = image_figure(self._references, part, block)
                self._emit(BlockKind.FIGURE, spans, image=image)
            elif part.shortcode.name == "figure":
                block = len(self._blocks)
                spans, image = shortcode_figure(self._references, part.shortcode, block)
                self._emit(BlockKind.FIGURE, spans, image=image)
            else:
                self._emit(BlockKind.TEXT, shortcode_note(self._references, part.shortcode))

    def _on_heading(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        level = int(token.tag[1])
        builder = SpanBuilder()
        block = len(self._blocks)
        self._inline(builder, _HEADING_ROLES[min(level, 4) - 1]).add(
            tokens[index + 1].children or ()
        )
        builder.strip()
        spans = builder.spans()
        self._emit(BlockKind.HEADING, spans, level=level)
        name = str(token.meta["id"])
        text = self._blocks[-1].text.replace("\n", " ")
        self._headings.append(Heading(level, text, name, block))
        self._anchors.setdefault(name, Place(block))
        return index + 2

    def _on_code(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        text = restore(token.content, self._shortcodes).rstrip("\n").expandtabs(4)
        builder = SpanBuilder()
        language = "html" if token.type == "html_block" else token.info.strip()
        for role, part in highlight(text, language):
            builder.add(part, role)
        self._emit(BlockKind.CODE, builder.spans())
        return index + 1

    def _on_rule(self, _tokens: Sequence[Token], index: int) -> int:
        self._emit(BlockKind.RULE)
        return index + 1

    def _on_table(self, tokens: Sequence[Token], index: int) -> int:
        rows: list[list[tuple[Span, ...]]] = []
        align: list[str] = []
        parts: list[str] = []
        at = 0
        while tokens[index].type != "table_close":
            token = tokens[index]
            if token.type == "tr_open":
                rows.append([])
            elif token.type in {"th_open", "td_open"}:
                if len(rows) == 1:
                    style = str(token.attrs.get("style", ""))
                    align.append(style.partition(":")[2] or "left")
                builder = SpanBuilder(at)
                role = Role.TABLE_HEADER if token.type == "th_open" else self._role()
                self._inline(builder, role).add(tokens[index + 1].children or ())
                builder.strip()
                rows[-1].append(builder.spans())
                last = tokens[index + 3].type == "tr_close"
                parts.append("".join(s.text for s in builder.spans()) + ("\n" if last else "\t"))
                at = builder.at + 1
            index += 1
        table = Table(tuple(rows[0]), tuple(tuple(row) for row in rows[1:]), tuple(align))
        spans = tuple(span for row in rows for cell in row for span in cell)
        self._emit(BlockKind.TABLE, spans, text="".join(parts)[:-1], table=table)
        return index + 1


_HANDLERS: dict[str, Callable[[DocumentBuilder, Sequence[Token], int], int]] = {
    "bullet_list_open": DocumentBuilder._on_list,
    "ordered_list_open": DocumentBuilder._on_list,
    "list_item_open": DocumentBuilder._on_item,
    "list_item_close": DocumentBuilder._on_item_close,
    "blockquote_open": DocumentBuilder._on_quote,
    "dl_open": DocumentBuilder._on_definition_list,
    "dd_open": DocumentBuilder._on_definition_text,
    "footnote_block_open": DocumentBuilder._on_footnote_block,
    "footnote_open": DocumentBuilder._on_footnote,
    "paragraph_open": DocumentBuilder._on_paragraph,
    "dt_open": DocumentBuilder._on_term,
    "footnote_anchor": DocumentBuilder._on_backlink,
    "heading_open": DocumentBuilder._on_heading,
    "fence": DocumentBuilder._on_code,
    "code_block": DocumentBuilder._on_code,
    "html_block": DocumentBuilder._on_code,
    "hr": DocumentBuilder._on_rule,
    "table_open": DocumentBuilder._on_table,
    "bullet_list_close": DocumentBuilder._on_close,
    "ordered_list_close": DocumentBuilder._on_close,
    "blockquote_close": DocumentBuilder._on_close,
    "dl_close": DocumentBuilder._on_close,
    "dd_close": DocumentBuilder._on_close,
    "footnote_close": DocumentBuilder._on_close,
}


def _drop_start(token: Token, length: int) -> None:
    """Remove a task's check box from the item's text."""
    children = token.children or []
    for child in children:
        if length <= 0 or child.type != "text":
            break
        dropped = min(length, len(child.content))
        child.content = child.content[dropped:]
        length -= dropped
