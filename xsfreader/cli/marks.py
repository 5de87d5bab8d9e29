"""``marks``: what travels by the reader's XMPP account, for a person or as a job of the app."""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from typing import TYPE_CHECKING

from xsfreader.cli.child import read_requests, write
from xsfreader.cli.output import FAILURE, OK, confirm, print_json, require_network, tell
from xsfreader.config import parse, toml
from xsfreader.disk import make_folder
from xsfreader.errors import ConfigError, UsageError
from xsfreader.limits import limited_memory
from xsfreader.paths import write_whole
from xsfreader.text import clean, split_command

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from xsfreader.library import Library

GRACE_SECONDS = 3.0
"""What ending in order may take after the time that was given, the goodbye to the server too."""


def marks(args: Namespace, library: Library) -> int:
    """Show what is set up, sync now, set an account up, or remove the marks from it."""
    if args.what == "status":
        return _status(args, library)
    require_network(args, f"marks {args.what}")
    return {"sync": _sync, "setup": _setup, "forget": _forget}[args.what](args, library)


def _status(args: Namespace, library: Library) -> int:
    status = library.marks_status()
    if args.json:
        synced = status.synced and status.synced.isoformat()
        print_json({"jid": status.jid, "synced": synced})
        return OK
    if not status.jid:
        tell("No account is set up for marks; `xsfreader marks setup` asks for one")
        return OK
    when = "never" if status.synced is None else f"{status.synced.astimezone():%Y-%m-%d %H:%M}"
    print(f"account      {clean(status.jid)}")
    print(f"last synced  {when}")
    if importlib.util.find_spec("slixmpp") is None:
        tell("The extra xmpp is missing: pip install 'xsfreader[xmpp]'")
    return OK


def _sync(args: Namespace, library: Library) -> int:
    if args.progress == "json":
        read_requests()
    # A thread that looks a name up can't be cancelled, and the interpreter waits for it.
    end = threading.Timer(args.within + GRACE_SECONDS, os._exit, (FAILURE,))
    end.daemon = True
    end.start()
    try:
        with limited_memory():
            report = library.sync_marks(args.within)
    finally:
        end.cancel()
    if args.progress == "json":
        write(report)
    elif args.json:
        print_json(report._asdict())
    else:
        print(report.summary())
    return OK


def _forget(args: Namespace, library: Library) -> int:
    jid = library.config.xmpp.jid
    words = f"This removes the marks from the account {jid}; those on your machines stay."
    if jid and not args.yes and not confirm("marks forget", words):
        return FAILURE
    library.forget_marks()
    print(f"removed the marks from {clean(jid)}; any machine that syncs brings its own again")
    return OK


def _setup(_args: Namespace, library: Library) -> int:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "marks setup asks, which needs a terminal; or write [xmpp] in the configuration"
        )
    config, file = library.config, library.paths.config
    if config.xmpp.jid:
        tell(f"{file} has an account already; checking it")
        print(library.sync_marks().summary())
        return OK
    secret = file.with_name("xmpp-password")
    lines = ["[xmpp]", *_ask(secret)]
    before = file.read_text(encoding="utf-8-sig") if file.exists() else ""
    # Below the heading that `config --default` has printed, or at the end.
    above, _, below = before.partition("[xmpp]\n")
    text = "\n".join((f"{above.rstrip()}\n".lstrip("\n"), *lines, below))
    try:
        library.config = parse(text.encode(), file)
        print(library.sync_marks().summary())
    except BaseException:
        if f"password_file = {toml(str(secret))}" in lines:
            secret.unlink(missing_ok=True)
        raise
    write_whole(file, text)
    tell(f"Written to {file}. The app syncs marks from now on")
    return OK


def _ask(secret: Path) -> list[str]:
    """Ask for the account; return its lines for the configuration."""
    import getpass

    tell(
        "Marks travel by your XMPP account. Your contacts can't read them; who runs the server can"
    )
    lines = [f"jid = {toml(_line('Your XMPP address: '))}"]
    if server := _line("Its server, if DNS doesn't know (host or host:port): "):
        host, _, port = server.partition(":")
        lines += [f"host = {toml(host)}", *([f"port = {port}"] if port else [])]
    if words := _line("A command that prints the password (empty to type the password): "):
        try:
            command = split_command(words)
        except ValueError as error:
            raise ConfigError(f"password_command: {error}") from None
        return [*lines, f"password_command = {toml(tuple(command))}"]
    password = getpass.getpass("Password: ", sys.stderr)
    make_folder(secret.parent)
    secret.unlink(missing_ok=True)
    write_whole(secret, password + "\n")
    return [*lines, f"password_file = {toml(str(secret))}"]


def _line(question: str) -> str:
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
