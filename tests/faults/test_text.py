"""Posts and pasted text made to take all time and memory, or to stop the screen."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.widgets import Input

from tests.soak import soaked
from tests.ui.apps import reader, running, settle
from xsfreader.errors import UnreadablePostError
from xsfreader.ingest import ingest
from xsfreader.markup.code import LANGUAGES, Budget, highlight
from xsfreader.markup.lines import Role
from xsfreader.model import POST_LIMIT
from xsfreader.text import clean
from xsfreader.ui.input import MOST_TYPED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.ui.apps import Driver

BODIES: dict[str, str | tuple[str, str]] = {
    "comments": "<!-- " * 2_000 + "\n\n",
    "table of 60,000 rows": ("| a | b |\n|---|---|\n", "| c | d |\n"),
    "emphasis": "*a* " * 2_000 + "\n\n",
    "a million accents on one letter": ("a", "\u0301"),
}
"""What each body repeats, or begins with and repeats; ``{n}`` counts."""

MORE_BODIES: dict[str, str | tuple[str, str]] = {
    "346,000 paragraphs": "a\n\n",
    "footnotes": "[^{n}]\n\n[^{n}]: a\n\n",
    "brackets": "[" * 9_000 + "]\n\n",
    "links, one a paragraph": "[a](b)\n\n",
    "nested quotes": "> > > > > > > > > > > > > > > > > > > > a\n\n",
    "XEPs": "XEP-{n:04} ",
    "fences": "```xml\n<a/>\n```\n",
    "one word": "x",
    "one sentence": "word ",
    "ideographs": "漢",
    "ideographs and Latin": "漢a, ",
    "family": "👩\u200d",
    "conjuncts": "क्",
    "half Hangul": "\u1100",
    "half flags": "🇩",
    "nothing visible": "\u200b",
    "table of 100,000 columns": ("|" + "a|" * 100_000 + "\n|" + "-|" * 100_000 + "\n", "|a|\n"),
    "padded table": ("|a|\n|" + "-|" * 99 + "\n", "|\n"),
    "many tables": "|a|\n|-|\n|b|\n\n",
    "cells": "|||||\n|-|-|-|-|\n",
    "headings": "## Same\n\n",
    "long heading": ("# ", "a "),
    "underlined headings": "a\n-\n",
    "lists": "- a\n\n",
    "empty lists": "-\n",
    "three lists a line": "- * + a\n",
    "definitions": "a\n: b\n\n",
    "rules": "---\n\n",
    "code": ("```\n", "a\n"),
    "code without language": "    a\n\n",
    "stars": "*",
    "open emphasis": "*a " * 2_000 + "\n\n",
    "mixed emphasis": "_a*b~~c" * 1_300 + "\n\n",
    "backticks": "`a` ",
    "images": "![a](b)\n\n",
    "open images": "![" * 4_500 + "]\n\n",
    "nested links": "[" * 3_000 + "a" + "](b)" * 1_000 + "\n\n",
    "open targets": "[a](<b" * 1_500 + "\n\n",
    "open titles": '[a](b "' * 1_400 + "\n\n",
    "definitions of links": "[a{n}]: b\n",
    "uses of one link": ("[a]: b\n\n", "[a] " * 2_000 + "\n\n"),
    "open tags": "a <b " * 1_000 + "\n\n",
    "tags": "<div>\n\n",
    "entities": "&amp;" * 1_900 + "\n\n",
    "addresses": "https://a.example ",
    "brackets of an address": ("https://a.example/", "("),
    "shortcodes": "{{< x >}} ",
    "figures": '{{< figure src="a" caption="*b*" >}}\n\n',
    "open shortcodes": "{{< ",
    "quotes": '"a" ',
    "backslashes": "\\*",
    "blank lines": ("a", "\n"),
}

LAY_OUT = """
import json, resource, sys, time
from xsfreader.ingest import ingest
from xsfreader.markup import build_article, find, layout

def peak():
    # Not ru_maxrss: a child starts with its parent's.
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) >> 10 for line in file if line.startswith("VmHWM"))
    except OSError:
        return 0

resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (200, 200))
for name, (start, unit) in json.load(sys.stdin).items():
    text, n = [f"---\\ntitle: {name}\\ndate: 2024-01-01\\n---\\n{start}"], 0
    size = len(text[0].encode())
    while size + len(unit.replace("{n", "").encode()) + 8 < 1 << 20:
        text.append(unit.replace("{n}", str(n)).replace("{n:04}", f"{n % 10_000:04}"))
        size += len(text[-1].encode())
        n += 1
    data = "".join((*text, "\\nend")).encode()
    began = time.process_time()
    full = ingest("content/blog/2024-01-01-a.md", "0" * 40, data)
    document = build_article(full.post, full.body)
    parsed = time.process_time()
    page = layout(document, 20)
    laid_out = time.process_time()
    found = {
        "name": name,
        "bytes": len(data),
        "parsing": parsed - began,
        "layout": laid_out - parsed,
        "longest line": max(len(line.text) for line in page.lines),
        "lines": len(page.lines),
        "blocks": len(document.blocks),
        "links": len(document.links),
        "matches": len(find(document, "a")),
        "megabytes": peak(),
    }
    print(json.dumps(found), flush=True)
"""


MOST = {
    "parsing": 8,
    "layout": 2,
    "longest line": 2_000,
    "lines": 80_000,
    "blocks": 7_000,
    "links": 12_000,
    "matches": 10_000,
    "megabytes": 200,
}
"""Seconds of the processor, some ten times what they are; characters; counts."""


def lay_out_all(bodies: Mapping[str, str | tuple[str, str]]) -> None:
    """Lay out bodies of 1 MiB in one process, as a reader may open one after the other."""
    pairs = {name: ("", each) if isinstance(each, str) else each for name, each in bodies.items()}
    command = [sys.executable, "-c", LAY_OUT]
    done = subprocess.run(
        command, input=json.dumps(pairs), capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == len(bodies)
    for found in results:
        assert found["bytes"] > POST_LIMIT * 0.8, found
        for what, most in MOST.items():
            assert found[what] <= most, found


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
@soaked("bodies", [BODIES, MORE_BODIES])
def test_any_mebibyte_is_laid_out_in_bounds(bodies: Mapping[str, str | tuple[str, str]]) -> None:
    lay_out_all(bodies)


# Code

CODE = {
    "never ends": ("mcschema", "<!--"),
    "33 seconds": ("cr", "<<-'A'\n" * 860),
    "another that never ends": ("mcfunction", "<!--" * 100),
    "open strings": ("python", '"""' * 3_000),
    "one long line": ("json", "[" * 9_000),
    "too long": ("xml", "<a>\n" * 100_000),
    "heredocs": ("bash", "<<A\n" * 2_000),
    "open comments": ("c", "/*\n" * 3_000),
    "names": ("xml", "<a " + "a1" * 400),
}


@pytest.mark.parametrize(("language", "text"), CODE.values(), ids=CODE)
def test_code_is_whole_in_bounds(language: str, text: str) -> None:
    budget = Budget()
    parts = list(highlight(text, language, budget))
    assert "".join(part for _, part in parts) == text
    assert len(parts) <= 10_000
    assert budget.seconds > -2


@pytest.mark.parametrize("budget", [Budget(characters=10), Budget(seconds=0)], ids=repr)
def test_code_past_the_budget_is_plain(budget: Budget) -> None:
    text = "<a>b</a>" * 10
    assert highlight(text, "xml", budget) == [(Role.CODE, text)]
    assert highlight("<a/>", "xml", budget) == [(Role.CODE, "<a/>")]


def test_the_languages_are_known_and_others_plain() -> None:
    from pygments.lexers import get_lexer_by_name

    for name in LANGUAGES:
        assert name in get_lexer_by_name(name).aliases
    assert highlight("<!--", "mcschema", Budget()) == [(Role.CODE, "<!--")]


# What is stacked in one place


STACKS = ("\u0301", "\u200d", "\u20dd", "👩\u200d", "क्", "\u1100", "\u0600")


@pytest.mark.parametrize("unit", STACKS)
def test_one_place_holds_few_characters(unit: str) -> None:
    assert len(clean("a" + unit * 20_000 + "b")) <= 60
    once = clean("a" + unit + "b")
    assert once.startswith("a")
    assert once.endswith("b")


REAL = ("é\u0323", "👩\u200d👩\u200d👧\u200d👦 ", "नमस्ते ", "한국어", "—", "🇩🇪")


@pytest.mark.parametrize("text", [each * 40 for each in REAL])
def test_real_text_stays_whole(text: str) -> None:
    assert clean(text) == text


# Front matter

MATTERS = {
    "combining marks": ("title: a" + "\u0301" * 20_000, "---"),
    "long title": ("title: " + "a " * 20_000, "---"),
    "aliases of YAML": (
        'title: a\nx: &x "' + "a" * 30_000 + '"\ncategories: [' + "*x, " * 8_000 + "]",
        "---",
    ),
    "authors": ("title: a\nauthor: " + ",".join(map(str, range(9_000))), "---"),
    "deep YAML": ("title: a\nx: " + "[" * 20_000 + "]" * 20_000, "---"),
    "a mebibyte": ("title: a\nx: [" + "a, " * 300_000 + "]", "---"),
    "parts of a TOML key": ('title = "a"\n' + "a." * 30_000 + "b = 1", "+++"),
    "deep TOML": ('title = "a"\nx = ' + "[" * 20_000, "+++"),
}


@pytest.mark.parametrize(("matter", "fence"), MATTERS.values(), ids=MATTERS)
def test_front_matter_in_bounds(matter: str, fence: str) -> None:
    sign = ":" if fence == "---" else " ="
    text = f'{fence}\ndate{sign} "2024-01-01"\n{matter}\n{fence}\ntext'
    try:
        post = ingest("content/blog/2024-01-01-a.md", "0" * 40, text.encode()).post
    except UnreadablePostError as error:
        message = str(error)
    else:
        message = ""
        assert len(post.title) <= 300
        assert max(map(len, (post.authors, post.categories, post.aliases))) <= 100
        assert len(repr(post)) < 300_000
    assert len(message) < 80


# In the app


async def opened(pilot: Driver) -> None:
    for _ in range(400):
        await pilot.pause(0.05)
        if reader(pilot).article.page.lines:
            return
    raise AssertionError("the post is not on the screen")


async def test_a_mebibyte_is_shown_to_its_bound(tmp_path: Path) -> None:
    text = "| a | b |\n|---|---|\n" + "| c | d |\n" * 60_000
    title = "a" + "\u0301" * 20_000
    post = tmp_path / "2024-01-01-a.md"
    post.write_text(f"---\ntitle: {title}\ndate: 2024-01-01\n---\n{text}\n", "utf-8")
    async with running(str(tmp_path)) as pilot:
        await opened(pilot)
        screen = reader(pilot)
        assert screen.article.document is not None
        await pilot.press("enter", "G")
        await settle(pilot)
        assert "rest of this post is too long" in "".join(
            line.text for line in screen.article.page.lines[-10:]
        )
        await pilot.press("question_mark")
        await settle(pilot)
        assert pilot.app.screen is not screen


@pytest.mark.parametrize("keys", ["slash", "F", "ctrl+p"])
async def test_a_pasted_mebibyte_is_cut(keys: str) -> None:
    async with running() as pilot:
        await pilot.press(keys)
        await settle(pilot, 0.3)
        for _ in range(2):
            pilot.app.post_message(events.Paste("\n\x1b[31ma\x00b" + "x" * 1_000_000 + "\nq\n"))
            await settle(pilot, 0.3)
        line = pilot.app.screen.query_one(Input)
        assert len(line.value) <= MOST_TYPED
        assert line.value.isprintable()
        assert "xxx" in line.value
        await pilot.press("escape", "escape")
        await settle(pilot)
        assert pilot.app.is_running
