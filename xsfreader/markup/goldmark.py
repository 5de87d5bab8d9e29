"""Configure markdown-it to parse Markdown as the site's Goldmark does.

Bare addresses and typography are handled while text is parsed, as in Goldmark, so they never
affect code, link targets or escaped characters.
"""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt, helpers
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from xsfreader.markup.blocks import goldmark_blocks
from xsfreader.markup.emoji import emoji_of
from xsfreader.markup.headings import heading_ids
from xsfreader.markup.limits import MAX_COLUMNS, MAX_PARAGRAPH, ExhaustedError, Work
from xsfreader.markup.shortcodes import OPEN, PLACEHOLDER
from xsfreader.markup.typography import DASHES, Quotes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.ruler import Ruler
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

MAX_DEPTH = 40
"""Nested containers; a deeper marker is treated as text, so nothing gets lost."""

_LABEL_STEP = 16
"""Characters of a link's text that take as long to pass over as one attempt to parse markup."""

_EXTRA_DEPTH = 16
"""Levels of inline markup, and of a table in the deepest container."""

_STOP = rf"[\n!&*\[\\\]_`~<{OPEN}]"
_TYPOGRAPHY = r"---?|\.\.\.|>>|['\"]"
_EMOJI = r":[a-z0-9_+-]{1,40}:"
_SCHEMES = r"(?:https?|ftp)://|www\.|xmpp:"
_LOCAL = r"[A-Za-z0-9][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}@"
_LINK = rf"(?<![^\s*_~(])(?:{_SCHEMES})"
_MAIL = rf"(?<![^\s*_~(])(?:{_LOCAL}|{_SCHEMES})"
_PLAIN = re.compile(rf"({_STOP})|{_EMOJI}|{_TYPOGRAPHY}|{_LINK}")
_WITH_MAIL = re.compile(rf"({_STOP})|{_EMOJI}|{_MAIL}|{_TYPOGRAPHY}")
_ONLY_STOP = re.compile(rf"({_STOP})")

_LINK_HERE = re.compile(rf"{_LOCAL}|{_SCHEMES}")

_TAIL = r"(?:[/#?][-a-zA-Z0-9@:%_+.~#$!?&/=();,'\">^{}\[\]`]*)?"
_HOST = r"[-a-zA-Z0-9@:%._+~#=]{1,256}\.[a-z]+"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_ADDRESS = re.compile(
    rf"({_LOCAL}(?>{_LABEL}(?:\.{_LABEL})+)(?![-_]))|(www\.{_HOST}{_TAIL})"
    rf"|(?:https?|ftp)://{_HOST}(?::\d+)?{_TAIL}|xmpp:[^\s<>\"'`]{{1,2000}}"
)
_LAST_ENTITY = re.compile(r"&[A-Za-z0-9]+;\Z")
_ENTITY = re.compile(r"&#?[A-Za-z0-9]{1,32};")
_URN = re.compile(r"\burn:\S{0,100}\Z", re.IGNORECASE)


@cache
def parser() -> MarkdownIt:
    """Return the shared parser; it keeps no state between posts."""
    options = {"maxNesting": MAX_DEPTH + _EXTRA_DEPTH, "strikethrough_single_tilde": True}
    md = MarkdownIt("commonmark", options)
    md.enable(["table", "strikethrough"])
    md.use(deflist_plugin).use(footnote_plugin, inline=False, move_to_end=False)
    md.inline.ruler.at("text", _text)
    md.inline.ruler.push("guillemet", _guillemet)
    md.inline.ruler.push("shortcode", _shortcode)
    md.core.ruler.at("inline", _inline)
    md.use(goldmark_blocks).use(heading_ids)
    md.core.ruler.push("unused_footnotes", _number_unused_footnotes)
    for name in ("blockquote", "list", "deflist", "footnote_def"):
        _restrict(md.block.ruler, name, lambda state: state.level < MAX_DEPTH)
    reference = next(rule for rule in md.inline.ruler.__rules__ if rule.name == "footnote_ref")
    md.inline.ruler.before("link", "footnote_before_link", reference.fn)
    _restrict(md.block.ruler, "table", _is_narrow)
    alternatives = ["paragraph", "reference", "blockquote", "list", "footnote_def", "deflist"]
    md.block.ruler.before("table", "limit", _limit, {"alt": alternatives})
    for name in ("link", "image"):  # looking for a missing ] anew at each [ takes quadratic time
        _restrict(md.inline.ruler, name, lambda state: state.src.find("]", state.pos) >= 0)
    untyped: Any = md
    replaced = {"parseLinkDestination": _parse_target, "parseLinkLabel": _parse_label}
    untyped.helpers = SimpleNamespace(**vars(helpers) | replaced)
    untyped.normalizeLink = lambda url: url
    untyped.normalizeLinkText = replace_entities
    untyped.validateLink = lambda _url: True
    return md


_STRAY_BACKSLASH = re.compile(r"\\(?![()<>&])")


def _parse_target(source: str, start: int, end: int) -> object:
    """Parse a link's target as Hugo does: a stray backslash stays in it."""
    result = helpers.parseLinkDestination(source, start, end)
    result.ok = result.ok and "\n" not in source[start : result.pos]
    if result.ok and _STRAY_BACKSLASH.search(written := source[start : result.pos]):
        result.str = written.strip("<>")
    return result


def _parse_label(state: StateInline, start: int, disable_nested: bool = False) -> int:  # noqa: FBT001, FBT002
    """Find the end of a link's text, and count the way there as work."""
    end = helpers.parseLinkLabel(state, start, disable_nested)
    reached = state.posMax if end < 0 else end
    _work(state).take_inline((reached - start) // _LABEL_STEP)
    return end


def _work(state: Any) -> Work:  # noqa: ANN401
    work: Work = state.env.setdefault("work", Work())
    return work


def _limit(state: StateBlock, _start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """End every block once the post took too much work; what is left of it is dropped."""
    if _work(state).take_block(len(state.tokens)):
        return False
    if not silent:
        state.line = end
    return True


def _is_narrow(state: StateBlock) -> bool:
    """Check that a table has few columns; each of its rows gets a cell for every one."""
    lines = range(state.line, min(state.line + 2, state.lineMax))
    bars = (state.src.count("|", state.bMarks[line], state.eMarks[line]) for line in lines)
    return max(bars, default=0) <= MAX_COLUMNS


def _restrict(ruler: Ruler[Any], name: str, is_allowed: Callable[[Any], bool]) -> None:
    """Disable a rule where the state doesn't allow it."""
    rule = next(each for each in ruler.__rules__ if each.name == name)
    inner = rule.fn

    def restricted(state: Any, *rest: Any) -> bool:  # noqa: ANN401
        return is_allowed(state) and inner(state, *rest)

    ruler.at(name, restricted, {"alt": rule.alt})


def _text(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Parse text up to the next markup; replace typography, link bare addresses."""
    source, start, end = state.src, state.pos, state.posMax
    _work(state).take_inline()
    if silent:
        found = _ONLY_STOP.search(source, start, end)
        state.pos = found.start() if found else end
        return state.pos > start
    search = (_WITH_MAIL if "@" in source else _PLAIN).search
    position = start
    while True:
        if _follows_markup(state) and (address := _LINK_HERE.match(source, position, end)):
            position = _special(state, address)
        found = search(source, position, end)
        if found is None or found[1]:
            stop = found.start() if found else end
            state.append_pending(source[position:stop])
            state.pos = stop
            return stop > start
        state.append_pending(source[position : found.start()])
        position = _special(state, found)


def _follows_markup(state: StateInline) -> bool:
    """Check that the text goes on right behind a dash, an emoji, emphasis, a link and the like.

    Goldmark looks for an address there, as behind a blank.
    """
    kinds = ("text", "text_special")
    return not state.pending and bool(state.tokens) and state.tokens[-1].type not in kinds


def _special(state: StateInline, found: re.Match[str]) -> int:
    """Handle a quote, dash, emoji or address; return the position after it."""
    sign, position = found.group(), found.start()
    if sign in "'\"":
        replaced = state.env["quotes"].replace(state.src, position)
        if replaced == sign:
            state.append_pending(sign)
            return position + 1
        state.push("typography", "", 0).content = replaced
    elif sign in DASHES:
        state.push("typography", "", 0).content = DASHES[sign]
    elif sign[0] == ":":
        return _emoji(state, sign, position)
    elif sign == ">" or state.linkLevel or _is_in_brackets(state, position):
        state.append_pending(sign[0])
        return position + 1
    else:
        return _bare_address(state, sign, position)
    return position + len(sign)


def _emoji(state: StateInline, sign: str, position: int) -> int:
    """Replace an emoji's name, but not within a URN, which Hugo spoils (``urn:xmpp:tm:0``)."""
    emoji = emoji_of(sign[1:-1])
    if emoji is None or _URN.search(state.src, max(position - 100, 0), position):
        state.append_pending(sign[:-1])
        return position + len(sign) - 1
    token = state.push("emoji", "", 0)
    token.content, token.markup = emoji, sign
    return position + len(sign)


def _is_in_brackets(state: StateInline, position: int) -> bool:
    """Check for an open ``[`` that is closed later: there, Goldmark links no bare address."""
    source = state.src
    opening = source.rfind("[", 0, position)
    if source[opening - 1 : opening] == "\\":
        return False
    return opening > source.rfind("]", 0, position) and source.find("]", position) >= 0


def _bare_address(state: StateInline, sign: str, position: int) -> int:
    found = _ADDRESS.match(state.src, position, state.posMax)
    if found is None:
        state.append_pending(sign[0])
        return position + 1
    address = _trim(found.group())
    if sign == "xmpp:" and "@" not in address:
        state.append_pending(address)
        return position + len(address)
    prefix = "mailto:" if found[1] else "https://" if found[2] else ""
    opening = state.push("link_open", "a", 1)
    opening.attrs, opening.markup = {"href": prefix + address}, "autolink"
    state.push("text", "", 0).content = replace_entities(address)
    state.push("link_close", "a", -1)
    return position + len(address)


def replace_entities(address: str) -> str:
    """Replace ``&amp;`` and the like in a bare address, as the page shows it."""
    return _ENTITY.sub(lambda found: unescape(found[0]), address)


def _trim(address: str) -> str:
    """Strip punctuation that belongs to the sentence, not to the address."""
    while True:
        length = len(address)
        address = address[0] + address[1:].rstrip("?!.,:*_~")
        if address.endswith(")"):
            extra = address.count(")") - address.count("(")
            closing = len(address) - len(address.rstrip(")"))
            address = address[: len(address) - max(min(extra, closing), 0)]
        elif address.endswith(";") and (entity := _LAST_ENTITY.search(address[-40:])):
            address = address[: len(address) - len(entity.group())]
        if len(address) == length:
            return address


def _guillemet(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if not state.src.startswith("<<", state.pos):
        return False
    if not silent:
        state.append_pending(DASHES["<<"])
    state.pos += 2
    return True


def _shortcode(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    found = PLACEHOLDER.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("shortcode", "", 0)
        token.content, token.meta = found[0], {"number": int(found[1])}
    state.pos = found.end()
    return True


def _inline(state: StateCore) -> None:
    """Parse inline markup, as far as it can be written by hand; the rest is shown as written."""
    state.env["quotes"] = Quotes()
    for token in state.tokens:
        if token.type == "inline":
            token.children = []
            fits = len(token.content) <= MAX_PARAGRAPH
            try:
                if fits:
                    state.md.inline.parse(token.content, state.md, state.env, token.children)
            except ExhaustedError:
                fits = False
            if not fits:
                text = token.content.replace("\n", " ")
                token.children = [Token("text", "", 0, content=text)]


def _number_unused_footnotes(state: StateCore) -> None:
    """Number footnotes without references as well, so that their text isn't lost."""
    notes = state.env.setdefault("footnotes", {"refs": {}, "list": {}})
    for label, number in notes["refs"].items():
        if number < 0:
            notes["list"][len(notes["list"])] = {"label": label[1:], "count": 0}


def plain_text(tokens: Sequence[Token]) -> str:
    """Return the text of inline tokens, as the site uses it for an image's alt."""
    parts: list[str] = []
    for token in tokens:
        if token.children:
            parts.append(plain_text(token.children))
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        else:
            parts.append(token.content)
    return "".join(parts)
