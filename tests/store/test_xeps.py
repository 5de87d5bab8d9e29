"""The list of XEPs, in a file of its own."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from xsfreader.model import Xep

if TYPE_CHECKING:
    from pathlib import Path

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
