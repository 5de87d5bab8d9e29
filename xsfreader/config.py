"""The configuration: one TOML file, read once; every mistake is reported with its line."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from xsfreader.disk import read_file
from xsfreader.errors import ConfigError, without_password
from xsfreader.paths import Paths
from xsfreader.text import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DEFAULT_SOURCE = "https://github.com/xsf/xmpp.org"
SOURCE_VARIABLE = "XSFREADER_SOURCE"
"""Names the source like ``--source``, but not where every user of the machine sees it."""
DEFAULT_XEP_LIST = "https://xmpp.org/extensions/xeplist.xml"
DEFAULT_XEPS_SOURCE = "https://github.com/xsf/xeps"
IMAGES = ("on-view", "all", "off")
XEPS = ("on-demand", "all", "off")
PRESETS = ("", "newsboat")
THEMES = (
    *("xsf-dark", "xsf-light", "ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light"),
    *("catppuccin-frappe", "catppuccin-latte", "catppuccin-macchiato", "catppuccin-mocha"),
    *("dracula", "flexoki", "gruvbox", "monokai", "nord", "rose-pine", "rose-pine-dawn"),
    *("rose-pine-moon", "solarized-dark", "solarized-light", "textual-dark", "textual-light"),
    "tokyo-night",
)
"""Ours and Textual's: no command but the app loads Textual to know them."""
SCHEMES = ("http", "https", "xmpp", "mailto", "gemini", "gopher")
"""The schemes of links that can be opened; others are only shown."""
MAX_BYTES = 1 << 20
MOST_DOTS = 500
"""In a line: the TOML parser takes minutes for a key of 50,000 parts."""


class Xmpp(NamedTuple):
    """The account by which marks travel to other machines."""

    jid: str = ""
    """Empty for none."""
    password_command: tuple[str, ...] = ()
    """Prints the password; run without a shell."""
    password_file: str = ""
    """Has the password, and is for nobody else to read."""
    host: str = ""
    port: int = 0
    """Where the server is; both are empty for what DNS says about the domain."""
    ca: str = ""
    """A file with certificates to trust instead of the system's."""


class Config(NamedTuple):
    """The settings, as `_SETTINGS` describes them; every field has a working default."""

    source: str = DEFAULT_SOURCE
    branch: str = ""
    languages: tuple[str, ...] = ("en",)
    theme: str = ""
    width: int = 92
    list_width: int = 0
    images: str = "on-view"
    sync_interval: int = 60
    sync_timeout: int = 300
    xep_list: str = DEFAULT_XEP_LIST
    xeps: str = "on-demand"
    xeps_source: str = DEFAULT_XEPS_SOURCE
    openers: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Command by scheme; ``{}`` stands for the link, which else is appended."""
    xmpp: Xmpp = Xmpp()
    """Where marks are kept for other machines."""
    preset: str = ""
    """Preset of keys: ``newsboat``, or empty for the default keys."""
    keys: Mapping[str, str] = MappingProxyType({})
    """Keys by action id, separated by commas; an empty string unbinds the action."""
    file: Path | None = None
    """The file it was read from, for messages."""
    lines: Mapping[str, int] = MappingProxyType({})
    """The line of each setting in that file, for messages."""

    def __repr__(self) -> str:
        """Format the fields without passwords, since a traceback may show them."""
        return f"Config({without_password(repr(self._asdict()))})"

    def where(self, setting: str) -> str:
        """Return ``file:line: `` of a setting, to begin an error message with."""
        if self.file is None:
            return ""
        return f"{self.file}:{self.lines.get(setting, 1)}: "


def locate(config: Path | None = None) -> Paths:
    """Find the user's folders by the platform's rules and ``XDG_*``."""
    import platformdirs

    dirs = platformdirs.PlatformDirs("xsfreader", appauthor=False)
    return Paths(
        config=config or Path(dirs.user_config_dir) / "config.toml",
        data=Path(dirs.user_data_dir),
        log=Path(dirs.user_log_dir) / "xsfreader.log",
    )


def load(file: Path, *, required: bool = False) -> Config:
    """Read the configuration; without a file, return the defaults unless it is ``required``.

    Raises ConfigError with file, line and remedy.
    """
    try:
        data = read_file(file, MAX_BYTES)
    except FileNotFoundError:
        if required:
            raise ConfigError(
                f"{file}: no such file; `xsfreader config --default` prints one to start from"
            ) from None
        return Config()
    except OSError as error:
        raise ConfigError(f"{file}: can't be read ({error.strerror})") from error
    return parse(data, file)


def parse(data: bytes, file: Path) -> Config:
    """Read the text of a configuration, which is or will be in ``file``. Raises ConfigError."""
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{file}: larger than 1 MB, not a configuration")
    if any(line.count(b".") > MOST_DOTS for line in data.splitlines()):
        raise ConfigError(f"{file}: nested too deeply to be a configuration")
    import tomllib

    try:
        text = data.decode("utf-8-sig")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{file}:{line}: not UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_toml_problem(file, str(error), data)) from None
    except RecursionError:
        raise ConfigError(f"{file}: nested too deeply to be a configuration") from None
    return _read(table, file, _lines(text))


def _toml_problem(file: Path, problem: str, data: bytes) -> str:
    at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", problem)
    line = int(at[1]) if at and at[1] else data.count(b"\n") + 1
    what = problem[: at.start()] if at else problem
    return f"{file}:{line}: {what}; put strings in quotes and lists in brackets"


def _lines(text: str) -> dict[str, int]:
    """Find the line of each setting, ``name`` or ``table.name``; the TOML parser has none."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            table = header[1] + "."
            found.setdefault(header[1], number)
        elif setting := re.match(r"""\s*["']?([\w.:+-]+?)["']?\s*=""", line):
            found.setdefault(table + setting[1], number)
    return found


def _read(table: dict[str, Any], file: Path, lines: dict[str, int]) -> Config:
    def checked(setting: str, check: Callable[..., Any], *values: object) -> Any:  # noqa: ANN401
        try:
            return check(*values)
        except ValueError as error:
            raise ConfigError(f"{file}:{lines.get(setting, 1)}: {setting}: {error}") from None

    values: dict[str, Any] = {}
    for name, value in table.items():
        if name in _TABLES:
            values[name] = {
                key: checked(f"{name}.{key}", _TABLES[name], key, item)
                for key, item in checked(name, _items, name, value)
            }
        else:
            check = _SETTINGS[name][0] if name in _SETTINGS else partial(_unknown, name)
            values[name] = checked(name, check, value)
    preset = values.get("keys", {}).pop("preset", "")
    values["xmpp"] = checked("xmpp", _account, values.get("xmpp", {}))
    return Config(file=file, lines=lines, preset=preset, **values)


def _unknown(name: str, _value: object) -> None:
    raise ValueError(f"unknown setting; {did_you_mean(name, sorted({*_SETTINGS, *_TABLES}))}")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("must be a line of text in quotes")
    return value


def _theme(value: object) -> str:
    if (name := _text(value)) not in ("", *THEMES):
        raise ValueError(f'unknown theme "{name}"; {did_you_mean(name, THEMES)}')
    return name


def _source(kinds: str, *refused: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if _text(value) in ("", *refused):
            raise ValueError(f"must be {kinds}")
        return _text(value)

    return check


def _number(low: int, high: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return check


def _words(example: str) -> Callable[[object], tuple[str, ...]]:
    def check(value: object) -> tuple[str, ...]:
        if isinstance(value, list) and value and all(isinstance(v, str) and v for v in value):
            return tuple(value)
        raise ValueError(f"must be a list: {example}")

    return check


def _languages(value: object) -> tuple[str, ...]:
    codes = tuple(each.lower() for each in _words('["en", "de"]')(value))
    for code in codes:
        if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]+)*", code):
            raise ValueError(f'"{code}" is not the code of a language, such as "en" or "pt-br"')
    return codes


def _one_of(*choices: str) -> Callable[[object], object]:
    def check(value: object) -> object:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(map(json.dumps, choices))}")
        return value

    return check


def _items(name: str, value: object) -> Iterable[tuple[str, object]]:
    if isinstance(value, dict):
        return value.items()
    raise ValueError(f"must be a table: [{name}]")


def _opener(scheme: str, command: object) -> tuple[str, ...]:
    if scheme not in SCHEMES:
        raise ValueError(f"links of this scheme can't be opened; only {', '.join(SCHEMES)}")
    is_program = isinstance(command, str) and "{}" not in command
    return _words('["firefox", "{}"]')([command] if is_program else command)


def _xmpp(setting: str, value: object) -> object:
    if setting not in _XMPP:
        raise ValueError(f"unknown setting; available: {', '.join(_XMPP)}")
    return _XMPP[setting][0](value)


def _account(values: dict[str, Any]) -> Xmpp:
    account = Xmpp(**values)
    passwords = bool(account.password_command) + bool(account.password_file)
    if values and not (account.jid and passwords == 1):
        raise ValueError("needs jid, and either password_command or password_file")
    return account


def _jid(value: object) -> str:
    if not re.fullmatch(r"[^@/\s]+@[^@/\s]+", _text(value)):
        raise ValueError('must be an address such as "you@example.org"')
    return _text(value)


def _key(action: str, value: object) -> str:
    keys = value if isinstance(value, list) else [value]
    if not all(isinstance(key, str) for key in keys):
        raise ValueError('must be keys in quotes, such as "ctrl+j"')
    chosen = ",".join(map(str, keys))
    if action == "preset" and chosen not in PRESETS:
        raise ValueError('must be "newsboat" or left out')
    return chosen


_SETTINGS: dict[str, tuple[Callable[[object], object], str]] = {
    "source": (
        _source('a Git URL, a folder or "guide"'),
        'Where posts come from: a Git URL, a folder with a checkout, or "guide".',
    ),
    "branch": (_text, 'Branch to follow, or "pull/1234"; empty for the default branch.'),
    "languages": (_languages, "Languages you read; a post is shown in the first that it has."),
    "theme": (_theme, "Name of a theme; empty for the last one chosen in the app (ctrl+p, Theme)."),
    "width": (_number(20, 500), "Maximum width of the text, in cells."),
    "list_width": (_number(0, 500), "Width of the list, in cells; 0 for the last one (< and >)."),
    "images": (_one_of(*IMAGES), 'When pictures are fetched: "on-view", "all" at sync, or "off".'),
    "sync_interval": (_number(0, 100_000), "Minutes between syncs; 0 to sync only by key."),
    "sync_timeout": (_number(1, 100_000), "Seconds that a sync, or fetching a picture, may take."),
    "xep_list": (_text, "URL of the list of XEPs, fetched at sync; empty for none."),
    "xeps": (_one_of(*XEPS), 'When specifications are fetched: "on-demand", "all", or "off".'),
    "xeps_source": (
        _source("a Git URL or a folder", "guide"),
        "Where specifications come from: a Git URL, or a folder with a checkout.",
    ),
}
"""How each setting is checked, and its comment in the file."""

_COMMAND = '["pass", "show", "xmpp"]'
_XMPP: dict[str, tuple[Callable[[object], object], str]] = {
    "jid": (_jid, '"you@example.org"'),
    "password_command": (_words(_COMMAND), _COMMAND),
    "password_file": (_text, '"~/.xmpp-password"'),
    "host": (_text, '"xmpp.example.org"'),
    "port": (_number(1, 65535), "5222"),
    "ca": (_text, '"~/ca.pem"'),
}
"""How each setting of the account is checked, and an example."""

_TABLES: dict[str, Callable[[str, object], object]] = {
    "openers": _opener,
    "xmpp": _xmpp,
    "keys": _key,
}


def dump(config: Config, keys: Iterable[tuple[str, str]] = ()) -> str:
    """Format a configuration as a commented TOML file, for ``load`` to read back.

    ``keys`` are pairs of action and current keys; those not configured become comments.
    """
    read = f"As read from {config.file}"
    out = [f"# {read if config.file else 'Configuration of xsfreader; every line is optional'}", ""]
    for name, (_, comment) in _SETTINGS.items():
        value = toml(getattr(config, name))
        shown = without_password(value)
        out += [f"# {comment}", f"{name} = {shown}"]
        out += ["# The name and the password are left out.", ""] if shown != value else [""]
    openers = [f"{scheme} = {toml(words)}" for scheme, words in config.openers.items()]
    account = zip(_XMPP.items(), config.xmpp, strict=True)
    return "\n".join(
        (
            *out,
            "# Commands to open links with, by scheme; {} stands for the link.",
            "[openers]",
            *(openers or ['# https = ["firefox", "{}"]']),
            "",
            "# The XMPP account by which marks travel (`xsfreader marks setup`).",
            "[xmpp]",
            *(
                f"{name} = {toml(value)}" if value else f"# {name} = {example}"
                for (name, (_, example)), value in account
            ),
            "",
            '# Keys by action, separated by commas, "" for none; `preset` chooses the defaults.',
            "[keys]",
            f"preset = {toml(config.preset)}",
            *(f"{toml(action)} = {toml(chosen)}" for action, chosen in config.keys.items()),
            *(f"# {name} = {toml(held)}" for name, held in keys if name not in config.keys),
            "",
        )
    )


def toml(value: object) -> str:
    """Format a value as TOML."""
    if isinstance(value, tuple):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, int):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False)
