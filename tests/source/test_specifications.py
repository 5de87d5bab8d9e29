"""The XSF's specifications as a source: other files, read by the same means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.githost import GitHost, commit, corpus_repository, git
from xsfreader.errors import SourceError, UpstreamError
from xsfreader.model import Known
from xsfreader.source import SPECIFICATIONS, open_source

if TYPE_CHECKING:
    from pathlib import Path

    from xsfreader.model import Source

FILES = {
    "xep-0001.xml": b"<xep/>",
    "xep.ent": b"<!ENTITY a 'b'>",
    "README.md": b"read by nobody",
    "xep-1.xml": b"no number",
    "inbox/xep-0002.xml": b"not accepted yet",
    "content/blog/a.md": b"no specification",
}
READ = {"xep-0001.xml", "xep.ent"}


@pytest.fixture(params=["git", "folder"])
def source(request: pytest.FixtureRequest, host: GitHost, blog: Path, tmp_path: Path) -> Source:
    """A source of ``FILES``."""
    commit(blog, FILES)
    if request.param == "git":
        return open_source(host.url("blog.git"), selection=SPECIFICATIONS)
    git(tmp_path, "clone", "-q", str(blog), "checkout")
    return open_source(str(tmp_path / "checkout"), selection=SPECIFICATIONS)


def test_only_specifications_and_their_entities_are_read(source: Source) -> None:
    snapshot = source.snapshot(Known(), lambda _: None)
    assert snapshot is not None
    assert snapshot.files.keys() == READ
    assert not snapshot.images
    assert not snapshot.refused
    for path, blob in snapshot.files.items():
        assert snapshot.blobs[blob] == source.blob(path, blob) == FILES[path]
    assert source.snapshot(Known(snapshot.id, snapshot.files), lambda _: None) is None


def test_a_source_of_something_else_is_an_error(host: GitHost, blog: Path, tmp_path: Path) -> None:
    commit(blog, {"a.md": b"a"})
    for name in (host.url("blog.git"), str(tmp_path)):
        source = open_source(name, selection=SPECIFICATIONS)
        with pytest.raises(UpstreamError, match="no specifications"):
            source.snapshot(Known(), lambda _: None)
    with pytest.raises(SourceError, match="no such folder"):
        open_source("guide", selection=SPECIFICATIONS)


@pytest.mark.corpus
def test_listing_takes_few_bytes_and_one_specification_its_own(tmp_path: Path) -> None:
    corpus_repository(tmp_path / "xeps.git", "xeps")
    with GitHost(tmp_path) as host:
        source = open_source(host.url("xeps.git"), selection=SPECIFICATIONS)
        listed = source.snapshot(Known(), lambda _: None, wanted=())
        assert listed is not None
        assert len(listed.files) == 41
        assert not listed.blobs
        assert len(host.seen) <= 5
        assert host.sent < 10_000
        host.reset()
        assert b"<number>0198</number>" in source.blob("xep-0198.xml", listed.files["xep-0198.xml"])
        assert len(host.seen) <= 3
        assert host.sent < 30_000
        wanted = {"xep.ent", "xep-0313.xml"}
        some = source.snapshot(Known(), lambda _: None, wanted=wanted)
        assert some is not None
        assert set(some.blobs) == {listed.files[path] for path in wanted}
        assert some.id == listed.id
