"""Removing an archive with its images and specifications, and nothing else."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from xsfreader.errors import BrokenFileError, BusyError, DiskError, StoreError
from xsfreader.store import files
from xsfreader.store.schema import ARCHIVE, PICTURES, SPECIFICATIONS
from xsfreader.store.sqlite_errors import translated

if TYPE_CHECKING:
    from pathlib import Path

    Databases = tuple[Path, Path, Path]

_BESIDE = re.compile(
    r"(?:-wal|-shm|-journal|\.lock|\.mending|\.suspect|\.broken-[\d-]+(?:-wal|-shm)?)?"
)
"""What the names of files that belong to a database end in."""


def stored_files(databases: Databases) -> list[Path]:
    """Return those of an archive's files that there are, with those beside them, sorted."""
    return sorted(
        file
        for one in databases
        if one.parent.is_dir()
        for file in one.parent.iterdir()
        if file.name.startswith(one.name)
        and _BESIDE.fullmatch(file.name.removeprefix(one.name))
        and (file.is_symlink() or file.is_file())
    )


def remove(databases: Databases) -> list[Path]:
    """Delete an archive, its images and its specifications; return the files that were deleted.

    Raises StoreError, with all files untouched, if a file is not ours or if another process has
    one open or is syncing.
    """
    archive, lock = databases[0], files.sync_lock_file(databases[0])
    schemas = (ARCHIVE, PICTURES, SPECIFICATIONS)
    present = [
        (file, schema) for file, schema in zip(databases, schemas, strict=True) if file.exists()
    ]
    try:
        for file, schema in present:
            files.version_of(file, schema)
        with contextlib.ExitStack() as stack:
            if archive.exists():
                stack.enter_context(files.lock(lock, 0))
            for file, _ in present:
                _require_unused(file)
            # Who syncs next must find the lock until all else is gone.
            found = sorted(stored_files(databases), key=lambda file: file == lock)
            for file in found:
                file.unlink(missing_ok=True)
    except BrokenFileError as error:
        raise StoreError(f"{error}; xsfreader removes only its own files") from None
    except BusyError:
        busy = f"{archive.name} is in use; quit the other xsfreader, then try again"
        raise StoreError(busy) from None
    except OSError as error:
        raise DiskError(f"{error.filename}: can't be removed ({error.strerror})") from error
    return found


def _require_unused(file: Path) -> None:
    """Raise BusyError if another connection to the file is open: SQLite then keeps its log."""
    with translated(file), contextlib.closing(files.connect(file, 0, "rw")) as db:
        db.execute("PRAGMA journal_mode = DELETE")
