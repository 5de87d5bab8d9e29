"""Test remapped keys, and that footer and help show them."""

from __future__ import annotations

from tests.ui.apps import reader, running, settle
from xsfreader.config import Config
from xsfreader.ui.screens.help import HelpScreen

OWN = Config(keys={"help": "f1", "star": "*,ctrl+y", "line-down": "n", "find-next": "f3"})


async def test_remapped_keys_work_and_the_defaults_do_not() -> None:
    async with running(config=OWN) as pilot:
        screen = reader(pilot)
        first = screen.item_id
        await pilot.press("j")
        await settle(pilot)
        assert screen.item_id == first
        await pilot.press("n")
        await settle(pilot)
        assert screen.item_id != first
        await pilot.press("asterisk")
        await settle(pilot)
        assert screen.item_id is not None
        assert screen.library.is_starred(screen.item_id)


async def test_the_footer_shows_remapped_keys() -> None:
    async with running(config=OWN) as pilot:
        footer = reader(pilot).key_bar.render_line(0).text
        assert "f1 help" in footer
        assert "* star" in footer
        assert "? help" not in footer


async def test_the_help_shows_remapped_keys() -> None:
    async with running(config=OWN, size=(100, 120)) as pilot:
        await pilot.press("f1")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpScreen)
        text = pilot.app.export_screenshot().replace("&#160;", " ")
        assert "* ctrl+y" in text
        assert "f3" in text


async def test_messages_name_remapped_keys() -> None:
    config = Config(keys={"star": "*", "back": "f4", "find": "f5", "sync": ""})
    async with running(config=config, size=(100, 12)) as pilot:
        posts, tabs = reader(pilot).posts, reader(pilot).tabs
        await pilot.press("5")
        assert "Nothing starred yet: * stars the" in posts.render_line(1).text
        await pilot.press("n")
        assert reader(pilot).status.text == "No search yet; press f5 to find"
        await pilot.press("f5", *"zz", "enter")
        await settle(pilot)
        assert "No starred post matches “zz”: f4" in posts.render_line(1).text
        assert "f4 shows all" in tabs.render_line(0).text


async def test_any_key_can_quit_on_every_screen_and_ctrl_c_says_which() -> None:
    async with running() as pilot:
        await pilot.press("ctrl+c")
        assert reader(pilot).status.text == "Press q to quit"
    own = Config(keys={"quit": "x,ctrl+c", "xep": "", "star": "ctrl+q"})
    async with running(config=own) as pilot:
        screen = reader(pilot)
        await pilot.press("ctrl+q")
        assert screen.item_id is not None
        assert screen.library.is_starred(screen.item_id)
        await pilot.press("F", "ctrl+c")
        await settle(pilot)
        assert not pilot.app.is_running


async def test_keys_of_the_newsboat_preset() -> None:
    async with running(config=Config(preset="newsboat")) as pilot:
        screen = reader(pilot)
        await pilot.press("enter")
        assert screen.reading
        await pilot.press("q")
        await settle(pilot)
        assert not screen.reading
