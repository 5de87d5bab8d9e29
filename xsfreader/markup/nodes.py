"""The tree of block tokens that a document is built from, and tokens made without Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Node(NamedTuple):
    """A block token, with the nodes between it and its closing token."""

    token: Token
    children: list[Node]

    @classmethod
    def of(cls, kind: str, *children: Node, **meta: Any) -> Node:  # noqa: ANN401
        """Return a node that no Markdown was written for."""
        return cls(Token(kind, "", 0, meta=meta), list(children))

    @classmethod
    def prose(cls, kind: str, inline: list[Token], **meta: Any) -> Node:  # noqa: ANN401
        """Return a paragraph, a heading or the like with inline tokens."""
        return cls.of(kind, cls(Token("inline", "", 0, children=inline), []), **meta)

    @property
    def inline_tokens(self) -> list[Token]:
        """Inline tokens of a paragraph, a heading or a table's cell."""
        return self.children[0].token.children or []


def nest(tokens: Iterable[Token]) -> tuple[list[Node], dict[str, Node]]:
    """Return the nodes of a post, and its footnotes by label."""
    nodes: list[Node] = []
    footnotes: dict[str, Node] = {}
    stack = [nodes]
    for token in tokens:
        if token.nesting < 0:
            stack.pop()
            continue
        node = Node(token, [])
        if token.type == "footnote_reference_open":
            footnotes.setdefault(token.meta["label"], node)
        else:
            stack[-1].append(node)
        if token.nesting > 0:
            stack.append(node.children)
    return nodes, footnotes


def footnote_anchor(index: int, again: int = 0) -> Token:
    """Return the token of a link from a footnote back to one of its references."""
    return Token("footnote_anchor", "", 0, meta={"id": index, "subId": again})


def plain(words: str, mark: str = "") -> list[Token]:
    """Return inline tokens for text in which no mention of a specification is linked."""
    return marked(mark, [Token("plain", "", 0, content=words)])


def text(words: str, mark: str = "") -> list[Token]:
    """Return inline tokens for text in which mentions of specifications are linked."""
    return marked(mark, [Token("text", "", 0, content=words)])


def marked(mark: str, tokens: list[Token]) -> list[Token]:
    """Return inline tokens within emphasis of a kind (``strong``), or as they are without one."""
    if not mark:
        return tokens
    return [Token(f"{mark}_open", mark, 1), *tokens, Token(f"{mark}_close", mark, -1)]


def link(url: str, tokens: list[Token]) -> list[Token]:
    """Return inline tokens of a link."""
    return [
        Token("link_open", "a", 1, attrs={"href": url}),
        *tokens,
        Token("link_close", "a", -1),
    ]


def break_line() -> Token:
    """Return the inline token of a forced line break."""
    return Token("hardbreak", "", 0)


def heading(text: str, anchor: str, level: int = 2) -> Node:
    """Return the node of a heading."""
    node = Node.prose("heading_open", plain(text), id=anchor)
    node.token.tag = f"h{level}"
    return node


def paragraph(tokens: list[Token]) -> Node:
    """Return the node of a paragraph."""
    return Node.prose("paragraph_open", tokens)
