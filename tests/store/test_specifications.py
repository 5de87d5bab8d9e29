"""Specifications kept and indexed in a file of their own."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from xsfreader.errors import BrokenFileError
from xsfreader.model import Known, Section, SectionHit
from xsfreader.store.query import parse_query
from xsfreader.store.specifications import HeldFile, SpecificationFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ARCHIVE = [
    Section("", "XEP-0313: Message Archive Management", "Query an archive of messages."),
    Section("query", "Querying", "A <query xmlns='urn:xmpp:mam:2'/> in an <iq/>, never archive."),
    Section("support", "Support", "Advertise urn:xmpp:mam:2 with disco#info."),
]
MODERATION = [
    Section("", "XEP-0425: Moderated Message Retraction", "Retract what others wrote; 1 < 2."),
    Section("example", "", "<message><retract by='Ä'/></message> </retract> retracted"),
    Section("mam", "Archives", "See urn:xmpp:mam:2, not urn:xmpp:mam:1; retraction, <retracted/>."),
]


def held(number: int, sections: Sequence[Section] = ()) -> HeldFile:
    return HeldFile(f"xep-{number:04}.xml", "a", b"<xep/>", sections)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SpecificationFile]:
    with closing(SpecificationFile(tmp_path / "specifications.db")) as file:
        file.put([held(313, ARCHIVE), held(425, MODERATION)])
        yield file


def find(file: SpecificationFile, text: str) -> list[tuple[int, str]]:
    query = parse_query(f"{text} in:xeps")
    hits = file.read_hits(file.search_ids(query, -1), query)
    return [(hit.number, hit.anchor) for hit in hits]


def test_nothing_is_held_at_first(tmp_path: Path) -> None:
    with closing(SpecificationFile(tmp_path / "none" / "x.db")) as file:
        assert file.listed() == Known()
        assert file.held() == {}
        assert file.get("xep-0001.xml") is None
        assert file.title(1) == ""
        assert file.index_version() == ""
        assert find(file, "archive") == []
    assert not (tmp_path / "none").exists()


def test_files_are_kept_by_their_newest_id(file: SpecificationFile) -> None:
    listed = Known("abc", {"xep-0001.xml": "b", "xep.ent": "e"})
    file.set_listed(Known("old", {"xep-0002.xml": "x"}))
    file.set_listed(listed)
    assert file.listed() == listed
    file.put([HeldFile("xep-0001.xml", "a", b"\xff<old/>")])
    file.put([HeldFile("xep-0001.xml", "b", b"\xff<xep/>")])
    assert file.held()["xep-0001.xml"] == "b"
    assert file.versions(["xep-0001.xml", "xep.ent"]) == {"xep-0001.xml": "b"}
    assert file.get("xep-0001.xml") == b"\xff<xep/>"


def test_files_are_kept_together_or_not_at_all(file: SpecificationFile) -> None:
    def files() -> Iterator[HeldFile]:
        yield held(1, [Section("", "XEP-0001: Protocols", "Standards")])
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        file.put(files())
    assert "xep-0001.xml" not in file.held()
    assert find(file, "standards") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("urn:xmpp:mam:2", [(313, "support"), (313, "query"), (425, "mam")]),
        ("mam:2 disco#info", [(313, "support")]),
        ("<query", [(313, "query")]),
        ("<query/>", [(313, "query")]),
        ("<retract", [(425, "example")]),
        ("<RETRACT/>", [(425, "example")]),
        ("</retract>", [(425, "example"), (425, "")]),
        ("<retracted>", [(425, "mam")]),
        ('"<retract by" ä', [(425, "example")]),
        ('"message retract by"', []),
        ("<message", [(425, "example")]),
        ("archive", [(313, ""), (313, "query")]),
        ("archive -iq", [(313, "")]),
        ("xep:425 mam", [(425, "mam")]),
        ("xep:425", []),
        ("", []),
    ],
)
def test_words_are_found_as_they_are_written(
    file: SpecificationFile, query: str, found: list[tuple[int, str]]
) -> None:
    assert sorted(find(file, query)) == sorted(found)
    assert [number for number, _ in find(file, query)] == [number for number, _ in found]


def test_the_last_word_is_a_prefix_while_it_is_typed(file: SpecificationFile) -> None:
    query = parse_query("in:xeps <retr")
    hits = file.read_hits(file.search_ids(query, -1), query)
    assert {hit.anchor for hit in hits} == {"example", "mam"}


def test_a_result_names_its_section_and_marks_the_element(file: SpecificationFile) -> None:
    query = parse_query("<retract in:xeps")
    (hit,) = file.read_hits(file.search_ids(query, 5), query)
    assert hit == SectionHit(
        425, "XEP-0425: Moderated Message Retraction", "example", "",
        MODERATION[1].text, hit.marks,
    )  # fmt: skip
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["<retract", "</retract"]


def test_one_specification_doesnt_fill_the_results(file: SpecificationFile) -> None:
    often = [Section(f"s{n}", "Titel", "omemo omemo") for n in range(30)]
    once = [Section("s", "Titel", "omemo once among other words")]
    file.put([held(1, often), held(2, once)])
    assert [number for number, _ in find(file, "omemo")] == [1, 1, 1, 2]


def test_a_newer_version_replaces_the_sections_before(file: SpecificationFile) -> None:
    file.put([held(313, [Section("", "XEP-0313: Ünlike", "Nothing of the kind")])])
    assert find(file, "urn:xmpp:mam:2") == [(425, "mam")]
    assert find(file, "unlike kind") == [(313, "")]
    assert file.title(313) == "XEP-0313: Ünlike"
    file.put([held(313), held(425)])
    assert file.rows("SELECT * FROM section") == []
    assert file.rows("SELECT count(*) FROM found WHERE found MATCH 'urn OR kind'") == [(0,)]


def test_the_index_of_other_rules_is_dropped_but_not_the_files(file: SpecificationFile) -> None:
    file.set_index_version("1")
    file.set_index_version("")
    assert find(file, "archive") == []
    assert file.get("xep-0313.xml") == b"<xep/>"
    file.put([held(313, ARCHIVE)])
    file.set_index_version("2")
    assert file.index_version() == "2"
    assert find(file, "disco#info") == [(313, "support")]


def test_damage_is_said_and_what_can_be_fetched_again_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "specifications.db"
    with closing(SpecificationFile(path)) as file:
        file.put([held(1)])
        with file.writing() as db:
            db.execute("UPDATE held SET bytes = x'00'")
        with pytest.raises(BrokenFileError, match=r"xep-0001\.xml is damaged; delete"):
            file.get("xep-0001.xml")
    path.write_bytes(b"no database" * 100)
    with closing(SpecificationFile(path)) as file:
        assert file.get("xep-0001.xml") is None
        file.put([held(1)])
    assert list(tmp_path.glob("specifications.db.broken-*"))
