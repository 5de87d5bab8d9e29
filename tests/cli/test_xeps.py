"""``xsfreader xeps``: the list, one XEP, its specification, and searching specifications."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.test_specifications import FILES
from xsfreader.cli import FAILURE, OK, main
from xsfreader.cli.output import USAGE
from xsfreader.config import locate
from xsfreader.model import INGEST_VERSION, Xep
from xsfreader.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    Captured = pytest.CaptureFixture[str]


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    """Options for the guide with a folder of specifications and a list of XEPs."""
    folder, config = tmp_path / "xeps", tmp_path / "config.toml"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    config.write_text(f'xeps_source = "{folder.as_posix()}"\n')
    archive = locate().archive("guide")
    with Store.open(archive, locate().state, ingest_version=INGEST_VERSION) as store:
        known = (
            Xep(number, title, "", "Standards Track", "Stable")
            for number, title in ((1, "Protocols"), (198, "Stream Management"), (2000, "Last"))
        )
        store.set_xeps(known)
    return ["--source", "guide", "--config", str(config)]


@pytest.mark.parametrize("number", [[], ["198"]])
def test_without_an_archive_the_error_says_how_to_sync(capsys: Captured, number: list[str]) -> None:
    assert main(["xeps", *number, "--source", "http://127.0.0.1:9/x.git"]) == FAILURE
    assert "xsfreader sync" in capsys.readouterr().err


def test_unknown_xep_is_a_one_line_error(capsys: Captured) -> None:
    assert main(["xeps", "99999", "--source", "guide"]) == FAILURE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert main(["xeps", "XEP-0384", "--source", "guide"]) == OK


def test_mentioned_ones_are_listed_first(options: list[str], capsys: Captured) -> None:
    assert main(["xeps", *options]) == OK
    lines = capsys.readouterr().out.splitlines()
    mentioned = [line for line in lines if line.endswith((" post)", " posts)"))]
    assert any(line.startswith("XEP-0198 Stream Management, Stable  (") for line in mentioned)
    assert lines == [*mentioned, "XEP-0001 Protocols, Stable", "XEP-2000 Last, Stable"]
    assert main(["xeps", "--json", *options]) == OK
    records = json.loads(capsys.readouterr().out)
    assert [record["number"] for record in records] == [int(line[4:8]) for line in lines]
    assert [bool(record["posts"]) for record in records] == [line in mentioned for line in lines]
    assert not any(record["held"] for record in records)


def test_a_specification_is_fetched_and_printed(options: list[str], capsys: Captured) -> None:
    assert main(["xeps", "XEP-0198", "--read", *options]) == OK
    printed = capsys.readouterr()
    assert printed.err == ""
    for words in ("XEP-0198: Stream Management", "Introduced by an entity", "1. Elements", "<r/>"):
        assert words in printed.out
    assert "Posts that mention it" in printed.out
    assert main(["xeps", "198", "--read", "--width", "40", "--links", *options]) == OK
    assert "https://xmpp.org/" in capsys.readouterr().out
    assert main(["xeps", "198", "--read", "--json", *options]) == OK
    record = json.loads(capsys.readouterr().out)
    assert record["xml"].encode() == FILES["xep-0198.xml"]
    assert record["held"]
    assert record["posts"]
    assert main(["xeps", "198", "--json", *options]) == OK
    assert json.loads(capsys.readouterr().out)["held"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--read"], USAGE, "--read needs the number"),
        (["77", "--read"], FAILURE, "XEP-0077 is not in"),
        (["198", "--read", "--offline"], FAILURE, "not held here"),
        (["198", "--read", "--config=off"], FAILURE, "not held here"),
        (["198", "--read", "--config=nowhere"], FAILURE, "no such folder"),
        (["313", "--read"], FAILURE, "can't read this specification"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    options: list[str],
    tmp_path: Path,
    capsys: Captured,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    (tmp_path / "xeps" / "xep-0313.xml").write_bytes(b"<xep><header>&bad")
    (tmp_path / "off").write_text('xeps = "off"\n')
    (tmp_path / "nowhere").write_text('xeps_source = "/nowhere/xeps"\n')
    arguments = [each.replace("=", f"={tmp_path}/") for each in arguments]
    config = (tmp_path / "config.toml").read_text()
    if "--offline" in arguments:
        # A folder needs no network.
        (tmp_path / "config.toml").write_text('xeps_source = "http://127.0.0.1:9/x.git"\n')
    assert main(["xeps", *options, *arguments]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert printed.err.count("\n") == 1 or code == USAGE
    (tmp_path / "config.toml").write_text(config)
    assert main(["xeps", "198", "--read", *options]) == OK


def test_specifications_are_searched_by_section(options: list[str], capsys: Captured) -> None:
    assert main(["search", "urn:xmpp:mam:2 in:xeps", *options]) == OK
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "No specification is held yet; `xsfreader sync --xeps` fetches all" in printed.err
    assert main(["sync", "--xeps", *options]) == OK
    capsys.readouterr()
    assert main(["search", "urn:xmpp:mam:2", "in:xeps", *options]) == OK
    assert capsys.readouterr().out.splitlines() == [
        "XEP-0313: Message Archive Management · Elements",
        "  https://xmpp.org/extensions/xep-0313.html#elements",
        "  As urn:xmpp:mam:2.",
    ]
    assert main(["search", "<r in:xeps", "--json", *options]) == OK
    (hit,) = json.loads(capsys.readouterr().out)
    assert (hit["number"], hit["anchor"], hit["section"]) == (198, "elements", "Elements")
    assert [hit["snippet"][start:end] for start, end in hit["marks"]] == ["<r"]
    assert main(["search", "introduced in:xeps", "--limit", "1", *options]) == OK
    printed = capsys.readouterr()
    assert printed.out.startswith("XEP-0001: Extension Protocols\n  https://xmpp.org/ext")
    assert "best 1 matches" in printed.err
    assert main(["search", "mam is:unread in:xeps", *options]) == FAILURE
    assert "of the filters, only xep:" in capsys.readouterr().err
    assert main(["search", "urn:xmpp:mam:2", *options]) == OK
    assert "extensions/xep-" not in capsys.readouterr().out
