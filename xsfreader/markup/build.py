"""Block tokens turned into a document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from xsfreader.markup.code import highlight
from xsfreader.markup.document import Block, BlockKind, Document, Frame, Heading, Table
from xsfreader.markup.figures import figure_of_code, figure_of_image, note_of_code
from xsfreader.markup.inline import Inline, reference_id
from xsfreader.markup.lines import Mark, Role
from xsfreader.markup.runs import Collected, Run
from xsfreader.markup.segments import Picture, Words, segments
from xsfreader.markup.shortcodes import Shortcode, restore
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
    """A container that is open while blocks are built."""

    frame: Frame | None
    """None for a list; its items have one each."""
    tight: bool = False
    used: bool = False
    """Whether a block stands in it already."""
    bullet: bool = False
    number: int = 0
    """Of the next item of an ordered list."""
    digits: int = 0
    quote: bool = False


class Builder:
    """Walks a post's block tokens."""

    def __init__(self, base: str, codes: list[Shortcode]) -> None:
        self._collected = Collected(base)
        self._codes = codes
        self._blocks: list[Block] = []
        self._headings: list[Heading] = []
        self._anchors: dict[str, Place] = {}
        self._levels: list[_Level] = []
        self._strong = Mark.NONE

    def build(self, tokens: Sequence[Token]) -> Document:
        """The document that the tokens make."""
        index = 0
        while index < len(tokens):
            handler = _HANDLERS.get(tokens[index].type)
            index = handler(self, tokens, index) if handler else index + 1
        return Document(
            tuple(self._blocks),
            tuple(self._collected.links),
            tuple(self._headings),
            tuple(self._collected.images),
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
        """Put a block behind the others, in what is open round it."""
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
        """Blank lines above the next block: none within what is tight."""
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

    def _inline(self, run: Run, role: Role) -> Inline:
        return Inline(self._collected, run, role, len(self._blocks), self._codes)

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

    def _on_item_end(self, _tokens: Sequence[Token], index: int) -> int:
        if not self._levels[-1].used:
            self._emit(BlockKind.TEXT)
        return self._on_end(_tokens, index)

    def _on_quote(self, _tokens: Sequence[Token], index: int) -> int:
        self._levels.append(_Level(_QUOTE, quote=True))
        return index + 1

    def _on_definition(self, _tokens: Sequence[Token], index: int) -> int:
        self._levels.append(_Level(_INDENT, tight=True))
        return index + 1

    def _on_definitions(self, _tokens: Sequence[Token], index: int) -> int:
        self._levels.append(_Level(None, tight=True))
        return index + 1

    def _on_footnotes(self, _tokens: Sequence[Token], index: int) -> int:
        self._emit(BlockKind.RULE)
        return index + 1

    def _on_footnote(self, tokens: Sequence[Token], index: int) -> int:
        number = int(tokens[index].meta["id"]) + 1
        self._anchors[f"fn:{number}"] = Place(len(self._blocks))
        self._levels.append(_Level(Frame(f"{number}. ")))
        return index + 1

    def _on_end(self, _tokens: Sequence[Token], index: int) -> int:
        self._levels.pop()
        return index + 1

    # Blocks

    def _on_paragraph(self, tokens: Sequence[Token], index: int) -> int:
        end = index + 2
        backs: list[Token] = []
        while end < len(tokens) and tokens[end].type == "footnote_anchor":
            if reference_id(tokens[end])[0] in self._anchors:
                backs.append(tokens[end])
            end += 1
        self._prose([*(tokens[index + 1].children or ()), *backs], Mark.NONE)
        return end

    def _on_term(self, tokens: Sequence[Token], index: int) -> int:
        self._prose(tokens[index + 1].children or (), Mark.STRONG)
        return index + 2

    def _on_back(self, tokens: Sequence[Token], index: int) -> int:
        if reference_id(tokens[index])[0] in self._anchors:
            self._prose([tokens[index]], Mark.NONE)
        return index + 1

    def _prose(self, children: Sequence[Token], marks: Mark) -> None:
        role = self._role()
        for part in segments(children, self._codes):
            if isinstance(part, Words):
                run = Run()
                inline = self._inline(run, role)
                inline.fill(part.tokens, marks)
                run.strip()
                for name, offset in inline.anchors:
                    self._anchors.setdefault(name, Place(len(self._blocks), offset))
                self._emit(BlockKind.TEXT, run.spans())
            elif isinstance(part, Picture):
                block = len(self._blocks)
                spans, image = figure_of_image(self._collected, part, block)
                self._emit(BlockKind.FIGURE, spans, image=image)
            elif part.code.name == "figure":
                block = len(self._blocks)
                spans, image = figure_of_code(self._collected, part.code, block)
                self._emit(BlockKind.FIGURE, spans, image=image)
            else:
                self._emit(BlockKind.TEXT, note_of_code(self._collected, part.code))

    def _on_heading(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        level = int(token.tag[1])
        run = Run()
        block = len(self._blocks)
        self._inline(run, _HEADING_ROLES[min(level, 4) - 1]).fill(tokens[index + 1].children or ())
        run.strip()
        spans = run.spans()
        self._emit(BlockKind.HEADING, spans, level=level)
        name = str(token.meta["id"])
        text = self._blocks[-1].text.replace("\n", " ")
        self._headings.append(Heading(level, text, name, block))
        self._anchors.setdefault(name, Place(block))
        return index + 2

    def _on_code(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        text = restore(token.content, self._codes).rstrip("\n").expandtabs(4)
        run = Run()
        language = "html" if token.type == "html_block" else token.info.strip()
        for role, part in highlight(text, language):
            run.add(part, role)
        self._emit(BlockKind.CODE, run.spans())
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
                run = Run(at)
                role = Role.TABLE_HEADER if token.type == "th_open" else self._role()
                self._inline(run, role).fill(tokens[index + 1].children or ())
                run.strip()
                rows[-1].append(run.spans())
                last = tokens[index + 3].type == "tr_close"
                parts.append("".join(s.text for s in run.spans()) + ("\n" if last else "\t"))
                at = run.at + 1
            index += 1
        table = Table(tuple(rows[0]), tuple(tuple(row) for row in rows[1:]), tuple(align))
        spans = tuple(span for row in rows for cell in row for span in cell)
        self._emit(BlockKind.TABLE, spans, text="".join(parts)[:-1], table=table)
        return index + 1


_HANDLERS: dict[str, Callable[[Builder, Sequence[Token], int], int]] = {
    "bullet_list_open": Builder._on_list,
    "ordered_list_open": Builder._on_list,
    "list_item_open": Builder._on_item,
    "list_item_close": Builder._on_item_end,
    "blockquote_open": Builder._on_quote,
    "dl_open": Builder._on_definitions,
    "dd_open": Builder._on_definition,
    "footnote_block_open": Builder._on_footnotes,
    "footnote_open": Builder._on_footnote,
    "paragraph_open": Builder._on_paragraph,
    "dt_open": Builder._on_term,
    "footnote_anchor": Builder._on_back,
    "heading_open": Builder._on_heading,
    "fence": Builder._on_code,
    "code_block": Builder._on_code,
    "html_block": Builder._on_code,
    "hr": Builder._on_rule,
    "table_open": Builder._on_table,
    "bullet_list_close": Builder._on_end,
    "ordered_list_close": Builder._on_end,
    "blockquote_close": Builder._on_end,
    "dl_close": Builder._on_end,
    "dd_close": Builder._on_end,
    "footnote_close": Builder._on_end,
}


def _drop_start(token: Token, length: int) -> None:
    """Take a task's box out of the text that follows it."""
    children = token.children or []
    for child in children:
        if length <= 0 or child.type != "text":
            break
        dropped = min(length, len(child.content))
        child.content = child.content[dropped:]
        length -= dropped
