"""What a reader sees of a post's Markdown, for the index: its words, without its signs.

A few regular expressions instead of the renderer: the index needs words, not structure, and
all posts of a first sync pass here. Every expression is bounded, so that none goes over a long
line again and again.
"""

from __future__ import annotations

import re
from html import unescape
from operator import itemgetter

_SHORTCODE = re.compile(r"\{\{[<%]((?:(?!\{\{).){0,2000}?)[%>]\}\}", re.DOTALL)
_SHOWN = re.compile(r"""\b(?:caption|alt|title|attr)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)""")
_TARGET = r"""\(\s{0,9}(?:<[^<>\n]{0,2000}>|(?:[^()\s]{1,2000}+|\([^()\s]{0,500}\)){0,50}+)"""
_TITLE = r"""(?:\s{1,9}(?:"[^"\n]{0,500}"|'[^'\n]{0,500}'))?\s{0,9}\)"""
_IMAGE = re.compile(r"!\[([^\[\]]{0,500})\]" + _TARGET + _TITLE)
_LINK = re.compile(r"\[([^\[\]]{0,1000})\](?:" + _TARGET + _TITLE + r"|\[[^\[\]\n]{0,200}\])")
_DEFINITION = re.compile(r"\n {0,3}\[[^\^\]\n][^\]\n]{0,200}\]:[ \t]+\S[^\n]{0,2000}(?=\n)")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,50}\]:?")
_AUTOLINK = re.compile(r"<((?:https?|xmpp|mailto):[^<>\s]{1,2000})>")
_ATTRIBUTES = re.compile(r"\{[#.][^{}\n]{0,200}\}[ \t]*(?=\n)")
_RULE = re.compile(r"\n[ \t>]{0,20}(?:[-=*_|:+ \t]{3,200}|[`~]{3}[\w+-]{0,30})(?=\n)")
_MARKER = re.compile(r"\n[ \t>]{0,40}(?:#{1,6}|[-*+]|\d{1,9}[.)])[ \t]+")
_QUOTED = re.compile(r"\n[ \t]{0,3}>[ \t>]{0,40}")
_UNDERSCORE = re.compile(r"_(?:(?<!\w_)(?=\w)|(?<=[^\s_]_)(?!\w))")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_PRIVATE = 0xE000
_HIDDEN = re.compile("[\ue021-\ue07e]")
_FIRST = itemgetter(1)
"""The first group; a template such as ``\\1`` would be worked out in Python at every match."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")

_XEP = re.compile(
    r"xep(?<![a-z0-9]xep)"
    r"(?:[-_‐‑–]?(\d{4})|[-‐‑](\d{1,3})|[ \xa0](\d{4}))(?!\d)"
)


def visible(body: str) -> str:
    """The words of a post in their order, on one line."""
    text = f"\n{body}\n"
    escaped = "\\" in text
    if escaped:
        text = _ESCAPE.sub(_hide, text)
    if "{{" in text:
        text = _SHORTCODE.sub(_shortcode, text)
    if "![" in text:
        text = _IMAGE.sub(r"\1 ", text)
    text = _LINK.sub(_FIRST, text)
    if "]:" in text:
        text = _DEFINITION.sub("", text)
    if "[^" in text:
        text = _FOOTNOTE.sub("", text)
    if "{#" in text or "{." in text:
        text = _ATTRIBUTES.sub("", text)
    text = _AUTOLINK.sub(_FIRST, text)
    text = _RULE.sub("\n", text)
    text = _MARKER.sub("\n", text)
    text = _QUOTED.sub("\n", text)
    if "_" in text:
        text = _UNDERSCORE.sub("", text)
    for sign in ("**", "*", "``", "`", "~~"):
        text = text.replace(sign, "")
    if "&" in text:
        text = unescape(text)
    if "|" in text:
        text = text.replace("|", " ")
    if escaped:
        text = _HIDDEN.sub(_show, text)
    shown = " ".join(text.split())
    return shown if shown.isprintable() else " ".join(_CONTROL.sub(" ", shown).split())


def _hide(found: re.Match[str]) -> str:
    """Put a private character for an escaped sign, so that it is not taken for markup."""
    return chr(_PRIVATE + ord(found[1]))


def _show(found: re.Match[str]) -> str:
    return chr(ord(found[0]) - _PRIVATE)


def _shortcode(found: re.Match[str]) -> str:
    """What of a shortcode is seen: the caption and what stands for the picture."""
    shown = dict.fromkeys(one or other for one, other in _SHOWN.findall(found[1]))
    return " ".join([*shown, ""]).replace('\\"', '"')


def xeps(*texts: str) -> tuple[int, ...]:
    """Numbers of the XEPs that texts mention or link to, in order of first mention."""
    found = (
        int(one or other or third)
        for text in texts
        for one, other, third in _XEP.findall(text.lower())
    )
    return tuple(dict.fromkeys(number for number in found if number))
