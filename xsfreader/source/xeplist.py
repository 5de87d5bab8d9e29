"""The XSF's list of XEPs: fetched when it changed, parsed without trust."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, NamedTuple

from xsfreader.errors import UpstreamError
from xsfreader.model import Xep

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from xsfreader.source.web.session import BoundedResponse

SIZE_LIMIT = 8 << 20
"""Bytes that the list may have; the real one has half a megabyte."""
XEPS_LIMIT = 10_000
"""XEPs that are read; those after them are ignored."""
FIELD_LIMIT = 4_000
"""Characters of a field that are kept."""
NOT_MODIFIED = 304
MEDIA_TYPES = frozenset({"application/xml", "text/xml"})


class XepList(NamedTuple):
    """The list, with the validators for the next request."""

    xeps: tuple[Xep, ...]
    etag: str | None
    modified: str | None


def fetch(url: str, etag: str | None, modified: str | None) -> XepList | None:
    """Fetch the list; return None if it still has the ``etag`` or the date ``modified``.

    Raises SourceError.
    """
    from xsfreader.source.web.address import parse_address
    from xsfreader.source.web.session import HttpSession

    address = parse_address(url)
    headers = {}
    if etag is not None:
        headers["If-None-Match"] = etag
    if modified is not None:
        headers["If-Modified-Since"] = modified
    session = HttpSession(address, MEDIA_TYPES, SIZE_LIMIT)
    answer = session.request("GET", str(address), headers=headers)
    if answer.status == NOT_MODIFIED:
        return None
    return XepList(
        parse(answer.read()), _validator(answer, "ETag"), _validator(answer, "Last-Modified")
    )


def _validator(answer: BoundedResponse, name: str) -> str | None:
    """Return a header, unless it could not be sent back with the next request."""
    value: str | None = answer.headers.get(name)
    return value if value and value.isascii() and value.isprintable() and len(value) < 300 else None


def parse(data: bytes) -> tuple[Xep, ...]:
    """Read the accepted XEPs; the status Draft becomes Stable, as on the site.

    A XEP without number or title is ignored. Raises UpstreamError if this is not a list of XEPs.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UpstreamError(f"the list of XEPs can't be read: {error}; kept the old one") from error
    found = {}
    for element in root.iterfind("xep"):
        if element.get("accepted") == "true" and (xep := _parse_xep(element)) is not None:
            found[xep.number] = xep
        if len(found) >= XEPS_LIMIT:
            break
    if not found:
        raise UpstreamError("the list of XEPs is empty; kept the old one")
    return tuple(found[number] for number in sorted(found))


def _parse_xep(element: Element) -> Xep | None:
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
        revised=_parse_date(_text(element, "last-revision/date")),
        superseded_by=tuple(
            int(spec[1])
            for each in element.iterfind("supersededby/spec")
            if (spec := re.fullmatch(r"XEP-([0-9]{1,6})", (each.text or "").strip()))
        ),
        short_name=_text(element, "shortname"),
    )


def _text(element: Element, path: str) -> str:
    return " ".join((element.findtext(path) or "").split())[:FIELD_LIMIT]


def _parse_date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
