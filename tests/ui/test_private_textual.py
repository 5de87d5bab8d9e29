"""Only promised parts of Textual, Rich and textual-image are used, but for a short list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import xsfreader
from tests.ui.private_names import patches, private_uses

if TYPE_CHECKING:
    from collections.abc import Mapping

pytest.importorskip("textual_image", reason="needs the extra images")

MOST = 5
MODULES = {"ui/textual_private.py", "ui/driver.py"}
SETTINGS = {
    "log.py: logging.raiseExceptions",
    # Python leaves them None where they were closed, and libraries use both.
    "cli/__init__.py: setattr(sys, name, stream)",
    "cli/__init__.py: setattr(sys, f'__{name}__', stream)",
}
"""What is there to be assigned, as its own documentation says."""


class Allowed(NamedTuple):
    """A private part that may be used."""

    file: str
    reason: str
    """What it buys, and what to do where it is gone."""


ALLOWED = {
    "textual._xterm_parser": Allowed(
        "ui/driver.py",
        "turns bytes into keys in our own thread that reads the keyboard. Without it the "
        "terminal's answer about Sixel would be typed into the prompt, as ten keys. Where it is "
        "gone, return None from driver_class: images are then drawn in half cells.",
    ),
    "_handle_exception": Allowed(
        "ui/textual_private.py",
        "takes what nothing caught in a message, timer, worker or line that is painted, and logs "
        "it. In public Textual prints it alone, with local variables, a password among them. Where "
        "it is gone, the log lacks the traceback; the exit code remains.",
    ),
    "textual_image._sixel": Allowed(
        "ui/textual_private.py",
        "encodes Sixel. What the package has in public asks the terminal at its import, and "
        "takes a key press for the answer. Where it is gone, draw half cells.",
    ),
}


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    folder = Path(xsfreader.__file__).parent
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in folder.rglob("*.py")
    }


def test_what_is_private_is_on_the_list(sources: Mapping[str, str]) -> None:
    # Nothing else may import the packages, as import-linter keeps.
    screens = {file: source for file, source in sources.items() if file.startswith("ui/")}
    assert private_uses(screens) == {name: {each.file} for name, each in ALLOWED.items()}


def test_the_list_is_short_and_each_entry_has_one_place() -> None:
    assert len(ALLOWED) <= MOST
    assert {each.file for each in ALLOWED.values()} <= MODULES


def test_nothing_is_assigned_into_what_is_not_ours(sources: Mapping[str, str]) -> None:
    assert set(patches(sources, "xsfreader")) == SETTINGS


def test_keys_can_still_be_parsed() -> None:
    try:
        from textual._xterm_parser import XTermParser

        parser = XTermParser()
        assert [message.key for message in parser.feed("j\x1b[A")] == ["j", "up"]  # type: ignore[attr-defined]
        assert list(parser.tick()) == []
    except (ImportError, AttributeError, TypeError) as error:
        pytest.fail(f"{error}: {ALLOWED['textual._xterm_parser'].reason}")


async def test_a_crash_can_still_be_kept() -> None:
    from xsfreader.ui.textual_private import KeepsCrash

    class Falls(KeepsCrash):
        def on_mount(self) -> None:
            self.set_timer(0.01, lambda: 1 / 0)

    app = Falls()
    with pytest.raises(ZeroDivisionError):
        async with app.run_test() as pilot:
            await pilot.pause(0.2)
    assert isinstance(app.crash, ZeroDivisionError), ALLOWED["_handle_exception"].reason


def test_sixel_can_still_be_encoded() -> None:
    from PIL import Image

    from xsfreader.ui.textual_private import encode_sixel

    try:
        sixel = encode_sixel(Image.new("RGB", (10, 6)).quantize(2))
    except (ImportError, AttributeError, TypeError) as error:
        pytest.fail(f"{error}: {ALLOWED['textual_image._sixel'].reason}")
    assert sixel.startswith('\x1bP0;0;0q"1;1;10;6')
    assert sixel.endswith("-\x1b\\")


HEAD = """
import sys
from textual import constants
from textual.widget import Widget
from textual.screen import Screen
"""


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def paint(widget): return widget.screen._compositor", {"_compositor"}),
        ("class A(Widget):\n def paint(self): self._set_dirty()", {"_set_dirty"}),
        ("class A(Widget):\n def _size_updated(self): pass", {"_size_updated"}),
        ("class A(Widget):\n def __init__(self): self._nodes = 1", {"_nodes"}),
        ("class A(Widget): pass\nclass B(A):\n _nodes = []", {"_nodes"}),
        ("class A(Screen[None]):\n def paint(self): super()._on_idle()", {"_on_idle"}),
        ("class A:\n def paint(self): self._compositor()", {"_compositor"}),
        ("getattr(object, '_compositor')", {"_compositor"}),
        ("from textual._styles_cache import StylesCache", {"textual._styles_cache"}),
        ("from textual.keys import _character_to_key", {"textual.keys._character_to_key"}),
        ("import textual._xterm_parser", {"textual._xterm_parser"}),
        ("class A:\n _compositor = 1\n def b(self, other): return other._compositor", set()),
        ("class A(Widget):\n def __init__(self): self._nobody_else_has_this = 1", set()),
        ("class A(Widget):\n _nodes = []\nclass B(A):\n def paint(self): self._nodes", {"_nodes"}),
        ("class A:\n _nodes = []\nclass B(A, Widget): pass", {"_nodes"}),
        ("record._replace(a=1)", set()),
        ("import os\nos._exit(1)", set()),
    ],
)  # fmt: skip
def test_private_names_are_found(code: str, found: set[str]) -> None:
    assert set(private_uses({"a.py": HEAD + code})) == found


def test_what_a_base_of_ours_uses_is_found_there_alone() -> None:
    base = HEAD + "class A(Widget):\n def _size_updated(self): pass"
    derived = "from a import A\nclass B(A): pass"
    assert private_uses({"a.py": base, "b.py": derived}) == {"_size_updated": {"a.py"}}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("constants.ESCAPE_DELAY = 1", 1),
        ("sys.stdout = None", 1),
        ("setattr(constants, 'ESCAPE_DELAY', 1)", 1),
        ("Widget.render = None", 1),
        ("del Widget.render", 1),
        ("mine = Widget()\nmine.title = 1", 0),
        ("Widget().title", 0),
    ],
)
def test_patches_are_found(code: str, found: int) -> None:
    assert len(list(patches({"a.py": HEAD + code}, "xsfreader"))) == found
