"""``doctor``: what works here and what doesn't, for a person and for a bug report.

Nothing is changed or repaired. No password, name of an account or name of a home is printed.
"""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xsfreader import __version__
from xsfreader.cli.output import FAILURE, OK, print_json
from xsfreader.config import Config, load
from xsfreader.errors import SourceError, XsfreaderError, one_line, without_password
from xsfreader.limits import limited
from xsfreader.store.health import sqlite_problem, sqlite_version, stored_files
from xsfreader.text import clean
from xsfreader.ui.images.terminal import protocol_by_environment
from xsfreader.ui.keymap import effective

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from xsfreader.paths import Paths

SOURCE_SECONDS = 10.0
"""How long the source may take to answer."""
LEAST_FREE = 50 << 20
"""Bytes that a sync with images may need."""
_EXTRAS = {"images": ("textual-image", "pillow"), "xmpp": ("slixmpp",)}
_KEY_TERMINALS = ("kitty", "ghostty", "foot", "alacritty", "wezterm", "iterm")
"""Parts of the names of terminals that know kitty's keyboard protocol."""


class Check(NamedTuple):
    """One thing that was looked at."""

    name: str
    value: str
    problem: str = ""
    """What is wrong and what to do; empty if nothing is."""


def doctor(args: Namespace, paths: Paths) -> int:
    """Check everything; fail if something is wrong."""
    checks = [_without_names(each) for each in _checks(args, paths)]
    count = sum(bool(each.problem) for each in checks)
    if args.json:
        print_json({"ok": not count, "checks": [each._asdict() for each in checks]})
    else:
        for each in checks:
            problem = f"{'; ' * bool(each.value)}PROBLEM: {each.problem}" if each.problem else ""
            print(f"{each.name}: {each.value}{problem}")
        words = f"{count} problem{'s' * (count > 1)} found" if count else "No problem found"
        print(f"\n{words}")
    return FAILURE if count else OK


def _without_names(check: Check) -> Check:
    home = str(Path.home())

    def shown(text: str) -> str:
        text = text.replace(home, "~") if len(home) > 1 else text
        return one_line(clean(without_password(text)))

    return Check(check.name, shown(check.value), shown(check.problem))


def _checks(args: Namespace, paths: Paths) -> Iterator[Check]:
    yield Check("xsfreader", __version__)
    yield Check("Python", f"{platform.python_version()} on {platform.platform()}")
    yield Check("SQLite", sqlite_version(), sqlite_problem())
    yield _libraries()
    yield _locale()
    yield from _terminal()
    config = Config()
    problem = ""
    try:
        config = load(paths.config, required=args.config is not None)
        effective(config)
    except XsfreaderError as error:
        problem = str(error)
    value = str(paths.config) if paths.config.exists() else f"none in {paths.config}"
    yield Check("Configuration", value, problem or _secret_problem(config, paths.config))
    yield from _extras(config)
    try:
        yield from _data(paths)
    except OSError as error:
        yield Check("Data", str(paths.data), f"{error.strerror}; see to its permissions")
    yield _source(args, config)


def _libraries() -> Check:
    """Name the versions of the packages that the program needs."""
    names = [
        each.partition(">")[0].partition("<")[0].strip()
        for each in metadata.requires("xsfreader") or ()
        if "extra ==" not in each
    ]
    versions = {name: _version(name) for name in names}
    missing = [name for name, version in versions.items() if not version]
    problem = f"missing: {', '.join(missing)}; install xsfreader again" if missing else ""
    return Check(
        "Libraries", ", ".join(f"{name} {found}" for name, found in versions.items()), problem
    )


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _extras(config: Config) -> Iterator[Check]:
    for extra, names in _EXTRAS.items():
        versions = [f"{name} {version}" for name in names if (version := _version(name))]
        install = f"pip install 'xsfreader[{extra}]'"
        if len(versions) == len(names):
            yield Check(f"Extra {extra}", ", ".join(versions))
        elif extra == "xmpp" and config.xmpp.jid:
            problem = f"an account is configured, but this is missing; {install}"
            yield Check(f"Extra {extra}", "", problem)
        else:
            yield Check(f"Extra {extra}", f"not installed; {install}")


def _locale() -> Check:
    setting = next((n for n in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(n)), "")
    encoding = sys.stdout.encoding or locale.getencoding()
    value = f"{encoding}, {setting}={os.environ[setting]}" if setting else encoding
    is_wide = encoding.lower().startswith("utf")
    return Check("Locale", value, "" if is_wide else "not UTF-8; set LC_ALL to C.UTF-8 or the like")


def _terminal() -> Iterator[Check]:
    term = os.environ.get("TERM", "")
    program = os.environ.get("TERM_PROGRAM", "")
    problem = ""
    is_seen = any(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    if is_seen and sys.platform != "win32" and term in ("", "dumb"):
        problem = "the app needs to know the terminal; set TERM, such as xterm-256color"
    value = " ".join(filter(None, (term or "TERM is not set", program)))
    if sys.stdout.isatty():
        columns, rows = shutil.get_terminal_size()
        value += f", {columns} columns and {rows} rows"
        if columns < 40 or rows < 10:
            problem = "too small; the app needs 40 columns and 10 rows"
    yield Check("Terminal", value, problem)
    yield Check("Colours", _colours(term))
    protocol = protocol_by_environment(os.environ)
    yield Check("Images", protocol or "half or sixel, as the terminal answers when the app asks")
    names = f"{term} {program}".lower()
    known = any(name in names for name in _KEY_TERMINALS)
    yield Check("Keys", "kitty's protocol" if known else "kitty's protocol if the terminal has it")


def _colours(term: str) -> str:
    if os.environ.get("NO_COLOR"):
        return "none, as NO_COLOR is set"
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "16 million"
    return "256" if "256color" in term or "kitty" in term else "16"


def _data(paths: Paths) -> Iterator[Check]:
    """Check the folder of the data and each file in it."""
    folder = paths.data
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(existing).free
    problem = _access_problem(existing)
    if free < LEAST_FREE:
        problem = f"only {free / 1e6:.0f} MB are free; make room"
    yield Check("Data", str(folder) if folder.exists() else f"none in {folder}", problem)
    for found in stored_files(folder):
        name = f"{found.kind.capitalize()} {found.file.name}"
        yield Check(name, found.content, found.problem or _access_problem(found.file))
    yield Check("Log", str(paths.log), _access_problem(paths.log))


def _secret_problem(config: Config, file: Path) -> str:
    """Say that others can read a password in the configuration; most have none."""
    addresses = (config.source, config.xeps_source, config.xep_list)
    has_password = any(without_password(each) != each for each in addresses)
    return _access_problem(file) if has_password else ""


def _access_problem(file: Path) -> str:
    """Say that a file or folder can't be used, or can be read by others; nothing if missing."""
    if not file.exists():
        return ""
    if not os.access(file, os.R_OK | os.W_OK):
        return f"it can't be read and written; run `chmod u+rw {file}`, or see who owns it"
    is_private = os.name != "posix" or file.is_dir() or not file.stat().st_mode & 0o077
    return "" if is_private else f"others can read it; run `chmod go= {file}`"


def _source(args: Namespace, config: Config) -> Check:
    from xsfreader.source import open_source

    name = args.source or config.source
    if args.offline and "://" in name:
        return Check("Source", f"{name}, not asked because of --offline")
    try:
        with limited(SOURCE_SECONDS):
            open_source(name, branch=args.branch or config.branch or None).fingerprint()
    except SourceError as error:
        return Check("Source", name, str(error))
    return Check("Source", f"{name} answers" if "://" in name else name)
