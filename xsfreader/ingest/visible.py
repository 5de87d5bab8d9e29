"""The visible words of a post's Markdown, for the full-text index.

A few regular expressions replace the renderer: the index needs words, not structure, and a first
sync reads every post. Every expression is bounded, so that none backtracks over a long line.
"""

from __future__ import annotations

import re
from functools import partial
from html import unescape

from xsfreader.text import replace_controls

_SHORTCODE = re.compile(r"\{\{[<%]((?:(?!\{\{).){0,2000}?)[%>]\}\}", re.DOTALL)
_SHOWN = re.compile(r"""\b(caption|alt|title|attr)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)""")
_TARGET = r"""\(\s{0,9}(?:<[^<>\n]{0,2000}>|(?:[^()\s]{1,2000}+|\([^()\s]{0,500}\)){0,50}+)"""
_TITLE = r"""(?:\s{1,9}(?:"[^"\n]{0,500}"|'[^'\n]{0,500}'))?\s{0,9}\)"""
_IMAGE = re.compile(r"!\[([^\[\]]{0,500})\]" + _TARGET + _TITLE)
_LINK = re.compile(r"\[([^\[\]]{0,1000})\](?:" + _TARGET + _TITLE + r"|\[[^\[\]\n]{0,200}\])")
_DEFINITION = re.compile(r"\n {0,3}\[[^\^\]\n][^\]\n]{0,200}\]:[ \t]+\S[^\n]{0,2000}(?=\n)")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,50}\]:?")
_AUTOLINK = re.compile(r"<((?:https?|xmpp|mailto):[^<>\s]{1,2000})>")
_ATTRIBUTES = re.compile(r"\{[#.][^{}\n]{0,200}\}[ \t]*(?=\n)")
_SIGNS = re.compile(
    r"\n(?=[ \t>=*_|:+`~#\d-])(?:"
    r"[ \t>]{0,20}(?:[-=*_|:+ \t]{3,200}|[`~]{3}[\w+-]{0,30})(?=\n)"
    r"|[ \t>]{0,40}(?:#{1,6}|[-*+]|\d{1,9}[.)])[ \t]+(?:>[ \t>]{0,40})?"
    r"|[ \t]{0,3}>[ \t>]{0,40})"
)
"""Markup at the start of a line: rules, fences, headings, list items, quotes."""
_UNDERSCORE = re.compile(r"_(?:(?<!\w_)(?=\w)|(?<=[^\s_]_)(?!\w))")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_PRIVATE = 0xE000
_HIDDEN = re.compile("[\ue021-\ue07e]")

_XEP = re.compile(
    rb"xep(?<![a-z0-9]xep)(?:(?:[-_]|%b)?(\d{4})|(?:-|%b)(\d{1,3})|(?: |\xc2\xa0)(\d{4}))(?!\d)"
    % ("‐|‑|–".encode(), "‐|‑".encode())
)
"""In bytes: lower() is much faster on bytes than on text."""


def visible_text(body: str) -> str:
    """Return the visible words of a post, on one line; the descriptions of images come last.

    A snippet that shows the beginning is more telling without them.
    """
    descriptions: list[str] = []
    text = _without_comments(f"\n{body}\n")
    escaped = "\\" in text
    if escaped:
        text = _ESCAPE.sub(_hide, text)
    braces = "{" in text
    if braces:
        text = _SHORTCODE.sub(partial(_shortcode, descriptions), text)
    text = _IMAGE.sub(partial(_image, descriptions), text)
    text = "\n".join([text, *descriptions])
    text = "".join(_LINK.split(text))
    text = _DEFINITION.sub("", text)
    text = _FOOTNOTE.sub("", text)
    if braces:
        text = _ATTRIBUTES.sub("", text)
    text = "".join(_AUTOLINK.split(text))
    text = _SIGNS.sub("\n", text)
    text = _UNDERSCORE.sub("", text)
    for sign in ("*", "`", "~~"):
        text = text.replace(sign, "")
    if "&" in text:
        text = unescape(text)
    if "|" in text:
        text = text.replace("|", " ")
    if escaped:
        text = _HIDDEN.sub(_show, text)
    shown = " ".join(filter(None, map(str.strip, text.replace("\xa0", " ").split("\n"))))
    while "  " in shown:
        shown = shown.replace("  ", " ")
    return shown if shown.isprintable() else " ".join(replace_controls(shown).split())


def _without_comments(text: str) -> str:
    """Remove comments; an expression would look for the end of each one that has none."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts.append(text[at:start])
        at = end + 3
    return "".join([*parts, text[at:]])


def _hide(found: re.Match[str]) -> str:
    """Replace an escaped sign by a private character, so that it isn't taken for markup."""
    return chr(_PRIVATE + ord(found[1]))


def _show(found: re.Match[str]) -> str:
    return chr(ord(found[0]) - _PRIVATE)


def _shortcode(descriptions: list[str], found: re.Match[str]) -> str:
    """Return the visible text of a shortcode; put aside its alternative text."""
    shown: dict[str, None] = {}
    for name, quoted, raw in _SHOWN.findall(found[1]):
        text = (quoted or raw).replace('\\"', '"')
        if name == "alt":
            descriptions.append(text)
        else:
            shown[text] = None
    return " ".join([*shown, ""])


def _image(descriptions: list[str], found: re.Match[str]) -> str:
    descriptions.append(found[1])
    return " "


def mentioned_xeps(*texts: str) -> tuple[int, ...]:
    """Return the numbers of XEPs that texts mention or link to, by first mention."""
    mentions = dict.fromkeys(
        mention
        for text in texts
        for mention in _XEP.findall(text.encode("utf-8", "replace").lower())
    )
    numbers = (int(b"".join(mention)) for mention in mentions)
    return tuple(dict.fromkeys(number for number in numbers if number))
