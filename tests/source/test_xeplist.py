"""The list of XEPs over HTTP: fetched when it changed, rejected when invalid."""

from __future__ import annotations

import pytest

from tests.githost import Fault, GitHost
from xsfreader.errors import OversizeError, SourceError, UpstreamError
from xsfreader.source import xeplist

XML = {"Content-Type": "application/xml; charset=utf-8"}
LIST = b"""<?xml version="1.0"?><xeps><xep accepted="true"><number>198</number>
<title>Stream Management</title><status>Draft</status></xep></xeps>"""


def fetch(host: GitHost, *held: str | None) -> xeplist.XepList | None:
    etag, modified = held or (None, None)
    return xeplist.fetch(host.url("extensions/xeplist.xml"), etag, modified)


def test_list_is_fetched_with_its_validators(host: GitHost) -> None:
    host.fault = Fault(body=LIST, headers={**XML, "ETag": '"1"', "Last-Modified": "then"})
    found = fetch(host)
    assert found is not None
    assert [(xep.number, xep.title, xep.status) for xep in found.xeps] == [
        (198, "Stream Management", "Stable")
    ]
    assert (found.etag, found.modified) == ('"1"', "then")
    (seen,) = host.seen
    assert seen.target == "/extensions/xeplist.xml"
    assert "xsfreader" in seen.headers["user-agent"]
    assert "if-none-match" not in seen.headers


def test_unchanged_list_is_not_fetched_again(host: GitHost) -> None:
    host.fault = Fault(status=304, body=b"")
    assert fetch(host, '"1"', "then") is None
    (seen,) = host.seen
    assert seen.headers["if-none-match"] == '"1"'
    assert seen.headers["if-modified-since"] == "then"


def test_redirect_is_followed(host: GitHost) -> None:
    with GitHost(host.folder) as new:
        new.fault = Fault(body=LIST, headers=XML)
        host.fault = Fault(status=301, headers={"Location": new.url("list.xml")})
        assert fetch(host) is not None
        assert [seen.target for seen in new.seen] == ["/list.xml"]


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        (Fault(status=304), SourceError, "HTTP 304"),
        (Fault(status=404), UpstreamError, "not found"),
        (Fault(body=b"<html>Sign in</html>"), UpstreamError, "sign in"),
        (Fault(body=b"<xeps><xep", headers=XML), UpstreamError, "can't be read"),
        (Fault(body=b"<xeps/>", headers=XML), UpstreamError, "is empty"),
        (Fault(body=b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", headers=XML), UpstreamError, "read"),
        (Fault(body=bytes(9 << 20), headers=XML), OversizeError, "more than 8 MiB"),
    ],
)
def test_invalid_list_is_rejected(
    host: GitHost, fault: Fault, error: type[SourceError], reason: str
) -> None:
    host.fault = fault
    with pytest.raises(error, match=reason):
        fetch(host)
