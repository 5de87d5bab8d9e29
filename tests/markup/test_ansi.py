"""Lines as the command line prints them, and the modules that loads."""

from __future__ import annotations

import subprocess
import sys

from xsfreader.markup import layout, parse, to_ansi, to_plain_text

BASE = "https://xmpp.org/2025/01/x/"
BODY = "**Bold** [link](/x y) [bad](javascript:x) `code`\n\n> quote"


def test_plain_text_has_no_trailing_blanks() -> None:
    text = to_plain_text(layout(parse("```\ncode\n```\n\n> a\n>\n> b", base=BASE), 40))
    assert text == "  code\n\n▎ a\n▎\n▎ b\n"


def test_ansi_has_styles_and_links_of_safe_schemes() -> None:
    laid = layout(parse("**Bold** [l](/ä) [bad](javascript:x)", base=BASE), 40)
    assert to_ansi(laid) == (
        "\x1b[1mBold\x1b[0m "
        "\x1b]8;;https://xmpp.org/%C3%A4\x1b\\\x1b[4ml\x1b[0m\x1b]8;;\x1b\\ "
        "\x1b[4mbad\x1b[0m\n"
    )


def test_ansi_without_colours() -> None:
    laid = layout(parse("**Bold** [l](xmpp:x) `c`", base=BASE), 40)
    assert to_ansi(laid, colours=False) == (
        "\x1b[1mBold\x1b[0m \x1b]8;;xmpp:x\x1b\\\x1b[4ml\x1b[0m\x1b]8;;\x1b\\ c\n"
    )


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(run.stdout.split())


def test_heavy_modules_are_imported_when_needed() -> None:
    plain_post = "from xsfreader.markup import *\nlayout(parse('a — “b”', base='https://a.b/'), 40)"
    assert not {"pygments", "wcwidth"} & loaded_after(plain_post)
    assert "pygments" in loaded_after(
        "from xsfreader.markup import *\nparse('    <a>', base='https://a.b/')"
    )
