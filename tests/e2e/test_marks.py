"""Marks that travel between the apps of two homes, by a real server."""

from __future__ import annotations

import asyncio
import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from tests.prosody import PASSWORD, Home, needs_prosody
from tests.terminal import running
from tests.ui.apps import reader, settle
from xsfreader.config import load, locate
from xsfreader.library import Library
from xsfreader.ui.app import ReaderApp
from xsfreader.ui.reader import travelling

if TYPE_CHECKING:
    from pathlib import Path

    from tests.prosody import Prosody

pytestmark = needs_prosody
PATIENCE = 30.0


@pytest.fixture
def jid(prosody: Prosody) -> str:
    return prosody.register(f"ann-{os.urandom(4).hex()}")


def settings(folder: Path, jid: str, prosody: Prosody, port: int = 0) -> str:
    """Return a configuration with an account, its password in a file beside it."""
    secret = folder / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    account = {"jid": jid, "password_file": str(secret), "host": "127.0.0.1",
               "port": port or prosody.port, "ca": str(prosody.certificate)}  # fmt: skip
    lines = [f"{name} = {json.dumps(value)}" for name, value in account.items()]
    return 'images = "off"\n[xmpp]\n' + "\n".join(lines) + "\n"


def environment(folder: Path) -> dict[str, str]:
    folder.mkdir()
    places = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
    return {"HOME": str(folder), **{name: str(folder / name.lower()) for name in places}}


def arguments(folder: Path, jid: str, prosody: Prosody, port: int = 0) -> list[str]:
    config = folder / "config.toml"
    config.write_text(settings(folder, jid, prosody, port))
    return ["--source", "guide", "--config", str(config), "--fresh"]


def has_star(text: str) -> bool:
    """Tell whether the first post of the list has a star."""
    return any("★" in line and "12 Welcome" in line for line in text.splitlines())


def test_a_star_in_one_app_shows_in_the_other_without_a_restart(
    prosody: Prosody, jid: str, tmp_path: Path
) -> None:
    homes = [environment(tmp_path / name) for name in ("laptop", "desktop")]
    words = [arguments(tmp_path / name, jid, prosody) for name in ("laptop", "desktop")]
    with (
        running(*words[0], environment=homes[0]) as laptop,
        running(*words[1], environment=homes[1]) as desktop,
    ):
        laptop.wait("Welcome")
        desktop.wait("Welcome")
        assert not has_star(desktop.text)
        laptop.press("s")
        laptop.wait(has_star)
        end = time.monotonic() + PATIENCE
        while not has_star(desktop.text):
            assert time.monotonic() < end, desktop.text
            laptop.press("r")
            desktop.press("r")
            laptop.settle()
            desktop.settle(1.0)


def test_a_star_at_the_last_moment_goes_on_its_way_and_quitting_waits_for_nothing(
    prosody: Prosody, jid: str, tmp_path: Path
) -> None:
    home = environment(tmp_path / "laptop")
    with running(*arguments(tmp_path / "laptop", jid, prosody), environment=home) as laptop:
        laptop.wait("Welcome")
        laptop.press("s")
        laptop.wait(has_star)
        laptop.press("q")
        assert laptop.ended() == 0
    desktop = Home(tmp_path / "desktop", jid, prosody)
    end = time.monotonic() + PATIENCE
    while not any(each.get("starred") for each in desktop.marks.values()):
        assert time.monotonic() < end
        desktop.sync()
        time.sleep(0.3)


def test_a_failure_is_one_quiet_line(prosody: Prosody, jid: str, tmp_path: Path) -> None:
    home = environment(tmp_path / "laptop")
    words = arguments(tmp_path / "laptop", jid, prosody, port=1)
    with running(*words, environment=home) as laptop:
        laptop.wait("Marks not synced: 127.0.0.1 can't be reached")
        laptop.press("j")
        laptop.wait(lambda text: "Marks not synced" not in text)


async def test_marks_are_sent_a_while_after_the_last_one(
    prosody: Prosody, jid: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(travelling, "REST_SECONDS", 0.5)
    monkeypatch.setattr(travelling, "START_SECONDS", 1000.0)
    paths = locate()
    paths.config.parent.mkdir(parents=True)
    paths.config.write_text(settings(tmp_path, jid, prosody))
    with Library(load(paths.config), paths, "guide") as library:
        library.refresh_local()
        app = ReaderApp(library, fresh=True)
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            travels = reader(pilot).travelling
            await pilot.press("s")
            assert reader(pilot).travelling.is_lacking
            end = time.monotonic() + PATIENCE
            while travels.is_lacking:
                assert time.monotonic() < end
                await pilot.pause(0.1)
            permalink = reader(pilot).item_id
        app.close_libraries()
    desktop = Home(tmp_path / "desktop", jid, prosody)
    await asyncio.to_thread(desktop.sync)
    assert [key for key, each in desktop.marks.items() if each.get("starred")] == [permalink]
