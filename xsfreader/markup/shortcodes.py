"""Extract Hugo's shortcodes from Markdown before it is parsed, as Hugo does.

Each is replaced by a placeholder: its number between two noncharacters, which no other text
contains.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

from xsfreader.markup.limits import MAX_SHORTCODES

NEWSLETTER_WORDS = "Subscribe to the monthly XMPP newsletter"

OPEN, CLOSE = "\ufdd0", "\ufdd1"
PLACEHOLDER = re.compile(f"{OPEN}([0-9]+){CLOSE}")

_START = re.compile(r"\{\{([<%])")
_END = {"<": ">}}", "%": "%}}"}
_MAX_LENGTH = 10_000
"""Characters; a longer shortcode was never closed."""

_PARAMETER = re.compile(
    r'(?:([\w-]+)=)?(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`|([^\s"`=]+))',
)


class Shortcode(NamedTuple):
    """One shortcode as written."""

    name: str
    """With a leading ``/`` if it closes another."""
    parameters: dict[str, str]
    """By name; unnamed ones by position, from ``"0"``."""
    source: str


def extract_shortcodes(body: str) -> tuple[str, list[Shortcode]]:
    """Return the Markdown with placeholders, and the shortcodes they stand for.

    An escaped shortcode (``{{</* name */>}}``) is shown by its text.
    """
    body = body.replace(OPEN, "\ufffd").replace(CLOSE, "\ufffd")
    shortcodes: list[Shortcode] = []
    parts: list[str] = []
    done = 0
    for found in _START.finditer(body):
        kind, start = found[1], found.end()
        if found.start() < done:
            continue
        if len(shortcodes) >= MAX_SHORTCODES:
            break
        end = body.find(_END[kind], start, start + _MAX_LENGTH)
        if end < 0:
            continue
        parts.append(body[done : found.start()])
        done = end + len(_END[kind])
        inside = body[start:end].strip()
        if inside.startswith("/*") and inside.endswith("*/"):
            parts.append(f"{{{{{kind}{inside[2:-2]}{_END[kind]}")
        else:
            parts.append(f"{OPEN}{len(shortcodes)}{CLOSE}")
            shortcodes.append(_parse(inside, body[found.start() : done]))
    parts.append(body[done:])
    return "".join(parts), shortcodes


def restore(text: str, shortcodes: Sequence[Shortcode]) -> str:
    """Replace placeholders by the shortcodes as written; within code they are just code."""
    if not shortcodes:
        return text
    return PLACEHOLDER.sub(lambda found: shortcodes[int(found[1])].source, text)


def label(shortcode: Shortcode) -> str:
    """Return a short text to show for a shortcode."""
    parameters = shortcode.parameters
    if shortcode.name == "figure":
        return (
            f"▣ {parameters.get('alt') or parameters.get('caption') or parameters.get('src', '')}"
        )
    if shortcode.name == "newsletter-subscribe":
        return NEWSLETTER_WORDS
    return f"⟨{' '.join([shortcode.name, *parameters.values()])}⟩"


def _parse(inside: str, source: str) -> Shortcode:
    name, _, rest = inside.partition(" ")
    parameters: dict[str, str] = {}
    for position, found in enumerate(_PARAMETER.finditer(rest)):
        key, quoted, raw, bare = found.groups()
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted else raw or bare or ""
        parameters[key or str(position)] = value
    return Shortcode("".join(name.split()) or "?", parameters, source)
