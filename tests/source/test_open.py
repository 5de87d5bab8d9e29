"""Names of sources are distinguished, and passwords never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xsfreader.config import DEFAULT_SOURCE
from xsfreader.errors import SourceError
from xsfreader.source import open_source
from xsfreader.source.directory import DirectorySource
from xsfreader.source.git import GitSource
from xsfreader.source.names import is_post
from xsfreader.source.web.address import parse_address

if TYPE_CHECKING:
    from pathlib import Path


def test_urls_folders_and_the_guide_are_distinguished(tmp_path: Path) -> None:
    assert isinstance(open_source(DEFAULT_SOURCE), GitSource)
    assert isinstance(open_source("HTTP://example.org/x"), GitSource)
    assert isinstance(open_source(str(tmp_path)), DirectorySource)
    assert open_source("guide").name == "guide"


def test_folder_named_guide_can_be_given_as_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "guide").mkdir()
    monkeypatch.chdir(tmp_path)
    assert open_source("./guide").name == str(tmp_path / "guide")


def test_folder_has_one_name_however_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    names = {open_source(given).name for given in (".", str(tmp_path), f"{tmp_path}/", "~")}
    assert names == {str(tmp_path)}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("", "no source given"),
        ("  ", "no source given"),
        ("a\0b", "no source given"),
        ("/no/such/folder", "no such folder"),
        ("file:///tmp", "give the folder itself"),
        ("ssh://git@example.org/x", "https://"),
        ("git@github.com:xsf/xmpp.org", "https://"),
        ("github.com/xsf/xmpp.org", "https://"),
        ("https://", "not a usable address"),
        ("https://example.org:port/x", "not a usable address"),
        ("https://example.org/x?y=1", "not a usable address"),
        ("https://exa mple.org/x", "spaces"),
        ("https://example.org/\x1b[2J", "control"),
        ("~nobody-of-that-name/x", "home directory"),
    ],
)
def test_invalid_source_is_rejected_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(SourceError, match=hint) as raised:
        open_source(name)
    assert str(raised.value).isprintable()


def test_file_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "post.md").write_text("x")
    with pytest.raises(SourceError, match="is a file"):
        open_source(str(tmp_path / "post.md"))


@pytest.mark.parametrize("branch", ["", "a b", "a\n", "\x1b"])
def test_invalid_branch_is_rejected(branch: str) -> None:
    with pytest.raises(SourceError, match="branch"):
        open_source(DEFAULT_SOURCE, branch=branch)


@given(st.text(max_size=60))
def test_any_name_is_a_source_or_rejected_in_one_printable_line(name: str) -> None:
    try:
        open_source(name)
    except SourceError as error:
        line = str(error)
    else:
        line = "a source"
    assert line.isprintable()


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"]), min_size=8))
def test_no_password_is_shown(secret: str) -> None:
    assert secret not in open_source(f"https://me:{secret}@example.org/blog").name
    for url in (f"https://me:{secret}@example.org/b?x", f"https://me:{secret}@:1:2/b"):
        with pytest.raises(SourceError) as raised:
            open_source(url)
        assert secret not in str(raised.value)
    with pytest.raises(SourceError) as raised:
        open_source(f"ftp://me:{secret}@example.org/b")
    assert secret not in str(raised.value)


def test_addresses_are_parsed() -> None:
    address = parse_address("https://a%40b:p%3Aw@Example.org/x/ü/")
    assert str(address) == "https://example.org/x/%C3%BC"
    assert address.authorization == "Basic YUBiOnA6dw=="
    assert address.port == 443
    assert str(parse_address("http://[::1]:8080/x")) == "http://[::1]:8080/x"


@pytest.mark.parametrize(
    ("path", "post"),
    [
        ("content/blog/a.md", True),
        ("content/blog/_index.md", False),
        ("content/blog/x/_index.de.md", False),
        ("content/blog/.a.md", False),
        ("content/blog/a.markdown", False),
        ("a.md", True),
    ],
)
def test_which_files_are_posts(path: str, post: bool) -> None:
    assert is_post(path) is post
