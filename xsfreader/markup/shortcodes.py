"""Hugo's shortcodes: taken out of the Markdown before it is parsed, as Hugo does.

Each leaves a placeholder of two noncharacters round its number, which no other text holds.
"""

from __future__ import annotations

import re
from typing import NamedTuple

NEWSLETTER_WORDS = "Subscribe to the monthly XMPP newsletter"

OPEN, CLOSE = "\ufdd0", "\ufdd1"
PLACEHOLDER = re.compile(f"{OPEN}([0-9]+){CLOSE}")

_START = re.compile(r"\{\{([<%])")
_END = {"<": ">}}", "%": "%}}"}
_LONGEST = 10_000
"""Characters of a shortcode; what goes on longer was never closed."""

_PARAMETER = re.compile(
    r'(?:([\w-]+)=)?(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`|([^\s"`=]+))',
)


class Shortcode(NamedTuple):
    """One shortcode as written."""

    name: str
    """With a leading ``/`` where it closes another."""
    parameters: dict[str, str]
    """By name; those without one by their position, from ``"0"``."""
    source: str


def extract(body: str) -> tuple[str, list[Shortcode]]:
    """The Markdown with placeholders, and the shortcodes they stand for.

    An escaped one (``{{</* name */>}}``) is what the author wants to show: it becomes its
    own text.
    """
    body = body.replace(OPEN, "\ufffd").replace(CLOSE, "\ufffd")
    if "{{" not in body:
        return body, []
    codes: list[Shortcode] = []
    parts: list[str] = []
    done = 0
    for found in _START.finditer(body):
        kind, start = found[1], found.end()
        if found.start() < done:
            continue
        end = body.find(_END[kind], start, start + _LONGEST)
        if end < 0:
            continue
        parts.append(body[done : found.start()])
        done = end + len(_END[kind])
        inside = body[start:end].strip()
        if inside.startswith("/*") and inside.endswith("*/"):
            parts.append(f"{{{{{kind}{inside[2:-2]}{_END[kind]}")
        else:
            parts.append(f"{OPEN}{len(codes)}{CLOSE}")
            codes.append(_read(inside, body[found.start() : done]))
    parts.append(body[done:])
    return "".join(parts), codes


def restore(text: str, codes: list[Shortcode]) -> str:
    """The text with its shortcodes as they were written: within code they are just code."""
    if OPEN not in text:
        return text
    return PLACEHOLDER.sub(lambda found: codes[int(found[1])].source, text)


def label(code: Shortcode) -> str:
    """The shortcode in a few quiet words."""
    given = code.parameters
    if code.name == "figure":
        return f"▣ {given.get('alt') or given.get('caption') or given.get('src', '')}"
    if code.name == "newsletter-subscribe":
        return NEWSLETTER_WORDS
    return f"⟨{' '.join([code.name, *given.values()])}⟩"


def _read(inside: str, source: str) -> Shortcode:
    name, _, rest = inside.partition(" ")
    parameters: dict[str, str] = {}
    for position, found in enumerate(_PARAMETER.finditer(rest)):
        key, quoted, raw, bare = found.groups()
        value = raw if raw is not None else bare
        if quoted is not None:
            value = re.sub(r"\\(.)", r"\1", quoted)
        parameters[key or str(position)] = value
    return Shortcode("".join(name.split()) or "?", parameters, source)
