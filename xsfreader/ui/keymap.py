"""The table of all actions: id, default keys, texts, and the method that performs each.

The configuration names actions by id under ``[keys]``. Nothing of Textual is loaded here.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import ConfigError
from xsfreader.model import View
from xsfreader.text import closest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xsfreader.config import Config


class Where(StrEnum):
    """Where an action is available."""

    ANYWHERE = "anywhere"
    LIST = "list"
    POST = "post"


class Action(NamedTuple):
    """A row of the table."""

    id: str
    keys: tuple[str, ...]
    """Textual's names: ``j``, ``ctrl+d``, ``question_mark``."""
    label: str
    """A word or two for the footer."""
    help: str
    """A line for the help."""
    group: str
    """Its heading in the help."""
    part: str
    """The attribute of ``ReaderScreen`` that performs it, ``app`` for the app."""
    method: str
    """The method of that part."""
    arguments: tuple[object, ...] = ()
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
    """Return Textual's name of a key as people write it (``?``, ``G``, ``ctrl+d``)."""
    return _NAMES.get(key, key)


def key_written(key: str) -> str:
    """Return a key as people write it in their configuration."""
    return _SIGNS.get(key, key)


def _is_key(key: str) -> bool:
    """Check that Textual has such a key: modifiers, then a character or a name."""
    found = _KEY.fullmatch(key)
    if found is None:
        return False
    last = found[2]
    if len(last) == 1:
        return last.isprintable() and not last.isspace()
    return last in _NAMED or last in _SIGNS or re.fullmatch(r"f[1-9]\d?", last) is not None


def _as_sent(key: str) -> str:
    """Return a letter with a modifier as terminals send it: ``S`` for ``shift+s``."""
    modifier, _, letter = key.rpartition("+")
    if len(letter) != 1 or not letter.isalpha():
        return key
    if modifier == "shift":
        return letter.upper()
    return f"ctrl+{letter.lower()}" if modifier == "ctrl" else key


def key_shown(key: str) -> str:
    """Return a key as the screen shows it."""
    return _SHOWN.get(key, key)


def _action(
    name: str,
    keys: str,
    label: str,
    text: str,
    call: str,
    *arguments: object,
    where: Where = Where.ANYWHERE,
) -> Action:
    part, _, method = call.partition(".")
    named = tuple(map(key_name, keys.split()))
    return Action(name, named, label, text, "", part, method, arguments, where)


def _group(title: str, *actions: Action) -> tuple[Action, ...]:
    return tuple(action._replace(group=title) for action in actions)


# fmt: off
ACTIONS: tuple[Action, ...] = (
    # id, keys, label, help, part and method, arguments
    *_group(
        "Move",
        _action("line-down", "j down", "down", "One line or row down", "navigation.move", 1),
        _action("line-up", "k up", "up", "One line or row up", "navigation.move", -1),
        _action("page-down", "space pagedown", "page", "One page down", "navigation.move_page", 1),
        _action("page-up", "b pageup", "page up", "One page up", "navigation.move_page", -1),
        _action("half-page-down", "d ctrl+d", "half page", "Half a page down", "navigation.move_page", 0.5),
        _action("half-page-up", "u ctrl+u", "half page up", "Half a page up", "navigation.move_page", -0.5),
        _action("top", "g home", "top", "To the top", "navigation.move_end", -1),
        _action("bottom", "G end", "bottom", "To the bottom", "navigation.move_end", 1),
        _action("next-heading", "}", "next heading", "Next heading", "navigation.step_heading", 1, where=Where.POST),
        _action("previous-heading", "{", "prev heading", "Previous heading", "navigation.step_heading", -1, where=Where.POST),
        _action("pane-right", "l right", "read", "To the post, or open the group", "navigation.go_right"),
        _action("pane-left", "h left", "list", "To the list, or close the group", "navigation.go_left"),
        _action("next-link", "tab", "next link", "Next link; from the list, to the post", "links.step", 1),
        _action("previous-link", "shift+tab", "prev link", "Previous link", "links.step", -1),
    ),
    *_group(
        "Go",
        _action("open", "enter", "open", "Open the post, the group or the link", "navigation.open"),
        _action("back", "escape", "back", "One level back", "navigation.go_up"),
        _action("next-post", "J", "next", "Next post of the list", "navigation.step_post", 1),
        _action("previous-post", "K", "previous", "Previous post of the list", "navigation.step_post", -1),
        _action("next-unread", "]", "next unread", "Next unread post", "navigation.step_unread", 1),
        _action("previous-unread", "[", "prev unread", "Previous unread post", "navigation.step_unread", -1),
        _action("history-back", "H backspace", "back", "Back to where you were", "navigation.go_through_history", -1),
        _action("history-forward", "L", "forward", "Forward again", "navigation.go_through_history", 1),
        _action("view-date", "1", "date", "List by date", "navigation.show_view", View.DATE),
        _action("view-category", "2", "category", "List by category", "navigation.show_view", View.CATEGORY),
        _action("view-author", "3", "author", "List by author", "navigation.show_view", View.AUTHOR),
        _action("view-xep", "4", "XEP", "List by XEP", "navigation.show_view", View.XEP),
        _action("view-starred", "5", "starred", "List starred posts", "navigation.show_view", View.STARRED),
        _action("view-unread", "6", "unread", "List unread posts", "navigation.show_view", View.UNREAD),
        _action("find", "/", "find", "Find in the post, or filter the list", "find.ask"),
        _action("find-next", "n", "next match", "Next match", "find.step", 1),
        _action("find-previous", "N", "prev match", "Previous match", "find.step", -1),
        _action("search", "F", "search", "Search the whole archive", "dialogs.search"),
    ),
    *_group(
        "In the post",
        _action("hints", "f", "links", "Show letters on the links; type them to follow", "links.show_hints"),
        _action("contents", "t", "contents", "The headings of the post", "dialogs.contents"),
        _action("xep", "x", "XEPs", "Card of the current link's XEP, to read it, or list of the post's XEPs", "dialogs.xeps"),
        _action("translation", "T", "language", "The post in another language", "navigation.show_translation"),
        _action("image", "i", "image", "The image in view at full size", "dialogs.image"),
        _action("list-narrower", "<", "narrower", "Make the list narrower", "navigation.widen_list", -2),
        _action("list-wider", ">", "wider", "Make the list wider", "navigation.widen_list", 2),
        _action("zen", "z", "zen", "Show the text only", "navigation.toggle_zen"),
        _action("browser", "o", "browser", "Open the post in the browser", "external.browse"),
        _action("copy", "y", "copy", "Copy the selection, else the current link, else the post's address", "copying.copy"),
        _action("copy-section", "Y", "copy section", "Copy the address of the section in view", "copying.copy_section"),
        _action("copy-code", "c", "copy code", "Copy the code in view; letters choose among several blocks", "links.copy_code", where=Where.POST),
        _action("pipe", "|", "pipe", "Pipe the post's text to a command", "external.pipe"),
        _action("source", "e", "Markdown", "The post's Markdown in the pager or editor", "external.show_source"),
    ),
    *_group(
        "Mark",
        _action("toggle-read", "m", "read", "Mark as read or unread", "marks.toggle_read"),
        _action("star", "s", "star", "Star or unstar", "marks.toggle_star"),
        _action("mark-all-read", "A", "all read", "Mark all posts of the list as read (asks)", "marks.mark_all_read"),
        _action("undo", "U", "undo", "Undo the last marking, of all posts too", "marks.undo"),
    ),
    *_group(
        "Program",
        _action("sync", "r", "sync", "Fetch new posts now", "sync.run_now"),
        _action("problems", "P", "problems", "Unreadable files, with the reasons", "dialogs.problems"),
        _action("palette", "ctrl+p", "palette", "Find any action, category, XEP or title", "dialogs.palette"),
        _action("theme", "ctrl+t", "theme", "Choose a theme", "dialogs.themes"),
        _action("suspend", "ctrl+z", "suspend", "Suspend to the shell; fg returns", "app.action_suspend_process"),
        _action("help", "?", "help", "Show or hide this help", "dialogs.help"),
        _action("quit", "q ctrl+q", "quit", "Quit", "app.action_quit"),
    ),
)
# fmt: on

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
    named = tuple(key_name(_as_sent(key.strip())) for key in keys.split(","))
    for key in named:
        if not _is_key(key):
            what = f'"{key}" is not a key' if key else "a key is missing beside the comma"
            raise ConfigError(
                f"{config.where(f'keys.{name}')}keys.{name}: {what}; "
                'use "s", "f5", "pagedown", "ctrl+j" or, for a comma, "comma"'
            )
    return named


def effective(config: Config) -> tuple[Action, ...]:
    """Return the actions with the keys in use: the default, the preset's or the user's own.

    Raises ConfigError if an action or a key is unknown, or if a key has two actions.
    """
    ids = {action.id for action in ACTIONS}
    changed: dict[str, tuple[str, ...]] = dict(PRESETS[config.preset])
    for name, keys in config.keys.items():
        if name not in ids:
            raise ConfigError(
                f"{config.where(f'keys.{name}')}keys.{name}: no such action; "
                + (f"did you mean {near}? " if (near := closest(name, ids)) else "")
                + "`xsfreader config --default` lists them"
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
                    f"{key_shown(key)} is already the key of {other.id}; choose another for one of them"
                )
    return actions
