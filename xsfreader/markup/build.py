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
    from collections.abc import Callable, Iterator, Sequence

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
        self._tokens: Sequence[Token] = ()
        self._in_paragraph = False
        """Whether the paragraph's backlinks are shown with its text."""
        self._index = 0
        """Of the token being handled."""

    def build(self, tokens: Sequence[Token]) -> Document:
        """Return the document for the tokens."""
        self._tokens = tokens
        for self._index, token in enumerate(tokens):
            if handler := _HANDLERS.get(token.type):
                handler(self, token)
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

    def _next(self, step: int = 1) -> Token:
        """Return a token after the current one."""
        return self._tokens[self._index + step]

    def _following(self, step: int) -> Iterator[Token]:
        """Yield the tokens after the current one, from that distance on."""
        return (self._tokens[at] for at in range(self._index + step, len(self._tokens)))

    def _children(self) -> Sequence[Token]:
        """Return the inline tokens of the block that the current token opens."""
        return self._next().children or ()

    # Containers

    def _on_list(self, token: Token) -> None:
        count, tight = 0, False
        for each in self._following(1):
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

    def _on_item(self, _token: Token) -> None:
        owner = self._levels[-1]
        if owner.bullet:
            depth = sum(each.bullet for each in self._levels) - 1
            marker = f"{_BULLETS[min(depth, len(_BULLETS) - 1)]} "
        else:
            marker = f"{owner.number:>{owner.digits}}. "
            owner.number += 1
        paragraph = self._next().type == "paragraph_open"
        if paragraph and (found := _TASK.match(self._next(2).content)):
            box = "☐ " if found[1] == " " else "☑ "
            marker = box if owner.bullet else marker + box
            _drop_start(self._next(2), len(found.group()))
        self._levels.append(_Level(Frame(marker), owner.tight))

    def _on_item_close(self, token: Token) -> None:
        if not self._levels[-1].used:
            self._emit(BlockKind.TEXT)
        self._on_close(token)

    def _on_quote(self, _token: Token) -> None:
        self._levels.append(_Level(_QUOTE, quote=True))

    def _on_definition_text(self, _token: Token) -> None:
        self._levels.append(_Level(_INDENT, tight=True))

    def _on_definition_list(self, _token: Token) -> None:
        self._levels.append(_Level(None, tight=True))

    def _on_footnote_block(self, _token: Token) -> None:
        self._emit(BlockKind.RULE)

    def _on_footnote(self, token: Token) -> None:
        number = int(token.meta["id"]) + 1
        self._anchors[f"fn:{number}"] = Place(len(self._blocks))
        self._levels.append(_Level(Frame(f"{number}. ")))

    def _on_close(self, _token: Token) -> None:
        self._levels.pop()

    # Blocks

    def _on_paragraph(self, _token: Token) -> None:
        following = self._following(2)
        backlinks = takewhile(lambda each: each.type == "footnote_anchor", following)
        self._add_prose([*self._children(), *filter(self._is_backlink, backlinks)], Mark.NONE)
        self._in_paragraph = True

    def _on_paragraph_close(self, _token: Token) -> None:
        self._in_paragraph = False

    def _on_term(self, _token: Token) -> None:
        self._add_prose(self._children(), Mark.STRONG)

    def _on_backlink(self, token: Token) -> None:
        if not self._in_paragraph and self._is_backlink(token):
            self._add_prose([token], Mark.NONE)

    def _is_backlink(self, token: Token) -> bool:
        """Check that the reference a footnote leads back to was found."""
        return reference_id(token)[0] in self._anchors

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

    def _on_heading(self, token: Token) -> None:
        level = int(token.tag[1])
        builder = SpanBuilder()
        block = len(self._blocks)
        self._inline(builder, _HEADING_ROLES[min(level, 4) - 1]).add(self._children())
        builder.strip()
        spans = builder.spans()
        self._emit(BlockKind.HEADING, spans, level=level)
        name = str(token.meta["id"])
        text = self._blocks[-1].text.replace("\n", " ")
        self._headings.append(Heading(level, text, name, block))
        self._anchors.setdefault(name, Place(block))

    def _on_code(self, token: Token) -> None:
        text = restore(token.content, self._shortcodes).rstrip("\n").expandtabs(4)
        builder = SpanBuilder()
        language = "html" if token.type == "html_block" else token.info.strip()
        for role, part in highlight(text, language):
            builder.add(part, role)
        self._emit(BlockKind.CODE, builder.spans())

    def _on_rule(self, _token: Token) -> None:
        self._emit(BlockKind.RULE)

    def _on_table(self, _token: Token) -> None:
        rows: list[list[tuple[Span, ...]]] = []
        align: list[str] = []
        parts: list[str] = []
        at = 0
        following = self._following(1)
        for token in takewhile(lambda each: each.type != "table_close", following):
            if token.type == "tr_open":
                rows.append([])
            elif token.type in {"th_open", "td_open"}:
                role = Role.TABLE_HEADER if token.type == "th_open" else self._role()
                if len(rows) == 1:
                    style = str(token.attrs.get("style", ""))
                    align.append(style.partition(":")[2] or "left")
            elif token.type == "inline":
                builder = SpanBuilder(at)
                self._inline(builder, role).add(token.children or ())
                builder.strip()
                rows[-1].append(builder.spans())
                parts.append("".join(span.text for span in builder.spans()) + "\t")
                at = builder.at + 1
            elif token.type == "tr_close":
                parts[-1] = parts[-1][:-1] + "\n"
        table = Table(tuple(rows[0]), tuple(tuple(row) for row in rows[1:]), tuple(align))
        spans = tuple(span for row in rows for cell in row for span in cell)
        self._emit(BlockKind.TABLE, spans, text="".join(parts)[:-1], table=table)


_HANDLERS: dict[str, Callable[[DocumentBuilder, Token], None]] = {
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
    "paragraph_close": DocumentBuilder._on_paragraph_close,
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
