"""The configured account and its password, which stays out of arguments, logs and messages."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from xsfreader.disk import read_file
from xsfreader.errors import ConfigError
from xsfreader.marks.client import Account
from xsfreader.paths import with_home

if TYPE_CHECKING:
    from pathlib import Path

    from xsfreader.config import Config

COMMAND_SECONDS = 60.0
"""How long the command for the password may take; it may wait for a person."""
_BYTES = 1 << 14


def account(config: Config) -> Account:
    """Return the account with its password. Raises ConfigError."""
    settings = config.xmpp
    if not settings.jid:
        raise ConfigError("no account is set up for marks: `xsfreader marks setup` asks for one")
    if settings.password_command:
        password = _from_command(settings.password_command)
    else:
        password = password_in(with_home(settings.password_file))
    ca = str(with_home(settings.ca)) if settings.ca else ""
    return Account(settings.jid, password, settings.host, settings.port, ca)


def password_in(file: Path) -> str:
    """Read a password from the first line of a file that nobody else can read.

    Raises ConfigError.
    """
    try:
        data = read_file(file, _BYTES)
        mode = file.stat().st_mode
    except OSError as error:
        raise ConfigError(f"{file}: the password can't be read ({error.strerror})") from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise ConfigError(f"{file}: others can read the password; run `chmod 600 {file}`")
    return _first_line(data, str(file))


def _from_command(words: tuple[str, ...]) -> str:
    """Run a command, without a shell, and take the first line it prints."""
    import subprocess

    name = words[0]
    try:
        done = subprocess.run(  # noqa: S603 - the person's own command
            [str(with_home(name)), *words[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(
            f"password_command: {name} printed no password within {COMMAND_SECONDS:.0f} s"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"password_command: {name} can't be run ({reason})") from None
    if done.returncode:
        raise ConfigError(f"password_command: {name} failed (exit code {done.returncode})")
    return _first_line(done.stdout, f"password_command: {name}")


def _first_line(data: bytes, where: str) -> str:
    try:
        password = data.decode().partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        password = ""
    if not password:
        raise ConfigError(f"{where}: no password in the first line")
    return password
