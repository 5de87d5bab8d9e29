"""The list of XEPs, in a file of its own."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

from xsfreader.model import Xep
from xsfreader.store import xeps as module

if TYPE_CHECKING:
    from tests.store.conftest import Opener
    from xsfreader.store import Store

OMEMO = Xep(
    384, "OMEMO Encryption", "An abstract", "Standards Track", "Experimental", "0.8.3",
    dt.date(2022, 1, 13), (1, 2), "omemo",
)  # fmt: skip
BARE = Xep(1, "XMPP Extension Protocols", "", "Procedural", "Active")


def test_the_list_is_empty_at_first(store: Store, folder: Path) -> None:
    assert not (folder / "xeps.db").exists()
    assert store.xep_titles() == {}
    assert store.xeps() == []
    assert store.xep(384) is None
    assert store.xeps_validators() == (None, None)


def test_a_list_replaces_the_one_before(store: Store, opened: Opener) -> None:
    store.set_xeps([OMEMO], etag='"abc"', modified="Sun, 06 Nov 1994 08:49:37 GMT")
    assert opened().xep(384) == OMEMO
    assert store.xeps_validators() == ('"abc"', "Sun, 06 Nov 1994 08:49:37 GMT")
    store.set_xeps([OMEMO, BARE])
    assert store.xeps() == [BARE, OMEMO]
    assert store.xeps_validators() == (None, None)
    assert store.xep_titles() == {
        384: "OMEMO Encryption",
        1: "XMPP Extension Protocols",
    }


def test_the_list_survives_the_archive(store: Store, opened: Opener, folder: Path) -> None:
    store.set_xeps([OMEMO])
    store.close()
    (folder / "archive.db").write_bytes(b"spoiled" * 99)
    again = opened()
    assert again.warnings
    assert again.xep(384) == OMEMO


def test_a_damaged_list_is_created_again(store: Store, folder: Path) -> None:
    (folder / "xeps.db").write_bytes(b"spoiled" * 99)
    assert store.xeps() == []
    assert "xeps.db" in store.warnings[0]
    store.set_xeps([OMEMO])
    assert store.xeps() == [OMEMO]


def test_no_statement_has_numbered_parameters() -> None:
    # Python 3.14 refuses a sequence for them.
    folder = Path(module.__file__).parent
    assert [file for file in folder.glob("*.py") if re.search(r"[ (]\?\d", file.read_text())] == []
