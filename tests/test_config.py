"""Load, validate and dump the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xsfreader.config import Config, dump, load, locate
from xsfreader.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def written(tmp_path: Path, text: str | bytes) -> Path:
    file = tmp_path / "config.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_missing_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == Config()


def test_required_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load(tmp_path / "none.toml", required=True)


def test_every_setting_is_loaded(tmp_path: Path) -> None:
    config = load(
        written(
            tmp_path,
            """
source = "~/src/xmpp.org"
branch = "next"
languages = ["DE", "en"]
theme = "nord"
width = 72
images = "off"
sync_interval = 0
sync_timeout = 90
[openers]
https = ["firefox", "--new-tab", "{}"]
xmpp = "gajim"
[keys]
preset = "newsboat"
star = ["f9", "f10"]
""",
        )
    )
    assert config.source == "~/src/xmpp.org"
    assert config.branch == "next"
    assert config.languages == ("de", "en")
    assert (config.theme, config.width, config.images) == ("nord", 72, "off")
    assert config.sync_interval == 0
    assert config.sync_timeout == 90
    assert config.openers == {"https": ("firefox", "--new-tab", "{}"), "xmpp": ("gajim",)}
    assert config.preset == "newsboat"
    assert config.keys == {"star": "f9,f10"}


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("width = 10", 1, "width"),
        ("\nwidth = true", 2, "width"),
        ("\n\nwidht = 80", 3, "did you mean width?"),
        ('languages = "en"', 1, "languages"),
        ("languages = []", 1, "languages"),
        ('languages = ["english"]', 1, '"english" is not the code of a language'),
        ('images = "sometimes"', 1, "images"),
        ('source = ""', 1, "source"),
        ('source = "a\\u001bb"', 1, "source"),
        ('[openers]\njavascript = "x"', 2, "openers.javascript"),
        ("[openers]\nhttp = []", 2, "openers.http"),
        ('[openers]\nhttp = "firefox {}"', 2, 'must be a list: ["firefox", "{}"]'),
        ("keys = 3", 1, "keys"),
        ("[keys]\nstar = 3", 2, "keys.star"),
        ('[keys]\npreset = "vi"', 2, "preset"),
        ("width = = 3", 1, "Invalid value"),
        ('source = "x', 1, "config.toml"),
        (b'source = "\xff"', 1, "UTF-8"),
    ],
)
def test_error_has_file_line_and_setting(
    tmp_path: Path, text: str | bytes, line: int, word: str
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(file)
    words = str(caught.value)
    assert words.startswith(f"{file}:{line}: ")
    assert word in words
    assert "\n" not in words


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    assert load(written(tmp_path, b"\xef\xbb\xbfwidth = 60\n")).width == 60


def test_dump_round_trips(tmp_path: Path) -> None:
    config = Config(
        source='C:\\blog "old"',
        languages=("de", "fr"),
        width=60,
        openers={"https": ("my browser", "{}")},
        preset="newsboat",
        keys={"star": "f9"},
    )
    again = load(written(tmp_path, dump(config)))
    assert dump(again).splitlines()[1:] == dump(config).splitlines()[1:]
    assert again.source == config.source
    assert again.openers == config.openers


def test_xdg_variables_set_all_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    paths = locate()
    assert paths.config == tmp_path / "CONFIG" / "xsfreader" / "config.toml"
    assert paths.data == tmp_path / "DATA" / "xsfreader"
    assert paths.state == tmp_path / "DATA" / "xsfreader" / "state.db"
    assert tmp_path / "STATE" in paths.log.parents


def test_each_source_has_its_own_archive() -> None:
    paths = locate()
    names = ["https://a.org/x", "https://b.org/x", "https://a.org/x#next", "/home/x", "guide"]
    assert len({paths.archive(name) for name in names}) == len(names)
    assert all(paths.archive(name).parent == paths.data for name in ["../../etc", "a/../b", "…"])
