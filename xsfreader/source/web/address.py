"""HTTP addresses, shown without the password in them."""

from __future__ import annotations

from base64 import b64encode
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from xsfreader.errors import SourceError, without_password

LENGTH = 2000
"""Characters that an address may have."""


class Address(NamedTuple):
    """A place on the web, without query and fragment."""

    secure: bool
    host: str
    port: int
    path: str
    """Percent-encoded, without a slash at the end."""
    authorization: str | None = None
    """The header's value, if the URL has a name and a password."""

    @property
    def host_port(self) -> str:
        """Host and port, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port, the default port left out."""
        scheme, default = ("https", ":443") if self.secure else ("http", ":80")
        return f"{scheme}://{self.host_port.removesuffix(default)}"

    def __str__(self) -> str:
        """The URL, without a name or a password."""
        return self.origin + self.path

    def __repr__(self) -> str:
        """The URL, since a traceback may show the fields."""
        return f"Address({self})"


def parse_address(url: str) -> Address:
    """Parse a URL.

    Raises:
        SourceError: It is not an HTTP(S) address, or has a query.
    """
    wrong = "not a usable address: expected https://host/path"
    if len(url) > LENGTH:
        # Not even its start is shown: it may hold a password.
        raise SourceError(f"a URL of more than {LENGTH} characters is {wrong}")
    if not url.isprintable() or " " in url:
        raise SourceError(f"a URL with spaces or control characters is {wrong}")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        if urlsplit(without_password(url)).hostname != host:
            raise SourceError("in the password of a URL, write / as %2F, ? as %3F and # as %23")
    except ValueError as error:
        raise SourceError(f"that URL is {wrong}") from error
    scheme = parts.scheme.lower()
    if scheme not in {"http", "https"} or not host or parts.query:
        raise SourceError(f"{scheme or '…'}://{host or '…'}{parts.path} is {wrong}")
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + b64encode(pair.encode()).decode()
    return Address(
        secure=scheme == "https",
        host=host,
        port=port or (443 if scheme == "https" else 80),
        path=quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~"),
        authorization=authorization,
    )
