"""Test the table of actions and the configuration of keys."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from tests.ui.apps import reader, running
from xsfreader import config
from xsfreader.config import THEMES, Config, load
from xsfreader.errors import ConfigError
from xsfreader.ui.keymap import ACTIONS, PRESETS, effective, key_written

if TYPE_CHECKING:
    from pathlib import Path


def test_every_action_has_texts_and_keys() -> None:
    for action in ACTIONS:
        assert action.help
        assert action.label
        assert action.group
        assert action.keys, action.id
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


async def test_every_row_names_a_method_that_takes_its_arguments() -> None:
    async with running() as pilot:
        for action in ACTIONS:
            method = getattr(getattr(reader(pilot), action.part), action.method)
            inspect.signature(method).bind(*action.arguments)


def test_no_key_has_two_actions() -> None:
    effective(Config())


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_a_preset_changes_known_actions_and_has_no_conflict(preset: str) -> None:
    assert set(PRESETS[preset]) <= {action.id for action in ACTIONS}
    changed = {a.id: a for a in effective(Config(preset=preset))}
    for action, keys in PRESETS[preset].items():
        assert changed[action].keys == keys


def test_the_presets_are_those_of_the_configuration() -> None:
    assert set(PRESETS) == set(config.PRESETS)


@pytest.mark.parametrize("action", [action.id for action in ACTIONS])
def test_every_action_can_be_remapped(action: str) -> None:
    changed = {a.id: a for a in effective(Config(keys={action: "f9, ctrl+y"}))}
    assert changed[action].keys == ("f9", "ctrl+y")


def test_punctuation_can_be_a_key() -> None:
    changed = {a.id: a for a in effective(Config(keys={"star": "*"}))}
    assert changed["star"].keys == ("asterisk",)


def test_an_empty_string_removes_the_keys() -> None:
    changed = {a.id: a for a in effective(Config(keys={"star": ""}))}
    assert changed["star"].keys == ()


def test_a_freed_key_can_be_given_to_another() -> None:
    changed = {a.id: a for a in effective(Config(keys={"star": "f8", "sync": "s"}))}
    assert changed["sync"].keys == ("s",)


def test_a_conflict_names_line_key_and_both_actions(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('width = 80\n\n[keys]\nstar = "f9"\nsync = "j"\n')
    with pytest.raises(ConfigError, match=r"config.toml:5: keys.sync: j is already .* line-down"):
        effective(load(file))


def test_an_unknown_action_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[keys]\nfly = "f"\n')
    with pytest.raises(ConfigError, match=r"config.toml:2: keys.fly: no such action"):
        effective(load(file))


@pytest.mark.parametrize(
    "keys", ["ctrl+", "a,,b", ",", "s,", "crtl+x", "nokey", "ctrl+enterr", "f0", "a b", "ctrl++x"]
)
def test_an_invalid_key_names_its_line(tmp_path: Path, keys: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[keys]\nstar = "{keys}"\n')
    with pytest.raises(ConfigError, match=r"config.toml:2: keys.star: .*; use "):
        effective(load(file))


@pytest.mark.parametrize(
    "keys", ["comma", "+", "*", "`", "ctrl+shift+f12", "é", "alt+enter", "ctrl+plus", "shift+tab"]
)
def test_keys_of_a_terminal_are_valid(keys: str) -> None:
    free = {"previous-link": "f9"} if keys == "shift+tab" else {}
    effective(Config(keys={"star": keys, **free}))


def test_letters_with_a_modifier_are_the_keys_that_terminals_send() -> None:
    changed = effective(Config(keys={"star": "shift+s,ctrl+S,ctrl+shift+s,shift+f1,ctrl++"}))
    star = next(action for action in changed if action.id == "star")
    assert star.keys == ("S", "ctrl+s", "ctrl+shift+s", "shift+f1", "ctrl++")


def test_every_default_key_is_valid_configuration() -> None:
    written = {a.id: ",".join(map(key_written, a.keys)) for a in ACTIONS}
    assert effective(Config(keys=written)) == ACTIONS


async def test_every_theme_is_known_to_the_configuration() -> None:
    async with running() as pilot:
        assert sorted(pilot.app.available_themes) == sorted(THEMES)
