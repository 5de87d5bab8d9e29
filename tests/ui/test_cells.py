"""The reader of screenshots: every cell with its text and style, letters that stay."""

from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text

from tests.ui.cells import describe, screen_cells


def drawn(*lines: Text) -> str:
    """Draw lines with Rich, as Textual exports a screen, and describe them."""
    return describe(screen_cells(exported(*lines), 12, len(lines)))


def exported(*lines: Text) -> str:
    console = Console(
        file=io.StringIO(), width=12, record=True, force_terminal=True, color_system="truecolor"
    )
    for line in lines:
        console.print(line)
    return console.export_svg(title="title")


def test_texts_and_styles_stand_in_their_cells() -> None:
    line = Text.assemble("a ", ("bc", "bold #ff0000 on #000080"), " 日本", ("!", "italic #00ff00"))
    assert drawn(line, Text("")) == (
        ".  on default\n"
        "a  #c5c8c6 on default\n"
        "b  #ff0000 bold on #000080\n"
        "c  #00ff00 italic on default\n"
        "\n"
        "  1 a bc 日本!\n"
        "  : a.bb.aaaac\n"
        "  2\n"
        "\n"
    )


def test_a_combining_mark_joins_its_letter() -> None:
    assert "  1 e\u0301a" in drawn(Text("e\u0301a"))


def test_a_changed_color_shows() -> None:
    assert drawn(Text("a", "#ff0000")) != drawn(Text("a", "#ff0001"))


def test_known_styles_keep_their_letters() -> None:
    before = "q  #ff0000 on default\n\n  1 a\n  : q\n"
    line = Text.assemble(("new ", "#00ff00"), ("old", "#ff0000"))
    now = describe(screen_cells(exported(line), 12, 1), before)
    assert now.endswith("\n  1 new old\n  : aaa.qqq\n")
