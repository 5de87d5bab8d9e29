"""What the file of a specification may hold: bombs of entities, depth, junk, odd encodings."""

from __future__ import annotations

import time

import pytest

from xsfreader.errors import UnreadableSpecificationError
from xsfreader.markup import layout, to_plain_text
from xsfreader.markup.xep.parse import SpecificationParser
from xsfreader.xep.elements import MAX_CHARACTERS, MAX_ELEMENTS

HEADER = "<header><number>0999</number><title>Tea</title></header>"


def declared(declarations: str, body: str) -> bytes:
    return f"<!DOCTYPE xep [{declarations}]><xep>{HEADER}<section1>{body}</section1></xep>".encode()


def written(body: str) -> bytes:
    return f"<xep>{HEADER}<section1 topic='a'>{body}</section1></xep>".encode()


def powers(first: str, times: int, levels: int) -> str:
    """Declare entities that each hold the one before several times."""
    parts = [f'<!ENTITY e0 "{first}">']
    parts += [f'<!ENTITY e{n + 1} "{f"&e{n};" * times}">' for n in range(levels)]
    return "".join(parts)


UNREADABLE = {
    "empty": b"",
    "not XML": b"not XML",
    "a mebibyte of junk": bytes(range(256)) * 4096,
    "a mebibyte of zeros": bytes(1 << 20),
    "cut short": written("<p>a</p>")[:-20],
    "another document": b"<html><body>a</body></html>",
    "no header": b"<xep><section1/></xep>",
    "billion laughs": declared(powers("ha", 10, 9), "<p>&e9;</p>"),
    "in an attribute": declared(powers("ha", 10, 9), "<example caption='&e9;'/>"),
    "quadratic": declared(f'<!ENTITY e "{"a" * 100_000}">', "&e;" * 1_000),
    "of elements": declared(powers("<p/>", 10, 6), "&e6;"),
    "of depth": declared("", "<p>" * 200_000),
    "entities in each other": declared(powers("a", 1, 150_000), "&e150000;"),
    "entity in itself": declared('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;"),
    "parameter entity in itself": b'<!DOCTYPE xep [<!ENTITY % a "&#37;a;">%a;%a;]><xep/>' * 2,
    "too many elements": written("<p/>" * 100_000),
    "too long": written("a" * 3_000_000),
    "far too long": written("a" * 5_000_000),
    "unknown encoding": b"<?xml version='1.0' encoding='x-none'?><xep/>",
    "many bytes a character": b"<?xml version='1.0' encoding='shift-jis'?><xep>\x82\xa0</xep>",
    "not its encoding": b"<?xml version='1.0' encoding='utf-8'?><xep>\xff</xep>",
}


@pytest.mark.parametrize("xml", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_one_line(xml: bytes) -> None:
    with pytest.raises(UnreadableSpecificationError) as error:
        SpecificationParser(xml, b"").parse_all()
    assert str(error.value).startswith("can't read this specification: ")
    assert "\n" not in str(error.value)


def test_a_bomb_in_the_file_of_entities_is_one_line() -> None:
    bomb = powers("ha", 10, 9).encode()
    with pytest.raises(UnreadableSpecificationError):
        SpecificationParser(written("<p>&e9;</p>"), bomb).parse_all()
    assert text_of(written("<p>tea</p>"), bomb).endswith("tea")
    for text, entities in {
        "&a;": b'<!ENTITY a "&b;"><!ENTITY b "&a;">',
        "&e20000;": powers("a", 1, 20_000).encode(),
        "a": bytes(5 << 20),
    }.items():
        with pytest.raises(UnreadableSpecificationError):
            SpecificationParser(written(text), entities).parse_all()
    assert text_of(written("<p>tea</p>"), b"<!--" * 200_000).endswith("tea")


def text_of(xml: bytes, entities: bytes = b"") -> str:
    text = to_plain_text(layout(SpecificationParser(xml, entities).parse_all(), 80))
    return text[: text.index("Author Information")].strip()


SHOWN = {
    "no file of entities": (written("<p>a &tea;</p>"), b"", "a &tea;"),
    "junk for entities": (written("<p>a &tea;</p>"), bytes(range(256)) * 100, "a &tea;"),
    "another file": (declared('<!ENTITY f SYSTEM "file:///etc/passwd">', "a&f;b"), b"", "ab"),
    "another address": (declared('<!ENTITY f SYSTEM "http://a.example/">', "a&f;b"), b"", "ab"),
    "another document type": (
        b"<!DOCTYPE xep SYSTEM 'file:///etc/passwd' [<!ENTITY % f SYSTEM '/etc/passwd'>%f;]>"
        + written("<p>a &tea;</p>"),
        b"<!ENTITY tea 'pot'>",
        "a pot",
    ),
    "placeholders of ours": (written("<p>a\ufdd00\ufdd1b</p>"), b"", "a\ufffd0\ufffdb"),
    "control characters": (written("<p>a&#x9b;b</p>"), b"", "a\ufffdb"),
    "blocks in text": (
        written("<p>a<em>b<ul><li>c</li></ul></em>d</p>"),
        b"",
        "a\n\nb\n\n• c\n\nd",
    ),
    "links in links": (written("<link url='/a'>a<link url='/b'>b</link></link>c"), b"", "abc"),
    "notes side by side": (written("a<note>b</note> <note>c</note>"), b"", "a¹ ²"),
    "notes in notes": (written("a<note>b<note>c</note></note>"), b"", "a¹"),
    "a section in none": (
        f"<xep>{HEADER}<section3 topic='b'/></xep>".encode(),
        b"",
        "0.0.1 b",
    ),
    "a list without items": (written("<ul>a<b>b</b></ul><ol/>"), b"", "• a\n• b"),
    "an odd number": (written("<ol start='-9999999999'><li>a</li></ol>"), b"", "1. a"),
    "an empty table": (written("<table/>"), b"", "Table 1:"),
    "a term alone": (written("<dt>a</dt>"), b"", "a"),
    "UTF-16": (written("<p>tea</p>").decode().encode("utf-16"), b"", "tea"),
    "Latin": (
        b"<?xml version='1.0' encoding='iso-8859-1'?>"
        + written("<p>th\u00e9</p>").replace(b"\xc3\xa9", b"\xe9"),
        b"",
        "th\u00e9",
    ),
}


@pytest.mark.parametrize(("xml", "entities", "end"), SHOWN.values(), ids=SHOWN)
def test_what_is_odd_is_shown(xml: bytes, entities: bytes, end: str) -> None:
    assert text_of(xml, entities).endswith(end)


LARGE = {
    "sections": "<section2 topic='a'>" * 20 + "a" + "</section2>" * 20,
    "spans": "<table><tr><td colspan='99999' rowspan='99999'>a</td></tr><tr/></table>",
    "columns": f"<table>{'<tr>' + '<td/>' * 20 + '</tr>'}</table>",
    "lists": "<ul><li>" * 15 + "a" + "</li></ul>" * 15,
    "notes": "a<note>{n}</note>",
    "marks": "<em>" * 30 + "a" + "</em>" * 30,
    "links": "<link url='a{n}'>XEP-0001</link>",
    "code": "<code>" + "&lt;a b='c'/>\n" * 700 + "</code>",
    "entities": "&e;",
    "cells": "<table>" + "<tr><td>a</td></tr>" * 500 + "</table>",
}


@pytest.mark.parametrize("share", [5, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("unit", LARGE.values(), ids=LARGE)
def test_the_largest_is_parsed_in_bounds(unit: str, share: int) -> None:
    """Bounds in seconds of the processor are some ten times what it takes."""
    elements = max(unit.count("<") - unit.count("</"), 1)
    count = min(MAX_ELEMENTS // elements, MAX_CHARACTERS // len(unit)) * 9 // 10 // share
    body = "".join(unit.replace("{n}", str(n)) for n in range(count))
    parser = SpecificationParser(written(body), b"")
    longest, began, done = 0.0, time.thread_time(), False
    while not done:
        step = time.thread_time()
        done = parser.parse_some(0)
        longest = max(longest, time.thread_time() - step)
    parsed = time.thread_time()
    page = layout(parser.document, 20)
    assert parsed - began < 15
    assert longest < 5
    assert time.thread_time() - parsed < 10
    assert len(page.lines) < 100_000
