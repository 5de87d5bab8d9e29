"""The XSF's list of XEPs: fetched where it changed, parsed without trust."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import UpstreamError
from xsfreader.model import Xep

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

LIMIT = 8 << 20
"""Bytes that the list may have; it has half a megabyte."""
MOST = 10_000
"""XEPs that it may have."""
LONGEST = 4_000
"""Characters that a field may have; more is cut."""
NOT_MODIFIED = 304
MEDIA_TYPES = frozenset({"application/xml", "text/xml"})


class XepList(NamedTuple):
    """The list, with what to ask for the next one with."""

    xeps: tuple[Xep, ...]
    etag: str | None
    modified: str | None


def fetch(
    url: str, etag: str | None, modified: str | None, stopped: Callable[[], bool]
) -> XepList | None:
    """Bring the list unless it is the one that ``etag`` and ``modified`` came with.

    Raises SourceError, StoppedError.
    """
    from xsfreader.source.web.address import parse_address
    from xsfreader.source.web.patience import patiently
    from xsfreader.source.web.session import HttpSession

    address = parse_address(url)
    headers = {}
    if etag is not None:
        headers["If-None-Match"] = etag
    if modified is not None:
        headers["If-Modified-Since"] = modified

    def work(_report: object) -> XepList | None:
        with (
            HttpSession(
                address, limit=LIMIT, media_types=MEDIA_TYPES, cancelled=stopped
            ) as session,
            closing(session.request("GET", str(address), headers=headers)) as answer,
        ):
            if answer.status == NOT_MODIFIED:
                return None
            xeps = parse(answer.read())
            return XepList(xeps, answer.headers.get("ETag"), answer.headers.get("Last-Modified"))

    return patiently(work, progress=lambda _: None, stopped=stopped, abandon=lambda: None)


def parse(data: bytes) -> tuple[Xep, ...]:
    """Read the accepted XEPs; Draft is called Stable, as the site does.

    What lacks a number or a title is passed over. Raises UpstreamError where it is no list.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UpstreamError(
            f"the list of XEPs can't be read: {error}; the old one stays"
        ) from error
    found = {}
    for element in root.iterfind("xep"):
        if element.get("accepted") == "true" and (xep := _xep(element)) is not None:
            found[xep.number] = xep
        if len(found) >= MOST:
            break
    if not found:
        raise UpstreamError("the list of XEPs holds none; the old one stays")
    return tuple(found[number] for number in sorted(found))


def _xep(element: Element) -> Xep | None:
    number, title = _text(element, "number"), _text(element, "title")
    if not re.fullmatch(r"[0-9]{1,6}", number) or not title:
        return None
    status = _text(element, "status")
    return Xep(
        number=int(number),
        title=title,
        abstract=_text(element, "abstract"),
        type=_text(element, "type"),
        status="Stable" if status == "Draft" else status,
        version=_text(element, "last-revision/version"),
        revised=_day(_text(element, "last-revision/date")),
        superseded_by=tuple(
            int(spec[1])
            for each in element.iterfind("supersededby/spec")
            if (spec := re.fullmatch(r"XEP-([0-9]{1,6})", (each.text or "").strip()))
        ),
        short_name=_text(element, "shortname"),
    )


def _text(element: Element, path: str) -> str:
    return " ".join((element.findtext(path) or "").split())[:LONGEST]


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
