"""A document as text comes back as it was, and only to the code that made it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.corpus import corpus_files, needs_corpus
from tests.markup.test_properties import BASE, TEXTS
from xsfreader.ingest import ingest, is_post
from xsfreader.markup import packed, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "xsfreader/guide/content/blog/2026-08-03-everything.md"


@given(TEXTS)
def test_any_document_comes_back_as_it_was(body: str) -> None:
    document = parse(body, base=BASE)
    assert packed.unpack(packed.pack(document)) == document


def test_one_of_everything_comes_back_as_it_was() -> None:
    document = parse(PAGE.read_text(encoding="utf-8"), base=BASE)
    back = packed.unpack(packed.pack(document))
    assert back == document
    for block, again in zip(document.blocks, back.blocks, strict=True):
        assert type(again.kind) is type(block.kind)
        for span, other in zip(block.spans, again.spans, strict=True):
            assert (type(other.role), type(other.marks)) == (type(span.role), type(span.marks))
    assert [type(link.kind) for link in back.links] == [type(x.kind) for x in document.links]


@needs_corpus
def test_every_post_comes_back_as_it_was() -> None:
    for path, data in corpus_files().items():
        if is_post(path):
            full = ingest(path, "0" * 40, data)
            document = parse(full.body, base=full.post.url)
            assert packed.unpack(packed.pack(document)) == document, path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "[]",
        "{}",
        "null",
        '["a"]',
        "[[], [], [], []]",
        '[[["text"]], [], [], [], {}]',
        '[[["no such kind", "", [], [], 0, 1, 0, -1, null]], [], [], [], {}]',
        '[[["text", "", [["a", "body", 999, 0, 0]], [], 0, 1, 0, -1, null]], [], [], [], {}]',
        "[" * 100_000,
        json.dumps([[], [], [], [], []]),
    ],
)
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        packed.unpack(text)


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that stands for the code that parses."""
    folder = tmp_path / "package" / "markup"
    folder.mkdir(parents=True)
    (folder / "build.py").write_text("one")
    (folder.parent / "text.py").write_text("one")
    monkeypatch.setattr(packed, "__file__", str(folder / "packed.py"))
    packed.maker.cache_clear()
    yield folder
    packed.maker.cache_clear()


@pytest.mark.parametrize("name", ["build.py", "../text.py"])
def test_code_that_was_changed_has_another_name(code: Path, name: str) -> None:
    first = packed.maker()
    packed.maker.cache_clear()
    assert packed.maker() == first
    file = code / name
    was = file.stat()
    file.write_text("two")
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns + 1))
    packed.maker.cache_clear()
    second = packed.maker()
    (code / "more.py").write_text("")
    packed.maker.cache_clear()
    assert len({first, second, packed.maker()}) == 3


def test_other_parsers_have_another_name(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code.exists()
    first = packed.maker()
    monkeypatch.setattr(packed, "_PARSERS", ("markdown_it", "no_such_module"))
    packed.maker.cache_clear()
    assert packed.maker() != first
