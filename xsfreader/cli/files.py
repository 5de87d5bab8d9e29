"""The commands about our files: ``state``, ``config``, ``paths``, ``forget``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from xsfreader.cli.output import FAILURE, OK, confirm, json_text, print_json, tell
from xsfreader.errors import StoreError
from xsfreader.library import archive_path, find_archive, stored_archives
from xsfreader.library import forget as forget_archive

if TYPE_CHECKING:
    from argparse import Namespace

    from xsfreader.config import Config
    from xsfreader.library import Library
    from xsfreader.paths import Paths

EXPORT_BYTES = 1 << 26
"""What is read of exported marks; a thousand times as many as there are posts fit."""


def state(args: Namespace, library: Library) -> int:
    """Export or import marks."""
    from xsfreader.disk import read_file
    from xsfreader.paths import with_home, write_whole

    file = None if args.file in (None, "-") else with_home(args.file)
    if args.what == "export" and file is None:
        print_json(library.export_state())
        return OK
    try:
        if file is not None and args.what == "export":
            write_whole(file, json_text(library.export_state()) + "\n")
            return OK
        text = sys.stdin.read() if file is None else read_file(file, EXPORT_BYTES).decode()
        data = json.loads(text.removeprefix("\ufeff"))
    except OSError as error:
        raise StoreError(f"{file or 'standard input'}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{file or 'standard input'} is not an export of marks: {error}") from None
    tell(f"{library.import_state(data)} marks changed")
    return OK


def config(_args: Namespace, settings: Config, _paths: Paths) -> int:
    """Print the configuration."""
    from xsfreader.config import dump
    from xsfreader.ui.keymap import effective, key_written

    keys = [(action.id, ", ".join(map(key_written, action.keys))) for action in effective(settings)]
    print(dump(settings, keys), end="")
    return OK


def paths(args: Namespace, settings: Config, places: Paths) -> int:
    """Print where everything is stored; the archive in use first."""
    current = archive_path(settings, places, args.source)
    print(f"configuration  {places.config}")
    print(f"data           {places.data}")
    for file in sorted(stored_archives(places), key=lambda one: one != current):
        print(f"{file.name.partition('-')[0]:<14} {file}")
    print(f"state          {places.state}")
    print(f"log            {places.log}")
    return OK


def forget(args: Namespace, settings: Config, places: Paths) -> int:
    """Remove an archive."""
    stored = find_archive(settings, places, args.archive)
    size = f"{stored.size / 1e6:.1f} MB"
    words = f"This removes {stored.files[0].name}, {size}; marks and settings stay."
    if not args.yes and not confirm("forget", words):
        return FAILURE
    for file in forget_archive(places, stored):
        print(f"removed {file}")
    return OK
