"""Write the command reference and the man page from the arguments of the commands.

Run it after a change to ``xsfreader/cli/arguments.py``: ``.venv/bin/python docs/reference.py``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xsfreader import __version__
from xsfreader.cli.arguments import COMMANDS, COMMON_OPTIONS, DESCRIPTION, OPTIONS, Argument
from xsfreader.config import SOURCE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xsfreader.cli.arguments import Command

FOLDER = Path(__file__).parent
TITLE = "xsfreader - read the blog of the XMPP Standards Foundation offline"
ENVIRONMENT = (
    (f"`{SOURCE_VARIABLE}`", "as `--source`, where other users of the machine don't see it"),
    ("`NO_COLOR`", "if set, no colours are used"),
    ("`https_proxy`, `no_proxy`", "the proxy for the network, and the hosts asked without it"),
    ("`XDG_CONFIG_HOME`, `XDG_DATA_HOME`, `XDG_STATE_HOME`", "where the files are"),
)
FILES = (
    ("`~/.config/xsfreader/config.toml`", "the configuration; `xsfreader config` prints it"),
    ("`~/.local/share/xsfreader/`", "posts, and what you have read and starred"),
    ("`~/.local/state/xsfreader/log/xsfreader.log`", "the log"),
)
STATUS = (
    ("`0`", "everything was done"),
    ("`1`", "something failed, as a line on standard error says"),
    ("`2`", "the arguments are wrong"),
    ("`130`", "it was interrupted by ctrl+c"),
)


class Section(NamedTuple):
    """A heading with what it lists."""

    level: int
    heading: str
    text: str = ""
    entries: tuple[tuple[str, str], ...] = ()


def sections() -> list[Section]:
    """Return the reference."""
    return [
        Section(1, "Synopsis", "`xsfreader` [options] [POST]\n`xsfreader` command [options]"),
        Section(1, "Description", DESCRIPTION),
        Section(1, "Options", "", _entries(COMMON_OPTIONS + OPTIONS)),
        Section(1, "Commands", f"All take {_names(COMMON_OPTIONS)} too."),
        *(
            Section(
                2,
                _heading(name, command),
                f"{command.help[0].upper()}{command.help[1:]}.",
                _entries(command.arguments),
            )
            for name, command in COMMANDS.items()
        ),
        Section(1, "Environment", "", ENVIRONMENT),
        Section(1, "Files", "On Linux; `xsfreader paths` shows where they are elsewhere.", FILES),
        Section(1, "Exit status", "", STATUS),
    ]


def _flat(arguments: Iterable[Argument | tuple[Argument, ...]]) -> Iterator[Argument]:
    for each in arguments:
        yield from (each,) if isinstance(each, Argument) else each


def _entries(arguments: Iterable[Argument | tuple[Argument, ...]]) -> tuple[tuple[str, str], ...]:
    return tuple((f"`{_term(each)}`", each.settings["help"]) for each in _flat(arguments))


def _heading(name: str, command: Command) -> str:
    words = (_term(each) for each in _flat(command.arguments) if not each.name.startswith("-"))
    return " ".join((name, *words))


def _names(arguments: tuple[Argument, ...]) -> str:
    return ", ".join(f"`{each.name}`" for each in arguments)


def _term(argument: Argument) -> str:
    settings = argument.settings
    value = settings.get("metavar") or "|".join(settings.get("choices", ()))
    if argument.name.startswith("-"):
        return f"{argument.name} {value}".strip()
    return {"?": f"[{value}]", "+": f"{value}..."}.get(settings.get("nargs", ""), value)


def markdown() -> str:
    """Return the reference as Markdown."""
    lines = ["# Commands", "", "Made by `docs/reference.py` from the commands' own help."]
    for each in sections():
        heading = f"`{each.heading}`" if each.level > 1 else each.heading
        lines += ["", f"{'#' * (each.level + 1)} {heading}"]
        lines += ["", each.text.replace("\n", "  \n")] if each.text else []
        lines += ["", *(f"- {term}: {words}" for term, words in each.entries)] * bool(each.entries)
    return "\n".join(lines) + "\n"


def man_page() -> str:
    """Return the reference as a man page."""
    lines = [f'.TH XSFREADER 1 "" "xsfreader {__version__}"', ".SH NAME", _roff(TITLE)]
    for each in sections():
        lines.append(f".SH {each.heading.upper()}" if each.level == 1 else f".SS {each.heading}")
        lines += "\n.br\n".join(map(_roff, each.text.splitlines())).splitlines()
        for term, words in each.entries:
            lines += [".TP", _roff(term), _roff(words)]
    return "\n".join(lines) + "\n"


def _roff(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = re.sub("`([^`]*)`", r"\\fB\1\\fP", text)
    return f"\\&{text}" if text.startswith((".", "'")) else text


if __name__ == "__main__":
    (FOLDER / "commands.md").write_text(markdown(), encoding="utf-8")
    (FOLDER / "xsfreader.1").write_text(man_page(), encoding="utf-8")
