"""Fetch and keep specifications."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from tests.githost import Fault, GitHost, commit, corpus_repository, git, new_repository
from tests.test_jobs import until
from xsfreader.config import Config, load, locate
from xsfreader.errors import (
    SpecificationError,
    UnreachableError,
    UnreadableSpecificationError,
    UpstreamError,
)
from xsfreader.library import Library
from xsfreader.library.job_events import Event, FetchResult, XepsResult
from xsfreader.reports import FetchReport, Progress
from xsfreader.store.specifications import HeldFile
from xsfreader.xep.sections import read_sections

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = '<!DOCTYPE xep SYSTEM "xep.dtd" [<!ENTITY % ents SYSTEM "xep.ent"> %ents;]>\n'


def specification(number: int, title: str, text: str = "") -> bytes:
    header = f"<title>{title}</title><abstract>&intro;</abstract><number>{number:04}</number>"
    section = f'<section1 topic="Elements" anchor="elements"><p>{text}</p></section1>'
    return f"{HEAD}<xep><header>{header}</header>{section}</xep>".encode()


FILES = {
    "xep.ent": b'<!ENTITY intro "Introduced by an entity">',
    "xep-0001.xml": specification(1, "Extension Protocols"),
    "xep-0198.xml": specification(198, "Stream Management", "An &lt;r/&gt; in urn:xmpp:sm:3."),
    "xep-0313.xml": specification(313, "Message Archive Management", "As urn:xmpp:mam:2."),
    "README.md": b"# XEPs",
}


def silent(_progress: Progress) -> None:
    """Say nothing."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    commit(new_repository(tmp_path / "served" / "xeps.git"), FILES)
    with GitHost(tmp_path / "served") as host:
        yield host


@pytest.fixture
def library(host: GitHost, tmp_path: Path) -> Iterator[Library]:
    file = tmp_path / "config.toml"
    file.write_text(f'xeps_source = "{host.url("xeps.git")}"\n')
    with Library(load(file), locate(file), "guide") as library:
        yield library


def test_one_is_fetched_with_the_entities_and_read_without_a_request(
    library: Library, host: GitHost
) -> None:
    with pytest.raises(SpecificationError, match=r"XEP-0198 is not held here.*sync --xeps"):
        library.specifications.read(198)
    assert not host.seen
    assert library.specifications.version(198) == ""
    library.specifications.fetch(198, silent)
    host.stop()
    assert library.specifications.held() == {198}
    with library.clone() as again:
        xml, entities = again.specifications.read(198)
    assert (xml, entities) == (FILES["xep-0198.xml"], FILES["xep.ent"])
    assert library.specifications.version(198)


def test_a_library_looks_once_for_newer_versions(library: Library, host: GitHost) -> None:
    library.specifications.fetch(198, silent)
    host.reset()
    library.specifications.fetch(198, silent)
    assert not host.seen
    library.specifications.fetch(1, silent)
    assert len(host.seen) <= 3
    before = library.specifications.version(198)
    commit(host.folder / "xeps.git", FILES | {"xep-0198.xml": specification(198, "Newer")})
    with library.clone() as another:
        another.specifications.fetch(198, silent)
    assert library.specifications.version(198) != before
    assert b"Newer" in library.specifications.read(198)[0]


def test_what_the_source_lacks_is_an_error(library: Library, host: GitHost) -> None:
    for number in (2, 123456):
        with pytest.raises(SpecificationError, match=r"XEP-\d+ is not in http://127"):
            library.specifications.fetch(number, silent)
    commit(host.folder / "xeps.git", {"xep-0001.xml": FILES["xep-0001.xml"]})
    with library.clone() as another:
        another.specifications.fetch(1, silent)
        assert another.specifications.read(1) == (FILES["xep-0001.xml"], b"")


def test_an_unusable_source_leaves_what_is_held(library: Library, host: GitHost) -> None:
    library.specifications.fetch(198, silent)
    with library.clone() as another:
        host.fault = Fault(only="command=fetch", body=b"0000")
        with pytest.raises(UpstreamError):
            another.specifications.fetch(1, silent)
        with pytest.raises(UpstreamError):
            another.specifications.update(silent, everything=True)
    host.stop()
    with library.clone() as another:
        with pytest.raises(UnreachableError):
            another.specifications.fetch(198, silent)
        assert another.specifications.read(198)[0] == FILES["xep-0198.xml"]
        assert another.specifications.held() == {198}


def test_all_are_fetched_once_then_what_changed(
    library: Library, host: GitHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xsfreader.specifications._BATCH", 3)
    told: list[Progress] = []
    assert library.specifications.update(told.append, everything=True) == FetchReport(
        "specification", 3
    )
    assert {progress.stage for progress in told} == {
        "contacting the server",
        "fetching the list of specifications",
        "fetching specifications",
        "indexing specifications",
    }
    host.reset()
    assert library.specifications.update(silent, everything=True) == FetchReport(
        "specification", 0, 3
    )
    assert len(host.seen) <= 2
    changed = {"xep-0001.xml": specification(1, "New"), "xep-0002.xml": specification(2, "Next")}
    commit(host.folder / "xeps.git", FILES | changed)
    assert library.specifications.update(silent, everything=True) == FetchReport(
        "specification", 2, 2
    )
    assert b"New" in library.specifications.read(1)[0]


def test_a_too_large_one_is_counted(library: Library, host: GitHost) -> None:
    commit(host.folder / "xeps.git", FILES | {"xep-0001.xml": b"x" * (1 << 20) + b"x"})
    report = library.specifications.update(silent, everything=True)
    assert report.summary() == (
        "2 specifications fetched, 0 already cached, 1 could not be fetched"
    )


def test_a_sync_updates_what_was_read_before(library: Library, host: GitHost) -> None:
    assert library.refresh_specifications(silent) is None
    assert not host.seen
    library.specifications.fetch(198, silent)
    assert library.refresh_specifications(silent) is None
    commit(host.folder / "xeps.git", FILES | {"xep-0198.xml": specification(198, "Newer")})
    assert library.refresh_specifications(silent) == FetchReport("specification", 1)
    assert library.specifications.held() == {198}
    host.stop()
    with library.clone() as another:
        problem = another.refresh_specifications(silent)
    assert isinstance(problem, XepsResult)
    assert problem.problem.startswith("the specifications were not updated: ")


@pytest.mark.parametrize(
    ("setting", "held"), [("all", {1, 198, 313}), ("on-demand", set()), ("off", set())]
)
def test_the_setting_says_what_a_sync_brings(
    library: Library, host: GitHost, setting: str, held: set[int]
) -> None:
    library.config = library.config._replace(xeps=setting)
    library.refresh_specifications(silent)
    assert library.specifications.held() == held
    assert bool(host.seen) == bool(held)


def test_no_host_is_asked_that_nobody_named() -> None:
    with Library(Config(xeps="all"), locate(), "guide") as library:
        assert library.refresh_specifications(silent) is None


def test_a_folder_serves_as_well(tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    with Library(Config(xeps_source=str(tmp_path)), locate(), "guide") as library:
        library.specifications.fetch(198, silent)
        assert library.specifications.read(198)[1] == FILES["xep.ent"]
        (tmp_path / "xep-0198.xml").write_bytes(FILES["xep-0001.xml"])
        report = library.specifications.update(silent, everything=True)
        assert report == FetchReport("specification", 3)
        assert library.specifications.read(198)[0] == FILES["xep-0001.xml"]


async def answers_of(library: Library, *numbers: str) -> list[Event]:
    """Run the job until it answered each of these; return all its events."""
    job = library.job("specifications")
    events: list[Event] = []
    task = asyncio.create_task(job.run(events.append))
    for number in numbers:
        job.send(number)
    await until(lambda: sum(isinstance(event, FetchResult) for event in events) == len(numbers))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return events


async def test_a_job_answers_each_number(library: Library, host: GitHost) -> None:
    events = await answers_of(library, "198", "2", "x")
    assert any(isinstance(event, Progress) for event in events)
    held, missing, wrong = (event for event in events if isinstance(event, FetchResult))
    assert held == FetchResult("198")
    assert missing.final
    assert "XEP-0002 is not in" in missing.problem
    assert wrong == FetchResult("x", "x is not a XEP number")
    assert library.specifications.held() == {198}
    host.stop()
    offline = (await answers_of(library, "198"))[-1]
    assert isinstance(offline, FetchResult)
    assert not offline.reachable
    assert not offline.final


def test_a_document_follows_its_version_and_lists_posts(library: Library, host: GitHost) -> None:
    library.refresh_local()
    with pytest.raises(SpecificationError, match="XEP-0198 is not held here"):
        library.document("xep/198")
    assert not library.is_slow_to_open("xep/198")
    library.specifications.fetch(198, silent)
    document = library.document("xep/198")
    assert library.document("xep/198") is document
    posts = {link.url for link in document.links}
    mentioned = library.posts_with_xep(198)
    assert mentioned
    assert posts >= {f"https://xmpp.org{entry.permalink}" for entry in mentioned}
    item = library.item("xep/198")
    assert item.title == "XEP-0198: Stream Management"
    assert item.url == "https://xmpp.org/extensions/xep-0198.html"
    assert item.text.encode() == FILES["xep-0198.xml"]
    commit(host.folder / "xeps.git", FILES | {"xep-0198.xml": specification(198, "Newer")})
    assert library.refresh_specifications(silent) == FetchReport("specification", 1)
    assert "Newer" in library.document("xep/198").blocks[0].text


BOMB = b'<!DOCTYPE xep [<!ENTITY a "%s">%s]><xep><header><title>&z;</title></header></xep>' % (
    b"a" * 1000,
    b"".join(
        b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 10) for name in range(0x62, 0x7B)
    ),
)


@pytest.mark.parametrize(
    "bad",
    [b"", b"\xff\xfe\x00", b"<xep>", b"no XML", BOMB, b"<a>" * 100_000, FILES["xep-0001.xml"][:-9]],
    ids=["empty", "bytes", "not closed", "text", "bomb", "deep", "cut"],
)
def test_a_bad_one_harms_nothing_else(library: Library, host: GitHost, bad: bytes) -> None:
    commit(host.folder / "xeps.git", FILES | {"xep-0001.xml": bad})
    assert library.specifications.update(silent, everything=True).fetched == 3
    with pytest.raises(UnreadableSpecificationError, match="can't read this specification"):
        library.document("xep/1")
    assert library.item("xep/1").title == "XEP-0001"
    assert library.document("xep/198").blocks
    assert [hit.number for hit in library.search_sections("urn:xmpp:mam:2 in:xeps", 9)] == [313]


def test_without_entities_they_are_shown_as_written(library: Library, host: GitHost) -> None:
    files = {name: data for name, data in FILES.items() if name != "xep.ent"}
    commit(host.folder / "xeps.git", files)
    library.specifications.update(silent, everything=True)
    text = "\n".join(block.text for block in library.document("xep/198").blocks)
    assert "&intro;" in text
    assert library.search_sections("sm:3 in:xeps", 9)


def test_an_index_made_by_other_rules_is_made_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.specifications.fetch(313, silent)
    monkeypatch.setattr("xsfreader.specifications.INDEX_VERSION", "2")
    assert library.search_sections("mam:2 in:xeps", 9)
    library.specifications.file.put([HeldFile("xep-0313.xml", "x", FILES["xep-0313.xml"])])
    library.specifications.fetch(198, silent)
    assert library.search_sections("mam:2 in:xeps", 9)
    assert library.search_sections("sm:3 in:xeps", 9)
    assert library.specifications.file.index_version() == "2"


@pytest.mark.corpus
def test_real_ones_open_and_are_found(tmp_path: Path) -> None:
    repository = corpus_repository(tmp_path / "xeps.git", "xeps")
    names = git(repository, "ls-tree", "--name-only", "HEAD").split()
    files = {
        name: git(repository, "cat-file", "blob", f"HEAD:{name}").encode()
        for name in names
        if name.startswith("xep-")
    }
    with GitHost(tmp_path) as host:
        config = Config(xeps_source=host.url("xeps.git"))
        with Library(config, locate(), "guide") as library:
            report = library.specifications.update(silent, everything=True)
            assert report == FetchReport("specification", len(files))
            assert len(files) == 40
            assert len(host.seen) == 4
    with Library(config, locate(), "guide") as library:
        held = library.specifications.held()
        assert held == {int(name[4:8]) for name in files}
        for number in held:
            if len(files[f"xep-{number:04}.xml"]) > 100_000:
                continue
            document = library.document(f"xep/{number}")
            found = read_sections(*library.specifications.read(number))
            assert {section.anchor for section in found} <= {*document.anchors, ""}
        hits = library.search_sections("urn:xmpp:mam:2 in:xeps", 20)
        assert hits[0].number == 313
        hits = library.search_sections("<retract in:xeps", 1000)
        assert {hit.number for hit in hits} == {
            int(name[4:8])
            for name, data in files.items()
            if re.search(rb"<retract[\s/>]", data) and int(name[4:8])
        }
        for query, number in (("disco#info", 30), ("<resume/>", 198), ("stream management", 198)):
            assert library.search_sections(f"{query} in:xeps", 1)[0].number == number
        # All of the XSF have 12.5 MB, and the file for all at most 25.
        size = library.specifications.file.path.stat().st_size
        assert size < 25 / 12.5 * sum(map(len, files.values()))
