"""Closed streams, odd arguments and settings, passwords, and every command with ``--json``."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import xsfreader
from tests import command
from tests.command import COMMAND, home_variables
from tests.soak import soaked
from tests.terminal import PATIENCE
from xsfreader.cli import main
from xsfreader.config import Config, load, locate
from xsfreader.errors import ConfigError, SourceError, without_password
from xsfreader.library import Library
from xsfreader.log import log, set_log_file
from xsfreader.model import INGEST_VERSION, Place, View, Xep
from xsfreader.source.web.address import parse_address
from xsfreader.store import Store

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

posix = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell and /dev/full")

POST = "preview-a-post-before-it-is-out"
PRINTING = {
    "list": 0,
    f"show {POST}": 0,
    "state export": 0,
    "completion bash": 0,
    "sync": 0,
    "--help": 0,
}
"""Commands that print to standard output, each in another way, with their exit codes."""
SILENT = {"": 1, "list --flag": 2, "show nosuch": 1, "state import /dev/null": 1, "images": 1}
"""Commands that don't; ``images`` ends with its standard input."""
COMMANDS = PRINTING | SILENT
UNWRITABLE = {">&-": "it is closed", ">/dev/full": "No space left on device"}
HARMLESS = ("2>&- <&-", "2>/dev/full")
"""What closes or fills streams that every command can do without."""
ENVIRONMENTS = (
    "PYTHONIOENCODING=ascii",
    "LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 PYTHONIOENCODING=latin-1",
    "COLUMNS=999999999 LINES=999999999",
    "COLUMNS=99999999999999999999 LINES=0",
    "COLUMNS=-1 LINES=-1",
    "COLUMNS=abc LINES=",
)


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Sync the guide once; return the environment of commands that read it."""
    environment = home_variables(tmp_path_factory.mktemp("home")) | {"XSFREADER_SOURCE": "guide"}
    assert command.run("sync", environment=environment).returncode == 0
    return environment


def shell(words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a line of shell after which ``$X`` is the command."""
    return command.run(words, program=("sh", "-c"), environment=environment | {"X": str(COMMAND)})


@posix
@soaked("words, redirection", list(itertools.product(PRINTING, UNWRITABLE)), (0, 3, 4, 7, 8, 11))
def test_output_that_cannot_be_written_is_a_one_line_error(
    guide: dict[str, str], redirection: str, words: str
) -> None:
    done = shell(f"$X {words} {redirection}", guide)
    *_, line = done.stderr.splitlines()
    assert line == f"xsfreader: the output: {UNWRITABLE[redirection]}"
    assert done.returncode == 1


@posix
@pytest.mark.parametrize("words", ["sync --progress json --watch", "images --progress json"])
def test_a_job_without_streams_ends(guide: dict[str, str], words: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: A\ndate: 2020-01-01\n---\n")
    for redirection in ("<&-", ">&- </dev/zero", "<&- >&- 2>&-"):
        if words.startswith("images") and "zero" in redirection:
            continue
        done = shell(f"$X {words} --source {tmp_path} {redirection}", guide)
        assert done.returncode == 1
        assert done.stderr.count("\n") <= 1
        assert "Traceback" not in done.stderr


@posix
@soaked("words, redirection", list(itertools.product(COMMANDS, HARMLESS)), range(0, 22, 3))
def test_a_command_does_without_the_other_streams(
    guide: dict[str, str], words: str, redirection: str
) -> None:
    done = shell(f"$X {words} {redirection}", guide)
    assert done.returncode == COMMANDS[words]
    assert bool(done.stdout) == (words in PRINTING)
    assert done.stderr == ""


@posix
def test_a_reader_that_stops_ends_a_command_quietly(guide: dict[str, str]) -> None:
    for words in (f"show {POST}", "--help"):
        done = shell(f"($X {words}; echo $? >&2) | head -c 1", guide)
        assert done.stderr == "0\n", words


@posix
def test_closed_standard_input_is_named_where_it_is_needed(guide: dict[str, str]) -> None:
    for words in ("state import <&-", "state import - <&-"):
        done = shell(f"$X {words}", guide)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert "standard input" in done.stderr
    done = shell("$X <&-", guide)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "needs a terminal" in done.stderr


@posix
@soaked(
    "environment, words",
    list(itertools.product(ENVIRONMENTS, ("list --json", f"show {POST}", "--help"))),
    (1, 4, 7, 11, 13),
)
def test_any_encoding_and_any_width_will_do(
    guide: dict[str, str], environment: str, words: str
) -> None:
    done = shell(f"{environment} $X {words}", guide)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
    assert max(map(len, done.stdout.split("\n"))) < 20_000


@posix
def test_json_loses_nothing_to_a_narrow_encoding(guide: dict[str, str]) -> None:
    wide = json.loads(shell("$X list --json", guide).stdout)
    narrow = shell("PYTHONIOENCODING=ascii $X list --json", guide).stdout
    assert narrow.isascii()
    assert json.loads(narrow) == wide


@posix
@soaked(
    "words",
    ["exec $X 2>&-", "exec $X 2>/dev/null", "COLUMNS=999999999 LINES=999999999 exec $X"],
    [0, 2],
)
def test_the_app_is_shown_whatever_its_environment(guide: dict[str, str], words: str) -> None:
    import pexpect

    environment = os.environ | guide | {"X": str(COMMAND), "TERM": "xterm-256color"}
    app = pexpect.spawn(
        "sh", ["-c", words], env=environment, dimensions=(30, 100), timeout=PATIENCE
    )
    app.expect("Welcome")
    # A key, where the start may take it for an answer of the terminal, is typed again.
    for _ in range(20):
        app.send("q")
        if app.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=1) == 0:
            break
    app.close()
    assert app.exitstatus == 0


LONG = "a" * 100_000
WORDS = {
    "a control sequence": "\x1b[2J\x07",
    "bytes that are not UTF-8": os.fsdecode(b"\xff\xfe"),
    "a newline": "a\nb",
    "much": LONG,
    "nothing": "",
    "blanks": "  \t ",
    "a negative number": "-1",
    "a large number": "9" * 5000,
    "digits of elsewhere": "²",
    "a date out of range": "99999-99-99",
    "a user who does not exist": "~nouser/x",
    "quotes": "\"'`$(x)",
    "bidi": "\u202eabc\u2066",
}
PLACES = (
    "list --author", "list --category", "list --language", "list --since", "list --until",
    "search --limit", "search --limit 1", "search --", "search -- author:nyco", "show --",
    "show --width", f"show {POST} --width", "xeps", "state export", "state import", "state",
    "completion", "--source", "list --source", "paths --source", "sync --source",
    "images --source", "list --config", "config --config", "sync --progress", "--", "list",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_any_argument_gives_output_or_one_line(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, word: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["sync", "--source", "guide"]) == 0
    capfd.readouterr()
    monkeypatch.setenv("XSFREADER_SOURCE", "guide")
    for place in PLACES:
        if "images" in place and not word.strip():
            # An empty source is the default one, which would wait for images to fetch.
            continue
        try:
            code = main([*place.split(), word])
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = capfd.readouterr()
        told = [each for each in printed.err.splitlines() if "error:" in each]
        assert code in (0, 1, 2), place
        if code == 2 and told:
            assert printed.err.startswith("usage:"), place
            assert len(told) == 1, place
        elif code:
            assert printed.err.startswith("xsfreader: "), (place, printed.err)
            suggested = printed.err.count("\n  /")
            assert printed.err.count("\n") - suggested == 1, (place, printed.err)
        assert len(printed.err) < 4000, place
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", printed.err), place


WRONG = (
    *("1", "-1", "1.5", "true", "''", '"x"', "[]", '[1, "x"]', "{}", "{a = {b = 1}}", "1979-05-27"),
    *("nan", f'"{LONG}"', f"[{'[' * 50}{']' * 50}]", '"\\u0000"', '"\\u001b[2J"', "9" * 4000),
)


@pytest.mark.parametrize("setting", [
    "source", "branch", "languages", "theme", "width", "images", "sync_interval", "xep_list",
    "xeps", "xeps_source",
    "openers", "openers.https", "openers.file", "keys", "keys.star", "keys.preset", "keys.nosuch",
    "nosuch", "nosuch.deep",
])  # fmt: skip
def test_any_setting_is_taken_or_is_a_one_line_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str
) -> None:
    file = tmp_path / "config.toml"
    for value in WRONG:
        file.write_text(f"{setting} = {value}\n")
        code = main(["config", "--config", str(file)])
        printed = capsys.readouterr()
        assert code in (0, 1), value
        assert printed.err.count("\n") == code, (value, printed.err)
        assert len(printed.err) < 2000, value
        assert "\x1b" not in printed.err + printed.out
        if code:
            assert printed.err.startswith(f"xsfreader: {file}:1: "), (value, printed.err)
            assert printed.out == ""


FILES: dict[str, bytes] = {
    "not UTF-8": b'source = "\xff"\n',
    "UTF-16": 'source = "x"\n'.encode("utf-16"),
    "no TOML": b"\x7fELF\0\0\0",
    "too large": b"#" * (2 << 20),
    "deep": b"a = " + b"[" * 100_000,
    "twice the same": b"width = 50\nwidth = 60\n",
    "an unclosed string": b'source = "x',
    "deep dots": b".".join([b"a"] * 50_000) + b" = 1",
}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_any_configuration_file_is_a_one_line_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(data)
    assert main(["config", "--config", str(file)]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith(f"xsfreader: {file}:")
    assert (printed.out, printed.err.count("\n")) == ("", 1)


def test_a_folder_as_configuration_is_a_one_line_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "--config", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


SECRET = "s3cr3t"  # noqa: S105 - it is none
ADDRESSES = (
    "http://me:s3cr3t@127.0.0.1:9/x.git",
    "http://s3cr3t@127.0.0.1:9/x.git",
    "http://me:p@s3cr3t@127.0.0.1:9/x.git",
    "http://me:s3cr3t/s3cr3t@127.0.0.1:9/x.git",
    "http://me:12/s3cr3t@127.0.0.1:9/x.git",
    "http://me:1?s3cr3t@s3cr3t/@127.0.0.1/x.git",
    "HTTP://me:s3cr3t@127.0.0.1:9/x.git",
    "ssh://me:s3cr3t@127.0.0.1/x.git",
    "file://me:s3cr3t@127.0.0.1/x.git",
    "me:s3cr3t@127.0.0.1:9/x.git",
    "http://me:s3cr3t@127.0.0.1:nine/x.git",
    "http://me:s3cr3t@[::1/x.git",
    "http://me:s3cr3t@127.0.0.1:9/x.git?a=b",
    "http://me:s3cr3t@ 127.0.0.1/x.git",
)


@pytest.fixture
def fresh_log() -> Iterator[Path]:
    """Write the log of this test's home."""
    file = locate().log
    logger = log()
    handlers, logger.handlers = logger.handlers, []
    set_log_file(file)
    yield file
    for handler in log().handlers:
        handler.close()
    logger.handlers = handlers


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_password_is_never_shown(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], fresh_log: Path, address: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'source = "{address}"\nxep_list = "{address}"\n')
    commands = (
        *("config", "paths", "list", "list --json", "sync", "show x"),
        *("search x --json", "xeps 1 --json", "state export"),
    )
    for words in commands:
        main([*words.split(), "--config", str(file)])
        main([*words.split(), "--source", address])
    main(["show", address, "--source", "guide"])
    assert main([address, "--source", "guide"]) == 1
    for wrong in (["list", "--sorce=" + address], ["list", address]):
        with pytest.raises(SystemExit):
            main(wrong)
    log().warning("from %s", address)
    log().error("failed", exc_info=RuntimeError(address))
    printed = capfd.readouterr()
    names = " ".join(each.name for each in locate().data.iterdir())
    assert fresh_log.exists()
    for shown in (printed.out, printed.err, names, fresh_log.read_text()):
        assert SECRET not in shown
    assert SECRET not in repr(load(file))
    try:
        assert SECRET not in repr(parse_address(address))
    except SourceError as error:
        assert SECRET not in str(error)  # noqa: PT017 - it is not always raised
    assert SECRET not in str(ConfigError(address))


@pytest.mark.parametrize("address", ADDRESSES[:1])
def test_a_job_never_shows_a_password(address: str) -> None:
    done = command.run("sync", "--progress", "json", environment={"XSFREADER_SOURCE": address})
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "https://host:8080/@user/x",
        "http://[::1]:80/@user/x",
        "http://127.0.0.1:80/x (me@host.org)",
        "git@host.org:x/y",
        "mailto:me@host.org/x",
        "xmpp:room@host.org/nick",
        "at 12:30 write to me@host.org",
    ],
)
def test_an_address_without_a_password_is_shown_whole(text: str) -> None:
    assert without_password(text) == text


def test_many_signs_of_a_password_take_no_time() -> None:
    began = time.process_time()
    for part in ("=", "a:'", "://:a", "://a:a/", "://a:1/", "'a:", "a:@"):
        without_password(part * 2000 + " @")
    assert time.process_time() - began < 5


XEP = Xep(
    198, "Stream Management", 'With "quotes"\x1b[2J', "Standards Track", "Stable", "1.6.1",
    dt.date(2023, 3, 9), (1, 2), "sm",
)  # fmt: skip
UNDATED = Xep(1, "XMPP Extension Protocols", "", "Procedural", "Active")
RICH = """\
---
title: '{title} “quoted” \\ \U0001f600'
date: {date}
authors: [Åsa, "B\\tC"]
categories: [Newsletter, "X/Y"]
aliases: [/old/{title}/]
---
About XEP-0198, XEP-0001 and XEP-9999.
"""
GUIDE = Path(xsfreader.__file__).parent / "guide/content/blog"


def documented(page: str, after: str) -> set[str]:
    """Read the names that a page of the guide lists after some words."""
    text = (GUIDE / page).read_text(encoding="utf-8").partition(after)[2].partition("\n#")[0]
    return {name for line in re.findall(r"(.+)\n: ", text) for name in line.split(", ")}


@pytest.fixture
def everything(tmp_path: Path) -> list[str]:
    """Sync a folder with all that ``--json`` may hold; return the options to read it."""
    folder = tmp_path / "blog"
    folder.mkdir()
    for name, date in (("a.md", "2020-01-01"), ("a.de.md", "2020-01-02"), ("b.md", "0001-01-01"),
                       ("c.md", "9999-12-31"), ("d.md", "2021-02-03T04:05:06+07:00")):  # fmt: skip
        words = RICH.format(title=name, date=date).replace('"B\\tC"', "B")
        (folder / name).write_text(words, encoding="utf-8")
    (folder / "broken.md").write_bytes(b"---\ntitle: [\n---\n\xff")
    (folder / "bare.md").write_text("---\ntitle: Bare\ndate: 2020-01-03\n---\n")
    options = ["--source", str(folder)]
    assert main(["sync", *options]) == 0
    with Library(Config(), locate(), str(folder)) as library:
        for number, post in enumerate(library.entries(View.DATE, None)):
            library.set_read(post.permalink, read=True)
            library.set_starred(post.permalink, starred=number > 0)
            library.set_place(post.permalink, Place(1, 2))
    archive = next(locate().data.glob("archive-*.db"))
    with Store.open(archive, locate().state, ingest_version=INGEST_VERSION) as store:
        store.set_xeps([XEP, UNDATED])
    return options


def test_json_holds_what_is_documented(
    everything: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def run(*arguments: str) -> Any:
        capsys.readouterr()
        assert main([*arguments, *everything]) == 0
        return json.loads(capsys.readouterr().out)

    post = documented("2021-09-13-cli.md", "`--json` prints one array of objects:")
    listed = run("list", "--json")
    assert len(listed) > 2
    assert all(set(each) == post for each in listed)
    assert {each["starred"] for each in listed} == {True, False}
    assert any(each["translations"] for each in listed)
    for each in listed:
        dt.date.fromisoformat(each["date"])
        shown = run("show", each["permalink"], "--json")
        assert set(shown) == post | {"markdown"}
        assert shown.items() >= each.items()
    draft = run("show", str(tmp_path / "blog" / "c.md"), "--json")
    assert set(draft) == post | {"markdown"}
    hits = run("search", "about", "--json")
    assert hits
    assert all(set(each) == post | {"snippet", "marks"} for each in hits)
    assert run("search", "nosuchword", "--json") == []
    assert run("list", "--author", "nobody", "--json") == []
    assert run("state", "export")


def test_json_of_xeps_holds_what_is_documented(
    everything: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> Any:
        capsys.readouterr()
        assert main(["xeps", *arguments, "--json", *everything]) == 0
        return json.loads(capsys.readouterr().out)

    keys = documented("2024-09-09-xeps.md", "`--json` prints an object:")
    stable = run("198")
    assert set(stable) == keys
    assert stable["revised"] == "2023-03-09"
    assert stable["superseded_by"] == [1, 2]
    undated = run("1")
    assert set(undated) == keys
    assert undated["revised"] is None
    unlisted = run("9999")
    assert set(unlisted) == {"number", "posts", "held"}
    assert run() == [undated, stable, unlisted]
