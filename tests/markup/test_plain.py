"""Documents as text that reads well aloud."""

from __future__ import annotations

from xsfreader.markup import parse, plain_text

BASE = "https://xmpp.org/2025/01/x/"
POST = """
# One

## Two

> quoted
>
> > twice

---

![words](/a.png "title")

| Key | Meaning |
|-----|---------|
| j   | down    |
|     | nothing |
| k   | up      |

| Lone |
|------|
"""
TEXT = """One


Two

> quoted
>
> > twice

Image: title
words
xmpp.org/a.png

Key: j
Meaning: down

Meaning: nothing

Key: k
Meaning: up

Lone
"""


def test_nothing_is_drawn_with_characters() -> None:
    assert plain_text(parse(POST, base=BASE), 40) == TEXT
