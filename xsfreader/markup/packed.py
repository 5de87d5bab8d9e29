"""A document as text, so that a post need be parsed but once: to read it back takes a tenth."""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xsfreader.markup.document import (
    Block,
    BlockKind,
    Document,
    Frame,
    Heading,
    Image,
    Link,
    LinkKind,
    Table,
)
from xsfreader.markup.lines import Mark, Role, Span
from xsfreader.model import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PARSERS = ("markdown_it", "mdit_py_plugins", "pygments")
"""What a document depends on besides our own code; each names its version in its first file."""

_KINDS = {kind.value: kind for kind in BlockKind}
_LINK_KINDS = {kind.value: kind for kind in LinkKind}
_ROLES = {role.value: role for role in Role}
_MARKS = tuple(Mark(bits) for bits in range(2 * max(Mark)))


@cache
def maker() -> str:
    """Name the code that parses, so that what other code made is never taken for its own.

    It goes by the files' sizes and times: whoever edits or installs one gets another name.
    """
    found = [repr(sys.version_info[:3])]
    try:
        # Above lies what markup is built on, such as what makes text harmless for a terminal.
        for folder in (Path(__file__).parent, Path(__file__).parent.parent):
            with os.scandir(folder) as files:
                found += sorted(_stamp(f.name, f.stat()) for f in files if f.is_file())
        for name in _PARSERS:
            spec = find_spec(name)
            origin = spec.origin if spec is not None else None
            found.append(_stamp(origin, Path(origin).stat()) if origin else name)
    except OSError:
        # Code that lies in no files: nobody else has this name, so posts are parsed each time.
        return os.urandom(16).hex()
    return " ".join(found)


def _stamp(name: str, stat: os.stat_result) -> str:
    return f"{name}:{stat.st_size}:{stat.st_mtime_ns}"


def pack(document: Document) -> str:
    """Write a document."""
    plain = document._replace(anchors=dict(document.anchors))
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def unpack(text: str) -> Document:
    """Read what ``pack`` wrote. Raises ValueError where it is nothing of the kind."""
    try:
        blocks, links, headings, images, anchors = json.loads(text)
        return Document(
            tuple(_block(*each) for each in blocks),
            tuple(_link(*each) for each in links),
            tuple(Heading(*each) for each in headings),
            tuple(Image(*each) for each in images),
            {name: Place(*place) for name, place in anchors.items()},
        )
    except (TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError(f"no document: {error}") from error


def _block(
    kind: str,
    text: str,
    spans: Sequence[Any],
    frames: Sequence[Any],
    opened: int,
    gap: int,
    level: int,
    image: int,
    table: Sequence[Any] | None,
) -> Block:
    return Block(
        _KINDS[kind],
        text,
        tuple(_spans(spans)),
        tuple(Frame(*each) for each in frames),
        opened,
        gap,
        level,
        image,
        None if table is None else _table(*table),
    )


def _spans(spans: Sequence[Any]) -> Iterator[Span]:
    for text, role, marks, link, at in spans:
        yield Span(text, _ROLES[role], _MARKS[marks], link, at)


def _table(header: Sequence[Any], rows: Sequence[Any], align: Sequence[str]) -> Table:
    return Table(
        tuple(tuple(_spans(cell)) for cell in header),
        tuple(tuple(tuple(_spans(cell)) for cell in row) for row in rows),
        tuple(align),
    )


def _link(text: str, href: str, url: str, kind: str, *rest: Any) -> Link:  # noqa: ANN401
    return Link(text, href, url, _LINK_KINDS[kind], *rest)
