"""markdown-it set up to read Markdown as the site's Goldmark does.

Bare addresses and typography are dealt with while text is read, at the same places where
Goldmark does it: so they never touch code, targets of links or what was escaped.
"""

from __future__ import annotations

import re
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt, helpers
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from xsfreader.markup.emoji import emoji_of
from xsfreader.markup.tokens import plain_text
from xsfreader.markup.typography import DASHES, Quotes

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

DEEPEST = 40
"""Containers within one another; a marker deeper than that is text, nothing gets lost."""

_MORE = 16
"""Levels of inline markup, and of a table in the deepest container."""

_LONGEST = 50_000
"""Characters of a paragraph."""

_STOP = r"[\n!&*\[\\\]_`~<]"
_TYPOGRAPHY = r"---?|\.\.\.|>>|['\"]"
_EMOJI = r"(?<![^\s(\[\"'*_>]):[a-z0-9_+-]{1,40}:(?![\w:])"
_SCHEMES = r"(?:https?|ftp)://|www\.|xmpp:"
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}@"
_LINK = rf"(?<![^\s*_~(])(?:{_SCHEMES})"
_MAIL = rf"(?<![^\s*_~(])(?:{_LOCAL}|{_SCHEMES})"
_PLAIN = re.compile(rf"({_STOP})|{_EMOJI}|{_TYPOGRAPHY}|{_LINK}")
_WITH_MAIL = re.compile(rf"({_STOP})|{_EMOJI}|{_MAIL}|{_TYPOGRAPHY}")
_ONLY_STOP = re.compile(rf"({_STOP})")

_LINK_HERE = re.compile(rf"{_LOCAL}|{_SCHEMES}")

_TAIL = r"(?:[/#?][-a-zA-Z0-9@:%_+.~#$!?&/=();,'\">^{}\[\]`]*)?"
_HOST = r"[-a-zA-Z0-9@:%._+~#=]{1,256}\.[a-z]+"
_URL = re.compile(rf"(?:https?|ftp)://{_HOST}(?::\d+)?{_TAIL}")
_WWW = re.compile(rf"www\.{_HOST}{_TAIL}")
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}{_LABEL}(?:\.{_LABEL})+(?![-_])")
_ENTITY = re.compile(r"&[A-Za-z0-9]+;\Z")
_XMPP = re.compile(r"xmpp:[^\s<>\"'`]{1,2000}")


@cache
def parser() -> MarkdownIt:
    """The parser; it keeps no state between posts."""
    md = MarkdownIt("commonmark", {"maxNesting": DEEPEST + _MORE})
    md.enable(["table", "strikethrough"])
    md.use(deflist_plugin).use(footnote_plugin, inline=False)
    md.inline.ruler.at("text", _text)
    md.inline.ruler.push("guillemet", _guillemet)
    md.core.ruler.at("inline", _inline)
    md.core.ruler.after("block", "own_ids", _own_ids)
    md.core.ruler.after("inline", "heading_ids", _heading_ids)
    md.core.ruler.before("footnote_tail", "footnotes_left", _keep_footnotes)
    for name in ("blockquote", "list", "deflist", "footnote_def"):
        _bound(md, name)
    for name in ("link", "image"):
        _need_closing(md, name)
    reading: Any = md
    reading.helpers = SimpleNamespace(**vars(helpers) | {"parseLinkDestination": _destination})
    reading.normalizeLink = reading.normalizeLinkText = _as_written
    reading.validateLink = _anything
    return md


_DESTINATION = re.compile(r"[^\s()<>&\\\x00-\x1f\x7f]+(?=[ )\n])")
_STRAY = re.compile(r"\\(?![()<>&])")


def _destination(source: str, start: int, end: int) -> object:
    """A link's target as Hugo hands it on: a stray backslash stays in it.

    The plain case is read at once; markdown-it goes through it character by character.
    """
    if found := _DESTINATION.match(source, start, end):
        return SimpleNamespace(ok=True, pos=found.end(), str=found.group())
    result = helpers.parseLinkDestination(source, start, end)
    if result.ok and _STRAY.search(written := source[start : result.pos]):
        result.str = written.strip("<>")
    return result


def _as_written(url: str) -> str:
    return url


def _anything(_url: str) -> bool:
    return True


def _bound(md: MarkdownIt, name: str) -> None:
    """Let a container rule apply only so deep."""
    ruler = md.block.ruler
    rule = next(each for each in ruler.__rules__ if each.name == name)
    inner = rule.fn

    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
        if state.level >= DEEPEST:
            return False
        result: bool = inner(state, start, end, silent)
        return result

    ruler.at(name, bounded, {"alt": rule.alt})


def _need_closing(md: MarkdownIt, name: str) -> None:
    """Spare a rule the search for the end of a label that nothing can end."""
    ruler = md.inline.ruler
    inner = next(each for each in ruler.__rules__ if each.name == name).fn

    def closable(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
        if state.src[state.pos] not in "[!":
            return False
        known = state.env.get("closing")
        if known is None or known[0] is not state.src:
            known = state.env["closing"] = (state.src, state.src.rfind("]"))
        if state.pos > known[1]:
            return False
        result: bool = inner(state, silent)
        return result

    ruler.at(name, closable)


def _text(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read text up to what may be markup, mending typography and finding addresses."""
    source, start, end = state.src, state.pos, state.posMax
    if silent:
        found = _ONLY_STOP.search(source, start, end)
        state.pos = found.start() if found else end
        return state.pos > start
    search = (_WITH_MAIL if "@" in source else _PLAIN).search
    position = start
    while True:
        found = search(source, position, end)
        if found is None or found[1]:
            stop = found.start() if found else end
            state.append_pending(source[position:stop])
            state.pos = stop
            return stop > start
        state.append_pending(source[position : found.start()])
        position = _special(state, found)


def _special(state: StateInline, found: re.Match[str]) -> int:
    """Deal with what is no plain text; return the position behind it."""
    what, position = found.group(), found.start()
    if what in "'\"":
        mended = _quotes(state).replace(state.src, position)
        state.append_pending(mended)
        address = _LINK_HERE.match(state.src, position + 1) if mended != what else None
        if address is not None:
            return _special(state, address)
    elif what in DASHES:
        state.append_pending(DASHES[what])
    elif what[0] == ":":
        state.append_pending(emoji_of(what[1:-1]) or what)
    elif what == ">" or state.linkLevel:
        state.append_pending(what[0])
        return position + 1
    else:
        return _bare_address(state, what, position)
    return position + len(what)


def _quotes(state: StateInline) -> Quotes:
    known = state.env.get("quotes")
    if known is None or known[0] is not state.src:
        known = state.env["quotes"] = (state.src, Quotes())
    quotes: Quotes = known[1]
    return quotes


def _bare_address(state: StateInline, what: str, position: int) -> int:
    pattern, prefix = _ADDRESS, "mailto:"
    if what.endswith("://"):
        pattern, prefix = _URL, ""
    elif what == "www.":
        pattern, prefix = _WWW, "https://"
    elif what == "xmpp:":
        pattern, prefix = _XMPP, ""
    found = pattern.match(state.src, position, state.posMax)
    if found is None:
        state.append_pending(what[0])
        return position + 1
    address = _trim(found.group())
    if what == "xmpp:" and "@" not in address:
        state.append_pending(address)
        return position + len(address)
    state.push("link_open", "a", 1).attrs = {"href": prefix + address}
    state.push("text", "", 0).content = address
    state.push("link_close", "a", -1)
    return position + len(address)


def _trim(address: str) -> str:
    """Without the punctuation that belongs to the sentence rather than to the address."""
    while True:
        length = len(address)
        address = address[0] + address[1:].rstrip("?!.,:*_~")
        if address.endswith(")"):
            extra = address.count(")") - address.count("(")
            closing = len(address) - len(address.rstrip(")"))
            address = address[: len(address) - max(min(extra, closing), 0)]
        elif address.endswith(";") and (entity := _ENTITY.search(address[-40:])):
            address = address[: len(address) - len(entity.group())]
        if len(address) == length:
            return address


def _guillemet(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if not state.src.startswith("<<", state.pos) or state.pos + 2 > state.posMax:
        return False
    if not silent:
        state.append_pending(DASHES["<<"])
    state.pos += 2
    return True


_ATTRIBUTES = re.compile(r"[ \t]*\{([^{}]*)\}[ \t]*\Z")
_ATTRIBUTE = re.compile(r"[.#][^\s]|[A-Za-z_:][\w:.-]*=")
_ID = re.compile(r"(?:^|\s)#([^\s#]+)|(?:^|\s)id=\"?([^\s\"]+)")


def _own_ids(state: StateCore) -> None:
    """Take ``{#id}`` out of headings before their text is read."""
    tokens = state.tokens
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            inline = tokens[index + 1]
            tail = inline.content[-500:]
            found = _ATTRIBUTES.search(tail) if tail.endswith("}") else None
            if found and _ATTRIBUTE.match(found[1].strip()):
                inline.content = inline.content[: len(inline.content) - len(found.group())]
                if named := _ID.search(found[1]):
                    token.meta["id"] = named[1] or named[2]


def _heading_ids(state: StateCore) -> None:
    """Give each heading the id that Hugo gives it, made from the words it shows."""
    taken: dict[str, int] = {}
    tokens = state.tokens
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            if "id" not in token.meta:
                words = plain_text(tokens[index + 1].children or ())
                token.meta["id"] = _unique(anchor(words) or "heading", taken)
            taken.setdefault(token.meta["id"], 0)


def _inline(state: StateCore) -> None:
    """Read inline markup, but for paragraphs so long that nobody wrote them: they are text."""
    for token in state.tokens:
        if token.type == "inline":
            token.children = []
            if len(token.content) <= _LONGEST:
                state.md.inline.parse(token.content, state.md, state.env, token.children)
            else:
                text = token.content.replace("\n", " ")
                token.children.append(Token("text", "", 0, content=text))


def _keep_footnotes(state: StateCore) -> None:
    """Number the footnotes that nothing refers to as well; else their text would be lost."""
    notes = state.env.get("footnotes", {})
    known = notes.setdefault("list", {})
    for label, number in notes.get("refs", {}).items():
        if number < 0:
            notes["refs"][label] = len(known)
            known[len(known)] = {"label": label[1:], "count": 0}


def anchor(text: str) -> str:
    """Goldmark's id for a heading's source, in GitHub's style."""
    return "".join(
        "-" if char in "- " else char.lower()
        for char in text.strip()
        if char in "- _" or char.isalpha() or char.isdecimal()
    )


def _unique(name: str, taken: dict[str, int]) -> str:
    """The name, numbered if it is taken; ``taken`` remembers the last number of each."""
    result = name
    while result in taken:
        taken[name] += 1
        result = f"{name}-{taken[name]}"
    return result
