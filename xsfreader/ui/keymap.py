"""Every action: its id, keys, words and place. Data only, so that nothing of Textual is loaded.

The ids are what ``[keys]`` in the configuration names, and what a screen's ``doings`` hold.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xsfreader.config import Config


class Where(StrEnum):
    """Where an action is to be had."""

    ANYWHERE = "anywhere"
    LIST = "list"
    POST = "post"


class Action(NamedTuple):
    """Something a key does."""

    id: str
    keys: tuple[str, ...]
    """Names as Textual gives them: ``j``, ``ctrl+d``, ``question_mark``."""
    label: str
    """A word or two for the footer."""
    help: str
    """A line for the help."""
    group: str
    """Heading it stands under in the help."""
    where: Where = Where.ANYWHERE


_NAMES = {
    "?": "question_mark",
    "/": "slash",
    "{": "left_curly_bracket",
    "}": "right_curly_bracket",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    "|": "vertical_line",
    ",": "comma",
    ".": "full_stop",
    ":": "colon",
    ";": "semicolon",
    "<": "less_than_sign",
    ">": "greater_than_sign",
    "=": "equals_sign",
    "+": "plus",
    "-": "minus",
    "*": "asterisk",
    "#": "number_sign",
    "$": "dollar_sign",
    "%": "percent_sign",
    "^": "circumflex_accent",
    "&": "ampersand",
    "@": "at",
    "!": "exclamation_mark",
    "~": "tilde",
    "_": "underscore",
    "'": "apostrophe",
    '"': "quotation_mark",
    "\\": "backslash",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
    "`": "grave_accent",
}
_SIGNS = {name: sign for sign, name in _NAMES.items() if sign != ","}
_NAMED = frozenset({
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete",
    "enter", "escape", "backspace", "tab", "space", "comma",
})  # fmt: skip
_KEY = re.compile(r"((?:(?:ctrl|alt|shift|super|hyper|meta)\+)*)(.+)")
_SHOWN = {name: sign for sign, name in _NAMES.items()} | {
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "enter": "Enter",
    "escape": "Esc",
    "backspace": "Backspace",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "space": "Space",
}


def key_name(key: str) -> str:
    """Turn a key as people write it (``?``, ``G``, ``ctrl+d``) into Textual's name for it."""
    return _NAMES.get(key, key)


def key_written(key: str) -> str:
    """Turn Textual's name of a key into what people write in their configuration."""
    return _SIGNS.get(key, key)


def _is_key(key: str) -> bool:
    """Tell whether Textual can have such a key: modifiers, then a character or a name."""
    found = _KEY.fullmatch(key)
    if found is None:
        return False
    last = found[2]
    if len(last) == 1:
        return last.isprintable() and not last.isspace()
    return last in _NAMED or last in _SIGNS or re.fullmatch(r"f[1-9]\d?", last) is not None


def key_shown(key: str) -> str:
    """Turn Textual's name of a key into what stands on the screen."""
    return _SHOWN.get(key, key)


def _action(
    name: str, keys: str, label: str, text: str, group: str, where: Where = Where.ANYWHERE
) -> Action:
    return Action(name, tuple(map(key_name, keys.split())), label, text, group, where)


_MOVE, _GO, _POST, _MARK, _APP = "Move", "Go", "In the post", "Mark", "Program"

ACTIONS: tuple[Action, ...] = (
    _action("line-down", "j down", "down", "One line or row down", _MOVE),
    _action("line-up", "k up", "up", "One line or row up", _MOVE),
    _action("page-down", "space pagedown", "page", "One page down", _MOVE),
    _action("page-up", "b pageup", "page back", "One page up", _MOVE),
    _action("half-page-down", "d ctrl+d", "half page", "Half a page down", _MOVE),
    _action("half-page-up", "u ctrl+u", "half back", "Half a page up", _MOVE),
    _action("top", "g home", "top", "To the top", _MOVE),
    _action("bottom", "G end", "bottom", "To the bottom", _MOVE),
    _action("next-heading", "}", "heading", "Next heading", _MOVE, Where.POST),
    _action("previous-heading", "{", "heading back", "Previous heading", _MOVE, Where.POST),
    _action("pane-right", "l right", "read", "To the post, or open the fold", _MOVE),
    _action("pane-left", "h left", "list", "To the list, or close the fold", _MOVE),
    _action("next-link", "tab", "link", "Next link; from the list, to the post", _MOVE),
    _action("previous-link", "shift+tab", "link back", "Previous link", _MOVE),
    _action("open", "enter", "open", "Open the post, the fold or the link", _GO),
    _action("back", "escape", "back", "One level back", _GO),
    _action("next-post", "J", "next", "Next post of the list", _GO),
    _action("previous-post", "K", "previous", "Previous post of the list", _GO),
    _action("next-unread", "]", "unread", "Next unread post", _GO),
    _action("previous-unread", "[", "unread back", "Previous unread post", _GO),
    _action("history-back", "H backspace", "back", "Back to where you were", _GO),
    _action("history-forward", "L", "forward", "Forward again", _GO),
    _action("view-date", "1", "date", "List by date", _GO),
    _action("view-category", "2", "category", "List by category", _GO),
    _action("view-author", "3", "author", "List by author", _GO),
    _action("view-xep", "4", "XEP", "List by XEP", _GO),
    _action("view-starred", "5", "starred", "List what is starred", _GO),
    _action("view-unread", "6", "unread", "List what is unread", _GO),
    _action("find", "/", "find", "Find in the post, or filter the list", _GO),
    _action("find-next", "n", "next hit", "Next match", _GO),
    _action("find-previous", "N", "hit back", "Previous match", _GO),
    _action("search", "F", "search", "Search the whole archive", _GO),
    _action("hints", "f", "links", "Letters on the links on screen: type to follow", _POST),
    _action("contents", "t", "contents", "The headings of the post", _POST),
    _action("xep", "x", "XEPs", "Card of the XEP under the link, or the post's XEPs", _POST),
    _action("translation", "T", "language", "The post in its next language", _POST),
    _action("image", "i", "picture", "The picture in view at full size", _POST),
    _action("zen", "z", "zen", "The text alone", _POST),
    _action("browser", "o", "browser", "Open the post in the browser", _POST),
    _action("copy", "y", "copy URL", "Copy what is selected, else the permalink", _POST),
    _action("pipe", "|", "pipe", "Give the post's text to a command", _POST),
    _action("source", "e", "Markdown", "The post's Markdown in the pager or editor", _POST),
    _action("toggle-read", "m", "read", "Mark as read or unread", _MARK),
    _action("star", "s", "star", "Star or unstar", _MARK),
    _action("mark-all-read", "A", "all read", "Mark all of the list as read (asks)", _MARK),
    _action("sync", "r", "sync", "Fetch what is new now", _APP),
    _action("palette", "ctrl+p", "palette", "Every action, category, XEP and title", _APP),
    _action("theme", "ctrl+t", "theme", "Choose a theme", _APP),
    _action("suspend", "ctrl+z", "suspend", "Back to the shell; fg returns", _APP),
    _action("help", "?", "help", "Show or hide this help", _APP),
    _action("quit", "q ctrl+q", "quit", "Quit", _APP),
)

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "": {},
    "newsboat": {
        "back": ("q", "escape"),
        "quit": ("Q", "ctrl+q"),
        "next-unread": ("n", "right_square_bracket"),
        "previous-unread": ("p", "left_square_bracket"),
        "toggle-read": ("N", "m"),
        "find-next": ("f3",),
        "find-previous": ("shift+f3",),
        "mark-all-read": ("A", "C"),
        "sync": ("r", "R"),
        "page-down": ("space", "ctrl+f", "pagedown"),
        "page-up": ("b", "ctrl+b", "pageup"),
    },
}
"""Keys by action id that a preset changes."""


def _keys_of(name: str, keys: str, config: Config) -> tuple[str, ...]:
    if not keys.strip():
        return ()
    named = tuple(key_name(key.strip()) for key in keys.split(","))
    for key in named:
        if not _is_key(key):
            what = f'"{key}" is no key' if key else "a key is missing beside the comma"
            raise ConfigError(
                f"{config.where(f'keys.{name}')}keys.{name}: {what}; "
                'write such as "s", "f5", "pagedown", "ctrl+j" or, for a comma, "comma"'
            )
    return named


def effective(config: Config) -> tuple[Action, ...]:
    """Give every action the keys in force: ours, the preset's, then the user's own.

    Raises ConfigError where an action or a key is unknown, or a key would do two things.
    """
    ids = {action.id for action in ACTIONS}
    changed: dict[str, tuple[str, ...]] = dict(PRESETS[config.preset])
    for name, keys in config.keys.items():
        if name not in ids:
            raise ConfigError(
                f"{config.where(f'keys.{name}')}keys.{name}: no such action; "
                "`xsfreader config --default` lists them"
            )
        changed[name] = _keys_of(name, keys, config)
    actions = tuple(a._replace(keys=changed.get(a.id, a.keys)) for a in ACTIONS)
    taken: dict[str, Action] = {}
    for action in sorted(actions, key=lambda action: action.id in config.keys):
        for key in action.keys:
            other = taken.setdefault(key, action)
            if other is not action:
                raise ConfigError(
                    f"{config.where(f'keys.{action.id}')}keys.{action.id}: "
                    f"{key_shown(key)} is already the key of {other.id}; give {other.id} another"
                )
    return actions
